"""The running flows: a broken folder changes nothing, a mended one is taken, and the log says file and line."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from app.declarations import catalogue_signatures
from app.flow_library import FlowLibrary, FlowsRefused

FLOWS = Path(__file__).resolve().parents[2] / "flows"
CHANGED = ("auth: {level: otp, fresh: 15m}", "auth: {level: otp, fresh: 10m}")
BROKEN = ("call: bank.balance", "call: bank.balanse")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


@pytest.fixture
def library(folder: Path) -> FlowLibrary:
    return FlowLibrary(folder, catalogue_signatures())


def rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / "balance.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_a_broken_file_leaves_the_flows_of_before_and_says_where(library: FlowLibrary, folder: Path) -> None:
    before = library.programs
    rewrite(folder, *BROKEN)
    with capture_logs() as logs:
        compilation = library.reload()
    assert compilation.programs is None
    assert library.programs is before
    refused = [line["problem"] for line in logs if line["event"] == "flow_refused"]
    assert any("balance.yaml:" in problem and "bank.balanse" in problem for problem in refused)
    line = int(
        next(problem for problem in refused if "bank.balanse" in problem).split("balance.yaml:")[1].split(":")[0]
    )
    assert "bank.balanse" in (folder / "balance.yaml").read_text().splitlines()[line - 1]


def test_the_mended_file_is_taken_and_sessions_keep_the_revision_they_stand_on(
    library: FlowLibrary, folder: Path
) -> None:
    before = library.programs.flows["balance"]
    rewrite(folder, *BROKEN)
    library.reload()
    rewrite(folder, *reversed(BROKEN))
    rewrite(folder, *CHANGED)
    library.reload()
    after = library.programs.flows["balance"]
    assert after.revision != before.revision
    assert library.programs.revisions[before.revision] is before


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe", b"{" * 10_000, b"a: &a [*a]\n", b"- 1", b"flow: x\n" * 3, b"!!python/object:os.x {}"],
)
def test_any_file_at_all_is_refused_in_words(library: FlowLibrary, folder: Path, content: bytes) -> None:
    before = library.programs
    (folder / "balance.yaml").write_bytes(content)
    assert library.reload().errors
    assert library.programs is before


def test_a_folder_with_errors_does_not_start(folder: Path) -> None:
    rewrite(folder, *BROKEN)
    with pytest.raises(FlowsRefused, match=r"balance\.yaml:\d+.*bank\.balanse") as caught:
        FlowLibrary(folder, catalogue_signatures())
    assert caught.value.problems


def test_a_folder_that_is_not_there_does_not_start(tmp_path: Path) -> None:
    with pytest.raises(FlowsRefused):
        FlowLibrary(tmp_path / "nowhere", catalogue_signatures())


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
    stamp = library._stamp

    def gone() -> Any:
        monkeypatch.setattr(library, "_stamp", stamp)
        raise FileNotFoundError("balance.yaml")

    monkeypatch.setattr(library, "_stamp", gone)
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
