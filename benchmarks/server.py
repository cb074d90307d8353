"""What is measured, each a process of its own on the server's core: Teller with its stores, echo, responder."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

import asyncpg

from app.assembly import DATABASE_NAME
from app.demo.town import Town
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.process import tail
from app.settings import ROOT
from benchmarks.cores import cpu_seconds, family_cpu_seconds, pinned, resident_mib
from benchmarks.wire import listen

TOKEN: Final = "7000000001:benchmark-token-that-opens-nothing"
WEBHOOK_SECRET: Final = "benchmark-webhook-secret"
_DATA: Final = ROOT / ".teller" / "benchmark"
DURABILITY: Final = ("fsync", "synchronous_commit", "full_page_writes", "wal_sync_method")
_SYNCS: Final = 200


class CpuTimes(NamedTuple):
    """CPU seconds so far."""

    app: float
    postgres: float
    load: float


class Stored(NamedTuple):
    """Rows that the run left behind; a durable turn leaves one in each, and its message is marked as sent."""

    inbox: int
    journal: int
    outbox: int
    sent: int
    sessions: int


class TellerServer:
    """`teller serve` with an empty database, durable like a real one. Its bank is an address where nobody answers: the
    dialog of the benchmark does not ask it."""

    def __init__(self, core: int, stub_port: int) -> None:
        self._core = core
        self._server = EmbeddedPostgres(_DATA)
        self._town = Town(_DATA)
        self._stub = f"http://127.0.0.1:{stub_port}"

    async def __aenter__(self) -> Self:
        with pinned(self._core):
            await self._drop_database(await asyncio.to_thread(self._server.start))
            await self._town.start_stores()
            await self._town.start_teller(
                TELLER_TELEGRAM__TOKEN=TOKEN, TELLER_TELEGRAM__WEBHOOK_SECRET=WEBHOOK_SECRET,
                TELLER_TELEGRAM__API_URL=self._stub, TELLER_BANK__BASE_URL="http://127.0.0.1:9",
                TELLER_REGISTER_WEBHOOKS="false",
            )  # fmt: skip
        self._app = int((_DATA / "town" / "teller.pid").read_text().split()[0])
        self._postgres = await self._postmaster()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            sys.stderr.write(f"the last lines of Teller's log:\n{tail(self._town.log('teller'))}\n")
        await self._town.stop()
        await asyncio.to_thread(self._server.stop)

    @property
    def port(self) -> int:
        return int(self._town.teller_url.rpartition(":")[2])

    def cpu(self) -> CpuTimes:
        return CpuTimes(cpu_seconds(self._app), family_cpu_seconds(self._postgres), time.process_time())

    def memory_mib(self) -> float:
        return resident_mib(self._app)

    async def analyse(self) -> None:
        """Statistics for the planner, which a database in service has and one that was just emptied has not."""
        await self._rows("ANALYZE")

    async def stored(self) -> Stored:
        query = """SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM journal), (SELECT count(*) FROM outbox),
                          (SELECT count(*) FROM outbox WHERE state = 'sent'), (SELECT count(*) FROM session)"""
        return Stored(*(await self._rows(query))[0])

    async def durability(self) -> dict[str, str]:
        """PostgreSQL's version and the settings on which durability hangs, and what one sync costs on its disk."""
        values = {name: (await self._rows(f"SHOW {name}"))[0][0] for name in ("server_version", *DURABILITY)}
        folder = Path((await self._rows("SHOW data_directory"))[0][0]).parent
        return values | {"sync": f"{await asyncio.to_thread(sync_cost_us, folder):,.0f} µs"}

    async def _postmaster(self) -> int:
        folder = Path((await self._rows("SHOW data_directory"))[0][0])
        return int((folder / "postmaster.pid").read_text().split()[0])

    async def _drop_database(self, maintenance: str) -> None:
        """What an earlier run, perhaps of other code, has left."""
        await _fetch(maintenance, f'DROP DATABASE IF EXISTS "{DATABASE_NAME}" WITH (FORCE)')

    async def _rows(self, query: str) -> list[asyncpg.Record]:
        return await _fetch(self._town.database_url, query)


class SmallServer:
    """A module of the benchmark as a server of its own; it inherits its listening socket."""

    def __init__(self, core: int, module: str, *arguments: str) -> None:
        self._core = core
        self._command = (sys.executable, "-m", module)
        self._arguments = arguments

    def __enter__(self) -> Self:
        with contextlib.closing(listen()) as listener, pinned(self._core):
            self.port: int = listener.getsockname()[1]
            self._process = subprocess.Popen(
                [*self._command, str(listener.fileno()), *self._arguments], pass_fds=[listener.fileno()], cwd=ROOT
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait(10)

    def cpu_s(self) -> float:
        return cpu_seconds(self._process.pid)


async def _fetch(dsn: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(dsn)
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


def sync_cost_us(folder: Path) -> float:
    """Median of writing one page of 8 KiB and waiting until the disk has it, in µs."""
    costs = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(_SYNCS):
            began = time.perf_counter()
            os.pwrite(file.fileno(), bytes(8192), 0)
            os.fdatasync(file.fileno())
            costs.append(time.perf_counter() - began)
    return sorted(costs)[_SYNCS // 2] * 1e6
