"""The web edge of a whole process: health, pictures, and webhooks over a real socket."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest
import uvicorn

from app.asgi import Edge
from app.assembly import Teller
from app.server import _listen
from core.dialog.contracts import Document, OutboundMessage, Picture
from tests.app.processes import HOOK_SECRET, Town, post, town, update


@pytest.fixture
async def place(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, redis_url, tmp_path) as place:
        yield place


@pytest.fixture
async def teller(place: Town) -> Teller:
    return await place.start("web")


@pytest.fixture
async def browser(teller: Teller) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Edge(teller))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://teller") as browser:
        yield browser


async def with_picture(teller: Teller, database: asyncpg.Pool, picture: Picture | None) -> str:
    """The address of the picture of a message that waits in the outbox."""
    await waits(database, OutboundMessage(text="x", picture=picture))
    return teller.pictures.url("row1").removeprefix("https://teller.example")


async def waits(database: asyncpg.Pool, sent: OutboundMessage) -> None:
    message = msgspec.json.encode(sent).decode()
    await database.execute(
        "INSERT INTO outbox (id, conversation, message, next_at, lease_owner, lease_until, created_at)"
        " VALUES ('row1', 'telegram:1', $1, now(), 'x', now() + interval '1 hour', now())",
        message,
    )


async def test_a_process_that_works_says_so(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/healthz")).json() == {"status": "ok"}
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"database": True, "flows": True, "release": 1})


async def test_a_process_without_its_database_lives_but_is_not_ready(
    browser: httpx.AsyncClient, teller: Teller
) -> None:
    teller.pool.terminate()
    assert (await browser.get("/healthz")).status_code == 200
    ready = await browser.get("/readyz")
    assert (ready.status_code, ready.json()["database"]) == (503, False)


async def test_a_picture_is_drawn_for_whoever_has_its_address(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool
) -> None:
    receipt = Picture(template="receipt", data=teller.studio.example("receipt"), alt="", lang="uk")
    answer = await browser.get(await with_picture(teller, database, receipt))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content.startswith(b"\x89PNG")
    assert answer.headers["cache-control"].startswith("private")


async def test_a_document_is_drawn_under_its_name_and_is_the_same_each_time(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool
) -> None:
    example = teller.studio.example("receipt")
    receipt = Document(template="receipt", data=example, alt="Квитанція", lang="uk", name="receipt-R1.pdf")
    await waits(database, OutboundMessage(text="x", document=receipt))
    address = teller.pictures.document_url("row1").removeprefix("https://teller.example")

    first, second = await browser.get(address), await browser.get(address)

    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.headers["content-disposition"] == 'attachment; filename="receipt-R1.pdf"'
    assert first.content.startswith(b"%PDF-1.4")
    assert first.content == second.content == await teller.draw(receipt)
    assert (await browser.get(address.replace("/documents/", "/pictures/"))).status_code == 404


async def test_an_address_of_a_message_without_a_document_leads_nowhere(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool
) -> None:
    await waits(database, OutboundMessage(text="x"))
    address = teller.pictures.document_url("row1").removeprefix("https://teller.example")
    assert (await browser.get(address)).status_code == 404
    assert (await browser.get("/documents/row1.9999999999.00.pdf")).status_code == 404


@pytest.mark.parametrize(
    "name", ["row1.png", "row1.9999999999.00.png", "..%2f..%2fetc%2fpasswd", "x" * 5000, "%00", "é"]
)
async def test_without_the_address_there_is_nothing(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool, name: str
) -> None:
    await with_picture(teller, database, None)
    assert (await browser.get(f"/pictures/{name}")).status_code == 404


async def test_an_address_of_a_message_without_a_picture_leads_nowhere(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool
) -> None:
    assert (await browser.get(await with_picture(teller, database, None))).status_code == 404


async def test_a_picture_that_cannot_be_drawn_is_a_typed_answer(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool
) -> None:
    broken = Picture(template="no_such", data={}, alt="", lang="uk")
    answer = await browser.get(await with_picture(teller, database, broken))
    assert (answer.status_code, answer.json()) == (404, {"code": "template_unknown"})


async def test_a_picture_while_the_database_is_away_is_asked_for_again_later(
    browser: httpx.AsyncClient, teller: Teller, database: asyncpg.Pool
) -> None:
    address = await with_picture(teller, database, None)
    teller.pool.terminate()
    answer = await browser.get(address)
    assert (answer.status_code, answer.json()) == (503, {"code": "store_unavailable"})


async def test_a_forged_webhook_is_refused_at_the_edge(teller: Teller, database: asyncpg.Pool) -> None:
    assert await post(Edge(teller), update(7_300_001, text="/start"), secret="forged") == 401
    assert await database.fetchval("SELECT count(*) FROM inbox") == 0


@pytest.fixture
async def address(teller: Teller) -> AsyncIterator[tuple[str, int]]:
    """The edge behind the web server that serves it in earnest."""
    listener = _listen("127.0.0.1", 0)
    server = uvicorn.Server(
        uvicorn.Config(Edge(teller), log_config=None, lifespan="off", http="httptools", ws="none", access_log=False)  # type: ignore[arg-type]
    )
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield listener.getsockname()
    server.should_exit = True
    await serving


def request(body: bytes, length: int) -> bytes:
    lines = [
        "POST /webhooks/telegram HTTP/1.1", "Host: teller", f"Content-Length: {length}",
        f"X-Telegram-Bot-Api-Secret-Token: {HOOK_SECRET}", "", "",
    ]  # fmt: skip
    return "\r\n".join(lines).encode() + body


async def test_a_client_that_leaves_in_the_middle_of_a_body_is_no_error_in_the_log(
    address: tuple[str, int], database: asyncpg.Pool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        # Given a client that promises more than it sends
        body = update(7_300_002, text="/start")
        _, leaving = await asyncio.open_connection(*address)
        leaving.write(request(body, len(body) + 100))
        await leaving.drain()
        leaving.close()
        await leaving.wait_closed()
        # When the next one sends all of it
        reader, writer = await asyncio.open_connection(*address)
        writer.write(request(body, len(body)))
        status = await reader.readline()
        writer.close()
    # Then it is served, and nobody has complained
    assert status.startswith(b"HTTP/1.1 200")
    assert await database.fetchval("SELECT count(*) FROM inbox") == 1
    assert [record.name for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_body_that_never_ends_is_cut_off(address: tuple[str, int]) -> None:
    reader, writer = await asyncio.open_connection(*address)
    head = request(b"", 0).replace(b"Content-Length: 0", b"Transfer-Encoding: chunked")
    writer.write(head)
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"

    async def endless() -> None:
        while True:
            writer.write(chunk)
            await writer.drain()

    sending = asyncio.create_task(endless())
    async with asyncio.timeout(30):
        status = await reader.readline()
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    writer.close()
    assert status.startswith(b"HTTP/1.1 413")
