"""`branch`: the first condition that holds, or the share that the customer falls into, says where to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

from pydantic import ConfigDict, Field, StringConstraints

from core.dialog.expressions import Expression
from core.dialog.program import Edge, Read, Step
from core.dialog.schema import Formula, Model, Name, StepModel, Target
from core.dialog.shares import WHOLE, draw, share_of
from core.dialog.turns.work import Work
from core.kernel.strict_yaml import Mark

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: large
  branch:
    - {if: amount > 10000.00, go: second_look}
    - {if: fee == 0.00, go: {say: No fee today., go: review}}
  else: review                              # without it the next step follows
- id: greeting
  branch:
    - {if: lang == "en", go: plain}
    - {share: 20%, go: short}               # of all customers; each of them always goes the same way
    - {share: 12.5%, go: long, name: long_words}   # `name`: what tests and the funnel call the case
  else: plain                               # gets the rest of the shares
  draw: customer                            # default; `visit` draws anew each time somebody comes here
"""
_ELSE: Final = "else"


class Case(Model):
    """One of `if` and `share`, and where it leads. `name` is what tests and the funnel call it."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["if"]}, {"required": ["share"]}]})

    condition: Formula | None = Field(default=None, alias="if")
    share: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9])?%$")] | None = None
    go: Target
    name: Name | None = None


class BranchModel(StepModel):
    branch: Annotated[list[Case], Field(min_length=1, max_length=50)]
    otherwise: Target | None = Field(default=None, alias="else")
    draw: Literal["customer", "visit"] = "customer"


@dataclass(frozen=True, slots=True)
class Share:
    """Those who draw a number of at least `start` and below `end`, in tenths of a percent."""

    start: int
    end: int

    def takes(self, drawn: int) -> bool:
        return self.start <= drawn < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchStep(Step):
    """`cases`: the test, the name of its arm, where it leads. `whole`: the shares leave nothing to `otherwise`."""

    cases: tuple[tuple[Expression | Share, str, str], ...]
    otherwise: str
    marks: tuple[Mark, ...]
    splits: bool = False
    whole: bool = False
    each_visit: bool = False

    kind: ClassVar[str] = "branch"

    def enter(self, work: Work) -> None:
        values = work.values()
        drawn = self._draw(work) if self.splits else 0
        for test, arm, target in self.cases:
            if test.takes(drawn) if isinstance(test, Share) else test.evaluate(values):
                self._take(work, arm, target, shared=isinstance(test, Share))
                return
        self._take(work, _ELSE, self.otherwise, shared=self.splits)

    def _take(self, work: Work, arm: str, target: str, *, shared: bool) -> None:
        if shared:
            work.mark(work.frame, f"share {arm.removeprefix('share ')}")
        work.go(arm, target)

    def _draw(self, work: Work) -> int:
        """The number is kept in the journal, so that a replay draws the same without knowing the customer."""
        session, frame = work.session, work.frame
        where = f"{frame.flow}.{self.id}"
        drawn = work.programs.drawn.get(where)
        if drawn is None and self.each_visit:
            drawn = draw(session.id, frame.id, self.id, frame.visits.get(self.id, 0))
        elif drawn is None:
            drawn = draw(session.customer or session.id, frame.flow, self.id)
        work.journal.drawn = {**work.journal.drawn, where: drawn}
        return drawn

    def edges(self) -> Iterable[Edge]:
        for _, arm, target in self.cases:
            yield Edge(arm, target)
        if not self.whole:
            yield Edge(_ELSE, self.otherwise)

    def reads(self) -> Iterable[Read]:
        for (test, _, _), mark in zip(self.cases, self.marks, strict=True):
            if isinstance(test, Expression):
                yield Read(test.reads - test.guarded, "formula", mark)


def compile_branch(model: BranchModel, builder: Builder) -> BranchStep:
    tests = _tests(model, builder)
    arms = _arms(model, builder)
    targets = [builder.target(case.go, "branch", index, "go") for index, case in enumerate(model.branch)]
    given = sum(test.end - test.start for test in tests if isinstance(test, Share))
    _check_shares(model, given, builder)
    return BranchStep(
        id=model.id,
        mark=builder.mark(),
        cases=tuple(zip(tests, arms, targets, strict=True)),
        otherwise=builder.target(model.otherwise, _ELSE) if model.otherwise is not None else builder.following,
        marks=tuple(builder.mark("branch", index, "if") for index in range(len(tests))),
        splits=given > 0,
        whole=given == WHOLE,
        each_visit=model.draw == "visit",
    )


def _tests(model: BranchModel, builder: Builder) -> list[Expression | Share]:
    """Shares lie one behind the other, whatever conditions stand between them."""
    tests: list[Expression | Share] = []
    end = 0
    for index, case in enumerate(model.branch):
        if (case.condition is None) == (case.share is None):
            fix = "Write `{if: ..., go: ...}` or `{share: 20%, go: ...}`."
            builder.problem("case_form", "a case has either `if` or `share`", fix, "branch", index)
        if case.share is not None:
            start, end = end, end + share_of(case.share)
            tests.append(Share(start, end))
            if start == end:
                builder.problem("share_sum", "a share of nothing is never taken", "", "branch", index, "share")
        else:
            tests.append(builder.condition(case.condition or "true", "branch", index, "if"))
    return tests


def _arms(model: BranchModel, builder: Builder) -> list[str]:
    arms: list[str] = []
    for index, case in enumerate(model.branch):
        arm = case.name or (f"share {case.share}" if case.share is not None else f"case {index + 1}")
        if arm in (*arms, _ELSE):
            sentence = f"another case of '{model.id}' is called '{arm}' already"
            builder.problem("doubled_case", sentence, "Give it a `name` of its own.", "branch", index)
        arms.append(arm)
    return arms


def _check_shares(model: BranchModel, given: int, builder: Builder) -> None:
    if given > WHOLE:
        sentence = f"the shares of '{model.id}' are {given / 10:g}% together"
        builder.problem("share_sum", sentence, "Let them be at most 100%; `else` gets the rest.", "branch")
    elif given == WHOLE and model.otherwise is not None:
        sentence = f"the shares of '{model.id}' leave nothing to its `else`"
        builder.problems.warning("else_never", builder.mark(_ELSE), sentence, "Take it out.")
    if model.draw == "visit" and not given:
        builder.problem("draw_without_share", "`draw` speaks of shares, and there is none here", "", "draw")
