"""Whether a request can have left: what is retried at once, and what never is."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest

from core.bank_api.errors import NotSent, OutcomeUnknown
from core.bank_api.transport import MAX_REPLY_BYTES, HttpReply, Outgoing, Transport
from tests.bank_api.conftest import Sleeps
from tests.bank_api.http_server import HANG_UP, SILENCE, HttpServer, Request, Response


def outgoing(url: str, read_s: float = 5) -> Outgoing:
    return Outgoing("POST", url, read_s=read_s, connect_s=5, headers={"Authorization": "Bearer s3cret"}, content=b"x")


@pytest.fixture
async def transport(sleeps: Sleeps) -> AsyncIterator[Transport]:
    opened = Transport(sleeps)
    yield opened
    await opened.aclose()


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Always:
    """A server's script: the same answer to every request."""

    def __init__(self, response: Response) -> None:
        self.requests: list[Request] = []
        self._response = response

    async def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return self._response


async def test_a_refused_connection_is_tried_again_after_0_2_and_1_and_3_seconds_and_was_not_sent(
    transport: Transport, sleeps: Sleeps, closed_port: int
) -> None:
    with pytest.raises(NotSent, match="ConnectError before"):
        await transport.send(outgoing(f"http://127.0.0.1:{closed_port}"))
    assert sleeps == [0.2, 1.0, 3.0]


async def test_a_name_that_does_not_resolve_was_not_sent(transport: Transport) -> None:
    with pytest.raises(NotSent):
        await transport.send(outgoing("http://no-such-host.invalid"))


async def test_a_failed_tls_handshake_was_not_sent(transport: Transport) -> None:
    async def speak_plain_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_plain_http, "127.0.0.1", 0)
    with pytest.raises(NotSent, match="ConnectError before"):
        await transport.send(outgoing(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    server.close()


async def test_a_bank_that_comes_back_between_two_tries_gets_the_request_once(closed_port: int) -> None:
    always = Always(Response(200, b"here"))
    servers: list[asyncio.Server] = []

    async def bank_comes_back(_seconds: float) -> None:
        if not servers:
            servers.append(await asyncio.start_server(HttpServer(always)._serve, "127.0.0.1", closed_port))

    transport = Transport(bank_comes_back)
    assert await transport.send(outgoing(f"http://127.0.0.1:{closed_port}")) == HttpReply(200, b"here")
    await transport.aclose()
    servers[0].close()
    assert len(always.requests) == 1


@pytest.mark.parametrize(
    "response",
    [
        HANG_UP,
        Response(200, b"half", announced=400),
        Response(200, b"x" * (MAX_REPLY_BYTES + 1)),
        Response(200, b"x", headers={"Content-Encoding": "gzip"}),
        Response(200, b"x", headers={"Content-Encoding": "br"}),
    ],
)
async def test_what_fails_after_the_request_left_is_unknown_and_never_sent_twice(
    transport: Transport, sleeps: Sleeps, response: Response
) -> None:
    always = Always(response)
    async with HttpServer(always) as server:
        with pytest.raises(OutcomeUnknown):
            await transport.send(outgoing(server.url))
    assert (len(always.requests), sleeps) == (1, [])


async def test_silence_after_the_request_left_is_unknown(transport: Transport, sleeps: Sleeps) -> None:
    always = Always(SILENCE)
    async with HttpServer(always) as server:
        with pytest.raises(OutcomeUnknown, match=r"Time\w* after the request"):
            await transport.send(outgoing(server.url, read_s=0.05))
    assert (len(always.requests), sleeps) == (1, [])


async def test_a_body_that_only_trickles_is_cut_off_by_the_time_for_the_whole_exchange(transport: Transport) -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
        while not reader.at_eof():
            writer.write(b"x")
            try:
                await asyncio.wait_for(reader.read(1), 0.01)
            except TimeoutError:
                continue
        writer.close()

    server = await asyncio.start_server(trickle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    slow = Outgoing("GET", url, read_s=0.2, connect_s=0.1)
    with pytest.raises(OutcomeUnknown, match="TimeoutError after"):
        await transport.send(slow)
    server.close()


async def test_what_is_no_http_is_unknown(transport: Transport) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x00\x01SSH-2.0-not-a-bank\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    with pytest.raises(OutcomeUnknown):
        await transport.send(outgoing(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"))
    server.close()


async def test_a_redirect_is_not_followed(transport: Transport) -> None:
    always = Always(Response(307, b"", headers={"Location": "http://127.0.0.1:9/"}))
    async with HttpServer(always) as server:
        assert (await transport.send(outgoing(server.url))).status == 307


async def test_a_whole_mebibyte_is_read(transport: Transport) -> None:
    async with HttpServer(Always(Response(200, b"x" * MAX_REPLY_BYTES))) as server:
        assert len((await transport.send(outgoing(server.url))).body) == MAX_REPLY_BYTES


async def test_neither_headers_nor_bodies_are_in_a_repr_or_an_error(transport: Transport, closed_port: int) -> None:
    request = outgoing(f"http://127.0.0.1:{closed_port}")
    with pytest.raises(NotSent) as failed:
        await transport.send(request)
    assert "s3cret" not in f"{request!r}{failed.value!r}{failed.value.__cause__!r}"
    assert repr(HttpReply(200, b"secret body")) == "HttpReply(status=200)"
