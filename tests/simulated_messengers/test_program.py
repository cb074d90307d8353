"""`python -m simulators.messengers` as a program."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from pathlib import Path

import aiohttp


async def test_the_program_says_where_it_serves_and_stops_when_told(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "simulators.messengers", "--ready-file", str(ready), "--telegram-token", "7:simulated-token"),
        *("--whatsapp-token", "simulated-token-of-the-number", "--messenger-token", "simulated-token-of-the-page"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    line = (await asyncio.wait_for(program.stdout.readline(), 60)).decode()
    url = json.loads(ready.read_text(encoding="utf-8"))["url"]
    assert url in line
    async with aiohttp.ClientSession() as http, http.get(f"{url}/telegram/bot7:simulated-token/getMe") as answer:
        assert (await answer.json())["ok"] is True
    for node, token in (("880000000000001", "simulated-token-of-the-number"), ("me", "simulated-token-of-the-page")):
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{url}/graph/v26.0/{node}?access_token={token}") as answer,
        ):
            assert answer.status == 200
    program.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(program.wait(), 60) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]
