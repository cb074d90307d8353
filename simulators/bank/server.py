"""The simulated bank on a real socket, in this process."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from msgspec import Struct

from simulators.bank.app import application
from simulators.bank.bank import Bank
from simulators.bank.clock import Clock
from simulators.bank.connection import OpenProtocol
from simulators.bank.credentials import Credentials
from simulators.bank.errors import BankStartError


class RunningBank(Struct, frozen=True):
    """`url`: `http://127.0.0.1:8420`, without a slash at the end."""

    url: str
    bank: Bank


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()


@asynccontextmanager
async def serve(
    dsn: str, *, host: str = "127.0.0.1", port: int = 0, clock: Clock | None = None,
    credentials: Credentials | None = None, chance: Callable[[], float] = random.random,
) -> AsyncIterator[RunningBank]:  # fmt: skip
    """A bank that serves while the context lasts; port 0 takes a free one. Raises `BankStartError`."""
    bank = Bank(dsn, clock, credentials, chance)
    listener = _listen(host, port)
    try:
        await bank.start()
        config = uvicorn.Config(
            application(bank), http=OpenProtocol, ws="none", lifespan="off", log_level="warning", access_log=False,
            timeout_graceful_shutdown=5, backlog=512,
        )  # fmt: skip
        server = _Server(config)
        running = asyncio.create_task(server.serve([listener]))
        await server.listening.wait()
        try:
            yield RunningBank(f"http://{host}:{listener.getsockname()[1]}", bank)
        finally:
            bank.closing.set()
            server.should_exit = True
            await running
    finally:
        listener.close()
        await bank.stop()


def _listen(host: str, port: int) -> socket.socket:
    # asyncio turns Nagle's delay off only for sockets that say they are TCP, which socket.create_server's do not.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise BankStartError(f"cannot listen on {host}:{port}: {error}") from error
    return listener
