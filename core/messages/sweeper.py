"""Repairs what a dead process left: messages whose lease ran out, waits whose time has come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import asyncpg
import structlog

from core.dialog.contracts import TimerFired
from core.kernel.clock import Clock, moment
from core.kernel.errors import TellerError
from core.messages.rows import OutboxRow
from core.messages.store import MessageStore
from core.messages.turn import Turns

_BATCH: Final = 200
_log = structlog.get_logger("teller.sweeper")


class WaitNonce(Protocol):
    """The nonce of the wait that a stored session stands at, "" if it waits for nothing."""

    def __call__(self, state: str) -> str: ...


class Sweeper:
    """`run_once` is the whole work; `serve` repeats it every `interval_s` or when woken.

    `enqueue` is None in a process that does not send, `turns` is None in one that runs no conversations.
    """

    def __init__(
        self,
        *,
        store: MessageStore,
        pool: asyncpg.Pool,
        clock: Clock,
        enqueue: Callable[[list[OutboxRow]], None] | None,
        turns: Turns | None,
        wait_nonce: WaitNonce,
        interval_s: float = 1.0,
    ) -> None:
        self._store = store
        self._pool = pool
        self._clock = clock
        self._enqueue = enqueue
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
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                _log.warning("sweep_failed", error=type(error).__name__)
            try:
                async with asyncio.timeout(self._interval_s):
                    await self._woken.wait()
            except TimeoutError:
                pass
            self._woken.clear()

    async def run_once(self) -> None:
        now = moment(self._clock.now_ms())
        async with self._pool.acquire(timeout=10) as db:
            rows = await self._store.take_over(db, now, _BATCH) if self._enqueue is not None else []
            timers = await self._store.due_timers(db, now, _BATCH) if self._turns is not None else []
        if self._enqueue is not None and rows:
            self._enqueue(rows)
        for conversation, state in timers:
            await self._fire(conversation, state)

    async def _fire(self, conversation: str, state: str) -> None:
        assert self._turns is not None
        nonce = self._wait_nonce(state)
        channel = conversation.partition(":")[0]
        try:
            await self._turns.run(channel, conversation, f"timer:{conversation}:{nonce}", TimerFired(nonce))
        except TellerError as error:
            _log.warning("timer_not_run", conversation=conversation, code=error.code)
