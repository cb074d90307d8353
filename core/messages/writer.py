"""The group writer: one task, one connection, one statement for whatever turns are waiting (design §2, hot path)."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Final

import asyncpg
import structlog

from core.kernel.errors import where
from core.messages.rows import CommitResult, SentMark, TurnWrite
from core.messages.store import MessageStore, StoreUnavailable, database_failed

_GROUP_MAX: Final = 128
_MARKS_GATHERED: Final = 64
_BACKLOG_MAX: Final = 4_000
_STATEMENT_S: Final = 15.0
_FLUSH_S: Final = 5.0
_AGAIN_S: Final = 0.2
_log = structlog.get_logger("teller.writer")

Connect = Callable[[], Awaitable[asyncpg.Connection]]
Sleep = Callable[[float], Awaitable[None]]
Pending = tuple[TurnWrite, "asyncio.Future[CommitResult]"]


class Overloaded(StoreUnavailable):
    """More turns wait than can be written in good time."""

    code = "overloaded"


class GroupWriter:
    """Two writers over the same conversations would wait for each other's row locks, so a process has one.

    The caller keeps at most one turn of a conversation in flight. A lone turn waits for nobody: the group is
    whatever came while the last statement ran.
    """

    def __init__(self, store: MessageStore, connect: Connect, *, sleep: Sleep = asyncio.sleep) -> None:
        self._store = store
        self._connect = connect
        self._sleep = sleep
        self._turns: deque[Pending] = deque()
        self._marks: dict[str, SentMark] = {}
        self._work = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task: asyncio.Task[None] | None = None
        self._db: asyncpg.Connection | None = None
        self._stopped = False

    async def stop(self, within_s: float = _FLUSH_S) -> None:
        """Write what waits, then end; what a database that is away could not take by then is refused."""
        await self.flush(within_s)
        self._stopped = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        _refuse(self._turns, StoreUnavailable("turn not written: the process ends"))
        self._turns.clear()
        if self._db is not None and not self._db.is_closed():
            await self._db.close()

    async def commit(self, turn: TurnWrite) -> CommitResult:
        """Wait until the turn is durable. Raises StoreUnavailable when it is not known to be."""
        if self._stopped:
            raise StoreUnavailable("turn not written: the process ends")
        if len(self._turns) >= _BACKLOG_MAX:
            raise Overloaded(f"{len(self._turns)} turns wait for the database")
        done: asyncio.Future[CommitResult] = asyncio.get_running_loop().create_future()
        self._turns.append((turn, done))
        self._wake()
        return await done

    def mark(self, mark: SentMark) -> None:
        """Note what became of a message; written with the next group. Lost marks only mean a message sent again."""
        self._marks[mark.id] = mark
        if not self._stopped:
            self._wake()

    async def flush(self, within_s: float = _FLUSH_S) -> None:
        """Wait until everything is written, or until `within_s` seconds have passed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
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
            # While turns wait, marks are gathered: each statement is a commit, and customers wait for turns only.
            if self._marks and (not self._turns or len(self._marks) >= _MARKS_GATHERED):
                await self._write_marks(db)
        except asyncio.CancelledError:
            _refuse(group, StoreUnavailable("turn not written: the process ends"))
            raise
        except Exception as error:
            await self._fail(group, error)

    async def _write_group(self, db: asyncpg.Connection, group: list[Pending]) -> None:
        try:
            async with asyncio.timeout(_STATEMENT_S):
                results = await self._store.write_turns(db, [turn for turn, _ in group])
        except Exception as error:
            if database_failed(error):
                raise
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
            except Exception as error:
                if database_failed(error):
                    raise
                _refuse([(turn, done)], error)

    async def _write_marks(self, db: asyncpg.Connection) -> None:
        marks, self._marks = self._marks, {}
        try:
            async with asyncio.timeout(_STATEMENT_S):
                await self._store.mark(db, list(marks.values()))
        except BaseException:
            # What came meanwhile is newer.
            self._marks = marks | self._marks
            raise

    async def _connection(self) -> asyncpg.Connection:
        if self._db is None or self._db.is_closed():
            self._db = await self._connect()
        return self._db

    async def _fail(self, group: list[Pending], error: Exception) -> None:
        _log.warning("database_unreachable", error=type(error).__name__, turns=len(group), where=where(error))
        _refuse(group, StoreUnavailable(f"turn not written: {type(error).__name__}"))
        if self._db is not None:
            self._db.terminate()
            self._db = None
        if not self._turns and self._marks:
            # Only marks are left, and they can wait: do not spin against a database that is away.
            await self._sleep(_AGAIN_S)


def _finish(done: asyncio.Future[CommitResult], result: CommitResult) -> None:
    if not done.done():
        done.set_result(result)


def _refuse(group: Iterable[Pending], error: Exception) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(error)
