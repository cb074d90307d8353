"""What a turn leaves in the journal: data with nothing personal in it, from which the turn can be played again."""

from __future__ import annotations

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
        self.began: list[str] = []
        self.marks: list[str] = []
        self.calls: list[dict[str, Any]] = []
        self.flows: dict[str, str] = {}
        self.drawn: dict[str, int] = {}
        self.hidden = False
        self.heard = Heard()
        self.operation: Operation | None = None

    def copy(self) -> Journal:
        """What was noted so far, to go on with and maybe to throw away."""
        copy = Journal()
        copy.path, copy.arms, copy.notes = list(self.path), list(self.arms), list(self.notes)
        copy.began, copy.marks, copy.calls = list(self.began), list(self.marks), list(self.calls)
        copy.flows, copy.drawn = dict(self.flows), dict(self.drawn)
        copy.hidden, copy.heard, copy.operation = self.hidden, self.heard, self.operation
        return copy

    def entry(self, event: Event, before: Session, work: Work, wakes_at: int) -> dict[str, Any]:
        """The row. `before` is the session as the turn found it, `wakes_at` when it must be woken now."""
        entry = self._event(event, before, work)
        if is_beginning(before):
            entry["given"] = given(before, work.programs.operations, work.programs.words)
        for name in ("began", "flows", "path", "arms", "marks", "drawn", "calls", "notes"):
            lines = getattr(self, name)
            if lines:
                entry[name] = lines
        if before.open:
            told = settled(before, work.session, event)
            if told:
                entry["settled"] = told
        if wakes_at and (before.wait is None or before.wait.deadline != wakes_at):
            entry["wakes"] = wakes_at - work.now
        return entry

    def _event(self, event: Event, before: Session, work: Work) -> dict[str, Any]:
        programs = work.programs
        if isinstance(event, InboundEvent):
            return heard_fields(self.heard, event, programs.words, before.id, hidden=self.hidden)
        if isinstance(event, CallResult):
            return result_fields(event, before, self.operation, programs.operations, programs.words)
        if isinstance(event, BankEvent):
            return event_fields(event, programs.operations, programs.words, before.id)
        return {"event": "timer" if isinstance(event, TimerFired) else "ticket"}
