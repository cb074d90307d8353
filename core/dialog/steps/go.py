"""`go`: continue at another step of the same flow."""

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
- {id: again, go: sum}
"""


class GoModel(StepModel):
    go: Name


@dataclass(frozen=True, slots=True, kw_only=True)
class GoStep(Step):
    then: str

    kind: ClassVar[str] = "go"

    def enter(self, work: Work) -> None:
        work.go("next", self.then)

    def edges(self) -> Iterable[Edge]:
        return (Edge("next", self.then),)


def compile_go(model: GoModel, builder: Builder) -> GoStep:
    return GoStep(id=model.id, mark=builder.mark(), then=builder.target(model.go, "go"))
