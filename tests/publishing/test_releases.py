"""Releases: what is published comes back as it was, one after the other, and who did it is known."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import asyncpg
import pytest

from core.dialog.changes.comparing import changes_between
from core.dialog.changes.model import edition_of
from core.kernel.clock import ManualClock
from core.publishing.candidate import candidate_of, folder_of
from core.publishing.running import compile_release, compile_revisions
from core.publishing.schema import (
    NothingPublished,
    ReleaseMoved,
    ReleaseUnknown,
    RevisionRetired,
    RevisionRuns,
    RevisionUnknown,
)
from core.publishing.service import Publishing
from tests.publishing.conftest import DAY_MS, House
from tests.publishing.folders import CATALOGUE, FOLLOW, LONGER_TTL, RESTART, candidate, edition, flows

RUN_AS_MODULE = Path(__file__).resolve().parents[2]


async def test_what_is_published_is_compiled_again_from_the_database_alone(house: House) -> None:
    published = await house.publishing.release()

    compilation = compile_release(published, CATALOGUE)

    assert compilation.programs is not None
    assert {name: one.revision for name, one in compilation.programs.flows.items()} == published.release.manifest
    assert changes_between(edition(), edition_of(folder_of(published))) == ()
    assert candidate_of(compilation) == candidate()


async def test_nothing_is_published_at_first(database: asyncpg.Pool) -> None:
    publishing = Publishing(database, ManualClock())

    assert (await publishing.current()).number == 0
    with pytest.raises(NothingPublished, match="teller flows publish"):
        await publishing.release()


async def test_a_release_takes_the_place_of_the_one_before(house: House) -> None:
    assert await house.publish(LONGER_TTL, by="taras") == 2

    newest, first = await house.publishing.releases()
    assert (newest.number, newest.state, newest.published_by) == (2, "current", "taras")
    assert (first.number, first.state, first.published_by) == (1, "past", "olena")
    changed = {flow for flow, digest in newest.manifest.items() if first.manifest[flow] != digest}
    assert changed == {"card_transfer"}


async def test_a_revision_is_kept_as_it_was_first_published(house: House) -> None:
    await house.publish(LONGER_TTL, by="taras")
    await house.publish(by="taras")

    rows = await house.database.fetch("SELECT published_by, count(*) FROM flow_revision GROUP BY 1")
    assert {row[0]: row[1] for row in rows} == {"olena": len(flows()), "taras": 1}


async def test_two_who_publish_at_once_do_not_overwrite_each_other(house: House) -> None:
    outcomes = await asyncio.gather(
        *(house.publish(change, expected=1) for change in (LONGER_TTL, FOLLOW, RESTART)), return_exceptions=True
    )

    assert sorted(type(one).__name__ for one in outcomes) == ["ReleaseMoved", "ReleaseMoved", "int"]
    assert [one.number for one in await house.publishing.releases()] == [2, 1]
    with pytest.raises(ReleaseMoved, match="release 2 was published in the meantime"):
        await house.publish(LONGER_TTL, expected=1)


async def test_a_publisher_that_is_killed_in_the_middle_has_published_nothing(house: House, database_url: str) -> None:
    # Given a process that dies with everything written and nothing committed
    script = (
        "import asyncio, asyncpg, datetime, os, sys\n"
        "from core.publishing import store\n"
        "from tests.publishing.folders import LONGER_TTL, candidate\n"
        "async def main():\n"
        f"    db = await asyncpg.connect({database_url!r})\n"
        "    at, found = datetime.datetime.now(datetime.UTC), candidate(LONGER_TTL)\n"
        "    async with db.transaction():\n"
        "        await store.lock(db)\n"
        "        await store.write_revisions(db, found.revisions, at, 'x')\n"
        "        await store.write_release(db, found, kind='publish', of_release=None, note='', at=at, by='x')\n"
        "        await store.announce(db)\n"
        "        print('written', flush=True)\n"
        "        await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE, cwd=RUN_AS_MODULE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"written\n"
    os.kill(process.pid, signal.SIGKILL)
    await process.wait()

    # Then nothing has changed, and the next one publishes under the next number
    assert (await house.publishing.current()).number == 1
    assert await house.publish(LONGER_TTL, by="taras") == 2
    assert len(await house.publishing.releases()) == 2


async def test_an_earlier_release_is_published_again_under_a_new_number(house: House) -> None:
    await house.publish(LONGER_TTL)
    first = compile_release(await house.publishing.release(1), CATALOGUE)
    assert first.programs is not None

    number = await house.publishing.publish(
        candidate_of(first), first.programs.flows, by="taras", expected=2, kind="rollback", of_release=1
    )

    newest = (await house.publishing.release()).release
    assert (number, newest.kind, newest.of_release) == (3, "rollback", 1)
    assert newest.manifest == candidate().manifest


async def test_a_retired_revision_cannot_be_published_again(house: House) -> None:
    old = flows()["card_transfer"].revision
    await house.publish(LONGER_TTL)
    [retired] = await house.publishing.retire([old], by="taras", reason="wrong fee")

    assert (await house.publishing.current()).retired == {old}
    assert (retired.flow, retired.reason, retired.retired_by) == ("card_transfer", "wrong fee", "taras")
    with pytest.raises(RevisionRetired, match="card_transfer"):
        await house.publish()
    assert (await house.publishing.current()).number == 2


async def test_what_runs_cannot_be_retired(house: House) -> None:
    with pytest.raises(RevisionRuns, match="teller flows rollback"):
        await house.publishing.retire([flows()["card_transfer"].revision], by="taras")

    assert (await house.publishing.current()).retired == frozenset()


async def test_a_revision_is_found_by_the_beginning_of_its_hash_or_by_its_flow(house: House) -> None:
    old = flows()["card_transfer"].revision
    await house.publish(LONGER_TTL)

    assert await house.publishing.find(old[:7].lower()) == [old]
    assert await house.publishing.find("card_transfer") == [old]
    assert await house.publishing.find("balance") == []
    for unknown in (old[:3], "no_such_flow", "", "%"):
        with pytest.raises(RevisionUnknown):
            await house.publishing.find(unknown)


async def test_what_nobody_needs_is_removed_and_nothing_else(house: House) -> None:
    # Given a revision that somebody stands on, one that nobody does, and both published long ago
    await house.stands(1, "card_transfer", "sum", ended=True)
    await house.publish(LONGER_TTL, FOLLOW)
    await house.publish(FOLLOW, RESTART)
    house.clock.advance(100 * DAY_MS)

    gone = await house.publishing.prune(keep_days=90)

    assert set(gone) == {
        flows(LONGER_TTL)["card_transfer"].revision,
        flows()["menu"].revision,
        flows()["balance"].revision,
    }
    assert await house.publishing.revisions([flows()["card_transfer"].revision])
    assert (await house.publishing.release()).release.number == 3
    for number in (1, 2):
        with pytest.raises(ReleaseUnknown, match="not kept any more"):
            await house.publishing.release(number)
    assert await house.publishing.prune(keep_days=90) == []


async def test_a_release_of_late_is_kept_to_be_rolled_back_to(house: House) -> None:
    house.clock.advance(200 * DAY_MS)
    await house.publish(LONGER_TTL)
    house.clock.advance(30 * DAY_MS)

    assert await house.publishing.prune(keep_days=90) == []
    assert (await house.publishing.release(1)).release.state == "past"


async def test_a_kept_revision_that_the_program_cannot_run_is_named(house: House) -> None:
    [kept] = await house.publishing.revisions([flows()["balance"].revision])
    catalogue = {name: one for name, one in CATALOGUE.items() if name != "bank.balance"}

    found = compile_revisions([kept], catalogue, flows())

    assert found.programs == {}
    [problem] = found.refused.values()
    assert problem is not None
    assert "bank.balance" in problem.sentence


async def test_a_release_that_is_not_there(house: House) -> None:
    with pytest.raises(ReleaseUnknown, match="teller flows releases"):
        await house.publishing.release(77)
