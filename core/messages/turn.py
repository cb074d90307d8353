"""The turn: one event of one conversation becomes one commit. Nothing leaves and nothing is acknowledged before it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import asyncpg
import msgspec

from core.dialog.contracts import Call, Effect, Event, InboundEvent, OutboundMessage, Send, Ticket
from core.kernel.clock import Clock, moment
from core.kernel.envelope import Keyring
from core.kernel.ids import derived_id
from core.messages.reader import SessionReader
from core.messages.rows import CommitResult, IntentRow, OutboxRow, StoredSession, TicketRow, TurnWrite, Wanted
from core.messages.store import MessageStore, StoreUnavailable, database_failed
from core.messages.writer import GroupWriter

_SESSIONS_CACHED: Final = 50_000
_KEYS_REMEMBERED: Final = 100_000
# Every lost race is a turn that another process has done; a person does not write so much at once.
_TRIES: Final = 32
_encode = msgspec.json.Encoder().encode


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """What the engine decided: the next session as JSON, when to wake it, what to do, and the masked journal entry."""

    state: str
    wake_at_ms: int | None
    effects: tuple[Effect, ...]
    journal: dict[str, Any]


class NotReady(Exception):
    """Raised by `Decide` before anything is decided: `bring` loads what is missing, and then it is asked again."""

    def __init__(self, bring: Callable[[], Awaitable[None]]) -> None:
        super().__init__()
        self.bring = bring


class Decide(Protocol):
    """The pure engine behind one call. `state` is "" for a conversation never seen before. May raise `NotReady`."""

    def __call__(self, conversation: str, state: str, event: Event, now_ms: int) -> Decision: ...


class Prepare(Protocol):
    """What an event needs to know before it is decided on, where that takes a while, such as an answer from outside.

    It is asked again when the turn is tried again, and must come to the same.
    """

    async def __call__(self, state: str, event: Event) -> Event: ...


class TurnResult(msgspec.Struct, frozen=True, kw_only=True):
    """`inline`: the message that must go out in the HTTP answer, with its outbox id."""

    first_time: bool
    inline: OutboxRow | None = None


class _Lane:
    """Turns of one conversation, one after the other."""

    __slots__ = ("lock", "users")

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.users = 0


class Turns:
    """Runs turns. `on_outbox` and `on_calls` are told after the commit, with what this process holds the lease of."""

    def __init__(
        self,
        *,
        store: MessageStore,
        writer: GroupWriter,
        pool: asyncpg.Pool,
        decide: Decide,
        clock: Clock,
        keyring: Keyring,
        on_outbox: Callable[[list[OutboxRow]], None],
        on_calls: Callable[[list[str]], None],
        prepare: Prepare | None = None,
    ) -> None:
        self._store = store
        self._reader = SessionReader(store, pool)
        self._writer = writer
        self._pool = pool
        self._decide = decide
        self._clock = clock
        self._keyring = keyring
        self._on_outbox = on_outbox
        self._on_calls = on_calls
        self._before = prepare
        self._lanes: dict[str, _Lane] = {}
        self._sessions: OrderedDict[str, StoredSession] = OrderedDict()
        self._keys: OrderedDict[tuple[str, str], None] = OrderedDict()

    async def run(self, channel: str, conversation: str, dedupe_key: str, event: Event) -> TurnResult:
        """One turn. `conversation` is `<channel>:<id>`. Raises StoreUnavailable if it is not known to be durable."""
        lane = self._lanes.get(conversation)
        if lane is None:
            lane = self._lanes[conversation] = _Lane()
        lane.users += 1
        try:
            async with lane.lock:
                return await self._run(channel, conversation, dedupe_key, event)
        finally:
            lane.users -= 1
            if lane.users == 0:
                self._lanes.pop(conversation, None)

    async def _run(self, channel: str, conversation: str, dedupe_key: str, event: Event) -> TurnResult:
        result = await self._try(channel, conversation, dedupe_key, event)
        if result is not None:
            return result
        # Another process moves this conversation too: from here the two take turns instead of racing.
        try:
            async with self._pool.acquire(timeout=10) as db, self._store.exclusive(db, conversation):
                for _ in range(_TRIES):
                    result = await self._try(channel, conversation, dedupe_key, event, db)
                    if result is not None:
                        return result
        except Exception as error:
            if database_failed(error):
                raise StoreUnavailable(f"conversation not taken: {type(error).__name__}") from error
            raise
        raise StoreUnavailable(f"conversation {conversation} is contended by other processes")

    async def _try(
        self, channel: str, conversation: str, dedupe_key: str, event: Event, db: asyncpg.Connection | None = None
    ) -> TurnResult | None:
        """None when the session had moved on since it was read; the next try reads it anew and decides again."""
        key = (channel, dedupe_key)
        if key in self._keys:
            return TurnResult(first_time=False)
        session = await self._session(conversation, channel, dedupe_key, db)
        if session.seen:
            self._remember(key)
            return TurnResult(first_time=False)
        if self._before is not None:
            event = await self._before(session.state, event)
        try:
            write = self._prepare(channel, conversation, dedupe_key, event, session)
        except NotReady as missing:
            await missing.bring()
            write = self._prepare(channel, conversation, dedupe_key, event, session)
        result = await self._commit(write)
        if result.outcome == "conflict":
            self._sessions.pop(conversation, None)
            return None
        self._remember(key)
        if result.outcome == "duplicate":
            return TurnResult(first_time=False)
        self._keep(conversation, StoredSession(write.version, write.state))
        self._hand_over(write, result)
        return TurnResult(first_time=True, inline=next((row for row in write.outbox if row.inline), None))

    async def _session(
        self, conversation: str, channel: str, dedupe_key: str, db: asyncpg.Connection | None
    ) -> StoredSession:
        cached = self._sessions.get(conversation)
        if cached is not None:
            return cached
        wanted = Wanted(conversation, channel, dedupe_key)
        if db is None:
            return await self._reader.read(wanted)
        [session] = await self._store.read_sessions(db, [wanted])
        return session

    async def _commit(self, write: TurnWrite) -> CommitResult:
        try:
            return await self._writer.commit(write)
        except BaseException:
            # The commit may or may not have happened: only the database knows now.
            self._sessions.pop(write.conversation, None)
            raise

    def _prepare(
        self, channel: str, conversation: str, dedupe_key: str, event: Event, session: StoredSession
    ) -> TurnWrite:
        now_ms = self._clock.now_ms()
        decision = self._decide(conversation, session.state, event, now_ms)
        version = session.version + 1
        inbound = event if isinstance(event, InboundEvent) else None
        return TurnWrite(
            channel=channel,
            dedupe_key=dedupe_key,
            conversation=conversation,
            version=version,
            state=decision.state,
            wake_at=moment(decision.wake_at_ms) if decision.wake_at_ms is not None else None,
            at=moment(now_ms),
            journal=_encode(decision.journal).decode(),
            outbox=_outbox(conversation, version, decision.effects, inbound),
            intents=self._intents(conversation, decision.effects),
            tickets=_tickets(conversation, decision.effects),
        )

    def _intents(self, conversation: str, effects: tuple[Effect, ...]) -> tuple[IntentRow, ...]:
        return tuple(
            IntentRow(
                call=effect,
                conversation=conversation,
                bank_ref=derived_id(20, "bank_ref", effect.id),
                secrets=self._sealed(effect),
            )
            for effect in effects
            if isinstance(effect, Call)
        )

    def _sealed(self, call: Call) -> str:
        if not call.secrets:
            return ""
        return self._keyring.seal(_encode(call.secrets), "operation", "secrets", call.id)

    def _hand_over(self, write: TurnWrite, result: CommitResult) -> None:
        rows = [row for row in write.outbox if not row.inline]
        if rows and not result.held:
            self._on_outbox(rows)
        if write.intents:
            self._on_calls([intent.call.id for intent in write.intents])

    def _keep(self, conversation: str, session: StoredSession) -> None:
        self._sessions[conversation] = session
        self._sessions.move_to_end(conversation)
        if len(self._sessions) > _SESSIONS_CACHED:
            self._sessions.popitem(last=False)

    def _remember(self, key: tuple[str, str]) -> None:
        self._keys[key] = None
        if len(self._keys) > _KEYS_REMEMBERED:
            self._keys.popitem(last=False)


def _outbox(
    conversation: str, version: int, effects: tuple[Effect, ...], event: InboundEvent | None
) -> tuple[OutboxRow, ...]:
    messages = [effect.message for effect in effects if isinstance(effect, Send)]
    if event is not None and event.callback:
        # Whoever pressed a button watches a spinner until the press is acknowledged.
        first = messages[0] if messages else OutboundMessage()
        messages[:1] = [msgspec.structs.replace(first, ack=event.callback)]
    inline = event is not None and event.answer_inline
    return tuple(
        OutboxRow(
            id=derived_id(20, "outbox", conversation, version, index),
            conversation=conversation,
            message=message,
            inline=inline and index == 0,
        )
        for index, message in enumerate(messages)
    )


def _tickets(conversation: str, effects: tuple[Effect, ...]) -> tuple[TicketRow, ...]:
    tickets = [effect for effect in effects if isinstance(effect, Ticket)]
    return tuple(TicketRow(id=ticket.id, conversation=conversation, ticket=ticket) for ticket in tickets)
