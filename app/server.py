"""Serving: the parts of a process together with its web server, until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import json
import signal
import socket
from pathlib import Path
from typing import Final

import structlog
import uvicorn

from app.asgi import Edge
from app.assembly import ALL_ROLES, Role, Teller
from app.settings import Settings

_BACKLOG: Final = 2048
_GRACE_S: Final = 10
_log = structlog.get_logger("teller")


async def serve(settings: Settings, roles: frozenset[Role] = ALL_ROLES, ready_file: Path | None = None) -> None:
    """Run until SIGINT or SIGTERM. `ready_file` gets {"url": …} once webhooks are accepted."""
    listener = _listen(settings.host, settings.port) if "web" in roles else None
    if listener is not None and settings.port == 0:
        port = listener.getsockname()[1]
        own = settings.base_url != f"http://{settings.host}:0"
        base_url = settings.base_url if own else f"http://{settings.host}:{port}"
        settings = settings.model_copy(update={"port": port, "base_url": base_url})
    teller = Teller(settings, roles)
    await teller.start()
    # What is loaded now lives as long as the process: the collector of garbage need not look through it again.
    gc.collect()
    gc.freeze()
    try:
        if listener is None:
            await _until_told()
        else:
            await _serve_web(teller, listener, ready_file)
    finally:
        await teller.stop()


async def _serve_web(teller: Teller, listener: socket.socket, ready_file: Path | None) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            Edge(teller), log_config=None, access_log=False, lifespan="off", http="httptools", ws="none",
            server_header=False, date_header=False, timeout_graceful_shutdown=_GRACE_S, timeout_keep_alive=75,
        )
    )  # fmt: skip
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it.
        await asyncio.sleep(0.01)
    if not serving.done():
        if teller.settings.register_webhooks:
            # The messengers call back while they are being told, so the server must listen already.
            await teller.begin_registration()
        if ready_file is not None:
            announce(ready_file, teller.settings.base_url)
        _log.info("serving", url=teller.settings.base_url, roles=sorted(teller.roles), channels=sorted(teller.channels))
    await serving


async def _until_told() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol must be named: with 0 the event loop does not switch Nagle's delay off, 40 ms on every answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def announce(path: Path, url: str) -> None:
    """A reader of the file sees all of it or nothing."""
    half = path.with_name(f"{path.name}.half")
    half.write_text(json.dumps({"url": url}))
    half.replace(path)
