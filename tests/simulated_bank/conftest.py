"""A simulated bank on a real socket, in its seeded state for every test, with its ledger in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator

import asyncpg
import httpx
import pytest
import pytest_asyncio

from app.database import with_database
from core.kernel.clock import ManualClock
from simulators.bank.server import RunningBank, serve
from tests.simulated_bank.driver import BankDriver

START_MS = 1_795_000_000_000
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def ledger_url(postgres_url: str) -> Iterator[str]:
    """DSN of a database for the banks of one test module."""
    name = f"simulated_bank_{next(_numbers)}"
    asyncio.run(_execute(postgres_url, f"CREATE DATABASE {name}"))
    yield with_database(postgres_url, name)
    asyncio.run(_execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)"))


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


class ScriptedChance:
    """What the fault dial draws: the scripted numbers, then 0.0, with which every fault strikes."""

    def __init__(self) -> None:
        self.numbers: list[float] = []

    def __call__(self) -> float:
        return self.numbers.pop(0) if self.numbers else 0.0


@pytest.fixture(scope="module")
def chance() -> ScriptedChance:
    return ScriptedChance()


@pytest.fixture(scope="module")
def module_clock() -> ManualClock:
    return ManualClock(START_MS)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def running(ledger_url: str, module_clock: ManualClock, chance: ScriptedChance) -> AsyncIterator[RunningBank]:
    """One bank for a test module; `bank` gives each test its seeded state."""
    async with serve(ledger_url, clock=module_clock, chance=chance) as bank:
        yield bank


@pytest.fixture
def clock(module_clock: ManualClock) -> ManualClock:
    """The bank's clock, at its start again."""
    module_clock.advance(START_MS - module_clock.now_ms())
    return module_clock


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def http(running: RunningBank) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=running.url, trust_env=False, timeout=30) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="module")
async def bank(http: httpx.AsyncClient, clock: ManualClock, chance: ScriptedChance) -> BankDriver:
    chance.numbers.clear()
    await http.post("/control/reset")
    return BankDriver(http)
