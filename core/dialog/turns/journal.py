"""What a turn leaves in the journal: plain data, masked, with the way it took."""

from __future__ import annotations

from typing import Any, Final

from core.dialog.contracts import BankEvent, CallResult, Event, InboundEvent, TicketClosed
from core.kernel.masking import HIDDEN, mask_text

_LONGEST: Final = 500
# Answers of these types stay out of the journal.
PRIVATE: Final = frozenset(("secret", "phone", "payee", "iban"))


class Journal:
    """`path`: steps entered, as `flow.step`. `arms`: ways taken, as `flow.step:arm`. `notes`: what the engine did."""

    __slots__ = ("arms", "did", "hidden", "notes", "path")

    def __init__(self) -> None:
        self.path: list[str] = []
        self.arms: list[str] = []
        self.did: list[str] = []
        self.notes: list[str] = []
        self.hidden = False

    def copy(self) -> Journal:
        copy = Journal()
        copy.path, copy.arms = list(self.path), list(self.arms)
        copy.did, copy.notes = list(self.did), list(self.notes)
        copy.hidden = self.hidden
        return copy

    def entry(self, event: Event, seq: int) -> dict[str, Any]:
        """The row. What the customer typed is masked, and left out altogether when it was a secret."""
        entry: dict[str, Any] = {"seq": seq, **self._heard(event)}
        for name, lines in (("path", self.path), ("arms", self.arms), ("did", self.did), ("notes", self.notes)):
            if lines:
                entry[name] = lines
        return entry

    def _heard(self, event: Event) -> dict[str, Any]:
        if isinstance(event, InboundEvent):
            heard = {"event": event.kind, "message": event.message_id}
            if event.text:
                heard["text"] = HIDDEN if self.hidden else mask_text(event.text)[:_LONGEST]
            if event.media is not None:
                heard["media"] = event.media.kind
            if event.contact is not None:
                heard["contact"] = event.contact.proof
            return heard
        if isinstance(event, CallResult):
            return {
                "event": "result",
                "call": event.call,
                "arm": event.arm,
                "reason": mask_text(event.reason)[:_LONGEST],
            }
        if isinstance(event, BankEvent):
            return {"event": "bank", "name": event.name, "op": str(event.data.get("op", ""))}
        if isinstance(event, TicketClosed):
            return {"event": "ticket", "ticket": event.ticket}
        return {"event": "timer", "nonce": event.nonce}
