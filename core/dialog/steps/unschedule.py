"""`unschedule`: a flow that was to begin later does not begin any more."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from core.dialog.program import Edge, Step
from core.dialog.schema import Name, Outcome, StepModel
from core.dialog.turns.follow_ups import unschedule
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: answered
  unschedule: feedback                      # every one of this flow that is still to begin in this conversation
  key: after_transfer                       # with a key: only the one that was scheduled under it
"""


class UnscheduleModel(StepModel):
    unschedule: Name
    key: Name | None = None
    end: Outcome | None = None
    handoff: Name | None = None
    go: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnscheduleStep(Step):
    flow: str
    key: str
    then: str

    kind: ClassVar[str] = "unschedule"

    def enter(self, work: Work) -> None:
        unschedule(work, self.flow, self.key)
        work.go("next", self.then)

    def edges(self) -> Iterable[Edge]:
        return (Edge("next", self.then),)


def compile_unschedule(model: UnscheduleModel, builder: Builder) -> UnscheduleStep:
    return UnscheduleStep(
        id=model.id, mark=builder.mark(), flow=model.unschedule, key=model.key or "", then=builder.then(model)
    )
