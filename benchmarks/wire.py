"""HTTP/1.1 with next to no cost of its own: a kept-alive connection that asks, and one that answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Final, cast

import httptools

from core.kernel.errors import TellerError

_BACKLOG: Final = 1024
_OK_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"

Answered = Callable[[int], None]
Handler = Callable[[bytes, bytes], bytes]


class ConnectionLost(TellerError):
    """The server closed a connection on which a request waited for its answer."""

    code = "connection_lost"


class Caller(asyncio.Protocol):
    """One kept-alive connection; one request at a time. `lost` is told when it breaks with a request on it."""

    def __init__(self, lost: Callable[[Exception], None]) -> None:
        self._lost = lost
        self._answered: Answered | None = None
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def ask(self, request: bytes, answered: Answered) -> None:
        """Send a whole request; `answered` gets the status when the whole answer is there."""
        self._answered = answered
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        answered, self._answered = self._answered, None
        if answered is not None:
            answered(self._parser.get_status_code())

    def connection_lost(self, error: Exception | None) -> None:
        if self._answered is not None:
            self._lost(ConnectionLost("the server closed a connection with a request on it"))

    def close(self) -> None:
        self._answered = None
        self._transport.close()


class Answerer(asyncio.Protocol):
    """Every request on this connection goes as (path, body) to the handler, and 200 with what it returns goes back."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path = b""
        self._body = b""

    def on_url(self, part: bytes) -> None:
        self._path += part

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        answer = self._handler(self._path, self._body)
        self._transport.write(_OK_HEAD % len(answer) + answer)


def listen() -> socket.socket:
    """A listening socket on a free port of this machine. A process that inherits it can be called before it is up."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


async def connect(port: int, count: int, lost: Callable[[Exception], None]) -> list[Caller]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(lambda: Caller(lost), "127.0.0.1", port))[1] for _ in range(count)]


def post(path: str, headers: str, body: bytes) -> bytes:
    """A whole POST request. `headers`: lines, each ended by CR LF."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
