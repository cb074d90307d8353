"""`end`: the flow is over, with an outcome that the flow above it can tell apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from core.dialog.program import Edge, Step
from core.dialog.schema import Outcome, StepModel
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- {id: finished, end: done}
"""


class EndModel(StepModel):
    """`done`, `cancelled`, `refused`, `failed` or `expired`."""

    end: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class EndStep(Step):
    outcome: str

    kind: ClassVar[str] = "end"

    def enter(self, work: Work) -> None:
        work.end(self.outcome)

    def edges(self) -> Iterable[Edge]:
        return (Edge("end", None),)


def compile_end(model: EndModel, builder: Builder) -> EndStep:
    return EndStep(id=model.id, mark=builder.mark(), outcome=model.end)
