"""A running process: it hears of releases and of stopped revisions by itself, and the people inside hear of it too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from app.asgi import Edge
from app.assembly import Teller
from app.health import checks_of
from core.publishing.candidate import candidate_of
from core.publishing.store import TOPIC
from tests.app.processes import Town, post, town, update
from tests.publishing.folders import LONGER_TTL, Change, compiled, flows

MENDED: Change = ("system/menu.yaml", "tries: 10", "tries: 9")


@pytest.fixture
async def place(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, redis_url, tmp_path) as place:
        yield place


async def publish(teller: Teller, *changes: Change) -> int:
    publishing = teller.library._publishing
    expected = (await publishing.current()).number
    return await publishing.publish(
        candidate_of(compiled(*changes)), flows(*changes), by="olena", expected=expected
    )  # fmt: skip


async def switched(teller: Teller, release: int) -> None:
    for _ in range(600):
        if teller.library.release == release:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"runs {teller.library.release}, not {release}")


async def test_people_inside_a_stopped_revision_are_told_without_writing_a_word(
    place: Town, database: asyncpg.Pool
) -> None:
    # Given somebody at the menu, and a menu that was mended since
    teller = await place.start()
    await post(Edge(teller), update(7_400_001, text="/start"))
    await place.messenger.heard("Чим допомогти?")
    await publish(teller, MENDED)
    await switched(teller, 2)

    # When the old one is stopped
    old = flows()["menu"].revision
    await teller.library._publishing.retire([old], by="taras")

    # Then they are told at once, and what they write next begins the new one
    await place.messenger.heard("Ця розмова застаріла")
    state = await database.fetchval("SELECT state::text FROM session WHERE conversation LIKE '%7400001'")
    assert old not in state
    await post(Edge(teller), update(7_400_001, text="меню"))
    state = await database.fetchval("SELECT state::text FROM session WHERE conversation LIKE '%7400001'")
    assert flows(MENDED)["menu"].revision in state


async def test_a_process_whose_ear_was_cut_off_listens_again(place: Town, database: asyncpg.Pool) -> None:
    teller = await place.start("web")
    await publish(teller, LONGER_TTL)
    await switched(teller, 2)

    ears = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE $1 AND pid <> pg_backend_pid()"
    assert await database.fetch(ears, f"LISTEN {TOPIC}%") or await database.fetch(ears, f'LISTEN "{TOPIC}"%')
    await publish(teller, LONGER_TTL, MENDED)

    await switched(teller, 3)


async def test_the_doctor_says_what_runs_and_that_the_folder_has_changed(place: Town) -> None:
    teller = await place.start("web")
    found = {check.name: check for check in await checks_of(place.settings)}
    assert (found["release"].verdict, found["release"].finding) == ("ok", "release 1, published by teller")

    await publish(teller, LONGER_TTL)

    found = {check.name: check for check in await checks_of(place.settings)}
    assert found["release"].verdict == "warn"
    assert "teller flows diff" in found["release"].remedy
