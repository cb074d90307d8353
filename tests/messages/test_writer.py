"""The group writer when the database is slow, away, or will not take what it is given."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from core.dialog.contracts import OutboundMessage
from core.kernel.clock import moment
from core.messages.rows import OutboxRow, SentMark, TurnWrite
from core.messages.store import MessageStore, StoreUnavailable
from core.messages.writer import GroupWriter, Overloaded

NOW = moment(1_795_000_000_000)
_numbers = itertools.count(1)


def turn(conversation: str = "", text: str = "hello", key: str = "") -> TurnWrite:
    conversation = conversation or f"telegram:{next(_numbers)}"
    message = OutboxRow(id=f"out-{conversation}", conversation=conversation, message=OutboundMessage(text=text))
    return TurnWrite(
        channel="telegram", dedupe_key=key or f"k-{conversation}", conversation=conversation, version=1,
        state="[]", wake_at=None, at=NOW, journal="{}", outbox=(message,),
    )  # fmt: skip


def sent(row_id: str, platform_id: str = "p") -> SentMark:
    return SentMark(id=row_id, state="sent", at=NOW, part=1, platform_id=platform_id)


class Line:
    """The way to the database: can be cut, and counts how often somebody tries it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.cut = False
        self.tries = 0

    async def connect(self) -> asyncpg.Connection:
        self.tries += 1
        if self.cut:
            raise ConnectionRefusedError
        return await asyncpg.connect(self._url)


class Writer:
    def __init__(self, url: str) -> None:
        self.line = Line(url)
        self.store = MessageStore("writer")
        self.pauses: list[float] = []
        self.paused = asyncio.Event()
        self.on_pause: Callable[[], Awaitable[None]] | None = None
        self.writer = GroupWriter(self.store, self.line.connect, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.paused.set()
        if self.on_pause is not None:
            await self.on_pause()

    async def lose_the_database(self, database: asyncpg.Pool) -> None:
        self.line.cut = True
        await database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Writer]:
    office = Writer(database_url)
    yield office
    office.line.cut = False
    await office.writer.stop(within_s=1)


async def test_a_full_backlog_refuses_at_once_and_asks_to_come_again(office: Writer, database_url: str) -> None:
    # Given a writer that waits for its database, and as many turns as may wait behind it
    answers = asyncio.Event()

    async def slow() -> asyncpg.Connection:
        await answers.wait()
        return await asyncpg.connect(database_url)

    office.writer._connect = slow
    waiting = [asyncio.create_task(office.writer.commit(turn()))]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiting += [asyncio.create_task(office.writer.commit(turn())) for _ in range(4_000)]
    await asyncio.sleep(0)
    # When one more comes
    with pytest.raises(Overloaded) as caught:
        await office.writer.commit(turn())
    assert (caught.value.http_status, caught.value.retryable) == (503, True)
    # Then nobody who waited is lost
    answers.set()
    assert {result.outcome for result in await asyncio.gather(*waiting)} == {"committed"}


async def test_while_the_database_is_away_turns_fail_typed_and_work_again_when_it_is_back(
    office: Writer, database: asyncpg.Pool
) -> None:
    await office.writer.commit(turn())
    await office.lose_the_database(database)
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="turn not written"):
            await office.writer.commit(turn())
    office.line.cut = False
    assert (await office.writer.commit(turn())).outcome == "committed"


async def test_marks_wait_for_the_database_without_spinning_and_are_all_written(
    office: Writer, database: asyncpg.Pool
) -> None:
    # Given two sent messages and a database that goes away
    await office.writer.commit(turn("telegram:a"))
    await office.writer.commit(turn("telegram:b"))
    await office.lose_the_database(database)
    tries = office.line.tries

    async def back_after_five() -> None:
        office.line.cut = len(office.pauses) < 5

    office.on_pause = back_after_five
    office.writer.mark(sent("out-telegram:a"))
    office.writer.mark(sent("out-telegram:b"))
    await office.writer.flush()
    # Then it was tried once for each pause, and the marks are there
    assert len(office.pauses) in (5, 6)
    assert office.line.tries - tries <= len(office.pauses) + 1
    assert await database.fetchval("SELECT count(*) FROM outbox WHERE state = 'sent'") == 2


async def test_a_mark_that_comes_while_others_are_written_is_written_too(
    office: Writer, database: asyncpg.Pool
) -> None:
    await office.writer.commit(turn("telegram:a"))
    await office.writer.commit(turn("telegram:b"))
    write = office.store.mark

    async def interrupted(db: asyncpg.Connection, marks: list[SentMark]) -> None:
        if marks[0].id == "out-telegram:a":
            office.writer.mark(sent("out-telegram:b"))
        await write(db, marks)

    office.store.mark = interrupted  # type: ignore[method-assign]
    office.writer.mark(sent("out-telegram:a"))
    await office.writer.flush()
    assert await database.fetchval("SELECT count(*) FROM outbox WHERE state = 'sent'") == 2


async def test_of_two_marks_of_one_message_the_newer_counts_even_after_a_failure(
    office: Writer, database: asyncpg.Pool
) -> None:
    await office.writer.commit(turn("telegram:a"))
    await office.lose_the_database(database)

    async def newer_then_back() -> None:
        office.writer.mark(sent("out-telegram:a", "new"))
        office.line.cut = False

    office.on_pause = newer_then_back
    office.writer.mark(SentMark(id="out-telegram:a", state="ready", at=NOW, next_at=NOW, error="old"))
    await office.writer.flush()
    assert await database.fetchval("SELECT state || platform_id || error FROM outbox") == "sentnew"


@pytest.mark.parametrize("poison", ["with\x00zero", "lone \ud83d surrogate"])
async def test_a_text_the_database_cannot_hold_fails_alone(office: Writer, database: asyncpg.Pool, poison: str) -> None:
    turns = [turn(), turn(f"telegram:{poison}"), turn(text=poison), turn()]
    results = await asyncio.gather(*(office.writer.commit(one) for one in turns), return_exceptions=True)
    good = [getattr(result, "outcome", "") == "committed" for result in results]
    assert good[0]
    assert not good[1]
    assert good[3]
    assert not isinstance(results[1], StoreUnavailable)
    # And the writer goes on.
    assert (await office.writer.commit(turn())).outcome == "committed"


async def test_a_message_that_json_cannot_hold_does_not_end_the_writer(office: Writer) -> None:
    huge = turn()
    huge.outbox[0].message = OutboundMessage(text="x", links=(object(),))  # type: ignore[arg-type]
    with pytest.raises((OverflowError, TypeError, ValueError)):
        await office.writer.commit(huge)
    assert (await office.writer.commit(turn())).outcome == "committed"


async def test_a_caller_who_does_not_wait_any_more_harms_nobody(office: Writer, database: asyncpg.Pool) -> None:
    leaving = asyncio.create_task(office.writer.commit(turn("telegram:leaving")))
    staying = asyncio.create_task(office.writer.commit(turn("telegram:staying")))
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).outcome == "committed"
    assert await database.fetchval("SELECT count(*) FROM session") == 2


async def test_ending_while_the_database_is_away_ends(office: Writer, database: asyncpg.Pool) -> None:
    # Given a mark that cannot be written
    await office.writer.commit(turn("telegram:a"))
    await office.lose_the_database(database)
    office.on_pause = asyncio.Event().wait
    office.writer.mark(sent("out-telegram:a"))
    await office.paused.wait()
    waiting = asyncio.create_task(office.writer.commit(turn()))
    # When the process ends
    await office.writer.stop(within_s=0.01)
    # Then nobody waits for ever, and nobody begins to
    with pytest.raises(StoreUnavailable):
        await waiting
    with pytest.raises(StoreUnavailable, match="the process ends"):
        await office.writer.commit(turn())


async def test_the_end_waits_for_what_can_still_be_written(office: Writer, database: asyncpg.Pool) -> None:
    waiting = [asyncio.create_task(office.writer.commit(turn())) for _ in range(300)]
    await asyncio.sleep(0)
    await office.writer.stop()
    assert {(await one).outcome for one in waiting} == {"committed"}
    assert await database.fetchval("SELECT count(*) FROM session") == 300
