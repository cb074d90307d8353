"""The wire below HTTP: responses that never come or end half-way, as a real bank's do."""

from __future__ import annotations

import asyncio
from typing import Final, cast

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION: Final = "simulators.bank.transport"


class OpenProtocol(HttpToolsProtocol):
    """Shows the application its connection, because ASGI itself has no way to hang up."""

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {_EXTENSION: {"transport": self.transport}}


class NoAnswer(Response):
    """Holds the connection for `seconds` of real time, or until the client leaves or the bank closes; then hangs up."""

    def __init__(self, seconds: float, closing: asyncio.Event) -> None:
        super().__init__()
        self._seconds = seconds
        self._closing = closing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        waits = [asyncio.create_task(_disconnected(receive)), asyncio.create_task(_closed(self._closing))]
        await asyncio.wait(waits, timeout=self._seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await _hang_up(scope, receive)


class HalfAnswer(Response):
    """Promises the whole body of another response, sends half of it and hangs up."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": half, "more_body": True})
        await _hang_up(scope, receive)


async def _closed(closing: asyncio.Event) -> None:
    await closing.wait()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _hang_up(scope: Scope, receive: Receive) -> None:
    transport = cast(asyncio.Transport, scope["extensions"][_EXTENSION]["transport"])
    transport.close()
    await _disconnected(receive)
