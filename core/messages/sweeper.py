"""Brings on what nobody else does: messages whose lease ran out, waits that are over, tickets that were closed."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Final, Protocol

import asyncpg
import structlog

from core.dialog.contracts import Event, TicketClosed, TimerFired
from core.dialog.errors import NoConversation
from core.kernel.clock import Clock, moment
from core.kernel.errors import TellerError, where
from core.messages.rows import OutboxRow
from core.messages.store import MessageStore
from core.messages.turn import Turns

_BATCH: Final = 200
_log = structlog.get_logger("teller.sweeper")


class WaitNonce(Protocol):
    """The nonce of the wait that a stored session stands at, "" if at none: then it is woken for something else."""

    def __call__(self, state: str) -> str: ...


class Sending(Protocol):
    """The sender, as far as the sweeper needs it."""

    def enqueue(self, rows: list[OutboxRow]) -> None: ...

    def conversations(self) -> list[str]:
        """Those whose messages wait in this process."""
        ...


class Sweeper:
    """`run_once` is the whole work; `serve` repeats it every `interval_s` or when woken.

    `sending` is None in a process that does not send, `turns` is None in one that runs no conversations.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        pool: asyncpg.Pool,
        clock: Clock,
        sending: Sending | None,
        turns: Turns | None,
        wait_nonce: WaitNonce,
        interval_s: float = 1.0,
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._sending = sending
        self._turns = turns
        self._wait_nonce = wait_nonce
        self._interval_s = interval_s
        self._woken = asyncio.Event()

    def wake(self) -> None:
        self._woken.set()

    async def serve(self) -> None:
        while True:
            try:
                await self.run_once()
            except Exception as error:
                # Whatever happened, the next round may be better, and nothing else repairs what lies there.
                _log.warning("sweep_failed", error=type(error).__name__, where=where(error))
            try:
                async with asyncio.timeout(self._interval_s):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()

    async def run_once(self) -> None:
        now = moment(self._clock.now_ms())
        async with self._pool.acquire(timeout=10) as db:
            if self._sending is not None:
                await self._take_over(db, now, self._sending)
            runs = self._turns is not None
            timers = await self._store.due_timers(db, now, _BATCH) if runs else []
            closed = await self._store.closed_tickets(db, now, _BATCH) if runs else []
        for conversation, version, state in timers:
            await self._fire(conversation, version, state)
        for ticket, conversation in closed:
            await self._give_back(ticket, conversation)

    async def _take_over(self, db: asyncpg.Connection, now: datetime, sending: Sending) -> None:
        if waiting := sending.conversations():
            await self._store.renew(db, now, waiting)
        if rows := await self._store.take_over(db, now, _BATCH):
            sending.enqueue(rows)

    async def _fire(self, conversation: str, version: int, state: str) -> None:
        """A session's timer fires once for each of its versions, whichever processes see it run out."""
        try:
            await self._run(conversation, f"timer:{conversation}:{version}", TimerFired(self._wait_nonce(state)))
        except TellerError as error:
            _log.warning("timer_not_run", conversation=conversation, code=error.code)
        except Exception as error:
            _log.error("timer_failed", conversation=conversation, error=type(error).__name__, where=where(error))

    async def _give_back(self, ticket: str, conversation: str) -> None:
        """A conversation hears once that its person has finished; one that cannot be told now is told later."""
        try:
            await self._run(conversation, f"ticket:{ticket}", TicketClosed(ticket))
        except NoConversation:
            _log.warning("ticket_without_conversation", ticket=ticket)
        except TellerError as error:
            _log.warning("ticket_not_told", ticket=ticket, code=error.code)
            return
        except Exception as error:
            _log.error("ticket_failed", ticket=ticket, error=type(error).__name__, where=where(error))
            return
        async with self._pool.acquire(timeout=10) as db:
            await self._store.ticket_told(db, ticket)

    async def _run(self, conversation: str, dedupe_key: str, event: Event) -> None:
        assert self._turns is not None
        await self._turns.run(conversation.partition(":")[0], conversation, dedupe_key, event)
