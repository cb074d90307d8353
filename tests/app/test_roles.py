"""Roles apart: what one process commits, another one does, and each does nothing but its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from redis.asyncio import Redis

from app.asgi import Edge
from tests.app.processes import DeclaredBank, Town, post, town, update

OWN_CARD = {"phone_number": "380671110001", "first_name": "Ол"}


@pytest.fixture
async def place(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, redis_url, tmp_path) as place:
        yield place


async def test_a_web_process_commits_without_a_lease_announces_it_and_sends_nothing(
    place: Town, database: asyncpg.Pool, redis_url: str
) -> None:
    # Given somebody who listens
    redis = Redis.from_url(redis_url)
    async with redis.pubsub(ignore_subscribe_messages=True) as listener:
        await listener.subscribe("teller:work")
        await listener.get_message(timeout=5)
        # When a message comes in
        web = await place.start("web")
        assert await post(Edge(web), update(7_200_001, text="/start")) == 200
        heard = await listener.get_message(timeout=10)
    await redis.aclose()
    # Then it was announced, and what it brought waits for whoever sends
    assert heard is not None
    assert heard["data"] == b"outbox"
    row = await database.fetchrow("SELECT state, lease_owner, lease_until <= created_at AS free FROM outbox")
    assert (row["state"], row["lease_owner"], row["free"]) == ("ready", web.owner, True)
    assert place.messenger.calls == []


async def test_a_sender_that_lives_elsewhere_sends_it(place: Town, database: asyncpg.Pool) -> None:
    await place.start("sender")
    web = await place.start("web")
    await post(Edge(web), update(7_200_002, text="/start"))
    await place.messenger.heard("Чим допомогти?")
    assert len(place.messenger.calls) == await database.fetchval("SELECT count(*) FROM outbox")


async def test_a_sender_that_starts_later_finds_what_waits(place: Town) -> None:
    web = await place.start("web")
    await post(Edge(web), update(7_200_003, text="/start"))
    await place.start("sender")
    await place.messenger.heard("Чим допомогти?")


async def test_only_the_operations_process_calls_the_bank(place: Town, database: asyncpg.Pool) -> None:
    # Given the three roles apart, each with its own way to the bank
    webs_bank, senders_bank, bank = DeclaredBank(), DeclaredBank(), DeclaredBank()
    await place.start("sender", bank=senders_bank)
    await place.start("operations", bank=bank)
    edge = Edge(await place.start("web", bank=webs_bank))
    # When somebody logs in
    user = 7_200_004
    await post(edge, update(user, text="/start"))
    await place.messenger.heard("Чим допомогти?")
    await post(edge, update(user, text="баланс"))
    await place.messenger.heard("Поділіться своїм номером")
    await post(edge, update(user, contact={**OWN_CARD, "user_id": user}))
    await place.messenger.heard("одноразовим кодом")
    # Then the call was made once, by the one that makes calls
    assert bank.calls == [("bank.send_code", {"phone": "+380671110001"})]
    assert (webs_bank.calls, senders_bank.calls) == ([], [])
    assert await database.fetchval("SELECT state FROM operation") == "completed"


async def test_two_complete_processes_share_a_conversation_without_doubling_anything(
    place: Town, database: asyncpg.Pool
) -> None:
    edges = [Edge(await place.start()), Edge(await place.start())]
    body = update(7_200_005, text="/start")
    assert await asyncio.gather(*(post(edge, body) for edge in edges * 3)) == [200] * 6
    await place.messenger.heard("Чим допомогти?")
    assert await database.fetchval("SELECT count(*) FROM inbox") == 1
    assert await database.fetchval("SELECT max(version) FROM session") == 1


async def test_a_process_that_stops_leaves_nothing_leased(place: Town, database: asyncpg.Pool) -> None:
    teller = await place.start()
    await post(Edge(teller), update(7_200_006, text="/start"))
    await teller.stop()
    leased = "SELECT count(*) FROM outbox WHERE state = 'ready' AND lease_until > now()"
    assert await database.fetchval(leased) == 0
