"""`handoff`: a person of the named queue takes over and the bot is silent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from core.dialog.program import Edge, Step
from core.dialog.schema import Name, StepModel
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- {id: person, handoff: payments}
"""


class HandoffModel(StepModel):
    handoff: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoffStep(Step):
    queue: str

    kind: ClassVar[str] = "handoff"

    def enter(self, work: Work) -> None:
        work.hand_over(self.queue)

    def edges(self) -> Iterable[Edge]:
        return (Edge("handoff", None),)


def compile_handoff(model: HandoffModel, builder: Builder) -> HandoffStep:
    return HandoffStep(id=model.id, mark=builder.mark(), queue=model.handoff)
