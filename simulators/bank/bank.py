"""Everything the simulated bank is made of, in one place: its database, its clock and what it keeps in memory."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

import asyncpg

from simulators.bank.calls import CallRecorder
from simulators.bank.clock import Clock, SystemClock, moment
from simulators.bank.credentials import Credentials
from simulators.bank.errors import BankStartError
from simulators.bank.faults import FaultDial
from simulators.bank.keys import Keys
from simulators.bank.one_time_codes import OneTimeCodes
from simulators.bank.phone import PhoneNetwork
from simulators.bank.seed import empty, seed_if_empty
from simulators.bank.sessions import Sessions

_SCHEMA: Final = Path(__file__).with_name("schema.sql")
_SETTINGS: Final = {"search_path": "bank", "timezone": "UTC", "application_name": "simulated bank"}
_STARTING: Final = 7_103_245_519  # Any number will do, as long as every starting bank locks the same one.


class Bank:
    """`start` before use, `stop` after. `closing` is set when held connections must let go."""

    def __init__(
        self, dsn: str, clock: Clock | None = None, credentials: Credentials | None = None,
        chance: Callable[[], float] = random.random,
    ) -> None:  # fmt: skip
        self.clock = clock or SystemClock()
        self.credentials = credentials or Credentials()
        self.closing = asyncio.Event()
        self.calls = CallRecorder()
        self.dial = FaultDial(self.clock, chance)
        self.keys = Keys(self.clock)
        self.network = PhoneNetwork(self.clock)
        self.codes = OneTimeCodes(self.clock, self.network)
        self.sessions = {system: Sessions(self.clock, login) for system, login in self.credentials.logins.items()}
        self._dsn = dsn
        self._pool: asyncpg.Pool | None = None

    @property
    def pool(self) -> asyncpg.Pool:
        if self._pool is None:
            raise BankStartError("the bank is used before its start")
        return self._pool

    async def start(self) -> None:
        """Create the tables, seed an empty bank. Raises `BankStartError` when the database does not let us."""
        try:
            self._pool = await asyncpg.create_pool(self._dsn, min_size=1, max_size=8, server_settings=_SETTINGS)
            async with self.pool.acquire() as connection, connection.transaction():
                await connection.execute("SELECT pg_advisory_xact_lock($1)", _STARTING)
                await connection.execute(_SCHEMA.read_text(encoding="utf-8"))
                await seed_if_empty(connection, moment(self.clock.now_ms()))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise BankStartError(f"the ledger's database is not usable: {type(error).__name__}: {error}") from error

    async def stop(self) -> None:
        self.closing.set()
        if self._pool is not None:
            await self._pool.close()
            self._pool = None

    async def reset(self) -> None:
        """The seeded state again. Keys and sessions of callers stay."""
        async with self.pool.acquire() as connection, connection.transaction():
            await empty(connection)
            await seed_if_empty(connection, moment(self.clock.now_ms()))
        self.dial.clear()
        self.calls.clear()
        self.codes.clear()
        self.network.clear()
