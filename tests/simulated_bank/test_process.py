"""The bank as a process: ready file, clean stop, restart with its ledger, and the application without a process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from simulators.bank.app import create_app
from simulators.bank.errors import BankStartError
from simulators.bank.server import serve
from tests.simulated_bank.driver import OLENA, BankDriver

ROOT = Path(__file__).parents[2]


@contextmanager
def process(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "simulators.bank", *arguments]
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    started = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    )
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


async def first_line(bank: subprocess.Popen[str]) -> str:
    assert bank.stdout is not None
    return await asyncio.to_thread(bank.stdout.readline)


async def test_the_process_says_where_it_serves_and_keeps_its_ledger_over_a_restart(
    ledger_url: str, tmp_path: Path
) -> None:
    ready = tmp_path / "ready.json"
    arguments = ("--database", ledger_url, "--ready-file", str(ready))
    with process(*arguments) as bank:
        printed = json.loads(await first_line(bank))
        assert json.loads(ready.read_text()) == printed
        assert [path.name for path in tmp_path.iterdir()] == ["ready.json"]
        async with httpx.AsyncClient(base_url=printed["url"], trust_env=False) as http:
            driver = BankDriver(http)
            sent = (await driver.transfer(await driver.transfer_form(1))).json()
            balance = await driver.balance("card_1001")
        bank.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(bank.wait, 20) == 0
        assert bank.stderr is not None
        assert bank.stderr.read() == ""
    with process(*arguments) as bank:
        url = json.loads(await first_line(bank))["url"]
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            driver = BankDriver(http)
            assert await driver.find(1) == [sent]
            assert await driver.balance("card_1001") == balance
            assert (await driver.ledger_check())["balanced"] is True
        bank.send_signal(signal.SIGINT)
        assert await asyncio.to_thread(bank.wait, 20) == 0


async def test_a_database_that_does_not_answer_is_one_clear_line(tmp_path: Path) -> None:
    with process("--database", f"postgresql://postgres@/none?host={tmp_path}") as bank:
        _, errors = await asyncio.to_thread(bank.communicate, timeout=30)
    assert bank.returncode == 1
    assert errors.startswith("the ledger's database is not usable: ")
    assert len(errors.splitlines()) == 1


async def test_a_port_that_is_taken_is_a_typed_error(ledger_url: str) -> None:
    async with serve(ledger_url) as running:
        port = int(running.url.rpartition(":")[2])
        with pytest.raises(BankStartError, match=f"cannot listen on 127.0.0.1:{port}"):
            async with serve(ledger_url, port=port):
                pass


async def test_two_banks_may_start_on_one_empty_database_at_once(ledger_url: str) -> None:
    async with serve(ledger_url) as one, serve(ledger_url) as two, httpx.AsyncClient(trust_env=False) as http:
        seen = [(await http.get(f"{bank.url}/control/customers")).json() for bank in (one, two)]
    assert seen[0] == seen[1]


async def test_a_stopping_bank_lets_held_connections_go(ledger_url: str) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        async with serve(ledger_url) as running:
            await running.bank.reset()
            http.base_url = httpx.URL(running.url)
            bank = BankDriver(http)
            await bank.fault("CARDS", "ListCards", "timeout_before_apply", seconds=3600)
            await bank.token("bank-cards")
            held = asyncio.create_task(bank.rest("GET", "/rest/cards/cards", params={"customer_id": OLENA}))
            while not running.bank.calls.items("CARDS", "ListCards"):
                await http.get("/healthz")
        with pytest.raises(httpx.RemoteProtocolError):
            await held


async def test_the_application_opens_and_closes_its_bank_by_itself(ledger_url: str) -> None:
    app = create_app(ledger_url)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bank") as http:
            assert (await http.get("/healthz")).status_code == 200
