"""`run`: another flow as a part of this one, or later by itself; it writes here only what its `returns` names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import Discriminator, Field, Tag

from core.dialog.expressions import Expression
from core.dialog.program import Edge, Read, Step
from core.dialog.schema import OUTCOMES, Clock, FollowUpDelay, Formula, Name, Outcome, StepModel, Target
from core.dialog.steps.follow_up import FollowUpStep, compile_follow_up
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: new_card
  run: order_card
  with: {currency: source.currency}         # slots that order_card takes
  save: {source: card}                      # slots here, from the slots that order_card returns; on outcome done
  on: {cancelled: stopped}                  # done, cancelled, refused, failed, expired
  else: later                               # where the outcomes that are not named lead; without it the next step
- id: ask_later
  run: feedback
  with: {about: source.name}                # the values of now
  after: 23h                                # begins by itself then, as soon as the customer is free; at most 60d
  key: after_transfer                       # a later one with this key takes its place; default: this step
- id: remind
  run: feedback
  with: {about: source.name}
  at: "10:00"                               # when the clock shows it next in Kyiv
  on: due_day                               # or on the day in this slot
"""


def _day_or_arms(value: Any) -> str:
    return "arms" if isinstance(value, dict) else "day"


class RunModel(StepModel):
    """With `after` or `at` the flow begins later; `on` is then the slot with the day, otherwise where outcomes lead."""

    run: Name
    args: dict[Name, Formula] = Field(default={}, alias="with")
    after: FollowUpDelay | None = None
    at: Clock | None = None
    key: Name | None = None
    save: dict[Name, Name] = Field(default={})
    on: Annotated[
        Annotated[dict[Outcome, Target], Tag("arms")] | Annotated[Name, Tag("day")], Discriminator(_day_or_arms)
    ] = Field(default={})
    otherwise: Target | None = Field(default=None, alias="else")
    end: Outcome | None = None
    handoff: Name | None = None
    go: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStep(Step):
    flow: str
    args: Mapping[str, Expression]
    save: Mapping[str, str]
    arms: Mapping[str, str]
    otherwise: str | None
    then: str

    kind: ClassVar[str] = "run"

    def enter(self, work: Work) -> None:
        values = work.values()
        work.begin(self.flow, {name: formula.evaluate(values) for name, formula in self.args.items()}, sub=True)

    def returned(self, work: Work, outcome: str, values: Mapping[str, Any]) -> None:
        if outcome == "done":
            for slot, name in self.save.items():
                if name in values:
                    work.assign(slot, values[name])
        work.go(outcome, self._way(outcome))

    def _way(self, outcome: str) -> str:
        """A good end leads on; any other one where the step says, or on as well."""
        if outcome == "done" or self.otherwise is None:
            return self.arms.get(outcome, self.then)
        return self.arms.get(outcome, self.otherwise)

    def edges(self) -> Iterable[Edge]:
        saved = frozenset(self.save)
        yield Edge("done", self._way("done"), assigns=saved)
        for outcome in OUTCOMES:
            if outcome != "done":
                yield Edge(outcome, self._way(outcome), engine=outcome not in self.arms)

    def reads(self) -> Iterable[Read]:
        for expression in self.args.values():
            yield Read(expression.reads - expression.guarded, "argument", self.mark)


def compile_run(model: RunModel, builder: Builder) -> RunStep | FollowUpStep:
    if model.after is not None or model.at is not None or isinstance(model.on, str):
        return compile_follow_up(model, builder)
    if model.key is not None:
        sentence = "`key` belongs to a flow that begins later"
        builder.problem("follow_up_form", sentence, "Remove it, or add `after` or `at`.", "key")
    for slot in model.save:
        builder.slot_type(slot, "save", slot)
    return RunStep(
        id=model.id,
        mark=builder.mark(),
        flow=model.run,
        args={name: builder.formula(formula, "with", name) for name, formula in model.args.items()},
        save=model.save,
        arms={outcome: builder.target(target, "on", outcome) for outcome, target in model.on.items()},
        otherwise=builder.target(model.otherwise, "else") if model.otherwise is not None else None,
        then=builder.then(model),
    )
