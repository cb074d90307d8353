"""Viber always answers 200 and says in `status` what it thinks of a message."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulated_messengers.driver import BotServer, Messengers

pytestmark = pytest.mark.asyncio(loop_scope="module")

SENDER = {"name": "Банк"}
TEXT: dict[str, Any] = {"type": "text", "text": "Оберіть рахунок", "sender": SENDER}


def button(**fields: Any) -> dict[str, Any]:
    return {"Columns": 6, "Rows": 1, "ActionType": "reply", "ActionBody": "h:a1", "Text": "*1234", **fields}


def keyboard(*buttons: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"keyboard": {"Type": "keyboard", "Buttons": list(buttons) or [button()], **fields}}


LINK = {"ActionType": "open-url", "ActionBody": "https://bank.example/s/1", "OpenURLType": "internal", "Silent": True}
RICH = {"Type": "rich_media", "ButtonsGroupColumns": 6, "ButtonsGroupRows": 7, "BgColor": "#FFFFFF"}

ACCEPTED: list[dict[str, Any]] = [
    TEXT,
    {**TEXT, "text": "x" * 7000},
    {**TEXT, "sender": {"name": "x" * 28, "avatar": None}},
    {**TEXT, "tracking_data": "x" * 4000},
    {**TEXT, "keyboard": None},
    {**TEXT, **keyboard()},
    {**TEXT, **keyboard(*[button()] * 24)},
    {**TEXT, **keyboard(*[button(Columns=1)] * 144)},
    {**TEXT, **keyboard(button(Text="x" * 300, TextSize="large", BgColor="#2DB9B9"), DefaultHeight=False)},
    {**TEXT, "min_api_version": 4, **keyboard(button(**LINK, InternalBrowser={"ActionButton": "none"}))},
    {**TEXT, "min_api_version": 3, **keyboard(button(ActionType="share-phone", ActionBody="phone"))},
    {**TEXT, "min_api_version": 4, **keyboard(InputFieldState="hidden")},
    {"sender": SENDER, **keyboard()},
    {"type": "picture", "sender": SENDER, "text": "", "media": "https://bank.example/r/1.jpg", "thumbnail": None},
    {"type": "picture", "sender": SENDER, "text": "x" * 768, "media": "https://bank.example/r/1.PNG?v=2"},
    {"type": "url", "sender": SENDER, "media": "https://bank.example"},
    {"type": "location", "sender": SENDER, "location": {"lat": 50, "lon": 30.5}},
    {"type": "contact", "sender": SENDER, "contact": {"name": "Банк", "phone_number": "+380440000000"}},
    {"type": "file", "sender": SENDER, "media": "https://bank.example/a.pdf", "size": 9, "file_name": "a.pdf"},
    {"type": "video", "sender": SENDER, "media": "https://bank.example/a.mp4", "size": 9, "duration": 180},
    {"type": "sticker", "sender": SENDER, "sticker_id": 40129},
    {"type": "rich_media", "sender": SENDER, "rich_media": {**RICH, "Buttons": [button(Rows=7)] * 6}},
]

REFUSED: list[tuple[dict[str, Any], int]] = [
    ({"type": "text", "text": "a"}, 4),
    ({"type": "text", "sender": SENDER}, 4),
    ({"text": "a", "sender": SENDER}, 4),
    ({**TEXT, "sender": {"avatar": "https://bank.example/a.png"}}, 4),
    ({**TEXT, "type": "telegram"}, 3),
    ({**TEXT, "type": ["text"]}, 3),
    ({**TEXT, "text": ""}, 3),
    ({**TEXT, "text": 5}, 3),
    ({**TEXT, "text": "x" * 7001}, 3),
    ({**TEXT, "sender": {"name": "x" * 29}}, 3),
    ({**TEXT, "sender": {"name": ""}}, 3),
    ({**TEXT, "tracking_data": "x" * 4001}, 3),
    ({**TEXT, "tracking_data": {"outbox": 1}}, 3),
    ({**TEXT, "tekst": "a"}, 3),
    ({**TEXT, "min_api_version": "4"}, 3),
    ({**TEXT, "min_api_version": 0}, 3),
    ({**TEXT, "min_api_version": 11}, 13),
    ({**TEXT, "tracking_data": "\N{CYRILLIC SMALL LETTER YI}" * 4000, "text": "ї" * 6900}, 3),
    ({**TEXT, **keyboard(button(Columns=7))}, 3),
    ({**TEXT, **keyboard(button(Rows=0))}, 3),
    ({**TEXT, **keyboard(button(Rows=3))}, 3),
    ({**TEXT, **keyboard(button(ActionType="pay"))}, 3),
    ({**TEXT, **keyboard(button(ActionBody=""))}, 3),
    ({**TEXT, **keyboard(button(ActionBody="x" * 251))}, 3),
    ({**TEXT, **keyboard(button(ActionType="open-url", ActionBody="no url"))}, 3),
    ({**TEXT, **keyboard({"Columns": 6, "Rows": 1, "Text": "a"})}, 4),
    ({**TEXT, **keyboard({"ActionBody": "h:a1"})}, 3),
    ({**TEXT, **keyboard(button(Color="#FFFFFF"))}, 3),
    ({**TEXT, **keyboard(button(BgColor="red"))}, 3),
    ({**TEXT, **keyboard(button(TextPaddings=[1, 2]), min_api_version=4)}, 3),
    ({**TEXT, "min_api_version": 4, **keyboard(button(TextPaddings=[1, 2, 3, 13]))}, 3),
    ({**TEXT, "min_api_version": 4, **keyboard(button(InternalBrowser={"CustomTitle": "x" * 16}))}, 3),
    ({**TEXT, "min_api_version": 4, **keyboard(button(InternalBrowser={"ActionButton": "stay"}))}, 3),
    ({**TEXT, **keyboard(*[button()] * 25)}, 3),
    ({**TEXT, "keyboard": {"Type": "keyboard", "Buttons": []}}, 3),
    ({**TEXT, "keyboard": {"Buttons": [button()]}}, 4),
    ({**TEXT, "keyboard": {"Type": "menu", "Buttons": [button()]}}, 3),
    ({**TEXT, "keyboard": [button()]}, 3),
    ({**TEXT, **keyboard(button(ActionType="share-phone", ActionBody="phone"))}, 14),
    ({**TEXT, **keyboard(InputFieldState="hidden")}, 14),
    ({**TEXT, "min_api_version": 4, **keyboard(InputFieldState="gone")}, 3),
    ({"sender": SENDER}, 4),
    ({"type": "picture", "sender": SENDER, "media": "https://bank.example/r/1.jpg"}, 4),
    ({"type": "picture", "sender": SENDER, "text": "", "media": "https://bank.example/r/1"}, 3),
    ({"type": "picture", "sender": SENDER, "text": "", "media": "https://bank.example/r?a=.png"}, 3),
    ({"type": "picture", "sender": SENDER, "text": "", "media": "/r/1.png"}, 3),
    ({"type": "picture", "sender": SENDER, "text": "x" * 769, "media": "https://bank.example/1.png"}, 3),
    ({"type": "url", "sender": SENDER, "media": "https://b.example/" + "x" * 2000}, 3),
    ({"type": "location", "sender": SENDER, "location": {"lat": 91, "lon": 30}}, 3),
    ({"type": "location", "sender": SENDER, "location": {"lat": "50", "lon": 30}}, 3),
    ({"type": "contact", "sender": SENDER, "contact": {"name": "Б", "phone_number": "044-000"}}, 3),
    ({"type": "contact", "sender": SENDER, "contact": {"name": "x" * 29, "phone_number": "380"}}, 3),
    ({"type": "file", "sender": SENDER, "media": "https://b.example/a.exe", "size": 9, "file_name": "a.exe"}, 3),
    ({"type": "file", "sender": SENDER, "media": "https://b.example/a.pdf", "size": 0, "file_name": "a.pdf"}, 3),
    ({"type": "video", "sender": SENDER, "media": "https://b.example/a.avi", "size": 9}, 3),
    ({"type": "rich_media", "sender": SENDER, "rich_media": {**RICH, "Buttons": [button(Rows=7)] * 7}}, 3),
    ({"type": "rich_media", "sender": SENDER, "rich_media": {**RICH, "Buttons": [button(Rows=8)]}}, 3),
]


@pytest.mark.parametrize("message", ACCEPTED)
async def test_a_message_within_the_rules_is_accepted(
    messengers: Messengers, bot: BotServer, message: dict[str, Any]
) -> None:
    person = await messengers.viber_person(bot)
    reply = await messengers.viber("send_message", {"receiver": person, **message})
    assert (reply["status"], reply["status_message"]) == (0, "ok"), reply
    assert reply["message_token"] > 2**53
    assert [item["from"] for item in await messengers.chat("viber", person)] == ["user", "bot"]


@pytest.mark.parametrize(("message", "status"), REFUSED)
async def test_a_message_outside_the_rules_is_refused_and_not_shown(
    messengers: Messengers, bot: BotServer, message: dict[str, Any], status: int
) -> None:
    person = await messengers.viber_person(bot)
    reply = await messengers.viber("send_message", {"receiver": person, **message})
    assert reply["status"] == status, reply
    assert "message_token" not in reply
    assert [item["from"] for item in await messengers.chat("viber", person)] == ["user"]


async def test_the_token_may_come_in_the_header_or_the_body_and_must_be_right(messengers: Messengers) -> None:
    token = "simulated-token-of-the-viber-account"
    assert (await messengers.viber("get_account_info", {}))["status"] == 0
    assert (await messengers.viber("get_account_info", {"auth_token": token}, token=""))["status"] == 0
    for given, body in (("", {}), ("another", {}), ("", {"auth_token": 5}), ("", {"auth_token": "інший"})):
        reply = await messengers.viber("get_account_info", body, token=given)
        assert (reply["status"], reply["status_message"]) == (2, "invalidAuthToken")


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b'{"text":"\\ud83d"}', b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_bad_data_or_has_no_token(messengers: Messengers, body: bytes) -> None:
    async with messengers.http.post(f"{messengers.url}/viber/pa/send_message", data=body) as answer:
        assert answer.status == 200
        assert (await answer.json())["status"] == (3 if body else 2)


async def test_an_unknown_method_is_not_found(messengers: Messengers) -> None:
    async with messengers.http.post(f"{messengers.url}/viber/pa/edit_message", json={}) as answer:
        assert answer.status == 404


async def test_nothing_is_sent_without_a_webhook(messengers: Messengers) -> None:
    person = await messengers.control("viber/users")
    reply = await messengers.viber("send_message", {"receiver": person["id"], **TEXT})
    assert (reply["status"], reply["status_message"]) == (10, "webhookNotSet")


async def test_strangers_and_the_unsubscribed_get_nothing(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot)
    newcomer = (await messengers.control("viber/users"))["id"]
    await messengers.control("viber/start", user=newcomer)

    async def send(receiver: str) -> int:
        status: int = (await messengers.viber("send_message", {"receiver": receiver, **TEXT}))["status"]
        return status

    assert await send("bm9ib2R5") == 5
    assert await send(newcomer) == 6
    assert await send(person) == 0
    await messengers.control("viber/block", user=person)
    assert await send(person) == 6
    assert (await messengers.viber("send_message", TEXT))["status"] == 4


async def test_a_webhook_must_answer_before_it_is_set(messengers: Messengers, bot: BotServer) -> None:
    bot.answers = [(404, b"")]
    assert (await messengers.viber("set_webhook", {"url": f"{bot.url}/hook"}))["status"] == 1
    assert (await messengers.viber("get_account_info", {}))["webhook"] == ""
    reply = await messengers.viber("set_webhook", {"url": f"{bot.url}/hook", "event_types": ["seen"]})
    assert reply["status"] == 0
    assert reply["event_types"] == ["message", "seen", "subscribed", "unsubscribed", "webhook"]
    assert [hook.json["event"] for hook in bot.hooks] == ["webhook", "webhook"]
    for url in ("http://bot.example/hook", "bot.example", "https://", "http://127.0.0.1:99999/"):
        assert (await messengers.viber("set_webhook", {"url": url}))["status"] == 1
    assert (await messengers.viber("set_webhook", {"url": f"{bot.url}/hook", "event_types": ["all"]}))["status"] == 3
    assert (await messengers.viber("get_account_info", {}))["webhook"] == f"{bot.url}/hook"
    assert (await messengers.viber("set_webhook", {"url": ""}))["status"] == 0
    assert (await messengers.viber("get_account_info", {}))["webhook"] == ""


async def test_details_of_a_subscriber_are_told(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.viber_person(bot, name="Ол")
    reply = await messengers.viber("get_user_details", {"id": person})
    assert (reply["user"]["id"], reply["user"]["name"], reply["user"]["language"]) == (person, "Ол", "uk")
    assert (await messengers.viber("get_user_details", {"id": "bm9ib2R5"}))["status"] == 5
    assert (await messengers.viber("get_user_details", {}))["status"] == 4
