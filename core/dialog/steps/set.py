"""`set`: give slots values that follow from others, or choose the language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import Field

from core.dialog.expressions import Expression
from core.dialog.program import LANGS, Edge, Read, Step
from core.dialog.schema import Formula, Name, Outcome, StepModel
from core.dialog.slot_types import to_stored
from core.dialog.turns.work import Work

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder

EXAMPLE: Final = """
- {id: total, set: {total: amount + fee}}
- {id: language, set: {lang: choice}}        # a slot that holds uk, ru, be or en, or one of them written out
"""


class SetModel(StepModel):
    values: Annotated[dict[Name, Formula], Field(min_length=1)] = Field(alias="set")
    end: Outcome | None = None
    handoff: Name | None = None
    go: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetStep(Step):
    values: Mapping[str, Expression]
    lang: Expression | None
    then: str

    kind: ClassVar[str] = "set"

    def enter(self, work: Work) -> None:
        for slot, expression in self.values.items():
            work.assign(slot, to_stored(expression.evaluate(work.values())))
        if self.lang is not None:
            lang = self.lang.evaluate(work.values())
            if lang in LANGS:
                work.session.lang = lang
        work.go("next", self.then)

    def edges(self) -> Iterable[Edge]:
        return (Edge("next", self.then, assigns=frozenset(self.values)),)

    def reads(self) -> Iterable[Read]:
        expressions = [*self.values.values(), *((self.lang,) if self.lang is not None else ())]
        for expression in expressions:
            yield Read(expression.reads - expression.guarded, "formula", self.mark)


def compile_set(model: SetModel, builder: Builder) -> SetStep:
    written = dict(model.values)
    language = written.pop("lang", None)
    if language in LANGS:
        language = f'"{language}"'
    return SetStep(
        id=model.id,
        mark=builder.mark(),
        values={name: builder.value_for(name, formula, "set", name) for name, formula in written.items()},
        lang=builder.formula(language, "set", "lang", kinds=("text", "choice")) if language is not None else None,
        then=builder.then(model),
    )
