"""Everything around Teller on one machine: stores, the simulated bank and messengers, and Teller as a process."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.assembly import DATABASE_NAME
from app.database import ensure_database, upgrade
from app.embedded.postgres import EmbeddedPostgres
from app.embedded.process import Ownership, command_of, end_process, tail
from app.embedded.redis import EmbeddedRedis
from core.kernel.errors import TellerError

_BANK_DATABASE: Final = "teller_bank"
_START_S: Final = 60.0
_STOP_S: Final = 15.0
# Words of the simulated bank, see simulators/bank/WIRE.md; they open nothing else.
_BANK_ENVIRONMENT: Final = {
    "TELLER_KEYCLOAK__CLIENT_ID": "teller-bank-api",
    "TELLER_KEYCLOAK__CLIENT_SECRET": "bank-api-demo-word",
    "TELLER_BANK__PASSPORT_LOGIN": "teller-passport",
    "TELLER_BANK__PASSPORT_PASSWORD": "passport-demo-word",
    "TELLER_BANK__CORE_LOGIN": "teller-core",
    "TELLER_BANK__CORE_PASSWORD": "core-demo-word",
}


class TownError(TellerError):
    """A part of the town did not start; the message ends with the last lines of its log."""

    code = "demo"


class Town:
    """Start the parts in order; `stop` ends them all. What a killed town left behind is ended first."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.database_url = ""
        self.redis_url = ""
        self.bank_url = ""
        self.messengers_url = ""
        self.teller_url = ""
        self._postgres = EmbeddedPostgres(data_dir)
        self._redis = EmbeddedRedis(data_dir)
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._telegram_token = f"{secrets.randbelow(9_000_000_000) + 1_000_000_000}:{secrets.token_hex(18)}"
        self._viber_token = f"{secrets.token_hex(8)}-{secrets.token_hex(8)}"
        self._notes = data_dir / "town"
        self._notes.mkdir(parents=True, exist_ok=True)
        self._ownership = Ownership(self._notes / "lock")

    async def start(self) -> None:
        await self.start_simulators()
        await self.start_teller()

    async def start_simulators(self) -> None:
        await self.start_stores()
        bank_dsn = await ensure_database(self._postgres.dsn("postgres"), _BANK_DATABASE)
        arguments = ("--telegram-token", self._telegram_token, "--viber-token", self._viber_token)
        self.bank_url, self.messengers_url = await asyncio.gather(
            self._launch("bank", "simulators.bank", "--database", bank_dsn),
            self._launch("messengers", "simulators.messengers", *arguments),
        )

    async def start_stores(self) -> None:
        if not self._ownership.take():
            raise TownError(f"a demo is running on {self.data_dir} already; stop it, or set TELLER_DATA_DIR to another")
        self._end_predecessors()
        maintenance = await asyncio.to_thread(self._postgres.start)
        self.redis_url = await asyncio.to_thread(self._redis.start)
        self.database_url = await ensure_database(maintenance, DATABASE_NAME)
        await upgrade(self.database_url)

    async def start_teller(self, **more: str) -> None:
        """`more`: environment on top of the town's own, for tests."""
        self.teller_url = await self._launch(
            "teller", "app", "serve", "--port", "0", environment=self.environment | more
        )

    @property
    def environment(self) -> dict[str, str]:
        """The settings with which Teller lives in this town."""
        return _BANK_ENVIRONMENT | {
            "TELLER_DATABASE__URL": self.database_url,
            "TELLER_REDIS__URL": self.redis_url,
            "TELLER_SECRET": self._secret(),
            "TELLER_FLOWS_WATCH": "true",
            "TELLER_BANK__BASE_URL": self.bank_url,
            "TELLER_TELEGRAM__TOKEN": self._telegram_token,
            "TELLER_TELEGRAM__WEBHOOK_SECRET": "town-telegram-webhook",
            "TELLER_TELEGRAM__API_URL": f"{self.messengers_url}/telegram",
            "TELLER_VIBER__TOKEN": self._viber_token,
            "TELLER_VIBER__API_URL": f"{self.messengers_url}/viber/pa",
        }

    async def kill_teller(self) -> None:
        """`kill -9`, for tests of recovery."""
        process = self._processes.pop("teller")
        process.kill()
        await process.wait()

    def restart_database(self) -> None:
        """Kill PostgreSQL as a power cut would and start it again on the same address; for tests of recovery."""
        self._postgres.kill()
        self._postgres.relaunch()

    async def stop(self) -> None:
        for name in ("teller", "messengers", "bank"):
            process = self._processes.pop(name, None)
            if process is not None:
                await _end(process)
                self._note(name).unlink(missing_ok=True)
        await asyncio.to_thread(self._redis.stop)
        await asyncio.to_thread(self._postgres.stop)
        self._ownership.release()

    def log(self, name: str) -> Path:
        return self._notes / f"{name}.log"

    def died(self) -> str:
        """The name of a process that has ended by itself, "" while all live."""
        return next((name for name, process in self._processes.items() if process.returncode is not None), "")

    async def _launch(self, name: str, module: str, *arguments: str, environment: dict[str, str] | None = None) -> str:
        ready = self._notes / f"{name}.ready"
        ready.unlink(missing_ok=True)
        with self.log(name).open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", module, *arguments, "--ready-file", str(ready),
                stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **(environment or {})},
            )  # fmt: skip
        self._processes[name] = process
        self._note(name).write_text(f"{process.pid}\n{module}\n")
        return await self._address(name, process, ready)

    async def _address(self, name: str, process: asyncio.subprocess.Process, ready: Path) -> str:
        deadline = asyncio.get_running_loop().time() + _START_S
        while not ready.exists():
            if process.returncode is not None or asyncio.get_running_loop().time() > deadline:
                raise TownError(f"{name} did not start:\n{tail(self.log(name), 20)}")
            await asyncio.sleep(0.02)
        return str(json.loads(ready.read_text())["url"])

    def _end_predecessors(self) -> None:
        """A town that was killed leaves its processes; their pids and what they run are noted on disk."""
        for note in sorted(self._notes.glob("*.pid")):
            lines = note.read_text().splitlines()
            if len(lines) == 2 and lines[0].isdigit():
                pid, module = int(lines[0]), lines[1]
                end_process(pid, _runs(pid, module), signal.SIGTERM)
            note.unlink(missing_ok=True)

    def _note(self, name: str) -> Path:
        return self._notes / f"{name}.pid"

    def _secret(self) -> str:
        kept = self.data_dir / "secret"
        if not kept.exists():
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_urlsafe(32))
        return kept.read_text()


def _runs(pid: int, module: str) -> Callable[[], bool]:
    return lambda: f"-m {module}" in command_of(pid)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(_STOP_S):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
