"""Reading sessions that are not in memory: one statement for whoever waits (design §2, hot path)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Final, TypeAlias

import asyncpg

from core.messages.rows import StoredSession, Wanted
from core.messages.store import MessageStore, StoreUnavailable, database_failed

_GROUP_MAX: Final = 256

Waiting: TypeAlias = "tuple[Wanted, asyncio.Future[StoredSession]]"


class SessionReader:
    """A lone read waits for nobody; those that come while a statement runs share the next one."""

    def __init__(self, store: MessageStore, pool: asyncpg.Pool) -> None:
        self._store = store
        self._pool = pool
        self._waiting: deque[Waiting] = deque()
        self._task: asyncio.Task[None] | None = None

    async def read(self, wanted: Wanted) -> StoredSession:
        """Raises StoreUnavailable."""
        done: asyncio.Future[StoredSession] = asyncio.get_running_loop().create_future()
        self._waiting.append((wanted, done))
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="session-reader")
        return await done

    async def _run(self) -> None:
        try:
            while self._waiting:
                await self._read([self._waiting.popleft() for _ in range(min(_GROUP_MAX, len(self._waiting)))])
        finally:
            self._task = None

    async def _read(self, group: Sequence[Waiting]) -> None:
        try:
            async with self._pool.acquire(timeout=10) as db:
                sessions = await self._store.read_sessions(db, [wanted for wanted, _ in group])
        except Exception as error:
            if database_failed(error):
                _refuse(group, StoreUnavailable(f"session not read: {type(error).__name__}"))
            elif len(group) == 1:
                _refuse(group, error)
            else:
                # One read that cannot be asked for must not take the others with it.
                for one in group:
                    await self._read([one])
            return
        for (_, done), session in zip(group, sessions, strict=True):
            if not done.done():
                done.set_result(session)


def _refuse(group: Sequence[Waiting], error: Exception) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(error)
