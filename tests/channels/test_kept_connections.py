"""The connections under the HTTP transport: every form of an answer, and when a connection serves another call."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from core.messages.channels import Misconfigured, OutcomeUnknown, RetryLater
from core.messages.transport import HttpTransport

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Gives each request the next answer; `served` has the number of its connection for each request. An answer that
    ends in `CLOSE` is followed by the end of the connection; `ended` is set when the client has ended it, too."""

    CLOSE = b"<close>"

    def __init__(self, answers: tuple[bytes, ...]) -> None:
        self._answers = list(answers)
        self._connections = 0
        self.served: list[int] = []
        self.heads: list[bytes] = []
        self.asked = asyncio.Event()
        self.ended = asyncio.Event()
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        own = self._connections
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                self.served.append(own)
                self.asked.set()
                answer = self._answers.pop(0)
                writer.write(answer.removesuffix(self.CLOSE))
                await writer.drain()
                if answer.endswith(self.CLOSE):
                    writer.write_eof()
                    await reader.read()
                    self.ended.set()
                    break
        writer.close()


@asynccontextmanager
async def server(*answers: bytes) -> AsyncIterator[Server]:
    scripted = Server(answers)
    listening = await asyncio.start_server(scripted.serve, "127.0.0.1", 0)
    host, port = listening.sockets[0].getsockname()[:2]
    scripted.url = f"http://{host}:{port}/bot"
    try:
        yield scripted
    finally:
        listening.close()


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    async with HttpTransport(connect_s=2.0, read_s=5.0, reply_bytes_max=1000) as opened:
        yield opened


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nwh\r\n3;x=y\r\nole\r\n0\r\nTrailer: 1\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
    ],
    ids=["by length", "in chunks", "after 100", "after 103"],
)
async def test_an_answer_of_any_form_is_read_whole_and_the_connection_stays(
    transport: HttpTransport, answer: bytes
) -> None:
    async with server(answer, OK) as scripted:
        assert await transport.post(scripted.url, b"", {}) == (200, b"whole")
        assert await transport.post(scripted.url, b"", {}) == (200, b"ok")
        assert scripted.served == [1, 1]


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\n\r\nwhole" + Server.CLOSE,
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nwhole",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwholeHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged",
    ],
    ids=["until the end", "of HTTP/1.0", "that closes", "with another behind it"],
)
async def test_after_an_answer_that_ends_its_connection_the_next_call_gets_a_new_one(
    transport: HttpTransport, answer: bytes
) -> None:
    async with server(answer, OK) as scripted:
        assert await transport.post(scripted.url, b"", {}) == (200, b"whole")
        assert await transport.post(scripted.url, b"", {}) == (200, b"ok")
        assert scripted.served == [1, 2]


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\nX-Half: ", b"HTTP/1.1 200 OK\r\n"])
async def test_a_head_that_breaks_off_is_no_answer_without_a_length(transport: HttpTransport, answer: bytes) -> None:
    async with server(answer + Server.CLOSE) as scripted:
        with pytest.raises(OutcomeUnknown):
            await transport.post(scripted.url, b"", {})


async def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again(transport: HttpTransport) -> None:
    async with server(OK + Server.CLOSE, OK) as scripted:
        await transport.post(scripted.url, b"", {})
        await scripted.ended.wait()
        assert await transport.post(scripted.url, b"", {}) == (200, b"ok")
        assert scripted.served == [1, 2]


async def test_an_answer_of_exactly_the_most_bytes_is_taken_and_one_more_is_not(transport: HttpTransport) -> None:
    fits = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b"x" * 1000
    one_more = b"HTTP/1.1 200 OK\r\nContent-Length: 1001\r\n\r\n" + b"x" * 1001
    async with server(fits, one_more) as scripted:
        assert (await transport.post(scripted.url, b"", {}))[1] == b"x" * 1000
        with pytest.raises(OutcomeUnknown):
            await transport.post(scripted.url, b"", {})


async def test_a_head_without_end_is_given_up(transport: HttpTransport) -> None:
    async with server(b"HTTP/1.1 200 OK\r\n" + b"X-More: and more\r\n" * 5000) as scripted:
        with pytest.raises(OutcomeUnknown):
            await transport.post(scripted.url, b"", {})


async def test_a_call_that_is_cancelled_gives_its_place_back_and_not_its_connection() -> None:
    async with server(b"", OK) as scripted, HttpTransport(connections=1) as narrow:
        call = asyncio.create_task(narrow.post(scripted.url, b"", {}))
        await scripted.asked.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await narrow.post(scripted.url, b"", {}) == (200, b"ok")
        assert scripted.served == [1, 2]


async def test_a_refused_connection_gives_its_place_back() -> None:
    async with server(OK) as scripted:
        url = scripted.url
    async with HttpTransport(connections=1) as narrow:
        for _ in range(3):
            with pytest.raises(RetryLater):
                await narrow.post(url, b"", {})


@pytest.mark.parametrize("headers", [{"X-Auth": "a\r\nX-Forged: 1"}, {"X-Auth": "a\nb"}, {"X-Auth": "№"}])
async def test_a_header_that_would_not_stay_one_is_never_sent(
    transport: HttpTransport, headers: dict[str, str]
) -> None:
    async with server(OK) as scripted:
        with pytest.raises(Misconfigured, match="TOKEN"):
            await transport.post(scripted.url, b"", headers)
        assert scripted.heads == []


async def test_the_address_is_written_as_http_wants_it(transport: HttpTransport) -> None:
    async with server(OK) as scripted:
        await transport.post(f"{scripted.url}/so und so/ґ%2F?a=ї b#part", b"{}", {"Content-Type": "application/json"})
        head = scripted.heads[0].decode().split("\r\n")
    assert head[0] == "POST /bot/so%20und%20so/%D2%91%2F?a=%D1%97%20b HTTP/1.1"
    assert head[1] == f"Host: {scripted.url.removeprefix('http://').removesuffix('/bot')}"
    assert head[4:6] == ["Content-Type: application/json", "Content-Length: 2"]
