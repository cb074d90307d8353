"""What a conversation already knew when something new began in it: enough to begin there again."""

from __future__ import annotations

from typing import Any

from core.dialog.recording.bank import event_types, short
from core.dialog.recording.stand_ins import data_in
from core.dialog.recording.words import Words
from core.dialog.session import Session
from core.dialog.signatures import Catalogue


def is_beginning(session: Session) -> bool:
    """Whether nothing is open that a recording would have to know of: no flow, no follow-up, no person at work."""
    person = session.person
    at_work = person is not None and (session.muted or bool(person.frames))
    return not session.stack and not session.scheduled and not at_work


def given(session: Session, operations: Catalogue, words: Words) -> dict[str, Any]:
    """Nobody's name or number: only whether there is one. `open` are calls with an effect whose end is not known."""
    row: dict[str, Any] = {"lang": session.lang}
    if session.greeted:
        row["greeted"] = True
    if session.customer:
        row["customer"] = True
    if session.name:
        row["named"] = True
    if session.auth is not None:
        row["auth"] = [session.auth.level, session.auth.at]
    if session.muted:
        row["muted"] = True
    if session.open:
        row["open"] = [
            {"id": short(identity), "op": call.operation, "flow": call.flow, "amount": call.amount}
            for identity, call in session.open.items()
        ]
    if session.early:
        row["early"] = [
            {
                "name": event.name,
                "op": short(str(event.data.get("op", ""))),
                "data": data_in(event.data, event_types(operations, event.name), words.literals, session.id),
            }
            for event in session.early
        ]
    return row
