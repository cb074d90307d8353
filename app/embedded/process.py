"""What embedded servers share: whose process is it, does it live, make it end."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.kernel.errors import TellerError

_POLL_S: Final = 0.02


class EmbeddedServerError(TellerError):
    """An embedded server did not start or stop; the message ends with the last lines of its log."""

    code = "embedded_server"


def command_of(pid: int) -> str:
    """The command line of a live process, "" if there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    ps = shutil.which("ps")
    if ps is None:
        return ""
    done = subprocess.run([ps, "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()


def wait_until(ready: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def end_process(pid: int, still_ours: Callable[[], bool], polite: signal.Signals) -> None:
    """Ask politely, then insist. Never signals a pid that has meanwhile become another program."""
    for signal_number, seconds in ((polite, 10.0), (signal.SIGKILL, 5.0)):
        if not still_ours():
            return
        try:
            os.kill(pid, signal_number)
        except ProcessLookupError:
            return
        if wait_until(lambda: not still_ours(), seconds):
            return
    raise EmbeddedServerError(f"process {pid} does not end; end it by hand")


def tail(log: Path, lines: int = 12) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


def socket_folder(server: str) -> Path:
    """A fresh private folder with a path short enough for a UNIX socket (107 bytes)."""
    return Path(tempfile.mkdtemp(prefix=f"teller-{server}-", dir="/tmp" if Path("/tmp").is_dir() else None))  # noqa: S108


class Ownership:
    """A lock that dies with its holder: who has it owns the server in that folder, everybody else is a guest."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def take(self) -> bool:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None
