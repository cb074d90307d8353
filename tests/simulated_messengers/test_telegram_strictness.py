"""Telegram takes what its documentation allows and refuses the rest with its own words."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from simulators.messengers import Options, serve
from tests.simulated_messengers.driver import TELEGRAM_TOKEN, BotServer, Messengers, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

EMOJI = "\N{SMILING FACE WITH OPEN MOUTH}"


def inline(*rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": list(rows)}}


def button(**action: Any) -> dict[str, Any]:
    return {"text": "Так", **action}


ACCEPTED: list[dict[str, Any]] = [
    {"text": "Баланс"},
    {"text": "x" * 4096},
    {"text": EMOJI * 2048},
    {"text": "a*b", "entities": [{"type": "bold", "offset": 0, "length": 3}]},
    {"text": f"{EMOJI}b", "entities": [{"type": "bold", "offset": 2, "length": 1}]},
    {"text": "<b>1</b> &lt; 2", "parse_mode": "HTML"},
    {"text": "a", "protect_content": True, "disable_notification": True},
    {"text": "a", "link_preview_options": {"is_disabled": True}},
    {"text": "a", **inline([button(callback_data="x" * 64)])},
    {"text": "a", **inline([button(callback_data="є" * 32)])},
    {"text": "a", **inline([button(url="https://bank.example/a")], [button(copy_text={"text": "UA21"})])},
    {"text": "a", **inline([button(web_app={"url": "https://bank.example/s"}, style="primary")])},
    {"text": "a", **inline(*[[button(callback_data="1")] * 8] * 12)},
    {"text": "a", **inline()},
    {"text": "a", "reply_markup": {"keyboard": [[{"text": "Номер", "request_contact": True}], ["Ні"]]}},
    {"text": "a", "reply_markup": {"keyboard": [["Так"]], "one_time_keyboard": True, "resize_keyboard": True}},
    {"text": "a", "reply_markup": {"remove_keyboard": True}},
    {"text": "a", "reply_markup": {"force_reply": True, "input_field_placeholder": "Сума"}},
    {"text": "a", "reply_markup": '{"inline_keyboard":[[{"text":"Так","callback_data":"1"}]]}'},
]

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({}, "missing field text"),
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": EMOJI * 2048 + "x"}, "message is too long"),
    ({"text": 5}, "mistyped field text"),
    ({"text": None}, "mistyped field text"),
    ({"text": "a", "txt": "b"}, "unknown field txt"),
    ({"text": "a", "protect_content": "yes, please"}, "mistyped field protect_content"),
    ({"text": "a", "message_thread_id": True}, "mistyped field message_thread_id"),
    ({"text": "\ud83d"}, "strings must be encoded in UTF-8"),
    ({"text": "a", "parse_mode": "BBCode"}, "unsupported parse_mode"),
    ({"text": "<b>1", "parse_mode": "HTML"}, "can't parse entities"),
    ({"text": "<table>", "parse_mode": "HTML"}, "can't parse entities"),
    ({"text": "ab", "entities": [{"type": "bold", "offset": 1, "length": 2}]}, "can't parse entities"),
    ({"text": "ab", "entities": [{"type": "bold", "offset": -1, "length": 2}]}, "can't parse entities"),
    ({"text": EMOJI, "entities": [{"type": "bold", "offset": 1, "length": 1}]}, "can't parse entities"),
    ({"text": "ab", "entities": [{"type": "loud", "offset": 0, "length": 2}]}, "can't parse entities"),
    ({"text": "ab", "entities": [{"type": "text_link", "offset": 0, "length": 2}]}, "can't parse entities"),
    ({"text": "ab", "entities": [{"type": "bold", "offset": 0}]}, "missing field entities[0].length"),
    ({"text": "ab", "entities": {"type": "bold", "offset": 0, "length": 1}}, "mistyped field entities"),
    ({"text": "a", **inline([button(callback_data="")])}, "BUTTON_DATA_INVALID"),
    ({"text": "a", **inline([button(callback_data="x" * 65)])}, "BUTTON_DATA_INVALID"),
    ({"text": "a", **inline([button(callback_data="є" * 33)])}, "BUTTON_DATA_INVALID"),
    ({"text": "a", **inline([button()])}, "exactly one action"),
    ({"text": "a", **inline([button(callback_data="1", url="https://bank.example")])}, "exactly one action"),
    ({"text": "a", **inline([{"text": " ", "callback_data": "1"}])}, "must be non-empty"),
    ({"text": "a", **inline([button(callback_data=7)])}, "mistyped field reply_markup.inline_keyboard[0][0].callback"),
    ({"text": "a", **inline([button(callback="1")])}, "unknown field reply_markup.inline_keyboard[0][0].callback"),
    ({"text": "a", **inline([{"callback_data": "1"}])}, "missing field reply_markup.inline_keyboard[0][0].text"),
    ({"text": "a", **inline([button(url="bank")])}, "is invalid"),
    ({"text": "a", **inline([button(web_app={"url": "http://bank.example/s"})])}, "Only HTTPS links are allowed"),
    ({"text": "a", **inline([button(web_app={"url": "https://b.example", "x": 1})])}, "web_app.x"),
    ({"text": "a", **inline([button(callback_data="1")] * 9)}, "more than 8 buttons"),
    ({"text": "a", **inline(*[[button(callback_data="1")] * 8] * 13)}, "reply markup is too long"),
    ({"text": "a", "reply_markup": {"inline_keyboard": [button(callback_data="1")]}}, "mistyped field"),
    ({"text": "a", "reply_markup": {"keyboard": []}}, "keyboard is empty"),
    ({"text": "a", "reply_markup": {"buttons": []}}, "unknown field reply_markup.buttons"),
    ({"text": "a", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ({"text": "a", "reply_markup": {"keyboard": [["a"]], "input_field_placeholder": "x" * 65}}, "placeholder"),
    ({"text": "a", "reply_parameters": {"message_id": 9999}}, "message to be replied not found"),
]


@pytest.mark.parametrize("fields", ACCEPTED)
async def test_a_message_within_the_rules_is_accepted(
    messengers: Messengers, bot: BotServer, fields: dict[str, Any]
) -> None:
    person = await messengers.telegram_person(bot)
    status, reply = await messengers.telegram("sendMessage", chat_id=person, **fields)
    assert (status, reply["ok"]) == (200, True), reply
    assert reply["result"]["chat"] == {"id": person, "type": "private", "first_name": "Ол"}
    assert reply["result"].keys() >= {"message_id", "date", "text"}


@pytest.mark.parametrize(("fields", "description"), REFUSED)
async def test_a_message_outside_the_rules_is_refused_and_not_shown(
    messengers: Messengers, bot: BotServer, fields: dict[str, Any], description: str
) -> None:
    person = await messengers.telegram_person(bot)
    status, reply = await messengers.telegram("sendMessage", chat_id=person, **fields)
    assert (status, reply["ok"], reply["error_code"]) == (400, False, 400)
    assert reply["description"].startswith("Bad Request: ")
    assert description in reply["description"]
    assert [item["from"] for item in await messengers.chat("telegram", person)] == ["user"]


async def test_a_chat_exists_only_after_the_person_started_the_bot(messengers: Messengers) -> None:
    person = await messengers.control("telegram/users")
    for chat_id in (person["id"], 1, "@somebody", ""):
        status, reply = await messengers.telegram("sendMessage", chat_id=chat_id, text="a")
        assert (status, reply["description"]) == (400, "Bad Request: chat not found")


async def test_a_blocked_bot_is_refused_until_the_person_comes_back(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/block", user=person)
    status, reply = await messengers.telegram("sendMessage", chat_id=person, text="a")
    assert (status, reply["description"]) == (403, "Forbidden: bot was blocked by the user")
    await messengers.control("telegram/unblock", user=person)
    assert (await messengers.telegram("sendMessage", chat_id=person, text="a"))[0] == 200
    statuses = [hook.json["my_chat_member"]["new_chat_member"]["status"] for hook in bot.hooks[1:]]
    assert statuses == ["kicked", "member"]


async def test_a_wrong_token_and_an_unknown_method_are_refused(messengers: Messengers) -> None:
    async def call(path: str) -> tuple[int, str]:
        async with messengers.http.post(f"{messengers.url}/telegram/{path}") as answer:
            return answer.status, (await answer.json())["description"]

    assert await call("bot700000001:another-token-of-right-shape/getMe") == (401, "Unauthorized")
    assert await call("botnonsense/getMe") == (404, "Not Found")
    assert await call(f"bot{TELEGRAM_TOKEN}/sendMoney") == (404, "Not Found: method not found")
    assert (await messengers.telegram("GETME"))[1]["result"]["is_bot"] is True


async def test_a_message_is_edited_only_while_it_can_be(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    _, sent = await messengers.telegram(
        "sendMessage", chat_id=person, text="Так?", **inline([button(callback_data="1")])
    )
    _, plain = await messengers.telegram(
        "sendMessage", chat_id=person, text="Номер?", reply_markup={"keyboard": [["Так"]]}
    )
    target = {"chat_id": person, "message_id": sent["result"]["message_id"]}
    assert (await messengers.telegram("editMessageText", **target, text="Добре"))[0] == 200
    refused = [
        ({**target, "text": "Добре"}, "message is not modified"),
        ({**target, "text": " "}, "message text is empty"),
        ({**target, "message_id": 999, "text": "a"}, "message to edit not found"),
        ({**target, "message_id": plain["result"]["message_id"], "text": "a"}, "message can't be edited"),
        ({"inline_message_id": "x", "text": "a"}, "MESSAGE_ID_INVALID"),
        ({"message_id": 1, "text": "a"}, "chat_id is empty"),
    ]
    for fields, description in refused:
        status, reply = await messengers.telegram("editMessageText", **fields)
        assert status == 400
        assert description in reply["description"]
    shown = (await messengers.chat("telegram", person))[1]
    assert (shown["text"], shown["edited"], shown["buttons"]) == ("Добре", True, [])


async def test_a_keyboard_is_taken_off_a_message(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    _, sent = await messengers.telegram(
        "sendMessage", chat_id=person, text="Так?", **inline([button(callback_data="1")])
    )
    target = {"chat_id": person, "message_id": sent["result"]["message_id"]}
    status, edited = await messengers.telegram("editMessageReplyMarkup", **target)
    assert (status, "reply_markup" in edited["result"]) == (200, False)
    status, refused = await messengers.telegram("editMessageReplyMarkup", **target)
    assert (status, "message is not modified" in refused["description"]) == (400, True)


async def test_a_message_is_deleted_once_and_within_two_days(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    _, first = await messengers.telegram("sendMessage", chat_id=person, text="1111 2222 3333 4444")
    _, second = await messengers.telegram("sendMessage", chat_id=person, text="Старе")

    async def delete(message: dict[str, Any]) -> tuple[int, str]:
        status, reply = await messengers.telegram(
            "deleteMessage", chat_id=person, message_id=message["result"]["message_id"]
        )
        return status, reply.get("description", "")

    assert await delete(first) == (200, "")
    assert await delete(first) == (400, "Bad Request: message to delete not found")
    await messengers.control("clock", seconds=48 * 3600 + 1)
    assert (await delete(second))[0] == 400
    deleted = {item["text"]: item["deleted"] for item in await messengers.chat("telegram", person)}
    assert deleted == {"/start": False, "1111 2222 3333 4444": True, "Старе": False}


async def test_what_the_person_wrote_can_be_deleted_by_the_bot(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/say", user=person, text="мій пін 1234")
    message_id = bot.hooks[-1].json["message"]["message_id"]
    assert (await messengers.telegram("deleteMessage", chat_id=person, message_id=message_id))[0] == 200
    assert (await messengers.chat("telegram", person))[-1]["deleted"] is True


async def test_a_pressed_button_can_be_answered_for_a_while_only(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.telegram("sendMessage", chat_id=person, text="Так?", **inline([button(callback_data="h:1")]))
    query = (await messengers.control("telegram/press", user=person, token="h:1"))["callback_query_id"]
    assert (await messengers.telegram("answerCallbackQuery", callback_query_id=query))[0] == 200
    status, _ = await messengers.telegram("answerCallbackQuery", callback_query_id=query, text="x" * 201)
    assert status == 400
    await messengers.control("clock", seconds=901)
    for late in (query, "44"):
        status, reply = await messengers.telegram("answerCallbackQuery", callback_query_id=late)
        assert status == 400
        assert reply["description"].startswith("Bad Request: query is too old")


COMMANDS: list[tuple[dict[str, Any], int]] = [
    ({"commands": [{"command": "balance", "description": "Баланс"}]}, 200),
    ({"commands": [], "scope": {"type": "all_private_chats"}, "language_code": "uk"}, 200),
    ({"commands": [{"command": "Balance", "description": "Баланс"}]}, 400),
    ({"commands": [{"command": "b" * 33, "description": "Баланс"}]}, 400),
    ({"commands": [{"command": "b", "description": ""}]}, 400),
    ({"commands": [{"command": "b", "description": "x" * 257}]}, 400),
    ({"commands": [{"command": "b", "description": "x"}] * 101}, 400),
    ({"commands": [{"command": "b"}]}, 400),
    ({"commands": [], "scope": {"type": "chat"}}, 400),
    ({"commands": [], "scope": {"type": "everybody"}}, 400),
    ({"commands": [], "language_code": "ukr"}, 400),
]


@pytest.mark.parametrize(("fields", "expected"), COMMANDS)
async def test_commands_are_checked(messengers: Messengers, fields: dict[str, Any], expected: int) -> None:
    assert (await messengers.telegram("setMyCommands", **fields))[0] == expected


async def test_commands_are_kept_by_scope_and_language(messengers: Messengers) -> None:
    commands = [{"command": "balance", "description": "Баланс"}]
    await messengers.telegram("setMyCommands", commands=commands, language_code="uk")
    assert (await messengers.telegram("getMyCommands", language_code="uk"))[1]["result"] == commands
    assert (await messengers.telegram("getMyCommands"))[1]["result"] == []


WEBHOOKS: list[tuple[dict[str, Any], str]] = [
    ({"url": "ftp://bot.example"}, "HTTPS"),
    ({"url": "http://bot.example/hook"}, "HTTPS"),
    ({"url": "https://bot.example:9000/hook"}, "ports 80, 88, 443 or 8443"),
    ({"url": "https://bot.example/h", "secret_token": "a b"}, "unallowed characters"),
    ({"url": "https://bot.example/h", "secret_token": "x" * 257}, "unallowed characters"),
    ({"url": "https://bot.example/h", "max_connections": 101}, "max_connections"),
    ({}, "missing field url"),
]


@pytest.mark.parametrize(("fields", "description"), WEBHOOKS)
async def test_a_webhook_that_cannot_be_is_refused(
    messengers: Messengers, fields: dict[str, Any], description: str
) -> None:
    status, reply = await messengers.telegram("setWebhook", **fields)
    assert status == 400
    assert description in reply["description"]


async def test_a_host_that_has_no_certificate_can_be_allowed(options: Options) -> None:
    allowed = replace(options, plain_http_hosts=frozenset({"teller"}))
    async with serve(allowed) as url, aiohttp.ClientSession() as http:
        messengers = Messengers(url, http)
        assert (await messengers.telegram("setWebhook", url="http://teller:8000/hook"))[0] == 200
        assert (await messengers.telegram("setWebhook", url="http://127.0.0.1:8000/hook"))[0] == 400


async def test_polling_conflicts_with_a_webhook_and_takes_what_waits_without_one(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.telegram_person(bot)
    assert (await messengers.telegram("getUpdates"))[0] == 409
    await messengers.telegram("deleteWebhook")
    await messengers.control("telegram/say", user=person, text="Баланс")
    assert (await messengers.telegram("getWebhookInfo"))[1]["result"]["pending_update_count"] == 1
    (update,) = (await messengers.telegram("getUpdates"))[1]["result"]
    assert update["message"]["text"] == "Баланс"
    assert (await messengers.telegram("getUpdates", offset=update["update_id"] + 1))[1]["result"] == []


async def send_photo(messengers: Messengers, person: int, content: bytes, **fields: str) -> tuple[int, dict[str, Any]]:
    form = aiohttp.FormData({"chat_id": str(person), **fields})
    form.add_field("photo", io.BytesIO(content), filename="receipt.png", content_type="image/png")
    async with messengers.http.post(f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/sendPhoto", data=form) as answer:
        return answer.status, await answer.json()


PHOTOS: list[tuple[bytes, str]] = [
    (b"", "file must be non-empty"),
    (b"\x89PNG no picture", "IMAGE_PROCESS_FAILED"),
    (picture()[:-20], "IMAGE_PROCESS_FAILED"),
    (picture(9_000, 1_001), "PHOTO_INVALID_DIMENSIONS"),
    (picture(210, 10), "PHOTO_INVALID_DIMENSIONS"),
    (picture() + b"\0" * (10 * 1024 * 1024), "too big"),
]


@pytest.mark.parametrize(("content", "description"), PHOTOS)
async def test_a_picture_that_cannot_be_shown_is_refused(
    messengers: Messengers, bot: BotServer, content: bytes, description: str
) -> None:
    person = await messengers.telegram_person(bot)
    status, reply = await send_photo(messengers, person, content)
    assert status == 400
    assert description in reply["description"]


async def test_a_picture_is_uploaded_seen_downloaded_and_sent_again_by_its_id(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.telegram_person(bot)
    content = picture(60, 40, "JPEG")
    status, reply = await send_photo(messengers, person, content, caption="Квитанція")
    assert status == 200
    size = reply["result"]["photo"][-1]
    assert (size["width"], size["height"], size["file_size"]) == (60, 40, len(content))
    item = (await messengers.chat("telegram", person))[-1]
    assert (item["text"], item["picture"]["width"], item["picture"]["size"]) == ("Квитанція", 60, len(content))
    async with messengers.http.get(f"{messengers.url}/control/telegram/picture/{item['seq']}") as answer:
        assert await answer.read() == content
    _, file = await messengers.telegram("getFile", file_id=size["file_id"])
    path = f"{messengers.url}/telegram/file/bot{TELEGRAM_TOKEN}/{file['result']['file_path']}"
    async with messengers.http.get(path) as answer:
        assert await answer.read() == content
    assert (await messengers.telegram("sendPhoto", chat_id=person, photo=size["file_id"]))[0] == 200


async def test_a_picture_is_fetched_from_a_url(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    bot.files["receipt.png"] = picture()
    given = {"chat_id": person, "photo": f"{bot.url}/files/receipt.png"}
    assert (await messengers.telegram("sendPhoto", **given))[0] == 200
    for photo, description in (
        (f"{bot.url}/files/missing.png", "failed to get HTTP URL content"),
        ("AgACunknown", "wrong file identifier/HTTP URL specified"),
        ("attach://nothing", "there is no photo in the request"),
    ):
        status, reply = await messengers.telegram("sendPhoto", chat_id=person, photo=photo)
        assert (status, reply["description"]) == (400, f"Bad Request: {description}")


async def test_a_caption_has_its_own_limit(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    assert (await send_photo(messengers, person, picture(), caption="x" * 1024))[0] == 200
    status, reply = await send_photo(messengers, person, picture(), caption="x" * 1025)
    assert (status, reply["description"]) == (400, "Bad Request: message caption is too long")


async def test_a_document_keeps_its_name_and_bytes(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    form = aiohttp.FormData({"chat_id": str(person), "document": "attach://statement"}, quote_fields=False)
    form.add_field("statement", b"%PDF-\r\n\r\n--x\r\n", filename="виписка.pdf", content_type="application/pdf")
    async with messengers.http.post(f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/sendDocument", data=form) as answer:
        document = (await answer.json())["result"]["document"]
    assert (document["file_name"], document["mime_type"], document["file_size"]) == (
        "виписка.pdf",
        "application/pdf",
        14,
    )


async def test_a_form_carries_objects_as_json_and_numbers_as_text(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    url = f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/sendMessage"
    markup = '{"inline_keyboard":[[{"text":"\\u0422\\u0430\\u043a","callback_data":"1"}]]}'
    form = {"chat_id": str(person), "text": "Так?", "protect_content": "true", "reply_markup": markup}
    async with messengers.http.post(url, data=form) as answer:
        assert (await answer.json())["ok"] is True
    assert (await messengers.chat("telegram", person))[-1]["buttons"] == [
        {"label": "Так", "token": "1", "kind": "callback"}
    ]
    async with messengers.http.post(
        url, data={"chat_id": str(person), "text": "a", "message_thread_id": "x"}
    ) as answer:
        assert (answer.status, (await answer.json())["description"]) == (
            400,
            "Bad Request: mistyped field message_thread_id",
        )


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff", b'{"text":' + b"[" * 100_000, b"null"])
async def test_a_body_that_is_no_json_object_is_refused(messengers: Messengers, body: bytes) -> None:
    url = f"{messengers.url}/telegram/bot{TELEGRAM_TOKEN}/sendMessage"
    async with messengers.http.post(url, data=body, headers={"Content-Type": "application/json"}) as answer:
        assert (answer.status, (await answer.json())["ok"]) == (400, False)
