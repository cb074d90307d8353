"""What people do in Telegram reaches the bot as the platform's updates, as often and in the order that a test wants."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from aiogram.types import Update

from tests.simulated_messengers.conftest import Moments
from tests.simulated_messengers.driver import SECRET, TELEGRAM_TOKEN, BotServer, Hook, Messengers

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEYBOARD = {
    "inline_keyboard": [
        [{"text": "*1234", "callback_data": "h:a1"}, {"text": "*5678", "callback_data": "h:a2"}],
        [{"text": "PIN", "url": "https://bank.example/s/1"}],
    ]
}


def texts(bot: BotServer) -> list[str]:
    return [hook.json["message"]["text"] for hook in bot.hooks if "text" in hook.json.get("message", {})]


async def test_starting_sends_the_command_with_its_payload_and_the_secret(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.telegram_person(bot)
    reply = await messengers.control("telegram/start", user=person, payload="inv_7Qx")
    hook = bot.hooks[-1]
    message = hook.json["message"]
    assert reply["statuses"] == [200]
    assert hook.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
    assert message["text"] == "/start inv_7Qx"
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert message["from"]["id"] == message["chat"]["id"] == person > 2**32
    assert person < 2**52


async def test_update_ids_grow_by_one(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    for _ in range(3):
        await messengers.control("telegram/say", user=person, text="Баланс")
    numbers = [hook.json["update_id"] for hook in bot.hooks]
    assert numbers == list(range(numbers[0], numbers[0] + 4))


async def test_letters_are_escaped_on_request_only(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/say", user=person, text="Баланс")
    await messengers.control("telegram/say", user=person, text="Баланс", escaped=True)
    assert "Баланс".encode() in bot.hooks[-2].body
    assert b"\\u0411\\u0430" in bot.hooks[-1].body
    assert b": " not in bot.hooks[-1].body
    assert texts(bot)[-2:] == ["Баланс", "Баланс"]


@pytest.mark.parametrize("choice", [{"token": "h:a2"}, {"label": "*5678"}, {"index": 1}])
async def test_an_inline_button_is_found_and_pressed(
    messengers: Messengers, bot: BotServer, choice: dict[str, Any]
) -> None:
    person = await messengers.telegram_person(bot)
    _, sent = await messengers.telegram("sendMessage", chat_id=person, text="Рахунок?", reply_markup=KEYBOARD)
    await messengers.control("telegram/press", user=person, **choice)
    query = bot.hooks[-1].json["callback_query"]
    assert query["data"] == "h:a2"
    assert query["from"]["id"] == person
    assert query["message"] == sent["result"]


async def test_an_older_keyboard_is_pressed_by_token_until_its_message_is_deleted(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.telegram_person(bot)
    _, sent = await messengers.telegram("sendMessage", chat_id=person, text="Рахунок?", reply_markup=KEYBOARD)
    newer = {"inline_keyboard": [[{"text": "Так", "callback_data": "h:b1"}]]}
    await messengers.telegram("sendMessage", chat_id=person, text="Точно?", reply_markup=newer)
    await messengers.control("telegram/press", user=person, token="h:a1")
    assert bot.hooks[-1].json["callback_query"]["message"]["message_id"] == sent["result"]["message_id"]
    await messengers.telegram("deleteMessage", chat_id=person, message_id=sent["result"]["message_id"])
    status, reply = await messengers.try_control("telegram/press", user=person, token="h:a1")
    assert (status, reply["error"]["code"]) == (404, "no_such_button")


async def test_a_link_button_opens_its_url_and_tells_the_bot_nothing(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.telegram("sendMessage", chat_id=person, text="PIN", reply_markup=KEYBOARD)
    reply = await messengers.control("telegram/press", user=person, label="PIN")
    assert (reply["opened"], len(bot.hooks)) == ("https://bank.example/s/1", 1)


async def test_a_reply_keyboard_sends_its_label_and_hides_after_one_use(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    markup = {"keyboard": [["Так", "Ні"]], "one_time_keyboard": True}
    await messengers.telegram("sendMessage", chat_id=person, text="Так?", reply_markup=markup)
    await messengers.control("telegram/press", user=person, index=0)
    assert texts(bot)[-1] == "Так"
    assert (await messengers.try_control("telegram/press", user=person, label="Ні"))[0] == 404


async def test_the_contact_button_shares_the_own_number(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    markup = {"keyboard": [[{"text": "Мій номер", "request_contact": True}]]}
    await messengers.telegram("sendMessage", chat_id=person, text="Номер?", reply_markup=markup)
    assert (await messengers.chat("telegram", person))[-1]["ask_contact"] is True
    await messengers.control("telegram/press", user=person, label="Мій номер")
    contact = bot.hooks[-1].json["message"]["contact"]
    assert contact == {"phone_number": "380501112233", "first_name": "Ол", "user_id": person}


async def test_a_foreign_card_names_another_person_or_none(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/contact", user=person, own=False, phone="+380671112233")
    await messengers.control("telegram/contact", user=person, own=False, contact_user_id=5500000999)
    cards = [hook.json["message"]["contact"] for hook in bot.hooks[1:]]
    assert "user_id" not in cards[0]
    assert cards[1]["user_id"] == 5500000999


async def test_a_document_goes_both_ways_with_its_name(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/document", user=person, file_name="заява.pdf", caption="копія")
    message = bot.hooks[-1].json["message"]
    assert (message["document"]["file_name"], message["caption"]) == ("заява.pdf", "копія")
    assert message["document"]["mime_type"] == "application/pdf"
    file_id = message["document"]["file_id"]
    await messengers.telegram("sendDocument", chat_id=person, document=file_id, caption="прийнято")
    shown = (await messengers.chat("telegram", person))[-1]
    assert shown["document"]["name"] == "заява.pdf"
    assert shown["document"]["size"] == message["document"]["file_size"]
    path = f"{messengers.url}/control/telegram/document/{shown['seq']}"
    async with messengers.http.get(path) as answer:
        assert (await answer.read()).startswith(b"%PDF")
    assert (await messengers.try_control("telegram/document", user=person, caption="x" * 1025))[0] == 400


async def test_an_edit_a_photo_and_a_place_are_what_telegram_sends(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/say", user=person, text="100")
    await messengers.control("telegram/edit", user=person, text="1000")
    await messengers.control("telegram/photo", user=person, caption="чек")
    await messengers.control("telegram/location", user=person, latitude=50.1, longitude=30.2)
    said, edited, photo, place = (hook.json for hook in bot.hooks[1:])
    assert edited["edited_message"]["message_id"] == said["message"]["message_id"]
    assert edited["edited_message"]["text"] == "1000"
    assert edited["edited_message"].keys() >= {"edit_date", "date"}
    assert photo["message"]["photo"][-1]["width"] > photo["message"]["photo"][0]["width"]
    assert photo["message"]["caption"] == "чек"
    assert place["message"]["location"] == {"latitude": 50.1, "longitude": 30.2}
    _, file = await messengers.telegram("getFile", file_id=photo["message"]["photo"][-1]["file_id"])
    path = f"{messengers.url}/telegram/file/bot{TELEGRAM_TOKEN}/{file['result']['file_path']}"
    async with messengers.http.get(path) as answer:
        assert (await answer.read()).startswith(b"\x89PNG")


async def test_every_update_is_one_that_aiogram_knows(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.telegram("sendMessage", chat_id=person, text="Рахунок?", reply_markup=KEYBOARD)
    for action, fields in (
        ("say", {"text": "Баланс"}),
        ("edit", {"text": "Баланси"}),
        ("press", {"index": 0}),
        ("contact", {}),
        ("photo", {}),
        ("location", {}),
        ("block", {}),
        ("unblock", {}),
    ):
        await messengers.control(f"telegram/{action}", user=person, **fields)
    kinds = [Update.model_validate(hook.json).event_type for hook in bot.hooks]
    expected = ["message", "message", "edited_message", "callback_query", *["message"] * 3, *["my_chat_member"] * 2]
    assert kinds == expected


async def test_only_the_updates_that_the_bot_asked_for_arrive(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot, allowed_updates=["message"])
    await messengers.telegram("sendMessage", chat_id=person, text="Рахунок?", reply_markup=KEYBOARD)
    assert (await messengers.control("telegram/press", user=person, index=0))["update_id"] == 0
    await messengers.control("telegram/block", user=person)
    assert len(bot.hooks) == 1


async def test_copies_of_an_update_are_the_same_bytes(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    reply = await messengers.control("telegram/say", user=person, text="Так", times=3)
    assert reply["statuses"] == [200, 200, 200]
    assert len({hook.body for hook in bot.hooks[1:]}) == 1
    assert [item["text"] for item in await messengers.chat("telegram", person)] == ["/start", "Так"]


async def test_copies_can_arrive_at_the_same_moment(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    both_are_here = asyncio.Barrier(2)

    async def meet(_: Hook) -> None:
        await both_are_here.wait()

    bot.before_answer = meet
    reply = await messengers.control("telegram/say", user=person, text="Так", times=2, together=True)
    assert reply["statuses"] == [200, 200]


async def test_held_updates_arrive_in_the_order_of_their_release(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    held = []
    for text in ("перше", "друге", "третє"):
        held += (await messengers.control("telegram/say", user=person, text=text, hold=True))["held"]
    assert len(bot.hooks) == 1
    order = [held[2], held[0], held[1]]
    assert (await messengers.control("telegram/release", order=order))["statuses"] == [200, 200, 200]
    assert texts(bot)[1:] == ["третє", "перше", "друге"]
    status, reply = await messengers.try_control("telegram/release", order=order)
    assert (status, reply["error"]["code"]) == (404, "not_held")


async def test_a_delayed_update_waits_its_time(messengers: Messengers, bot: BotServer, moments: Moments) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("telegram/say", user=person, text="пізно", delay_ms=2500)
    assert moments.pauses == [2.5]
    assert texts(bot)[-1] == "пізно"


async def test_an_action_need_not_wait_for_the_bot(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    may_answer = asyncio.Event()

    async def wait(_: Hook) -> None:
        await may_answer.wait()

    bot.before_answer = wait
    reply = await messengers.control("telegram/say", user=person, text="Так", wait=False)
    assert reply["statuses"] == []
    await bot.count(2)
    may_answer.set()


async def test_what_is_not_acknowledged_is_repeated_with_growing_pauses_and_keeps_the_chats_order(
    messengers: Messengers, bot: BotServer, moments: Moments
) -> None:
    person = await messengers.telegram_person(bot)
    bot.answers = [(500, b""), (503, b"")]
    reply = await messengers.control("telegram/say", user=person, text="перше")
    assert reply["statuses"] == [500]
    await messengers.control("telegram/say", user=person, text="друге")
    assert texts(bot) == ["/start", "перше", "перше", "перше", "друге"]
    assert moments.pauses == [1, 2]
    info = (await messengers.telegram("getWebhookInfo"))[1]["result"]
    assert (info["pending_update_count"], info["last_error_message"]) == (
        0,
        "Wrong response from the webhook: HTTP status 503",
    )


async def test_repeating_ends(messengers: Messengers, bot: BotServer, moments: Moments) -> None:
    person = await messengers.telegram_person(bot)
    bot.answers = [(500, b"")] * 4
    await messengers.control("telegram/say", user=person, text="перше")
    await messengers.control("telegram/say", user=person, text="друге")
    assert texts(bot)[1:] == ["перше"] * 4 + ["друге"]
    states = [entry["state"] for entry in (await messengers.look_up("telegram/deliveries"))["deliveries"]]
    assert (states, moments.pauses) == (["acknowledged", "given up", "acknowledged"], [1, 2, 4])


async def test_updates_wait_for_a_webhook_and_can_be_dropped(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.control("telegram/users")
    await messengers.control("telegram/start", user=person["id"])
    await messengers.telegram("setWebhook", url=f"{bot.url}/hook")
    await bot.count(1)
    assert "X-Telegram-Bot-Api-Secret-Token" not in bot.hooks[0].headers
    await messengers.telegram("deleteWebhook")
    await messengers.control("telegram/say", user=person["id"], text="Баланс")
    await messengers.telegram("setWebhook", url=f"{bot.url}/hook", drop_pending_updates=True)
    await messengers.control("telegram/say", user=person["id"], text="Курс")
    assert texts(bot) == ["/start", "Курс"]


async def test_raw_bytes_are_delivered_as_they_are(messengers: Messengers, bot: BotServer) -> None:
    await messengers.telegram_person(bot)
    body = '{ "update_id" : 7,\n"poll":{}}'
    await messengers.control("telegram/raw", body=body)
    await messengers.control("telegram/raw", body=body, headers={"x-telegram-bot-api-secret-token": "інше"})
    await messengers.control("telegram/raw", body_base64="/w==", headers={"X-Telegram-Bot-Api-Secret-Token": None})
    authentic, forged, bare = bot.hooks[1:]
    header = "X-Telegram-Bot-Api-Secret-Token"
    assert (authentic.body, authentic.headers[header]) == (body.encode(), SECRET)
    assert forged.headers["x-telegram-bot-api-secret-token"] != SECRET
    assert (bare.body, header in bare.headers) == (b"\xff", False)


async def test_the_chat_can_be_followed(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    seen = await messengers.look_up(f"telegram/chat/{person}")
    waiting = asyncio.create_task(messengers.look_up(f"telegram/chat/{person}?after={seen['next']}&wait_s=30"))
    await messengers.telegram("sendMessage", chat_id=person, text="Вітаємо", reply_markup=KEYBOARD)
    news = await waiting
    (item,) = news["items"]
    assert (item["from"], item["kind"], item["text"], item["deleted"]) == ("bot", "text", "Вітаємо", False)
    assert [button["kind"] for button in item["buttons"]] == ["callback", "callback", "url"]
    changes = f"telegram/chat/{person}?after={news['next']}&changes=1&wait_s=30"
    waiting = asyncio.create_task(messengers.look_up(changes))
    await messengers.telegram("deleteMessage", chat_id=person, message_id=item["message_id"])
    assert [(entry["seq"], entry["deleted"]) for entry in (await waiting)["items"]] == [(item["seq"], True)]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("telegram/say", {"user": 1, "text": "a"}, 404),
        ("telegram/say", {"user": 1}, 400),
        ("telegram/say", {"user": 1, "text": "a", "loud": True}, 400),
        ("telegram/look", {"user": 1}, 404),
        ("telegram/users", {"id": 2**52}, 400),
        ("telegram/users", {"id": "x"}, 400),
        ("telegram/raw", {"body": "{}"}, 409),
        ("telegram/raw", {"body_base64": "я"}, 400),
        ("telegram/faults", {"fault": "earthquake"}, 400),
        ("pigeon/say", {"user": 1, "text": "a"}, 404),
    ],
)
async def test_a_control_call_that_makes_no_sense_is_refused(
    messengers: Messengers, path: str, body: dict[str, Any], status: int
) -> None:
    answered, reply = await messengers.try_control(path, **body)
    assert (answered, reply["error"].keys()) == (status, {"code", "message"})


async def test_a_reset_forgets_everything(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.control("reset")
    assert (await messengers.try_control("telegram/say", user=person, text="a"))[0] == 404
    assert (await messengers.look_up("telegram/calls"))["calls"] == []
    assert (await messengers.telegram("getWebhookInfo"))[1]["result"]["url"] == ""


async def test_calls_are_recorded_without_the_token(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    await messengers.telegram("sendMessage", chat_id=person, text="Вітаємо")
    await messengers.telegram("sendMessage", chat_id=person, text="")
    calls = (await messengers.look_up("telegram/calls"))["calls"]
    assert [(call["method"], call["status"]) for call in calls] == [
        ("setWebhook", 200),
        ("sendMessage", 200),
        ("sendMessage", 400),
    ]
    assert calls[1]["fields"] == {"chat_id": person, "text": "Вітаємо"}
    assert TELEGRAM_TOKEN not in json.dumps(calls)
