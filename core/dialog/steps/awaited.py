"""One event that a `wait` is for: how it is told from others, and what it brings into slots."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.dialog.contracts import BankEvent
from core.dialog.expressions import Expression
from core.dialog.program import Read
from core.dialog.signatures import spoken
from core.dialog.slot_types import SlotType
from core.dialog.steps.call import LONGEST_REASON
from core.dialog.turns.calls import fields
from core.dialog.turns.work import Work
from core.kernel.masking import mask_text
from core.kernel.strict_yaml import Mark

if TYPE_CHECKING:
    from core.dialog.compiling.builder import Builder


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """`calls`: fields of the event that must hold the id of a step's call; `formulas`: fields with other values."""

    event: str
    calls: Mapping[str, str]
    formulas: Mapping[str, Expression]
    save: Mapping[str, str]
    types: Mapping[str, SlotType]
    mark: Mark

    def is_met(self, work: Work, event: BankEvent) -> bool:
        if spoken(event.name) != self.event:
            return False
        if any(event.data.get(name) != work.effect_id(step) for name, step in self.calls.items()):
            return False
        values = work.values()
        return all(event.data.get(name) == formula.evaluate(values) for name, formula in self.formulas.items())

    def values(self, work: Work, event: BankEvent) -> dict[str, Any] | None:
        """What goes into slots; None, with a note, when the event does not have what is declared."""
        values = fields(event.data, self.save, self.types)
        if values is None:
            work.journal.notes.append(f"{self.event}: the event lacks a declared field")
        return values

    def give_up(self, work: Work) -> None:
        """Nobody will wait for these calls any more: how they end is told late."""
        for step in self.calls.values():
            open_call = work.session.open.get(work.effect_id(step))
            if open_call is not None:
                open_call.given_up = True

    def reads(self) -> Iterable[Read]:
        for expression in self.formulas.values():
            yield Read(expression.reads, "formula", self.mark)


def is_refused(event: BankEvent) -> bool:
    """`outcome` of the event is ok or refused; an event without it is ok."""
    return bool(event.data.get("outcome", "ok") == "refused")


def keep_reason(work: Work, event: BankEvent) -> None:
    reason = str(event.data.get("reason", ""))
    work.frame.slots["reason"] = work.reason_text(reason)
    work.frame.slots["reason_code"] = mask_text(reason)[:LONGEST_REASON]


def compile_awaited(
    event: str, match: Mapping[str, str], save: Mapping[str, str], builder: Builder, *path: str | int, key: str
) -> Awaited:
    """`path` leads to the mapping that holds all three, `key` is the name that the event has in it."""
    calls = {name: step for name, formula in match.items() if (step := builder.call_reference(formula))}
    types = builder.event_fields(event, list(calls.values()), *path, key)
    formulas = {
        name: builder.formula(formula, *path, "match", name) for name, formula in match.items() if name not in calls
    }
    return Awaited(
        event=spoken(event),
        calls=calls,
        formulas=formulas,
        save=builder.saved(save, types, event, *path, "save"),
        types=types,
        mark=builder.mark(*path),
    )
