"""Collecting what was not understood: phrases and counts in a table that knows nobody, beside the turns."""

from __future__ import annotations

from datetime import date, timedelta

import asyncpg
import pytest

from app.conversation import Conversation, FixedFlows
from app.misunderstood import Misunderstandings
from core.dialog.contracts import InboundEvent
from core.kernel.clock import ManualClock, moment
from core.messages import misunderstood_store
from core.messages.misunderstood_store import count, misunderstood
from tests.dialog.compiled import programs_with
from tests.dialog.test_understanding import BALANCE, DOUBTFUL, TRANSFER

TODAY = date(2026, 11, 25)


class Talk:
    """Conversations with the engine, each with its stored session."""

    def __init__(self, pool: asyncpg.Pool, clock: ManualClock) -> None:
        self.clock = clock
        self.unclear = Misunderstandings(pool, clock)
        self._decide = Conversation(FixedFlows(programs_with(BALANCE, TRANSFER)), self.unclear)
        self._states: dict[str, str] = {}
        self._events = 0

    def says(self, text: str, who: str = "551", kind: str = "text") -> None:
        self._events += 1
        event = InboundEvent(
            channel="telegram", conversation=who, user=who, message_id=str(self._events), kind=kind,  # type: ignore[arg-type]
            dedupe_key=str(self._events), text=text, sent_at=1, lang="uk",
        )  # fmt: skip
        decision = self._decide(f"telegram:{who}", self._states.get(who, ""), event, self.clock.now_ms())
        self._states[who] = decision.state


@pytest.fixture
def talk(database: asyncpg.Pool) -> Talk:
    talk = Talk(database, ManualClock())
    for who in ("551", "552"):
        talk.says("", who, kind="start")
        talk.says("Українська", who)
    return talk


async def _found(database: asyncpg.Pool, since: date) -> dict[str, tuple[int, dict[str, int]]]:
    async with database.acquire() as db:
        return {one.phrase: (one.times, dict(one.chosen)) for one in await misunderstood(db, since)}


async def test_what_was_not_understood_is_kept_once_for_each_conversation(talk: Talk, database: asyncpg.Pool) -> None:
    for who in ("551", "551", "552"):
        talk.says("яка там погода, Олено? 7", who)
    talk.says("баланс")

    await talk.unclear.flush()

    assert await _found(database, moment(talk.clock.now_ms()).date()) == {"яка там погода …": (2, {})}


async def test_what_was_picked_is_kept_with_what_was_asked_about(talk: Talk, database: asyncpg.Pool) -> None:
    talk.says(DOUBTFUL)
    talk.says("Баланс")
    talk.says(DOUBTFUL, "552")
    talk.says("Нічого з цього", "552")

    await talk.unclear.flush()

    found = await _found(database, moment(talk.clock.now_ms()).date())
    assert found == {DOUBTFUL: (2, {"balance": 1, "none": 1})}


async def test_nothing_in_the_table_says_who_wrote_it(talk: Talk, database: asyncpg.Pool) -> None:
    talk.says("переведи Лене 500 на 4111 1111 1111 1111 з kasa@example.com")
    talk.says("код 481516")
    talk.says("481516")
    talk.says("дайте пораду про щось інше")

    await talk.unclear.flush()

    everything = await database.fetchval("SELECT coalesce(json_agg(m)::text, '') FROM misunderstood m")
    for private in ("551", "4111", "481516", "kasa", "Лене", "лене"):
        assert private not in everything
    assert "дайте пораду про щось інше" in everything


async def test_what_cannot_be_written_now_is_written_later(talk: Talk, database: asyncpg.Pool) -> None:
    talk.says("яка там погода")
    await database.execute("ALTER TABLE misunderstood RENAME TO elsewhere")
    await talk.unclear.flush()
    await database.execute("ALTER TABLE elsewhere RENAME TO misunderstood")

    await talk.unclear.flush()
    await talk.unclear.flush()

    assert await _found(database, moment(talk.clock.now_ms()).date()) == {"яка там погода": (1, {})}


async def test_a_phrase_that_nobody_writes_any_more_is_forgotten(database: asyncpg.Pool) -> None:
    async with database.acquire() as db:
        await count(db, {("старе", ""): 2, ("живе", ""): 1}, TODAY - timedelta(days=31))
        await count(db, {("живе", ""): 1}, TODAY)

    assert await _found(database, date(2026, 1, 1)) == {"живе": (2, {})}
    assert await _found(database, TODAY + timedelta(days=1)) == {}


async def test_a_flood_of_nonsense_ends(database: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misunderstood_store, "MOST", 2)
    async with database.acquire() as db:
        await count(db, {("а", ""): 1, ("б", ""): 1}, TODAY)
        await count(db, {("в", ""): 1}, TODAY)

    assert set(await _found(database, TODAY)) == {"а", "б"}
