"""The demo town: one on a data folder at a time, and what a killed one left is ended by the next."""

from __future__ import annotations

import asyncio
import os
import sys
import textwrap
from pathlib import Path

import httpx
import pytest

from app.demo.town import Town, TownError
from app.embedded.process import command_of, wait_until

_START = """
import asyncio, os
from pathlib import Path
from app.demo.town import Town
async def main():
    town = Town(Path({folder!r}))
    await town.start_simulators()
    for note in (town.data_dir / "town").glob("*.pid"):
        print(note.read_text().splitlines()[0])
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


async def _started(folder: Path) -> tuple[asyncio.subprocess.Process, list[int]]:
    """A town in a process of its own, and the pids of its simulators."""
    script = textwrap.dedent(_START.format(folder=str(folder)))
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    pids = []
    while (line := (await process.stdout.readline()).decode().strip()) != "ready":
        assert line, "the town did not start"
        pids.append(int(line))
    return process, pids


async def test_a_second_town_on_the_same_folder_is_refused_and_the_first_lives_on(server_folder: Path) -> None:
    first, second = Town(server_folder), Town(server_folder)
    await first.start_simulators()
    try:
        with pytest.raises(TownError, match="running on"):
            await second.start_simulators()
        await second.stop()
        async with httpx.AsyncClient(trust_env=False) as client:
            assert (await client.get(f"{first.bank_url}/healthz")).status_code == 200
    finally:
        await first.stop()


async def test_after_kill_9_the_next_town_ends_what_was_left_and_starts(server_folder: Path) -> None:
    # Given a town whose supervisor is killed
    process, orphans = await _started(server_folder)
    process.kill()
    await process.wait()
    assert len(orphans) == 2
    assert all("-m simulators." in command_of(pid) for pid in orphans)

    # When the next one starts on the same folder
    town = Town(server_folder)
    await town.start_simulators()

    # Then the orphans are gone and the new simulators answer
    assert all(wait_until(lambda pid=pid: "-m simulators." not in command_of(pid), 5) for pid in orphans)
    async with httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"{town.bank_url}/healthz")).status_code == 200
    await town.stop()


async def test_a_noted_pid_that_became_another_program_is_left_alone(server_folder: Path) -> None:
    notes = server_folder / "town"
    notes.mkdir()
    (notes / "bank.pid").write_text(f"{os.getpid()}\nsimulators.bank\n")
    town = Town(server_folder)
    await town.start_stores()
    await town.stop()
    assert not (notes / "bank.pid").exists()
