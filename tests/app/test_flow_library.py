"""The running flows: a broken folder changes nothing, a mended one is published and taken, and the log says where."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from app.declarations import catalogue_signatures
from app.flow_folder import FlowsRefused, WrittenFlows
from app.flow_library import FlowLibrary
from core.kernel.clock import ManualClock
from core.publishing.service import Publishing

FLOWS = Path(__file__).resolve().parents[2] / "flows"
CHANGED = ("auth: {level: otp, fresh: 15m}", "auth: {level: otp, fresh: 10m}")
BROKEN = ("call: bank.balance", "call: bank.balanse")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


def of(folder: Path, database: asyncpg.Pool) -> FlowLibrary:
    signatures = catalogue_signatures()
    return FlowLibrary(WrittenFlows(folder, signatures), Publishing(database, ManualClock()), signatures)


@pytest.fixture
async def library(folder: Path, database: asyncpg.Pool) -> FlowLibrary:
    library = of(folder, database)
    await library.start(watch=True)
    return library


def rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / "balance.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


async def test_a_first_start_publishes_the_folder_and_a_second_one_finds_it(
    folder: Path, database: asyncpg.Pool
) -> None:
    first, second = of(folder, database), of(folder, database)
    await asyncio.gather(first.start(), second.start())
    assert (first.release, second.release) == (1, 1)
    assert first.programs.flows.keys() == second.programs.flows.keys()
    assert await database.fetchval("SELECT kind FROM flow_release") == "start"


async def test_a_changed_folder_is_not_run_before_it_is_published(folder: Path, database: asyncpg.Pool) -> None:
    before = of(folder, database)
    await before.start()
    rewrite(folder, *BROKEN)
    after = of(folder, database)
    await after.start()
    assert after.release == 1
    assert after.programs.flows["balance"].revision == before.programs.flows["balance"].revision


async def test_a_broken_file_leaves_the_flows_of_before_and_says_where(library: FlowLibrary, folder: Path) -> None:
    before = library.programs
    rewrite(folder, *BROKEN)
    with capture_logs() as logs:
        compilation = await library.publish_folder()
        await library.refresh()
    assert compilation.programs is None
    assert library.programs is before
    refused = [line["problem"] for line in logs if line["event"] == "flow_refused"]
    assert any("balance.yaml:" in problem and "bank.balanse" in problem for problem in refused)
    line = int(
        next(problem for problem in refused if "bank.balanse" in problem).split("balance.yaml:")[1].split(":")[0]
    )
    assert "bank.balanse" in (folder / "balance.yaml").read_text().splitlines()[line - 1]


async def test_the_mended_file_is_taken_and_sessions_keep_the_revision_they_stand_on(
    library: FlowLibrary, folder: Path
) -> None:
    before = library.programs.flows["balance"]
    rewrite(folder, *BROKEN)
    await library.publish_folder()
    rewrite(folder, *reversed(BROKEN))
    rewrite(folder, *CHANGED)
    await library.publish_folder()
    await library.refresh()
    after = library.programs.flows["balance"]
    assert after.revision != before.revision
    assert library.programs.revisions[before.revision] is before


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe", b"{" * 10_000, b"a: &a [*a]\n", b"- 1", b"flow: x\n" * 3, b"!!python/object:os.x {}"],
)
async def test_any_file_at_all_is_refused_in_words(library: FlowLibrary, folder: Path, content: bytes) -> None:
    before = library.programs
    (folder / "balance.yaml").write_bytes(content)
    assert (await library.publish_folder()).errors
    await library.refresh()
    assert library.programs is before


async def test_a_folder_with_errors_does_not_start(folder: Path, database: asyncpg.Pool) -> None:
    rewrite(folder, *BROKEN)
    with pytest.raises(FlowsRefused, match=r"balance\.yaml:\d+.*bank\.balanse") as caught:
        await of(folder, database).start()
    assert caught.value.problems
    assert await database.fetchval("SELECT count(*) FROM flow_release") == 0


async def test_a_folder_that_is_not_there_does_not_start(tmp_path: Path, database: asyncpg.Pool) -> None:
    with pytest.raises(FlowsRefused):
        await of(tmp_path / "nowhere", database).start()


class Looks:
    """Lets the watcher look as often as the test says."""

    def __init__(self, library: FlowLibrary) -> None:
        self._turns: asyncio.Queue[None] = asyncio.Queue()
        self._asleep = asyncio.Event()
        self.task = asyncio.create_task(library.watch(self._sleep))

    async def _sleep(self, seconds: float) -> None:
        self._asleep.set()
        await self._turns.get()

    async def once(self) -> None:
        await self._asleep.wait()
        self._asleep.clear()
        self._turns.put_nowait(None)
        await self._asleep.wait()

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_the_watcher_takes_changes_and_compiles_only_when_there_are_some(
    library: FlowLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = Looks(library)
    before = library.programs
    await looks.once()
    assert library.programs is before
    rewrite(folder, *CHANGED)
    await looks.once()
    after = library.programs
    assert after is not before
    await looks.once()
    assert library.programs is after
    await looks.end()


async def test_the_watcher_survives_a_file_that_goes_while_it_is_read(
    library: FlowLibrary, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = library._written
    stamp = written._stamp

    def gone() -> Any:
        monkeypatch.setattr(written, "_stamp", stamp)
        raise FileNotFoundError("balance.yaml")

    monkeypatch.setattr(written, "_stamp", gone)
    looks = Looks(library)
    with capture_logs() as logs:
        await looks.once()
    assert [line["event"] for line in logs] == ["flows_not_read"]
    before = library.programs
    rewrite(folder, *CHANGED)
    await looks.once()
    assert library.programs is not before
    await looks.end()


async def test_the_watcher_keeps_the_flows_when_the_whole_folder_goes_and_comes_back(
    library: FlowLibrary, folder: Path
) -> None:
    before = library.programs
    looks = Looks(library)
    folder.rename(folder.with_name("away"))
    await looks.once()
    assert library.programs is before
    folder.with_name("away").rename(folder)
    await looks.once()
    assert library.programs.flows["balance"].revision == before.flows["balance"].revision
    await looks.end()
