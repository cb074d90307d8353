"""The turn: dedupe, session, outbox, intents and journal in one commit, in order, whatever comes twice or at once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import asyncpg
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dialog.contracts import Event, InboundEvent, TimerFired
from core.kernel.clock import ManualClock
from core.messages.store import StoreUnavailable
from tests.messages.conftest import Process, said

_conversations = itertools.count()


async def heard(db: asyncpg.Pool, conversation: str = "telegram:5500000001") -> list[str]:
    state = await db.fetchval("SELECT state::text FROM session WHERE conversation = $1", conversation)
    return list(msgspec.json.decode(state)) if state else []


async def test_a_turn_leaves_session_outbox_intent_and_journal_in_one_commit(
    process: Process, database: asyncpg.Pool
) -> None:
    assert await process.hear(said("pay 200"))
    row = await database.fetchrow("SELECT * FROM operation")
    assert row["state"] == "confirmed"
    assert row["customer"] == "cust_olha"
    assert len(row["bank_ref"]) == 20
    assert process.calls == [row["id"]]
    assert [message.message.text for message in process.outbox] == ["1: pay 200"]
    counts = await database.fetchrow(
        "SELECT (SELECT count(*) FROM inbox) AS inbox, (SELECT count(*) FROM outbox) AS outbox,"
        " (SELECT count(*) FROM journal) AS journal"
    )
    assert dict(counts) == {"inbox": 1, "outbox": 1, "journal": 1}


async def test_a_secret_is_stored_only_as_an_envelope(process: Process, database: asyncpg.Pool) -> None:
    await process.hear(said("pay 200"))
    everything = await database.fetchval("SELECT json_agg(o)::text FROM operation o")
    assert "908172" not in everything
    assert '"secrets":"v1.' in everything


async def test_the_same_update_ten_times_is_one_turn(process: Process, database: asyncpg.Pool) -> None:
    firsts = await asyncio.gather(*(process.hear(said("pay 200", key="u1")) for _ in range(10)))
    assert sum(firsts) == 1
    assert await database.fetchval("SELECT count(*) FROM operation") == 1
    assert len(process.outbox) == 1


async def test_a_duplicate_is_known_to_a_process_that_has_never_seen_it(
    start: Callable[[str], Process], database: asyncpg.Pool
) -> None:
    await start("first").hear(said("one", key="u1"))
    second = start("second")
    assert not await second.hear(said("one", key="u1"))
    assert second.outbox == []
    assert await heard(database) == ["one"]


async def test_a_duplicate_is_known_even_when_the_session_is_cached_and_the_key_forgotten(
    process: Process, database: asyncpg.Pool
) -> None:
    await process.hear(said("one", key="u1"))
    await process.hear(said("two", key="u2"))
    process.turns._keys.clear()
    assert not await process.hear(said("one", key="u1"))
    assert await heard(database) == ["one", "two"]


async def test_two_processes_on_one_conversation_lose_and_double_nothing(
    start: Callable[[str], Process], database: asyncpg.Pool
) -> None:
    first, second = start("first"), start("second")
    events = [said(f"m{n}") for n in range(40)]
    await asyncio.gather(*((first, second)[n % 2].hear(event) for n, event in enumerate(events)))
    assert sorted(await heard(database)) == sorted(event.text for event in events)
    texts = [row["message"] for row in await database.fetch("SELECT message::text AS message FROM outbox")]
    assert len(texts) == len(set(texts)) == 40


async def test_turns_of_many_conversations_share_commits(process: Process, database: asyncpg.Pool) -> None:
    events = [said(f"hello {n}", conversation=str(n)) for n in range(300)]
    await asyncio.gather(*(process.hear(event) for event in events))
    commits = await database.fetchval("SELECT count(DISTINCT xmin::text) FROM session")
    assert await database.fetchval("SELECT count(*) FROM session") == 300
    assert commits < 100


async def test_one_turn_that_cannot_be_written_does_not_take_its_group_with_it(
    process: Process, database: asyncpg.Pool
) -> None:
    # Given two conversations that happen to make the same call id, and others in the same group
    await process.hear(said("pay", conversation="7"))
    await database.execute("UPDATE operation SET id = 'telegram:8/1'")
    results = await asyncio.gather(
        *(process.hear(said("pay", conversation=str(n))) for n in (8, 9, 10)), return_exceptions=True
    )
    # Then only the clashing one fails
    assert isinstance(results[0], asyncpg.UniqueViolationError)
    assert results[1:] == [True, True]


async def test_an_event_whose_turn_was_not_durable_is_not_acknowledged_and_works_when_it_comes_again(
    process: Process, database: asyncpg.Pool
) -> None:
    await process.hear(said("one"))
    await database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for _ in range(5):
        try:
            await process.hear(said("two"))
            break
        except StoreUnavailable:
            continue
    assert await heard(database) == ["one", "two"]


async def test_messages_of_a_conversation_held_elsewhere_wait_their_turn(
    start: Callable[[str], Process], database: asyncpg.Pool
) -> None:
    first, second = start("first"), start("second")
    await first.hear(said("one"))
    await second.hear(said("two"))
    assert len(first.outbox) == 1
    assert second.outbox == []


async def test_a_wait_is_a_deadline_that_only_the_sweeper_sees(process: Process, database: asyncpg.Pool) -> None:
    await process.hear(said("wait"))
    assert await database.fetchval("SELECT wake_at IS NOT NULL FROM session")
    await process.turns.run("telegram", "telegram:5500000001", "timer:1", TimerFired("n1"))
    assert await database.fetchval("SELECT wake_at IS NULL FROM session")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=st.lists(st.integers(0, 6), min_size=1, max_size=25), data=st.data())
async def test_law_each_key_runs_exactly_once_in_any_schedule(
    start: Callable[[str], Process], database: asyncpg.Pool, keys: list[int], data: st.DataObject
) -> None:
    conversation = f"law-{next(_conversations)}"
    processes = [start("a"), start("b")]
    picks = data.draw(st.lists(st.integers(0, 1), min_size=len(keys), max_size=len(keys)))
    await asyncio.gather(
        *(
            processes[pick].hear(said(f"m{key}", conversation=conversation))
            for pick, key in zip(picks, keys, strict=True)
        )
    )
    assert sorted(await heard(database, f"telegram:{conversation}")) == sorted({f"m{key}" for key in keys})


async def test_a_bug_in_the_engine_reaches_the_caller_and_writes_nothing(
    process: Process, database: asyncpg.Pool
) -> None:
    with pytest.raises(ZeroDivisionError):
        await process.hear(said("boom"))
    assert await database.fetchval("SELECT count(*) FROM inbox") == 0


async def test_what_an_event_needs_to_know_is_asked_with_the_session_before_it_is_decided_on(
    database_url: str, database: asyncpg.Pool, clock: ManualClock
) -> None:
    states: list[str] = []

    async def prepare(state: str, event: Event) -> Event:
        states.append(state)
        return msgspec.structs.replace(event, text="prepared") if isinstance(event, InboundEvent) else event

    process = Process(database_url, database, clock, "prepared", prepare)

    await process.hear(said("one"))
    await process.hear(said("two"))
    await process.hear(said("two"))

    assert await heard(database) == ["prepared", "prepared"]
    assert states == ["", '["prepared"]']
    await process.writer.stop()
