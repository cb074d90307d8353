"""The rows of a turn, as plain data between the turn, the store and the sender."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from core.dialog.contracts import Call, OutboundMessage, Ticket

SentState = Literal["ready", "sent", "dead", "unknown", "dropped"]
Committed = Literal["committed", "duplicate", "conflict"]


class OutboxRow(msgspec.Struct, kw_only=True):
    """One logical message on its way. `part`: wire calls already done; `inline`: it went out in the HTTP answer.

    `doubtful`: it may be in the chat already; known only to the process that sent it.
    """

    id: str
    conversation: str
    message: OutboundMessage
    attempt: int = 0
    part: int = 0
    next_at: datetime | None = None
    inline: bool = False
    doubtful: bool = False


class IntentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A bank call to be made: committed with the turn that decided it, before anything leaves."""

    call: Call
    conversation: str
    bank_ref: str
    secrets: str


class TicketRow(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that waits for a person."""

    id: str
    conversation: str
    ticket: Ticket


class OpenTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that nobody has closed. `silent`: the bot leaves the conversation to the person."""

    id: str
    conversation: str
    queue: str
    summary: str
    created_at: datetime
    silent: bool


class TurnWrite(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one turn changes. `version` is the version being written: the one that was read, plus one.

    `journal` is masked JSON.
    """

    channel: str
    dedupe_key: str
    conversation: str
    version: int
    state: str
    wake_at: datetime | None
    at: datetime
    journal: str
    outbox: tuple[OutboxRow, ...] = ()
    intents: tuple[IntentRow, ...] = ()
    tickets: tuple[TicketRow, ...] = ()


class CommitResult(msgspec.Struct, frozen=True):
    """`held`: an older message of this conversation is still in another process's hands, so ours must wait for it."""

    outcome: Committed
    held: bool = False


class SentMark(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an outbox row. State `ready` means: try again at `next_at`."""

    id: str
    state: SentState
    at: datetime
    attempt: int = 0
    part: int = 0
    next_at: datetime | None = None
    platform_id: str = ""
    error: str = ""


class Wanted(msgspec.Struct, frozen=True):
    """Whose session is read, and for which event."""

    conversation: str
    channel: str
    dedupe_key: str


class StoredSession(msgspec.Struct, frozen=True):
    """Version 0 means: no session yet. `seen`: the event's dedupe key is already in the inbox."""

    version: int
    state: str
    seen: bool = False
