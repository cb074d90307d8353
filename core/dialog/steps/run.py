"""`run`: another flow as a part of this one; it writes here only what its `returns` names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field

from core.dialog.expressions import Expression
from core.dialog.program import Edge, Read, Step
from core.dialog.schema import OUTCOMES, Formula, Name, Outcome, StepModel, Target
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
"""


class RunModel(StepModel):
    run: Name
    args: dict[Name, Formula] = Field(default={}, alias="with")
    save: dict[Name, Name] = Field(default={})
    on: dict[Outcome, Target] = Field(default={})
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


def compile_run(model: RunModel, builder: Builder) -> RunStep:
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
