"""The HTTP transport over real sockets: what was certainly not sent, what may have arrived, and what is never told."""

from __future__ import annotations

import asyncio
import logging
import socket
import traceback
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from core.messages.channels import Misconfigured, OutcomeUnknown, RetryLater
from core.messages.transport import HttpTransport
from tests.channels.servers import Behaviour, socket_server, web_server

SECRET_PATH = "/bot700700:AAsecret/sendMessage"


@pytest.fixture
async def transport() -> AsyncIterator[HttpTransport]:
    async with HttpTransport(connect_s=2.0, read_s=5.0, reply_bytes_max=10_000) as opened:
        yield opened


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


async def answer_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Reads the request and closes the connection."""


async def answer_half(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b"half")
    await writer.drain()


async def answer_garbage(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x16\x03\x01 this is not HTTP\r\n\r\n")
    await writer.drain()


async def test_status_and_body_come_back_and_the_request_arrives_as_it_was_given(transport: HttpTransport) -> None:
    async def echo(request: web.Request) -> web.Response:
        body = await request.read()
        return web.Response(status=418, body=request.headers["X-Own"].encode() + body + request.path.encode())

    async with web_server(echo) as root:
        status, reply = await transport.post(f"{root}/a/b", "Так".encode(), {"X-Own": "1"})
    assert (status, reply.decode()) == (418, "1Так/a/b")


async def test_one_connection_serves_many_calls(transport: HttpTransport) -> None:
    peers: set[object] = set()

    async def remember(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.Response()

    async with web_server(remember) as root:
        for _ in range(5):
            await transport.post(root, b"{}", {})
    assert len(peers) == 1


async def test_a_redirect_is_not_followed(transport: HttpTransport) -> None:
    seen: list[str] = []

    async def redirect(request: web.Request) -> web.Response:
        seen.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async with web_server(redirect) as root:
        status, _ = await transport.post(f"{root}/first", b"{}", {})
    assert (status, seen) == (307, ["/first"])


async def test_a_refused_connection_means_not_sent(transport: HttpTransport, closed_port: int) -> None:
    with pytest.raises(RetryLater):
        await transport.post(f"http://127.0.0.1:{closed_port}{SECRET_PATH}", b"{}", {})


async def test_an_unknown_host_means_not_sent(transport: HttpTransport) -> None:
    with pytest.raises(RetryLater):
        await transport.post(f"http://messenger.invalid{SECRET_PATH}", b"{}", {})


async def test_a_failed_tls_handshake_means_not_sent(transport: HttpTransport) -> None:
    async def never_reached(request: web.Request) -> web.Response:
        raise AssertionError(request.path)

    async with web_server(never_reached) as root:
        with pytest.raises(RetryLater):
            await transport.post(root.replace("http:", "https:") + SECRET_PATH, b"{}", {})


async def test_no_free_connection_means_not_sent() -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    async def hold(request: web.Request) -> web.Response:
        arrived.set()
        await release.wait()
        return web.Response()

    async with web_server(hold) as root, HttpTransport(connect_s=0.05, connections=1) as narrow:
        first = asyncio.create_task(narrow.post(root, b"{}", {}))
        await arrived.wait()
        with pytest.raises(RetryLater):
            await narrow.post(root, b"{}", {})
        release.set()
        assert (await first)[0] == 200


@pytest.mark.parametrize("behaviour", [answer_nothing, answer_half, answer_garbage])
async def test_no_whole_answer_means_unknown(transport: HttpTransport, behaviour: Behaviour) -> None:
    async with socket_server(behaviour) as root:
        with pytest.raises(OutcomeUnknown):
            await transport.post(root + SECRET_PATH, b"{}", {})


async def test_a_silent_server_means_unknown() -> None:
    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with socket_server(hold) as root, HttpTransport(read_s=0.05) as impatient:
        with pytest.raises(OutcomeUnknown):
            await impatient.post(root + SECRET_PATH, b"{}", {})


async def test_an_answer_without_end_means_unknown(transport: HttpTransport) -> None:
    async def flood(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"1000\r\n" + b"x" * 4096 + b"\r\n")
            try:
                await writer.drain()
            except ConnectionError:
                return

    async with socket_server(flood) as root:
        with pytest.raises(OutcomeUnknown):
            await transport.post(root + SECRET_PATH, b"{}", {})


@pytest.mark.parametrize("address", ["", "no address", "ftp://127.0.0.1", "http://", "http://[::1"])
async def test_an_address_that_is_none_is_a_matter_of_configuration(transport: HttpTransport, address: str) -> None:
    with pytest.raises(Misconfigured, match="API_URL"):
        await transport.post(address + SECRET_PATH, b"{}", {})


async def test_a_transport_that_is_not_open_says_so() -> None:
    transport = HttpTransport()
    with pytest.raises(Misconfigured, match="open"):
        await transport.post("http://127.0.0.1/", b"{}", {})
    await transport.open()
    await transport.open()
    await transport.close()
    await transport.close()
    with pytest.raises(Misconfigured, match="open"):
        await transport.post("http://127.0.0.1/", b"{}", {})


async def test_neither_errors_nor_logs_tell_the_address(
    transport: HttpTransport, closed_port: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for root in (f"http://127.0.0.1:{closed_port}", "http://[::1", "http://messenger.invalid"):
        with pytest.raises((RetryLater, Misconfigured)) as raised:
            await transport.post(root + SECRET_PATH, b"{}", {})
        assert "AAsecret" not in "".join(traceback.format_exception(raised.value))
        assert raised.value.__context__ is None
    assert "AAsecret" not in caplog.text
