"""Calls and control actions at the edges of what Telegram's servers take."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.simulated_messengers.driver import TELEGRAM_TOKEN, BotServer, Messengers

pytestmark = pytest.mark.asyncio(loop_scope="module")

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=b"


@pytest.mark.parametrize(
    ("content_type", "body", "description"),
    [
        ("text/plain", b"text=a", "unsupported content type of the request"),
        (FORM, b"&".join(b"f%d=1" % number for number in range(200)), "too many fields"),
        (FORM, b"text=\xff", "strings must be encoded in UTF-8"),
        (FORM, b"commands=%5B", "can't parse commands JSON object"),
        (FORM, b"commands=NaN", "can't parse commands JSON object"),
        (MULTIPART, b"no parts", "can't parse the multipart body"),
        (MULTIPART, b"--b\r\n\r\nnameless\r\n--b--\r\n", "can't parse the multipart body"),
        (
            MULTIPART,
            b'--b\r\nContent-Disposition: form-data; name="x"; filename="\xff"\r\n\r\n1\r\n--b--\r\n',
            "missing field commands",
        ),
    ],
)
async def test_a_body_that_cannot_be_read_is_refused(
    messengers: Messengers, content_type: str, body: bytes, description: str
) -> None:
    url = f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/setMyCommands"
    async with messengers.http.post(url, data=body, headers={"Content-Type": content_type}) as answer:
        assert (answer.status, (await answer.json())["description"]) == (400, f"Bad Request: {description}")


async def test_a_body_of_more_than_fifty_megabytes_is_not_read(messengers: Messengers) -> None:
    url = f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/sendDocument"
    async with messengers.http.post(url, data=b"\0" * 52_000_001) as answer:
        assert (answer.status, (await answer.json())["error_code"]) == (413, 413)


async def test_a_get_carries_its_fields_in_the_query(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    url = f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/sendMessage"
    async with messengers.http.get(url, params={"chat_id": str(person), "text": "Так"}) as answer:
        assert (await answer.json())["result"]["text"] == "Так"


@pytest.mark.parametrize(
    ("button", "status"),
    [
        ({"type": "commands"}, 200),
        ({"type": "web_app", "text": "Банк", "web_app": {"url": "https://bank.example/a"}}, 200),
        ({"type": "web_app", "text": "Банк", "web_app": {"url": "http://bank.example/a"}}, 400),
        ({"type": "web_app", "text": "Банк"}, 400),
        ({"type": "pizza"}, 400),
    ],
)
async def test_a_menu_button_is_one_of_three(messengers: Messengers, button: dict[str, Any], status: int) -> None:
    assert (await messengers.telegram("setChatMenuButton", menu_button=button))[0] == status


async def test_a_menu_button_and_a_chat_action_need_a_chat(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    assert (await messengers.telegram("setChatMenuButton", chat_id=person))[0] == 200
    assert (await messengers.telegram("setChatMenuButton", chat_id=1))[0] == 400
    assert (await messengers.telegram("sendChatAction", chat_id=person, action="typing"))[0] == 200
    assert (await messengers.telegram("sendChatAction", chat_id=person, action="dancing"))[0] == 400
    assert (await messengers.telegram("getFile", file_id="AgAC"))[0] == 400


@pytest.mark.parametrize("token", [TELEGRAM_TOKEN, "7:another-simulated-token"])
async def test_a_file_needs_the_token_and_a_path(messengers: Messengers, token: str) -> None:
    async with messengers.http.get(f"{messengers.url}/telegram/file/bot{token}/photos/none.png") as answer:
        assert answer.status == (404 if token == TELEGRAM_TOKEN else 401)


async def test_held_updates_can_be_dropped(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    held = (await messengers.control("telegram/say", user=person, text="Так", hold=True))["held"]
    await messengers.telegram("deleteWebhook", drop_pending_updates=True)
    assert (await messengers.try_control("telegram/release", order=held))[0] == 404
    assert (await messengers.look_up("telegram/deliveries"))["deliveries"][-1]["state"] == "dropped"


async def test_a_bot_that_is_not_there_is_tried_and_given_up(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.telegram("setWebhook", url="http://127.0.0.1:1/hook")
    reply = await messengers.control("telegram/say", user=person, text="Так")
    assert reply["statuses"] == [0]
    info = (await messengers.telegram("getWebhookInfo"))[1]["result"]
    assert "ClientConnectorError" in info["last_error_message"]


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("press", {}, 400),
        ("press", {"token": "1", "label": "Так"}, 400),
        ("press", {"index": 7}, 404),
        ("edit", {"text": "a", "seq": 99}, 404),
        ("start", {"payload": "з пробілом"}, 400),
        ("say", {"text": "x" * 4097}, 400),
        ("photo", {"caption": "x" * 1025}, 400),
        ("location", {"latitude": 91}, 400),
    ],
)
async def test_a_person_cannot_do_what_the_app_does_not_offer(
    messengers: Messengers, bot: BotServer, action: str, fields: dict[str, Any], status: int
) -> None:
    person = await messengers.telegram_person(bot)
    assert (await messengers.try_control(f"telegram/{action}", user=person, **fields))[0] == status


async def test_somebody_who_blocked_the_bot_writes_only_after_starting_it_again(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/block", user=person)
    assert (await messengers.try_control("telegram/say", user=person, text="Так"))[0] == 409
    await messengers.control("telegram/start", user=person)
    kinds = [next(key for key in hook.json if key != "update_id") for hook in bot.hooks[1:]]
    assert kinds == ["my_chat_member", "my_chat_member", "message"]


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?wait_s=nan", "?after=1e400"])
async def test_a_chat_is_read_from_a_number(messengers: Messengers, bot: BotServer, query: str) -> None:
    person = await messengers.telegram_person(bot)
    async with messengers.http.get(f"{messengers.url}/control/telegram/chat/{person}{query}") as answer:
        assert answer.status == 400
    async with messengers.http.get(f"{messengers.url}/control/telegram/picture/1") as answer:
        assert (await answer.json())["error"]["code"] == "no_picture"


async def test_a_reset_ends_the_waiting_for_a_bot_that_does_not_answer(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    never = asyncio.Event()
    bot.before_answer = lambda _: never.wait()
    waiting = asyncio.create_task(messengers.control("telegram/say", user=person, text="Так"))
    await bot.count(2)
    await messengers.control("reset")
    assert (await waiting)["statuses"] == []
    never.set()
