"""Addresses of pictures, and waking other processes through Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from redis.asyncio import Redis

from app.pictures import PictureLinks
from app.wakeups import Wakeups
from core.kernel.clock import ManualClock

ROW = "7K2QX0M47K2QX0M47K2Q"
WEEK_MS = 7 * 24 * 3600 * 1000


def links(clock: ManualClock | None = None, secret: str = "a master secret of tests") -> PictureLinks:
    return PictureLinks("https://teller.example/", secret, clock or ManualClock())


def name_of(url: str) -> str:
    prefix = "https://teller.example/pictures/"
    assert url.startswith(prefix)
    return url.removeprefix(prefix)


def test_an_address_leads_back_to_its_message() -> None:
    name = name_of(links().url(ROW))
    assert name.endswith(".png")
    assert links().outbox_id(name) == ROW


def test_a_document_has_an_address_of_its_own() -> None:
    url = links().document_url(ROW)
    assert url.startswith("https://teller.example/documents/")
    assert url.endswith(".pdf")
    assert links().outbox_id(url.rpartition("/")[2]) == ROW


def test_an_address_is_good_for_a_week() -> None:
    clock = ManualClock()
    name = name_of(links(clock).url(ROW))
    clock.advance(WEEK_MS)
    assert links(clock).outbox_id(name) == ROW
    clock.advance(1000)
    assert links(clock).outbox_id(name) == ""


def test_a_longer_life_a_foreign_message_or_another_secret_is_a_forgery() -> None:
    row, expires, mac, _ = name_of(links().url(ROW)).split(".")
    assert links().outbox_id(f"{row}.{int(expires) + 1}.{mac}.png") == ""
    assert links().outbox_id(f"{row[:-1]}X.{expires}.{mac}.png") == ""
    assert links(secret="another master secret").outbox_id(f"{row}.{expires}.{mac}.png") == ""


@given(place=st.integers(0, 200), sign=st.characters())
@example(place=0, sign="\ud800")
def test_law_an_altered_name_leads_nowhere(place: int, sign: str) -> None:
    name = name_of(links().url(ROW)).removesuffix(".png")
    place %= len(name)
    altered = name[:place] + sign + name[place + 1 :]
    assert links().outbox_id(f"{altered}.png") == (ROW if altered == name else "")


@given(st.text(max_size=80))
def test_law_garbage_leads_nowhere(name: str) -> None:
    assert links().outbox_id(name) == ""


@pytest.mark.parametrize(
    "name", ["", ".png", "a.b.c.png", "a.².c.png", f"{ROW}.{'9' * 5000}.00.png", f"{ROW}..", "a.1.é.png"]
)
def test_names_that_nearly_look_right_lead_nowhere(name: str) -> None:
    assert links().outbox_id(name) == ""


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    yield client
    await client.aclose()


async def subscribed(redis: Redis, count: int = 1) -> None:
    while (await redis.pubsub_numsub("teller:work"))[0][1] != count:  # noqa: ASYNC110 - Redis has no event for it.
        await asyncio.sleep(0)


async def test_an_announcement_wakes_whoever_listens_for_its_kind(redis: Redis, redis_url: str) -> None:
    woken: asyncio.Queue[str] = asyncio.Queue()
    listener = Wakeups(Redis.from_url(redis_url))
    wake = {kind: lambda kind=kind: woken.put_nowait(kind) for kind in ("outbox", "operations")}
    listening = asyncio.create_task(listener.listen(wake))
    await subscribed(redis)
    # When somebody announces much at once, something unknown, and bytes that are no word
    sender = Wakeups(redis)
    for _ in range(100):
        sender.announce("outbox")
    await redis.publish("teller:work", "unknown")
    await redis.publish("teller:work", b"\xff\xfe")
    sender.announce("operations")
    # Then much is one, and the rest harms nothing
    assert {await woken.get(), await woken.get()} == {"outbox", "operations"}
    assert woken.empty()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)


@pytest.mark.parametrize("steps", range(0, 60, 3))
async def test_listening_ends_whenever_it_is_told_to(redis_url: str, steps: int) -> None:
    # Given a listener that has come more or less far
    client = Redis.from_url(redis_url)
    listening = asyncio.create_task(Wakeups(client).listen({}))
    for _ in range(steps):
        await asyncio.sleep(0)
    # When it is told to end, once
    listening.cancel()
    # Then it does
    done, _ = await asyncio.wait([listening], timeout=20)
    assert done == {listening}
    await client.aclose()


async def test_without_redis_announcing_harms_nobody() -> None:
    client = Redis.from_url("redis://127.0.0.1:1", retry=None)
    wakeups = Wakeups(client)
    wakeups.announce("outbox")
    await asyncio.gather(*wakeups._tasks)
    assert not wakeups._tasks
    await client.aclose()
