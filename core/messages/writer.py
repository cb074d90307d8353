"""The group writer: one task, one connection, one statement for whatever turns are waiting (design §2, hot path)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from itertools import islice
from typing import Final

import asyncpg
import structlog

from core.messages.rows import CommitResult, SentMark, TurnWrite
from core.messages.store import MessageStore, StoreUnavailable

_GROUP_MAX: Final = 128
_BACKLOG_MAX: Final = 4_000
_STATEMENT_S: Final = 15.0
_log = structlog.get_logger("teller.writer")

Connect = Callable[[], Awaitable[asyncpg.Connection]]
Pending = tuple[TurnWrite, "asyncio.Future[CommitResult]"]


class Overloaded(StoreUnavailable):
    """More turns wait than can be written in good time."""

    code = "overloaded"


class GroupWriter:
    """Two writers over the same conversations would wait for each other's row locks, so a process has one.

    The caller keeps at most one turn of a conversation in flight. A lone turn waits for nobody: the group is
    whatever came while the last statement ran.
    """

    def __init__(self, store: MessageStore, connect: Connect) -> None:
        self._store = store
        self._connect = connect
        self._turns: deque[Pending] = deque()
        self._marks: deque[SentMark] = deque()
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self._db: asyncpg.Connection | None = None

    async def stop(self) -> None:
        """Write what waits, then end."""
        await self._idle.wait()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._db is not None and not self._db.is_closed():
            await self._db.close()

    async def commit(self, turn: TurnWrite) -> CommitResult:
        """Wait until the turn is durable. Raises StoreUnavailable when it is not known to be."""
        if len(self._turns) >= _BACKLOG_MAX:
            raise Overloaded(f"{len(self._turns)} turns wait for the database")
        done: asyncio.Future[CommitResult] = asyncio.get_running_loop().create_future()
        self._turns.append((turn, done))
        self._wake()
        return await done

    def mark(self, mark: SentMark) -> None:
        """Note what became of a message; written with the next group. Lost marks only mean a message sent again."""
        self._marks.append(mark)
        self._wake()

    async def flush(self) -> None:
        await self._idle.wait()

    def _wake(self) -> None:
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="group-writer")
        self._idle.clear()
        self._work.set()

    async def _run(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            while self._turns or self._marks:
                await self._write_some()
            self._idle.set()

    async def _write_some(self) -> None:
        group = [self._turns.popleft() for _ in range(min(_GROUP_MAX, len(self._turns)))]
        try:
            db = await self._connection()
            if group:
                await self._write_group(db, group)
            if self._marks:
                await self._write_marks(db)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            await self._fail(group, error)

    async def _write_group(self, db: asyncpg.Connection, group: list[Pending]) -> None:
        try:
            async with asyncio.timeout(_STATEMENT_S):
                results = await self._store.write_turns(db, [turn for turn, _ in group])
        except (asyncpg.DivisionByZeroError, asyncpg.DataError, asyncpg.IntegrityConstraintViolationError):
            await self._write_one_by_one(db, group)
            return
        for (_, done), result in zip(group, results, strict=True):
            _finish(done, result)

    async def _write_one_by_one(self, db: asyncpg.Connection, group: list[Pending]) -> None:
        """One turn that cannot be written must not take the others with it."""
        for turn, done in group:
            try:
                async with asyncio.timeout(_STATEMENT_S):
                    [result] = await self._store.write_turns(db, [turn])
                _finish(done, result)
            except asyncpg.DivisionByZeroError:
                _finish(done, CommitResult("conflict"))
            except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
                if not done.done():
                    done.set_exception(error)

    async def _write_marks(self, db: asyncpg.Connection) -> None:
        count = len(self._marks)
        marks = {mark.id: mark for mark in islice(self._marks, count)}
        await self._store.mark(db, list(marks.values()))
        # Others may have come meanwhile; they are not written yet.
        for _ in range(count):
            self._marks.popleft()

    async def _connection(self) -> asyncpg.Connection:
        if self._db is None or self._db.is_closed():
            self._db = await self._connect()
        return self._db

    async def _fail(self, group: list[Pending], error: Exception) -> None:
        _log.warning("database_unreachable", error=type(error).__name__, turns=len(group))
        for _, done in group:
            if not done.done():
                done.set_exception(StoreUnavailable(f"turn not written: {type(error).__name__}"))
        if self._db is not None:
            self._db.terminate()
            self._db = None
        if not self._turns and self._marks:
            # Only marks are left, and they can wait: do not spin against a database that is away.
            await asyncio.sleep(0.2)


def _finish(done: asyncio.Future[CommitResult], result: CommitResult) -> None:
    if not done.done():
        done.set_result(result)
