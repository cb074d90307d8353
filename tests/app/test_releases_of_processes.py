"""Two processes of Teller, real ones: what one person publishes, both run, and both go on while they switch."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.publishing.folders import FLOWS

WITHIN_S = 60.0


class House:
    """`serve` starts a process and gives its address; `teller` runs a command to its end."""

    def __init__(self, folder: Path, environment: dict[str, str], stack: AsyncExitStack) -> None:
        self.folder = folder
        self._environment = {**os.environ, **environment}
        self._stack = stack
        self._started = 0

    async def serve(self) -> str:
        self._started += 1
        ready = self.folder / f"ready-{self._started}"
        process = await self._run("serve", "--port", "0", "--ready-file", str(ready))
        self._stack.push_async_callback(_ended, process)
        async with asyncio.timeout(WITHIN_S):
            while not ready.exists():
                assert process.returncode is None, "the process ended"
                await asyncio.sleep(0.05)
        return str(json.loads(ready.read_text())["url"])

    async def teller(self, *arguments: str) -> int:
        process = await self._run(*arguments)
        return await process.wait()

    def rewrite(self, old: str, new: str) -> None:
        path = self.folder / "flows" / "card_transfer.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    async def _run(self, *arguments: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "app", *arguments, env=self._environment, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path, database_url: str, redis_url: str) -> AsyncIterator[House]:
    async with _house(tmp_path, database_url, redis_url) as house:
        yield house


@asynccontextmanager
async def _house(folder: Path, database_url: str, redis_url: str) -> AsyncIterator[House]:
    shutil.copytree(FLOWS, folder / "flows")
    environment = {
        "TELLER_DATABASE__URL": database_url, "TELLER_REDIS__URL": redis_url, "TELLER_DATA_DIR": str(folder / "data"),
        "TELLER_FLOWS_DIR": str(folder / "flows"), "TELLER_SECRET": "a master secret of tests",
    }  # fmt: skip
    async with AsyncExitStack() as stack:
        yield House(folder, environment, stack)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
    await process.wait()


async def ready(url: str) -> dict[str, Any]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
        answer = await browser.get(f"{url}/readyz")
    assert answer.status_code == 200
    return dict(answer.json())


async def runs(url: str, release: int) -> None:
    """Look until the process runs the release; it answers all the time."""
    for _ in range(1200):
        if (await ready(url))["release"] == release:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{url} never ran release {release}")


async def test_both_processes_run_what_was_published_and_a_broken_folder_changes_nothing(house: House) -> None:
    # Given two processes that were started on an empty database at once
    urls = await asyncio.gather(house.serve(), house.serve())
    assert [(await ready(url))["release"] for url in urls] == [1, 1]

    # When another release is published
    house.rewrite("ttl: 110s", "ttl: 100s")
    assert await house.teller("flows", "publish", "--by", "olena", "--yes") == 0

    # Then both run it
    await asyncio.gather(*(runs(url, 2) for url in urls))

    # And a broken folder is not published, and a third process runs what the others run
    house.rewrite("call: bank.transfer", "call: bank.transver")
    assert await house.teller("flows", "publish", "--yes") == 1
    third = await house.serve()
    assert [(await ready(url))["release"] for url in (*urls, third)] == [2, 2, 2]

    # And a roll-back reaches all of them
    assert await house.teller("flows", "rollback", "--yes") == 0
    await asyncio.gather(*(runs(url, 3) for url in (*urls, third)))
