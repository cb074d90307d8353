"""One kept-alive HTTP/1.1 connection: a request, then its answer (RFC 9112)."""

from __future__ import annotations

import asyncio
from typing import Final, cast

import httptools

_HEAD_BYTES_MAX: Final = 64 * 1024

Answer = tuple[int, bytes]


class BadAnswer(ValueError):
    """What came is not HTTP, or more of it than is taken."""


class HttpConnection(asyncio.Protocol):
    """One request at a time; another may follow while the connection is `reusable`."""

    def __init__(self, reply_bytes_max: int) -> None:
        self._reply_bytes_max = reply_bytes_max
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._answer: asyncio.Future[Answer] | None = None
        self._body = bytearray()
        self._received = 0
        self._sized = False
        self._ends_by_closing = False
        self._heard_at = 0.0
        self._closed = False
        self._idle_since = 0.0

    @property
    def idle_s(self) -> float:
        """Seconds since the last answer."""
        return self._loop.time() - self._idle_since

    @property
    def reusable(self) -> bool:
        return not self._closed and not self._transport.is_closing()

    async def exchange(self, request: bytes, read_s: float) -> Answer:
        """Status and whole body. `read_s`: the longest silence; twice as long is the longest exchange.

        Raises `ConnectionError`, `TimeoutError` or `BadAnswer` when no whole answer came.
        """
        self._answer = self._loop.create_future()
        self._received = 0
        self._heard_at = self._loop.time()
        latest = self._heard_at + 2 * read_s
        self._timer = self._loop.call_later(read_s, self._look, read_s, latest)
        self._transport.write(request)
        try:
            return await self._answer
        finally:
            self._timer.cancel()
            if not self._answer.done() or self._answer.cancelled():
                self.close()
            self._answer = None
            self._idle_since = self._loop.time()

    def close(self) -> None:
        self._closed = True
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._heard_at = self._loop.time()
        self._received += len(data)
        if self._answer is None or self._received > self._reply_bytes_max + _HEAD_BYTES_MAX:
            self._fail(BadAnswer("more than one answer, or one without an end"))
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError as error:
            self._fail(BadAnswer(type(error).__name__))

    def on_message_begin(self) -> None:
        self._body.clear()
        self._sized = False

    def on_header(self, name: bytes, value: bytes) -> None:
        if name.lower() in (b"content-length", b"transfer-encoding"):
            self._sized = True

    def on_headers_complete(self) -> None:
        self._ends_by_closing = not self._sized

    def on_body(self, part: bytes) -> None:
        self._body += part

    def on_message_complete(self) -> None:
        self._ends_by_closing = False
        # An answer below 200 announces the one that counts.
        if self._parser.get_status_code() >= 200:
            self._finish(keep=self._parser.should_keep_alive())

    def connection_lost(self, error: Exception | None) -> None:
        if error is None and self._ends_by_closing and self._answer is not None and not self._answer.done():
            self._finish(keep=False)
        self._fail(ConnectionResetError("the connection ended before the answer did"))

    def _finish(self, *, keep: bool) -> None:
        if self._answer is None or self._answer.done():
            self.close()
            return
        if len(self._body) > self._reply_bytes_max:
            self._fail(BadAnswer(f"an answer of more than {self._reply_bytes_max} bytes"))
            return
        self._answer.set_result((self._parser.get_status_code(), bytes(self._body)))
        if not keep:
            self.close()

    def _fail(self, error: Exception) -> None:
        self.close()
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error)

    def _look(self, read_s: float, latest: float) -> None:
        """Whether the server has been silent too long. While the request is still leaving, it is not its turn."""
        now = self._loop.time()
        if self._transport.get_write_buffer_size():
            self._heard_at = now
        if now >= latest or now >= self._heard_at + read_s:
            self._fail(TimeoutError("the server is silent"))
        else:
            self._timer = self._loop.call_at(min(latest, self._heard_at + read_s), self._look, read_s, latest)
