"""`handoff`: a person of the named queue takes over and the bot is silent until they have finished."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from core.dialog.durations import parse_duration
from core.dialog.program import Edge, Step
from core.dialog.schema import Duration, Name, StepModel
from core.dialog.turns.persons import LASTS_MS, hand_over
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- id: person
  handoff: payments
  back: thanks                              # where this flow goes on when the person has finished; without it it ends
  timeout: 24h                              # after this time (the default) the bot is back in any case
"""
_LASTS: Final = "24h"


class HandoffModel(StepModel):
    handoff: Name
    back: Name | None = None
    timeout: Duration = _LASTS


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffStep(Step):
    queue: str
    lasts_ms: int = LASTS_MS

    kind: ClassVar[str] = "handoff"

    def enter(self, work: Work) -> None:
        hand_over(work, self.queue, self.lasts_ms)

    def edges(self) -> Iterable[Edge]:
        return (Edge("handoff", None),)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturningHandoffStep(Step):
    """The flow is put aside and goes on at `back`; what was confirmed before does not hold any more then."""

    queue: str
    lasts_ms: int
    back: str

    kind: ClassVar[str] = "handoff"
    waits: ClassVar[bool] = True

    def enter(self, work: Work) -> None:
        hand_over(work, self.queue, self.lasts_ms, returns=True)

    def edges(self) -> Iterable[Edge]:
        return (Edge("back", self.back, drops_seal=True),)


def compile_handoff(model: HandoffModel, builder: Builder) -> HandoffStep | ReturningHandoffStep:
    lasts_ms = parse_duration(model.timeout)
    if model.back is None:
        return HandoffStep(id=model.id, mark=builder.mark(), queue=model.handoff, lasts_ms=lasts_ms)
    back = builder.target(model.back, "back")
    return ReturningHandoffStep(id=model.id, mark=builder.mark(), queue=model.handoff, lasts_ms=lasts_ms, back=back)
