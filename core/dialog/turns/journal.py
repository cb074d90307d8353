"""What a turn leaves in the journal: data with nothing personal in it, from which the turn can be played again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from core.dialog.contracts import BankEvent, CallResult, Event, InboundEvent, TimerFired
from core.dialog.recording.bank import event_fields, result_fields, settled
from core.dialog.recording.given import given, is_beginning
from core.dialog.recording.heard import Heard, heard_fields

if TYPE_CHECKING:
    from core.dialog.session import Session
    from core.dialog.signatures import Operation
    from core.dialog.turns.work import Work

# Notes by which phrases are found that the flows should learn.
NOT_UNDERSTOOD: Final = "not understood"
ASKED_WHICH: Final = "asked which flow"
MEANT: Final = "meant"  # Followed by the name of the flow, or none.
_NOTHING: Final[Mapping[str, int]] = {}
# Answers of these types stay out of the journal.
PRIVATE: Final = frozenset(("secret", "phone", "payee", "iban"))


class Journal:
    """`path`: steps entered, as `flow.step`. `arms`: ways taken, as `flow.step:arm`. `notes`: what the engine did.

    `began`: flows entered; `flows`: the revision of each flow that a step was entered or left of. `marks`: what else
    happened at a step, as `flow.step:mark`. `calls`: what the bank was asked. `hidden`: what was typed may be secret.
    `operation`: whose result the turn brought. `drawn`: by `flow.step`, the numbers that splits drew.
    """

    __slots__ = ("arms", "began", "calls", "drawn", "flows", "heard", "hidden", "marks", "notes", "operation", "path")

    def __init__(self) -> None:
        self.path: list[str] = []
        self.arms: list[str] = []
        self.notes: list[str] = []
        self.flows: dict[str, str] = {}
        # Most turns have none of these.
        self.began: tuple[str, ...] = ()
        self.marks: tuple[str, ...] = ()
        self.calls: tuple[dict[str, Any], ...] = ()
        self.drawn: Mapping[str, int] = _NOTHING
        self.hidden = False
        self.heard = Heard()
        self.operation: Operation | None = None

    def copy(self) -> Journal:
        """What was noted so far, to go on with and maybe to throw away."""
        copy = Journal()
        copy.path, copy.arms, copy.notes = list(self.path), list(self.arms), list(self.notes)
        copy.began, copy.marks, copy.calls = self.began, self.marks, self.calls
        copy.flows, copy.drawn = dict(self.flows), self.drawn
        copy.hidden, copy.heard, copy.operation = self.hidden, self.heard, self.operation
        return copy

    def entry(self, event: Event, before: Session, work: Work, wakes_at: int) -> dict[str, Any]:
        """The row. `before` is the session as the turn found it, `wakes_at` when it must be woken now."""
        entry = self._event(event, before, work)
        if not before.stack and is_beginning(before):
            entry["given"] = given(before, work.programs.operations, work.programs.words)
        self._write_way(entry)
        if before.open:
            told = settled(before, work.session, event)
            if told:
                entry["settled"] = told
        if wakes_at and (before.wait is None or before.wait.deadline != wakes_at):
            entry["wakes"] = wakes_at - work.now
        return entry

    def _write_way(self, entry: dict[str, Any]) -> None:
        """One by one and not in a loop: every turn pays for this."""
        if self.began:
            entry["began"] = self.began
        if self.flows:
            entry["flows"] = self.flows
        if self.path:
            entry["path"] = self.path
        if self.arms:
            entry["arms"] = self.arms
        if self.marks:
            entry["marks"] = self.marks
        if self.drawn:
            entry["drawn"] = self.drawn
        if self.calls:
            entry["calls"] = self.calls
        if self.notes:
            entry["notes"] = self.notes

    def _event(self, event: Event, before: Session, work: Work) -> dict[str, Any]:
        programs = work.programs
        if isinstance(event, InboundEvent):
            return heard_fields(self.heard, event, programs.words, before.id, hidden=self.hidden)
        if isinstance(event, CallResult):
            return result_fields(event, before, self.operation, programs.operations, programs.words)
        if isinstance(event, BankEvent):
            return event_fields(event, programs.operations, programs.words, before.id)
        return {"event": "timer" if isinstance(event, TimerFired) else "ticket"}
