"""From the customer who asks for a person to the operator who closes the ticket, with the shipped flows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import msgspec
import pytest
from typer.testing import CliRunner

from app.asgi import Edge
from app.cli import cli
from tests.app.processes import Town, post, town, update

USER = 7_300_001


@pytest.fixture
async def place(database_url: str, redis_url: str, tmp_path: Path) -> AsyncIterator[Town]:
    async with town(database_url, redis_url, tmp_path) as place:
        yield place


async def teller(place: Town, *words: str) -> tuple[int, str]:
    """The command line beside the running process."""
    settings = {
        "TELLER_DATABASE__URL": place.settings.database.url,
        "TELLER_REDIS__URL": place.settings.redis.url,
        "TELLER_DATA_DIR": str(place.settings.data_dir),
    }
    result = await asyncio.to_thread(CliRunner().invoke, cli, list(words), env=settings)
    return result.exit_code, result.output + (str(result.exception) if result.exception else "")


async def with_person(place: Town) -> Edge:
    edge = Edge(await place.start())
    await post(edge, update(USER, text="/start"))
    await place.messenger.heard("Чим допомогти?")
    await post(edge, update(USER, text="оператор"))
    await place.messenger.heard("Передаю розмову людині")
    return edge


async def test_an_operator_sees_the_ticket_closes_it_and_the_bot_is_back(place: Town, database: asyncpg.Pool) -> None:
    edge = await with_person(place)
    ticket = await database.fetchval("SELECT id FROM ticket")
    _, listed = await teller(place, "tickets")
    assert ticket in listed
    assert "operator" in listed
    assert "(bot is silent)" in listed
    assert listed.endswith("1 open\n")

    code, closed = await teller(place, "tickets", "close", ticket, "--note", "called, card 4111111111111111")
    assert (code, closed.startswith("closed")) == (0, True)
    await place.messenger.heard("Людина закінчила, я знову тут.")

    assert "4111111111111111" not in await database.fetchval("SELECT note FROM ticket")
    assert (await teller(place, "tickets"))[1] == "0 open\n"
    await post(edge, update(USER, text="меню"))
    await place.messenger.heard("Чим допомогти?")


async def test_a_button_that_is_pressed_meanwhile_is_acknowledged_and_no_more(place: Town) -> None:
    edge = await with_person(place)
    before = len(place.messenger.calls)
    person = {"id": USER, "is_bot": False, "first_name": "Ол", "language_code": "uk"}
    chat = {"id": USER, "type": "private", "first_name": "Ол"}
    message = {"message_id": 1, "date": 1_795_000_000, "chat": chat, "text": "Чим допомогти?"}
    press = {"id": "77001", "from": person, "message": message, "chat_instance": "1", "data": "b:12345678.0"}

    await post(edge, msgspec.json.encode({"update_id": 810_900_001, "callback_query": press}))
    await place.messenger.called("answerCallbackQuery")

    assert [call["method"] for call in place.messenger.calls[before:]] == ["answerCallbackQuery"]


async def test_the_list_says_where_the_customer_took_the_bot_back(place: Town) -> None:
    edge = await with_person(place)
    await post(edge, update(USER, text="меню"))

    assert "(bot is back)" in (await teller(place, "tickets"))[1]


async def test_a_ticket_that_is_not_open_cannot_be_closed(place: Town) -> None:
    await place.start("web")

    code, said = await teller(place, "tickets", "close", "T0")

    assert code == 1
    assert "there is no open ticket 'T0'" in said
