"""All SQL of the message room: asyncpg, hand-written, one round trip wherever one is enough."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

import asyncpg
import msgspec

from core.dialog.contracts import OutboundMessage
from core.kernel.errors import TellerError
from core.messages.rows import CommitResult, OpenTicket, OutboxRow, SentMark, StoredSession, TurnWrite, Wanted

Connection: TypeAlias = asyncpg.Connection

_encode = msgspec.json.Encoder().encode
_message = msgspec.json.Decoder(OutboundMessage).decode

# These plans are kept for the life of a connection, also the ones made while a table was still small or all of its
# messages were sent. LATERAL with LIMIT 1, and `state NOT IN`, see to it that each row is looked up by its own key and
# that no plan reads a whole table, or every waiting message, for the sake of a few.

# One group of turns, one statement, one commit. A turn whose dedupe key is already there writes nothing; a turn whose
# session has moved on makes the last SELECT divide by zero, so the whole statement is undone and tried one by one.
_WRITE_TURNS: Final = """
WITH turn AS (
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[],
                         $7::timestamptz[], $8::text[])
        WITH ORDINALITY AS t(channel, dedupe_key, conversation, version, state, wake_at, at, journal, idx)
), fresh AS (
    INSERT INTO inbox (channel, dedupe_key, conversation, received_at)
    SELECT channel, dedupe_key, conversation, at FROM turn ORDER BY conversation
    ON CONFLICT DO NOTHING RETURNING conversation
), moved AS (
    INSERT INTO session AS s (conversation, version, state, wake_at, updated_at)
    SELECT conversation, version, state::json, wake_at, at FROM turn JOIN fresh USING (conversation)
    ORDER BY conversation
    ON CONFLICT (conversation) DO UPDATE
        SET version = excluded.version, state = excluded.state, wake_at = excluded.wake_at,
            updated_at = excluded.updated_at
        WHERE s.version = excluded.version - 1
    RETURNING conversation
), held AS (
    SELECT conversation FROM fresh JOIN turn t USING (conversation) CROSS JOIN LATERAL (
        SELECT FROM outbox o WHERE o.conversation = fresh.conversation
            AND o.state = 'ready' AND (o.lease_owner <> $9 OR o.lease_until <= t.at) LIMIT 1) AS one
), sends AS (
    INSERT INTO outbox (id, conversation, message, state, next_at, lease_owner, lease_until, platform_id, created_at)
    SELECT m.id, m.conversation, m.message::json, m.state, t.at, $9,
           CASE WHEN h.conversation IS NULL THEN t.at + $10 ELSE t.at END, m.platform_id, t.at
    FROM unnest($11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
        WITH ORDINALITY AS m(id, conversation, message, state, platform_id, n)
    JOIN fresh USING (conversation) JOIN turn t USING (conversation) LEFT JOIN held h USING (conversation)
    ORDER BY m.n
), calls AS (
    INSERT INTO operation (id, conversation, customer, operation, effect, lang, args, secrets, seal, bank_ref, state,
                           next_at, lease_owner, lease_until, created_at, updated_at)
    SELECT c.id, c.conversation, c.customer, c.operation, c.effect, c.lang, c.args::json, c.secrets, c.seal::json,
           c.bank_ref, 'confirmed', t.at, $9, t.at + $26, t.at, t.at
    FROM unnest($16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[],
                $24::text[], $25::text[])
        AS c(id, conversation, customer, operation, effect, lang, args, secrets, seal, bank_ref)
    JOIN fresh USING (conversation) JOIN turn t USING (conversation)
), asked AS (
    INSERT INTO ticket (id, conversation, queue, summary, created_at)
    SELECT k.id, k.conversation, k.queue, k.summary, t.at
    FROM unnest($27::text[], $28::text[], $29::text[], $30::text[]) AS k(id, conversation, queue, summary)
    JOIN fresh USING (conversation) JOIN turn t USING (conversation)
), noted AS (
    INSERT INTO journal (conversation, version, at, entry)
    SELECT conversation, version, at, journal::json FROM turn JOIN fresh USING (conversation)
)
SELECT f.conversation, h.conversation IS NOT NULL AS held,
       1 / (CASE WHEN (SELECT count(*) FROM fresh) = (SELECT count(*) FROM moved) THEN 1 ELSE 0 END) AS consistent
FROM fresh f LEFT JOIN held h USING (conversation)
"""

_READ_SESSIONS: Final = """
SELECT s.version, s.state::text, i.seen IS NOT NULL AS seen
FROM unnest($1::text[], $2::text[], $3::text[]) WITH ORDINALITY AS w(conversation, channel, dedupe_key, n)
    LEFT JOIN LATERAL (
        SELECT version, state FROM session WHERE conversation = w.conversation LIMIT 1) AS s ON true
    LEFT JOIN LATERAL (
        SELECT true AS seen FROM inbox WHERE channel = w.channel AND dedupe_key = w.dedupe_key LIMIT 1) AS i ON true
ORDER BY w.n
"""

_MARK: Final = """
UPDATE outbox o
SET state = m.state, attempt = m.attempt, part = m.part, next_at = coalesce(m.next_at, o.next_at),
    lease_until = coalesce(m.next_at, m.at) + $9, platform_id = m.platform_id, error = m.error
FROM unnest($1::text[], $2::text[], $3::int[], $4::int[], $5::timestamptz[], $6::text[], $7::text[], $8::timestamptz[])
    AS m(id, state, attempt, part, next_at, platform_id, error, at)
WHERE o.id = m.id AND o.state NOT IN ('sent', 'dead', 'unknown', 'dropped')
    AND (o.lease_owner = $10 OR m.state = 'sent')
"""

_RENEW: Final = """
UPDATE outbox SET lease_until = $1 + $3::interval
WHERE conversation = ANY($4::text[]) AND state = 'ready' AND lease_owner = $2
    AND lease_until > $1 AND lease_until < $1 + $3::interval * 2 / 3
"""

# Only the oldest waiting message of a conversation can be taken over, and its younger ones come with it: order holds.
_TAKE_OVER: Final = """
WITH head AS (
    SELECT o.id, o.conversation FROM outbox o
    WHERE o.state = 'ready' AND o.lease_until <= $1 AND o.next_at <= $1 AND NOT EXISTS (
        SELECT FROM outbox p WHERE p.conversation = o.conversation AND p.state = 'ready' AND p.seq < o.seq)
    ORDER BY o.seq LIMIT $2 FOR UPDATE SKIP LOCKED
)
UPDATE outbox o SET lease_owner = $3, lease_until = $1 + $4
FROM head WHERE o.conversation = head.conversation AND o.state = 'ready'
RETURNING o.seq, o.id, o.conversation, o.message::text, o.attempt, o.part, o.next_at
"""

_DUE_TIMERS: Final = """
UPDATE session SET wake_at = $1 + $3
WHERE conversation IN (
    SELECT conversation FROM session WHERE wake_at <= $1 ORDER BY wake_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING conversation, version, state::text
"""

# Whether the bot is silent is the session's to say: what it keeps of its person names the ticket.
_OPEN_TICKETS: Final = """
SELECT t.id, t.conversation, t.queue, t.summary, t.created_at,
       coalesce((s.state->>'muted')::boolean AND coalesce(s.state->'person'->>'ticket', t.id) = t.id, false) AS silent
FROM ticket t LEFT JOIN session s USING (conversation)
WHERE t.state = 'open' ORDER BY t.created_at LIMIT $1
"""

_CLOSE_TICKET: Final = """
UPDATE ticket SET state = 'closed', closed_at = $2, tell_at = $2, note = $3 WHERE id = $1 AND state = 'open'
RETURNING conversation
"""

_CLOSED_TICKETS: Final = """
UPDATE ticket SET tell_at = $1 + $3
WHERE id IN (SELECT id FROM ticket WHERE tell_at <= $1 ORDER BY tell_at LIMIT $2 FOR UPDATE SKIP LOCKED)
RETURNING id, conversation
"""


class StoreUnavailable(TellerError):
    """The database cannot be reached or did not answer; nothing is known to be written. The messenger will retry."""

    code = "store_unavailable"
    http_status = 503
    retryable = True


def database_failed(error: Exception) -> bool:
    """Whether the database failed, and not what it was given."""
    given = isinstance(error, asyncpg.DataError | asyncpg.IntegrityConstraintViolationError)
    return isinstance(error, OSError | asyncpg.PostgresError | asyncpg.InterfaceError) and not given


class MessageStore:
    """`owner` names this process in leases; unique for each start.

    `sends_here`, `calls_here`: whether this process sends messages and calls the bank itself. What it does not do
    itself is committed without a lease, for the first process that does. `lease_s`: after how long another process
    may take over what this one has not finished.
    """

    def __init__(self, owner: str, *, sends_here: bool = True, calls_here: bool = True, lease_s: float = 30.0) -> None:
        self.owner = owner
        self._lease = timedelta(seconds=lease_s)
        self._send_lease = self._lease if sends_here else timedelta(0)
        self._call_lease = self._lease if calls_here else timedelta(0)

    async def read_sessions(self, db: Connection, wanted: Sequence[Wanted]) -> list[StoredSession]:
        """One for each that is wanted, in the same order."""
        columns = ([one.conversation for one in wanted], [one.channel for one in wanted])
        rows = await db.fetch(_READ_SESSIONS, *columns, [one.dedupe_key for one in wanted])
        return [StoredSession(row["version"] or 0, row["state"] or "", row["seen"]) for row in rows]

    @asynccontextmanager
    async def exclusive(self, db: Connection, conversation: str) -> AsyncIterator[None]:
        """Keep other processes that ask for the same out of this conversation; those that do not ask still conflict."""
        async with db.transaction():
            await db.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", conversation)
            yield

    async def write_turns(self, db: Connection, turns: Sequence[TurnWrite]) -> list[CommitResult]:
        """All turns in one commit; a conversation may appear once. A conflict raises asyncpg's DivisionByZeroError."""
        columns = (*_turn_columns(turns), self.owner, self._send_lease, *_outbox_columns(turns))
        rows = await db.fetch(_WRITE_TURNS, *columns, *_intent_columns(turns), self._call_lease,
                              *_ticket_columns(turns))  # fmt: skip
        fresh = {row["conversation"]: row["held"] for row in rows}
        return [
            CommitResult("committed", fresh[turn.conversation])
            if turn.conversation in fresh
            else CommitResult("duplicate")
            for turn in turns
        ]

    async def mark(self, db: Connection, marks: Sequence[SentMark]) -> None:
        """Another process may have taken a message over; of those only the news that it was sent still counts."""
        columns: list[list[Any]] = [
            [mark.id for mark in marks], [mark.state for mark in marks], [mark.attempt for mark in marks],
            [mark.part for mark in marks], [mark.next_at for mark in marks], [mark.platform_id for mark in marks],
            [mark.error for mark in marks], [mark.at for mark in marks],
        ]  # fmt: skip
        await db.execute(_MARK, *columns, self._lease, self.owner)

    async def renew(self, db: Connection, now: datetime, conversations: Sequence[str]) -> None:
        """Keep the leases of messages that wait in this process; those that ran out already belong to anybody."""
        await db.execute(_RENEW, now, self.owner, self._lease, list(conversations))

    async def take_over(self, db: Connection, now: datetime, limit: int) -> list[OutboxRow]:
        """Messages whose holder is gone or that wait for another try, oldest first, whole conversations at a time."""
        rows = await db.fetch(_TAKE_OVER, now, limit, self.owner, self._lease)
        return [
            OutboxRow(
                id=row["id"], conversation=row["conversation"], message=_message(row["message"]),
                attempt=row["attempt"], part=row["part"], next_at=row["next_at"],
            )
            for row in sorted(rows, key=lambda row: int(row["seq"]))
        ]  # fmt: skip

    async def due_timers(self, db: Connection, now: datetime, limit: int) -> list[tuple[str, int, str]]:
        """(conversation, version, session JSON) of waits that ran out; each is ours for the length of a lease."""
        rows = await db.fetch(_DUE_TIMERS, now, limit, self._lease)
        return [(row["conversation"], row["version"], row["state"]) for row in rows]

    async def open_tickets(self, db: Connection, limit: int) -> list[OpenTicket]:
        """Oldest first."""
        return [OpenTicket(**row) for row in await db.fetch(_OPEN_TICKETS, limit)]

    async def close_ticket(self, db: Connection, ticket: str, at: datetime, note: str) -> bool:
        """Its conversation is told by the sweeper of a process that runs conversations. False: it is not open."""
        return await db.fetchval(_CLOSE_TICKET, ticket, at, note) is not None

    async def closed_tickets(self, db: Connection, now: datetime, limit: int) -> list[tuple[str, str]]:
        """(ticket, conversation) of those that are still to be told; each is ours for the length of a lease."""
        rows = await db.fetch(_CLOSED_TICKETS, now, limit, self._lease)
        return [(row["id"], row["conversation"]) for row in rows]

    async def ticket_told(self, db: Connection, ticket: str) -> None:
        await db.execute("UPDATE ticket SET tell_at = NULL WHERE id = $1", ticket)

    async def message(self, db: Connection, outbox_id: str) -> OutboundMessage | None:
        text = await db.fetchval("SELECT message::text FROM outbox WHERE id = $1", outbox_id)
        return _message(text) if text else None

    async def drop(self, db: Connection, conversation: str, reason: str) -> None:
        """The recipient is gone: nothing that still waits for them is sent."""
        await db.execute(
            "UPDATE outbox SET state = 'dropped', error = $2 WHERE conversation = $1 AND state = 'ready'",
            conversation, reason,
        )  # fmt: skip

    async def release(self, db: Connection, now: datetime) -> None:
        """This process ends in good order: what it has not sent is free for the others at once."""
        await db.execute(
            "UPDATE outbox SET lease_until = $2 WHERE lease_owner = $1 AND state = 'ready' AND lease_until > $2",
            self.owner, now,
        )  # fmt: skip

    async def quarantine(self, db: Connection, channel: str, reason: str, body: str, at: datetime) -> None:
        await db.execute(
            "INSERT INTO quarantine (channel, reason, body, received_at) VALUES ($1, $2, $3, $4)",
            channel, reason, body, at,
        )  # fmt: skip


def _turn_columns(turns: Sequence[TurnWrite]) -> list[list[Any]]:
    return [
        [turn.channel for turn in turns], [turn.dedupe_key for turn in turns], [turn.conversation for turn in turns],
        [turn.version for turn in turns], [turn.state for turn in turns], [turn.wake_at for turn in turns],
        [turn.at for turn in turns], [turn.journal for turn in turns],
    ]  # fmt: skip


def _outbox_columns(turns: Sequence[TurnWrite]) -> list[list[Any]]:
    rows = [row for turn in turns for row in turn.outbox]
    return [
        [row.id for row in rows], [row.conversation for row in rows], [_encode(row.message).decode() for row in rows],
        ["sent" if row.inline else "ready" for row in rows], ["inline" if row.inline else "" for row in rows],
    ]  # fmt: skip


def _intent_columns(turns: Sequence[TurnWrite]) -> list[list[Any]]:
    rows = [row for turn in turns for row in turn.intents]
    calls = [row.call for row in rows]
    return [
        [call.id for call in calls], [row.conversation for row in rows], [call.customer for call in calls],
        [call.operation for call in calls], [call.effect for call in calls], [call.lang for call in calls],
        [_encode(call.args).decode() for call in calls], [row.secrets for row in rows],
        [_encode(call.seal).decode() if call.seal else None for call in calls], [row.bank_ref for row in rows],
    ]  # fmt: skip


def _ticket_columns(turns: Sequence[TurnWrite]) -> list[list[str]]:
    rows = [row for turn in turns for row in turn.tickets]
    return [
        [row.id for row in rows], [row.conversation for row in rows], [row.ticket.queue for row in rows],
        [row.ticket.summary for row in rows],
    ]  # fmt: skip
