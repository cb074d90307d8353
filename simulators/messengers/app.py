"""The messengers' servers as one ASGI application, and that application on a port of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette

from simulators.messengers.channel import Channel
from simulators.messengers.context import Context, Options
from simulators.messengers.control import HANDLED, Control, refused
from simulators.messengers.graph.server import Graph
from simulators.messengers.messenger.server import Messenger
from simulators.messengers.telegram.server import Telegram
from simulators.messengers.viber.server import Viber
from simulators.messengers.whatsapp.server import WhatsApp

# Longer than any test is silent: a client that writes the moment its connection is closed would see a failed call.
_KEEPS_IDLE_S: Final = 75


def create_app(options: Options | None = None, url: str = "") -> Starlette:
    """Telegram under `/telegram`, Viber under `/viber/pa`, WhatsApp and Messenger under `/graph`, and `/control`.

    `url`: where the application is reached, without a slash at the end; media that people send lie there.
    """
    context = Context(options or Options(), url)
    whatsapp, messenger = WhatsApp(context), Messenger(context)
    channels: dict[str, Channel] = {
        "telegram": Telegram(context),
        "viber": Viber(context),
        "whatsapp": whatsapp,
        "messenger": messenger,
    }

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            for channel in channels.values():
                await channel.close()
            await context.close()

    routes = [*Control(context, channels).routes()]
    for channel in channels.values():
        routes.extend(channel.routes())
    routes.extend(Graph(context, (whatsapp, messenger)).routes())
    return Starlette(routes=routes, lifespan=lifespan, exception_handlers=dict.fromkeys(HANDLED, refused))


@asynccontextmanager
async def serve(options: Options | None = None, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve the messengers while the context lasts; gives their URL. `port` 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns off Nagle's delay only on sockets that name their protocol; without it every answer takes 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        shown_host = f"[{host}]" if ":" in host else host
        url = f"http://{shown_host}:{listener.getsockname()[1]}"
        config = uvicorn.Config(
            create_app(options, url), log_level="critical", access_log=False, ws="none", timeout_graceful_shutdown=1,
            timeout_keep_alive=_KEEPS_IDLE_S,
        )  # fmt: skip
        server = _Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await _started(server, serving)
            yield url
        finally:
            server.should_exit = True
            await serving


class _Server(uvicorn.Server):
    """Says when it accepts connections, and leaves signals to the program."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _started(server: _Server, serving: asyncio.Task[None]) -> None:
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({ready, serving}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    if serving.done():
        serving.result()
        raise OSError("the messengers' servers ended while they started")
