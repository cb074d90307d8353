"""`branch`: the first condition that holds says where to go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field

from core.dialog.expressions import Expression
from core.dialog.program import Edge, Read, Step
from core.dialog.schema import Formula, Model, StepModel, Target
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
"""


class Case(Model):
    condition: Formula = Field(alias="if")
    go: Target


class BranchModel(StepModel):
    branch: Annotated[list[Case], Field(min_length=1, max_length=50)]
    otherwise: Target | None = Field(default=None, alias="else")


@dataclass(frozen=True, slots=True, kw_only=True)
class BranchStep(Step):
    cases: tuple[tuple[Expression, str, str], ...]
    otherwise: str
    marks: tuple[Mark, ...]

    kind: ClassVar[str] = "branch"

    def enter(self, work: Work) -> None:
        values = work.values()
        for condition, arm, target in self.cases:
            if condition.evaluate(values):
                work.go(arm, target)
                return
        work.go("else", self.otherwise)

    def edges(self) -> Iterable[Edge]:
        for _, arm, target in self.cases:
            yield Edge(arm, target)
        yield Edge("else", self.otherwise)

    def reads(self) -> Iterable[Read]:
        for (condition, _, _), mark in zip(self.cases, self.marks, strict=True):
            yield Read(condition.reads - condition.guarded, "formula", mark)


def compile_branch(model: BranchModel, builder: Builder) -> BranchStep:
    cases = tuple(
        (
            builder.condition(case.condition, "branch", index, "if"),
            f"case {index + 1}",
            builder.target(case.go, "branch", index, "go"),
        )
        for index, case in enumerate(model.branch)
    )
    otherwise = builder.target(model.otherwise, "else") if model.otherwise is not None else builder.following
    marks = tuple(builder.mark("branch", index, "if") for index in range(len(cases)))
    return BranchStep(id=model.id, mark=builder.mark(), cases=cases, otherwise=otherwise, marks=marks)
