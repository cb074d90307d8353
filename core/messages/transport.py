"""The HTTP client that sends messages: kept-alive connections and as little work for each message as there can be.

It writes no log and puts no address into an error: Telegram's token is a part of the address.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import defaultdict, deque
from collections.abc import Mapping
from functools import lru_cache
from types import TracebackType
from typing import Final, NamedTuple, Self
from urllib.parse import quote, urlsplit

import aiohappyeyeballs

from core.messages.channels import Misconfigured, OutcomeUnknown, RetryLater
from core.messages.http_connection import HttpConnection

# A connection that was idle longer may be closed by the server just when the next request is on its way.
_IDLE_S: Final = 15.0
# RFC 8305: how long one address of a host is tried before the next one is tried beside it.
_NEXT_ADDRESS_S: Final = 0.25
_PATH_SAFE: Final = "/%:@!$&'()*+,;=~"


class _Origin(NamedTuple):
    host: str
    port: int
    tls: bool


class _Target(NamedTuple):
    """`head`: the beginning of every request to this address, up to the headers that differ."""

    origin: _Origin
    head: str


class HttpTransport:
    """Fulfils `core.messages.channels.Transport`. Open it in the event loop that uses it.

    Timeouts in seconds; `connect_s` includes the wait for a free connection, `read_s` is the longest silence of the
    server. A whole call takes at most `connect_s + 2 * read_s`. `connections`: calls under way at once.
    """

    def __init__(
        self,
        *,
        connect_s: float = 5.0,
        read_s: float = 15.0,
        reply_bytes_max: int = 1024 * 1024,
        connections: int = 100,
    ) -> None:
        self._connect_s = connect_s
        self._read_s = read_s
        self._reply_bytes_max = reply_bytes_max
        self._slots = asyncio.Semaphore(connections)
        self._idle: defaultdict[_Origin, deque[HttpConnection]] = defaultdict(deque)
        self._tls: ssl.SSLContext | None = None

    async def open(self) -> None:
        """Read the certificates that are trusted; a second call changes nothing."""
        if self._tls is None:
            self._tls = await asyncio.to_thread(ssl.create_default_context)

    async def close(self) -> None:
        self._tls = None
        for idle in self._idle.values():
            for connection in idle:
                connection.close()
        self._idle.clear()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and whole body of the answer; a redirect is an answer like any other.

        Raises `RetryLater` when nothing was sent, `OutcomeUnknown` when no whole answer came or it is longer than
        `reply_bytes_max`, and `Misconfigured` when the transport is not open or the address is none.
        """
        if self._tls is None:
            raise Misconfigured("the HTTP transport is used before open() or after close()")
        try:
            target = _target(url)
            request = _request(target, body, headers)
        except ValueError:
            target = None
        if target is None:
            # Raised out here, as below, so that the error, which may quote the address, is not chained to it.
            raise Misconfigured(
                "the API address of a channel is not an HTTP address, or its token fits into no header; "
                "check its API_URL and TOKEN settings"
            )
        connection = await self._take(target.origin, self._tls)
        try:
            return await connection.exchange(request, self._read_s)
        except (OSError, ValueError) as error:
            failure = OutcomeUnknown(f"the messenger's server gave no whole answer ({type(error).__name__})")
        finally:
            self._give_back(target.origin, connection)
        raise failure

    async def _take(self, origin: _Origin, tls: ssl.SSLContext) -> HttpConnection:
        """A connection that waits for work, or a new one. Raises `RetryLater`."""
        if not self._slots.locked():
            await self._slots.acquire()
            return self._waiting(origin) or await self._connected(origin, tls, self._connect_s)
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(self._connect_s):
                await self._slots.acquire()
        except TimeoutError:
            raise RetryLater("every connection to the messengers is busy") from None
        left_s = self._connect_s - (loop.time() - began)
        return self._waiting(origin) or await self._connected(origin, tls, left_s)

    def _waiting(self, origin: _Origin) -> HttpConnection | None:
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if connection.reusable and connection.idle_s <= _IDLE_S:
                return connection
            connection.close()
        return None

    async def _connected(self, origin: _Origin, tls: ssl.SSLContext, within_s: float) -> HttpConnection:
        """Gives the slot back when there is no connection. Raises `RetryLater`."""
        try:
            async with asyncio.timeout(within_s):
                return await self._connect(origin, tls)
        except OSError as error:
            self._slots.release()
            failure = RetryLater(f"the messenger's server cannot be reached ({type(error).__name__})")
        except BaseException:
            self._slots.release()
            raise
        raise failure

    async def _connect(self, origin: _Origin, tls: ssl.SSLContext) -> HttpConnection:
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        connected = await aiohappyeyeballs.start_connection(addresses, happy_eyeballs_delay=_NEXT_ADDRESS_S)
        connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _, connection = await loop.create_connection(
            lambda: HttpConnection(self._reply_bytes_max), sock=connected,
            ssl=tls if origin.tls else None, server_hostname=origin.host if origin.tls else None,
        )  # fmt: skip
        return connection

    def _give_back(self, origin: _Origin, connection: HttpConnection) -> None:
        self._slots.release()
        if not connection.reusable or self._tls is None:
            connection.close()
            return
        idle = self._idle[origin]
        idle.append(connection)
        while idle[0].idle_s > _IDLE_S:
            idle.popleft().close()


@lru_cache(maxsize=256)
def _target(url: str) -> _Target:
    """Raises ValueError for what is no HTTP address."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ValueError("not an HTTP address")
    tls = parts.scheme == "https"
    host = parts.hostname if ":" in parts.hostname else parts.hostname.encode("idna").decode()
    named = f"[{host}]" if ":" in host else host
    port = parts.port or (443 if tls else 80)
    authority = named if parts.port is None else f"{named}:{port}"
    path = quote(parts.path or "/", safe=_PATH_SAFE) + (
        f"?{quote(parts.query, safe=_PATH_SAFE)}" if parts.query else ""
    )
    head = f"POST {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: teller\r\nAccept-Encoding: identity\r\n"
    return _Target(_Origin(host, port, tls), head)


def _request(target: _Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    """Raises ValueError for a header that would not stay one."""
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers):
        raise ValueError("a header holds a line break")
    return f"{target.head}{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1") + body
