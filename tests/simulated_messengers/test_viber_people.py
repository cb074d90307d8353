"""What people do in Viber reaches the bot as signed callbacks."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.simulated_messengers.driver import VIBER_TOKEN, BotServer, Hook, Messengers, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")

SENDER = {"name": "Банк"}
MENU = {
    "Type": "keyboard",
    "Buttons": [
        {"ActionBody": "h:a1", "Text": "<b>*1234</b>", "Columns": 3},
        {"ActionType": "open-url", "ActionBody": "https://bank.example/s/1", "Text": "PIN", "Silent": True},
        {"ActionType": "open-url", "ActionBody": "https://bank.example/news", "Text": "Новини"},
        {"ActionType": "share-phone", "ActionBody": "phone", "Text": "Мій номер"},
        {"ActionType": "location-picker", "ActionBody": "place", "Text": "Де я"},
        {"ActionType": "none", "ActionBody": "x", "Text": "Заголовок"},
    ],
}


def text(content: str, **fields: Any) -> dict[str, Any]:
    return {"type": "text", "text": content, "sender": SENDER, **fields}


def menu(receiver: str) -> dict[str, Any]:
    return text("Меню", receiver=receiver, keyboard=MENU, min_api_version=4)


def is_signed(hook: Hook) -> bool:
    """HMAC-SHA256 written out from RFC 2104, so that no library call is shared with the simulator."""
    key = VIBER_TOKEN.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + hook.body).digest()
    expected = hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()
    return hook.headers["X-Viber-Content-Signature"] == hook.query["sig"] == expected


def events(bot: BotServer) -> list[str]:
    return [hook.json["event"] for hook in bot.hooks]


async def test_every_callback_is_signed_over_its_exact_bytes(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    await messengers.control("viber/say", user=person, text="Баланс", escaped=True)
    await messengers.control("viber/raw", body='{ "event" : "client_status" }')
    assert b"\\u0411" in bot.hooks[-2].body
    assert bot.hooks[-1].body == b'{ "event" : "client_status" }'
    assert [is_signed(hook) for hook in bot.hooks] == [True] * 4


async def test_a_raw_callback_can_be_forged(messengers: Messengers, bot: BotServer) -> None:
    await messengers.viber_person(bot)
    wrong = hmac.new(b"another key", b"{}", hashlib.sha256).hexdigest()
    await messengers.control("viber/raw", body="{}", headers={"X-Viber-Content-Signature": wrong})
    assert not is_signed(bot.hooks[-1])


async def test_a_first_message_subscribes_without_a_subscribed_event(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    assert events(bot) == ["webhook", "message"]
    body = bot.hooks[-1].json
    assert body["sender"] == {"id": person, "name": "Ол", "language": "uk", "country": "UA", "api_version": 10}
    assert body["message"] == {"type": "text", "text": "Привіт"}
    assert body["timestamp"] == 1_795_000_000_000
    assert body["message_token"] > 2**53
    assert str(body["message_token"]).encode() in bot.hooks[-1].body


async def test_the_answer_to_a_started_conversation_is_the_welcome_message(
    messengers: Messengers, bot: BotServer
) -> None:
    await messengers.viber_person(bot)
    newcomer = (await messengers.control("viber/users"))["id"]
    bot.answers = [(200, json.dumps(text("Вітаємо", keyboard=MENU, min_api_version=4)).encode())]
    reply = await messengers.control("viber/start", user=newcomer, payload="inv_7Qx")
    body = bot.hooks[-1].json
    assert (body["event"], body["context"], body["subscribed"], body["user"]["id"]) == (
        "conversation_started",
        "inv_7Qx",
        False,
        newcomer,
    )
    (item,) = await messengers.chat("viber", newcomer)
    assert (item["from"], item["text"], item["seq"]) == ("bot", "Вітаємо", reply["welcome"]["seq"])
    assert [entry["label"] for entry in item["buttons"]][:2] == ["*1234", "PIN"]


@pytest.mark.parametrize(
    "answer",
    [b"nonsense", b"[]", b'{"type":"text","text":"a"}', json.dumps(text("a", receiver="bm9ib2R5")).encode()],
)
async def test_a_wrong_welcome_message_is_not_shown(messengers: Messengers, bot: BotServer, answer: bytes) -> None:
    person = await messengers.viber_person(bot)
    bot.answers = [(200, answer)]
    reply = await messengers.control("viber/start", user=person)
    assert reply["welcome"]["status"] in (3, 4)
    assert len(await messengers.chat("viber", person)) == 1


async def test_no_body_means_no_welcome_message(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    reply = await messengers.control("viber/start", user=person)
    assert "welcome" not in reply
    assert "context" not in bot.hooks[-1].json


async def test_a_pressed_button_arrives_as_the_text_of_its_action(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    await messengers.viber("send_message", menu(person) | {"tracking_data": "out-44"})
    await messengers.viber("send_message", text("Ще щось?", receiver=person))
    await messengers.control("viber/press", user=person, label="*1234")
    assert bot.hooks[-1].json["message"] == {"type": "text", "text": "h:a1"}
    await messengers.viber("send_message", menu(person) | {"tracking_data": "out-45"})
    await messengers.control("viber/press", user=person, token="h:a1")
    assert bot.hooks[-1].json["message"] == {"type": "text", "text": "h:a1", "tracking_data": "out-45"}


async def test_links_leak_into_the_chat_unless_they_are_silent(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    await messengers.viber("send_message", menu(person))
    silent = await messengers.control("viber/press", user=person, label="PIN")
    assert (silent["opened"], len(bot.hooks)) == ("https://bank.example/s/1", 2)
    loud = await messengers.control("viber/press", user=person, label="Новини")
    assert loud["opened"] == bot.hooks[-1].json["message"]["text"] == "https://bank.example/news"


async def test_the_other_buttons_do_what_they_say(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    await messengers.viber("send_message", menu(person))
    assert (await messengers.chat("viber", person))[-1]["ask_contact"] is True
    await messengers.control("viber/press", user=person, label="Мій номер")
    await messengers.control("viber/press", user=person, label="Де я")
    await messengers.control("viber/press", user=person, label="Заголовок")
    shared, place = (hook.json["message"] for hook in bot.hooks[2:])
    assert shared == {"type": "contact", "contact": {"name": "Ол", "phone_number": "380501112233"}}
    assert (place["type"], place["location"].keys()) == ("location", {"lat", "lon"})


async def test_a_foreign_card_looks_like_a_shared_number(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    await messengers.control("viber/contact", user=person, own=False, phone="380671112233", name="Мама")
    assert bot.hooks[-1].json["message"] == {
        "type": "contact",
        "contact": {"name": "Мама", "phone_number": "380671112233"},
    }


async def test_leaving_and_coming_back_are_told(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    await messengers.control("viber/block", user=person)
    await messengers.control("viber/unblock", user=person)
    left, came = (hook.json for hook in bot.hooks[2:])
    assert (left["event"], left["user_id"]) == ("unsubscribed", person)
    assert (came["event"], came["user"]["id"]) == ("subscribed", person)


async def test_receipts_carry_the_token_of_the_sent_message(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    sent = await messengers.viber("send_message", text("Вітаємо", receiver=person))
    delivered = (await bot.count(3))[-1].json
    assert (delivered["event"], delivered["message_token"], delivered["user_id"]) == (
        "delivered",
        sent["message_token"],
        person,
    )
    await messengers.control("viber/look", user=person)
    await messengers.control("viber/look", user=person)
    assert events(bot)[3:] == ["seen"]
    assert bot.hooks[-1].json["message_token"] == sent["message_token"]


async def test_only_the_mandatory_events_arrive_for_an_empty_list(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    await messengers.control("viber/start", user=person)
    await messengers.viber("send_message", text("Вітаємо", receiver=person))
    await messengers.control("viber/look", user=person)
    await messengers.control("viber/block", user=person)
    assert events(bot) == ["webhook", "message", "unsubscribed"]


async def test_a_picture_is_really_fetched(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    content = bot.files["receipt.png"] = picture(64, 48)
    url = f"{bot.url}/files/receipt.png"
    sent = {"type": "picture", "text": "Квитанція", "media": url, "sender": SENDER}
    await messengers.viber("send_message", {"receiver": person, **sent})
    seq = (await messengers.chat("viber", person))[-1]["seq"]
    async with messengers.http.get(f"{messengers.url}/control/viber/picture/{seq}") as answer:
        assert await answer.read() == content
    shown = (await messengers.chat("viber", person))[-1]["picture"]
    digest = hashlib.sha256(content).hexdigest()
    assert shown == {"url": url, "size": len(content), "sha256": digest, "width": 64, "height": 48}


@pytest.mark.parametrize("content", [None, b"no picture", picture() + b"\0" * (1024 * 1024)])
async def test_a_picture_that_cannot_be_fetched_fails_later(
    messengers: Messengers, bot: BotServer, content: bytes | None
) -> None:
    person = await messengers.viber_person(bot, event_types=["failed"])
    if content is not None:
        bot.files["receipt.png"] = content
    sent = {"type": "picture", "text": "", "media": f"{bot.url}/files/receipt.png", "sender": SENDER}
    reply = await messengers.viber("send_message", {"receiver": person, **sent})
    assert reply["status"] == 0
    failed = (await bot.count(3))[-1].json
    assert failed["message_token"] == reply["message_token"]
    assert (failed["event"], failed["udid"], "desc" in failed) == ("failed", None, False)


async def test_a_persons_picture_can_be_downloaded(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    await messengers.control("viber/photo", user=person, caption="чек")
    message = bot.hooks[-1].json["message"]
    async with messengers.http.get(message["media"]) as answer:
        assert len(await answer.read()) == message["size"]


async def test_a_file_that_a_person_sends_can_be_fetched(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    await messengers.control("viber/document", user=person, file_name="заява.pdf")
    message = bot.hooks[-1].json["message"]
    assert (message["type"], message["file_name"]) == ("file", "заява.pdf")
    async with messengers.http.get(message["media"]) as answer:
        assert len(await answer.read()) == message["size"]


async def test_a_file_of_the_bot_is_fetched_and_one_that_is_not_there_fails(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.viber_person(bot)
    file = {"receiver": person, "type": "file", "sender": {"name": "Банк"}, "size": 9, "file_name": "a.pdf"}
    bot.files["a.pdf"] = b"%PDF-1.4\n"
    await messengers.viber("send_message", {**file, "media": f"{bot.url}/files/a.pdf"})
    shown = (await messengers.chat("viber", person))[-1]
    async with messengers.http.get(f"{messengers.url}/control/viber/document/{shown['seq']}") as answer:
        assert await answer.read() == b"%PDF-1.4\n"
    bot.forget()
    await messengers.viber("send_message", {**file, "media": f"{bot.url}/files/missing.pdf"})
    hooks = await bot.count(2)
    assert {hook.json["event"] for hook in hooks} == {"delivered", "failed"}


async def test_only_an_http_200_acknowledges(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    bot.answers = [(204, b""), (500, b"")]
    reply = await messengers.control("viber/say", user=person, text="Баланс")
    assert reply["statuses"] == [204]
    await bot.count(5)
    assert len({hook.body for hook in bot.hooks[2:]}) == 1


async def test_callbacks_are_duplicated_and_reordered(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    await messengers.control("viber/say", user=person, text="двічі", times=2)
    held = []
    for word in ("перше", "друге"):
        held += (await messengers.control("viber/say", user=person, text=word, hold=True))["held"]
    await messengers.control("viber/release", order=held[::-1])
    words = [hook.json["message"]["text"] for hook in bot.hooks[2:]]
    assert words == ["двічі", "двічі", "друге", "перше"]


async def test_an_unnamed_person_is_a_subscriber(messengers: Messengers, bot: BotServer) -> None:
    await messengers.viber("set_webhook", {"url": f"{bot.url}/hook"})
    person = await messengers.control("viber/users", id="aB3/x+Zk9Q==", name="Ол")
    await messengers.control("viber/say", user=person["id"], text="Баланс")
    assert bot.hooks[-1].json["sender"]["name"] == "Subscriber"
    assert (await messengers.chat("viber", "aB3/x+Zk9Q=="))[0]["text"] == "Баланс"
    assert (await messengers.try_control("viber/users", id="no base64!"))[0] == 400


async def test_the_welcome_waits_for_a_held_start(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    held = (await messengers.control("viber/start", user=person, hold=True))["held"]
    bot.answers = [(200, json.dumps(text("Вітаємо")).encode())]
    following = asyncio.create_task(messengers.look_up(f"viber/chat/{person}?after=1&wait_s=30"))
    await messengers.control("viber/release", order=held)
    assert [item["text"] for item in (await following)["items"]] == ["Вітаємо"]
