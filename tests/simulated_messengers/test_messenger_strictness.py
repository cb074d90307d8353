"""What Messenger takes, and with which code it refuses everything else."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import aiohttp
import pytest

from tests.simulated_messengers.driver import (
    APP_SECRET,
    MESSENGER_TOKEN,
    PAGE_ID,
    BotServer,
    Messengers,
    picture,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")


def text(content: str = "Оберіть рахунок", **fields: Any) -> dict[str, Any]:
    return {"text": content, **fields}


def quick(title: str = "*1234", payload: str = "h:a1") -> dict[str, Any]:
    return {"content_type": "text", "title": title, "payload": payload}


def postback(title: str = "Скасувати", payload: str = "h:c0") -> dict[str, Any]:
    return {"type": "postback", "title": title, "payload": payload}


def link(**fields: Any) -> dict[str, Any]:
    return {"type": "web_url", "title": "Ввести PIN", "url": "https://bank.example/s/1", **fields}


def template(sort: str, **payload: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": {"template_type": sort, **payload}}}


def buttons(*entries: dict[str, Any], text: str = "Введіть PIN") -> dict[str, Any]:
    return template("button", text=text, buttons=list(entries))


def cards(*elements: dict[str, Any], **payload: Any) -> dict[str, Any]:
    return template("generic", elements=list(elements), **payload)


CARD = {"title": "Картка", "subtitle": "UAH", "buttons": [postback()]}

ACCEPTED: list[dict[str, Any]] = [
    text(),
    text("x" * 2000, metadata="x" * 1000),
    text(quick_replies=[quick()]),
    text(quick_replies=[quick("x" * 20, "x" * 1000)] * 13),
    text(quick_replies=[{"content_type": "user_phone_number"}, quick()]),
    buttons(postback()),
    buttons(
        postback("x" * 20, "x" * 1000), link(), {"type": "phone_number", "title": "Банк", "payload": "+380440000000"}
    ),
    buttons(link(webview_height_ratio="tall", webview_share_button="hide"), text="x" * 640),
    buttons({"type": "account_link", "url": "https://bank.example/login"}, {"type": "account_unlink"}),
    cards(CARD),
    cards(*[CARD] * 10, image_aspect_ratio="square"),
    cards({"title": "x" * 80, "subtitle": "x" * 80}),
    cards(
        CARD | {"image_url": "https://bank.example/1.png", "default_action": {"type": "web_url", "url": "https://a.b"}}
    ),
    template("media", elements=[{"media_type": "image", "url": "https://facebook.com/photo/1"}]),
]

REFUSED: list[dict[str, Any]] = [
    {},
    {"text": "a", "attachment": buttons(postback())["attachment"]},
    text(5),  # type: ignore[arg-type]
    text(""),
    text(" \n"),
    text("x" * 2001),
    text(tekst="a"),
    text(metadata="x" * 1001),
    text(metadata={"out": 1}),
    text(reply_to={"mid": "m_nobody"}),
    text(quick_replies=[]),
    text(quick_replies=[quick()] * 14),
    text(quick_replies=[quick(title="x" * 21)]),
    text(quick_replies=[quick(title="")]),
    text(quick_replies=[quick(payload="x" * 1001)]),
    text(quick_replies=[{"content_type": "text", "title": "a"}]),
    text(quick_replies=[{"content_type": "location"}]),
    text(quick_replies=[{"content_type": "user_phone_number", "title": "a"}]),
    text(quick_replies=[quick() | {"image_url": "no url"}]),
    buttons(),
    buttons(*[postback()] * 4),
    buttons(postback(), text="x" * 641),
    buttons(postback(), text=""),
    buttons(postback("x" * 21)),
    buttons(postback(payload="x" * 1001)),
    buttons({"type": "postback", "title": "a"}),
    buttons({"type": "postback", "title": "a", "payload": "b", "url": "https://bank.example"}),
    buttons({"type": "pay", "title": "a"}),
    buttons(link(url="bank.example")),
    buttons(link(url="http://[")),
    buttons(link(messenger_extensions=True)),
    buttons(link(webview_height_ratio="high")),
    buttons(link(webview_share_button="show")),
    buttons({"type": "phone_number", "title": "a", "payload": "044"}),
    buttons({"type": "account_link", "url": "http://bank.example/login"}),
    template("button", buttons=[postback()]),
    template("button", text="a", elements=[CARD]),
    template("list", elements=[CARD]),
    {"attachment": {"type": "template", "payload": {"text": "a"}}},
    {"attachment": {"type": "template"}},
    {"attachment": {"type": "location", "payload": {}}},
    cards(),
    cards(*[CARD] * 11),
    cards({"title": "Картка"}),
    cards({"subtitle": "UAH", "buttons": [postback()]}),
    cards(CARD | {"title": "x" * 81}),
    cards(CARD | {"subtitle": "x" * 81}),
    cards(CARD | {"buttons": [postback()] * 4}),
    cards(CARD | {"default_action": postback()}),
    cards(CARD, image_aspect_ratio="wide"),
    template("media", elements=[{"media_type": "image"}]),
    template("media", elements=[{"media_type": "audio", "url": "https://facebook.com/1"}]),
    {"attachment": {"type": "image", "payload": {}}},
    {"attachment": {"type": "image", "payload": {"url": "https://a.example/1.png", "attachment_id": "1"}}},
    {"attachment": {"type": "image", "payload": {"url": "https://a.example/1.png", "caption": "a"}}},
]


@pytest.mark.parametrize("message", ACCEPTED)
async def test_a_message_within_the_rules_is_accepted(
    messengers: Messengers, bot: BotServer, message: dict[str, Any]
) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    status, answer = await messengers.send_messenger(person, message)
    assert status == 200, answer
    assert answer.keys() == {"recipient_id", "message_id"}
    assert answer["recipient_id"] == person
    assert answer["message_id"].startswith("m_")
    assert [item["from"] for item in await messengers.chat("messenger", person)] == ["user", "bot"]


@pytest.mark.parametrize("message", REFUSED)
async def test_a_message_outside_the_rules_is_refused_and_not_shown(
    messengers: Messengers, bot: BotServer, message: dict[str, Any]
) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    status, answer = await messengers.send_messenger(person, message)
    assert (status, answer["error"]["code"]) == (400, 100), answer
    assert answer["error"]["message"].startswith("(#100) ")
    assert answer["error"]["type"] == "OAuthException"
    assert answer["error"]["fbtrace_id"]
    assert [item["from"] for item in await messengers.chat("messenger", person)] == ["user"]


MESSAGE = {"message": {"text": "a"}}


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"messaging_type": "RESPONSE", **MESSAGE}, False),
        ({"messaging_type": "UPDATE", "notification_type": "SILENT_PUSH", **MESSAGE}, False),
        ({"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT", **MESSAGE}, False),
        ({"sender_action": "typing_on"}, False),
        ({"sender_action": "mark_seen"}, False),
        (MESSAGE, True),
        ({"messaging_type": "RESPONSE"}, True),
        ({"messaging_type": "REPLY", **MESSAGE}, True),
        ({"messaging_type": "RESPONSE", "notification_type": "LOUD", **MESSAGE}, True),
        ({"messaging_type": "MESSAGE_TAG", **MESSAGE}, True),
        ({"messaging_type": "RESPONSE", "tag": "HUMAN_AGENT", **MESSAGE}, True),
        ({"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE", **MESSAGE}, True),
        ({"messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE", **MESSAGE}, True),
        ({"messaging_type": "MESSAGE_TAG", "tag": "POST_PURCHASE_UPDATE", **MESSAGE}, True),
        ({"messaging_type": "UTILITY", **MESSAGE}, True),
        ({"messaging_type": "UTILITY", "message": {"template": {"name": "no", "language": {"code": "uk"}}}}, True),
        ({"sender_action": "typing_on", **MESSAGE}, True),
        ({"sender_action": "typing"}, True),
        ({"sender_action": "typing_on", "messaging_type": "RESPONSE"}, True),
        ({"sender_action": "react"}, True),
        ({"sender_action": "react", "payload": {"message_id": "m_nobody", "reaction": "👍"}}, True),
        ({"messaging_type": "RESPONSE", "recipent": {}, **MESSAGE}, True),
    ],
)
async def test_a_call_names_its_purpose(
    messengers: Messengers, bot: BotServer, body: dict[str, Any], refused: bool
) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    status, answer = await messengers.messenger("POST", "me/messages", {"recipient": {"id": person}, **body})
    assert (status, answer.get("error", {}).get("code")) == ((400, 100) if refused else (200, None)), answer


async def test_a_message_of_a_person_can_be_answered_and_reacted_to(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    mid = bot.hooks[-1].json["entry"][0]["messaging"][0]["message"]["mid"]
    assert (await messengers.send_messenger(person, text(reply_to={"mid": mid})))[0] == 200
    body = {"recipient": {"id": person}, "sender_action": "react", "payload": {"message_id": mid, "reaction": "👍"}}
    assert (await messengers.messenger("POST", "me/messages", body)) == (200, {"recipient_id": person})


async def test_people_who_cannot_be_reached(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    newcomer = (await messengers.control("messenger/users"))["id"]

    async def send(to: object) -> tuple[int, int, int]:
        status, answer = await messengers.send_messenger(to, text())  # type: ignore[arg-type]
        error = answer.get("error", {})
        return status, error.get("code", 0), error.get("error_subcode", 0)

    assert await send(person) == (200, 0, 0)
    assert await send("24000000000000099") == (400, 100, 2018001)
    assert await send(newcomer) == (400, 100, 2018001)
    assert await send(24000000000000099) == (400, 100, 0)
    await messengers.control("messenger/block", user=person)
    assert await send(person) == (400, 551, 1545041)
    await messengers.control("messenger/unblock", user=person)
    await messengers.control("messenger/handover", user=person, to="inbox")
    assert await send(person) == (403, 10, 2018300)


async def test_the_window_closes_after_a_day_and_for_people_of_the_page_after_a_week(
    messengers: Messengers, bot: BotServer
) -> None:
    person = await messengers.messenger_person(bot)
    tagged = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    await messengers.control("clock", seconds=24 * 3600 - 1)
    assert (await messengers.send_messenger(person, text()))[0] == 200
    await messengers.control("clock", seconds=1)
    status, answer = await messengers.send_messenger(person, text())
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (403, 10, 2018278)
    assert answer["error"]["message"].startswith("(#10) This message is sent outside of allowed window.")
    assert (await messengers.send_messenger(person, text(), **tagged))[0] == 200
    await messengers.control("clock", seconds=6 * 24 * 3600)
    assert (await messengers.send_messenger(person, text(), **tagged))[1]["error"]["error_subcode"] == 2018278


async def test_a_utility_template_reaches_people_outside_the_window(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    components = [{"type": "BODY", "text": "{{1}}, сплатіть {{2}}"}]
    await messengers.control("messenger/template", name="due", components=components)
    await messengers.control("clock", seconds=48 * 3600)

    async def send(*values: str) -> int:
        given = [{"type": "body", "parameters": [{"type": "text", "text": value} for value in values]}]
        message = {"template": {"name": "due", "language": {"code": "uk"}, "components": given}}
        return (await messengers.send_messenger(person, message, messaging_type="UTILITY"))[0]

    assert await send("Ол", "100 грн") == 200
    assert (await messengers.chat("messenger", person))[-1]["text"] == "Ол, сплатіть 100 грн"
    assert await send("Ол") == 400
    await messengers.control("messenger/template", name="due", status="PAUSED")
    assert await send("Ол", "100 грн") == 400


async def test_a_webview_shows_only_the_domains_of_the_profile(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    await messengers.messenger("POST", "me/messenger_profile", {"whitelisted_domains": ["https://bank.example"]})
    assert (await messengers.send_messenger(person, buttons(link(messenger_extensions=True))))[0] == 200
    for url in ("http://bank.example/s/1", "https://evil.example/s/1", "https://bank.example.evil.example/"):
        wrong = buttons(link(messenger_extensions=True, url=url))
        assert (await messengers.send_messenger(person, wrong))[1]["error"]["code"] == 100


@pytest.mark.parametrize("way", ["bearer", "query", "body", "form"])
async def test_the_token_may_come_in_four_ways(messengers: Messengers, bot: BotServer, way: str) -> None:
    person = await messengers.messenger_person(bot)
    url = f"{messengers.url}/graph/v26.0/{PAGE_ID}/messages"
    body: dict[str, Any] = {"recipient": {"id": person}, "messaging_type": "RESPONSE", "message": {"text": "a"}}
    token = {"access_token": MESSENGER_TOKEN}
    written = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    request: dict[str, Any] = {
        "bearer": {"json": body, "headers": {"Authorization": f"Bearer {MESSENGER_TOKEN}"}},
        "query": {"json": body, "params": token},
        "body": {"json": body | token},
        "form": {"data": written | token},
    }[way]
    async with messengers.http.post(url, **request) as answer:
        assert answer.status == 200
    (call,) = [call for call in (await messengers.look_up("messenger/calls"))["calls"] if call["method"] == "messages"]
    assert MESSENGER_TOKEN not in json.dumps(call)


async def test_a_wrong_token_or_proof_is_refused(messengers: Messengers) -> None:
    assert (await messengers.graph("GET", "me"))[0] == 401
    status, answer = await messengers.graph("GET", "me", token="another")
    assert (status, answer["error"]["code"], answer["error"]["type"]) == (401, 190, "OAuthException")
    proof = hmac.new(APP_SECRET.encode(), MESSENGER_TOKEN.encode(), hashlib.sha256).hexdigest()
    assert (await messengers.messenger("GET", f"me?appsecret_proof={proof}"))[1] == {"id": PAGE_ID, "name": "Teller"}
    assert (await messengers.messenger("GET", "me?appsecret_proof=00"))[1]["error"]["code"] == 100


async def test_a_linked_file_is_fetched_while_the_call_waits(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    bot.files |= {"1.png": picture(), "a.pdf": b"%PDF-1.7", "no.png": b"no picture", "big.png": b"x" * ((8 << 20) + 1)}

    async def send(kind: str, name: str) -> int:
        payload = {"url": f"{bot.url}/files/{name}"}
        _, answer = await messengers.send_messenger(person, {"attachment": {"type": kind, "payload": payload}})
        subcode: int = answer.get("error", {}).get("error_subcode", 0)
        return subcode

    assert await send("image", "1.png") == 0
    assert (await messengers.chat("messenger", person))[-1]["picture"]["width"] == 60
    assert await send("file", "a.pdf") == 0
    assert (await messengers.chat("messenger", person))[-1]["document"]["name"] == "a.pdf"
    assert await send("image", "2.png") == 2018008
    assert await send("image", "big.png") == 2018008
    assert await send("image", "no.png") == 2018047


def upload(content: bytes, **fields: object) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value in fields.items():
        data.add_field(name, value if isinstance(value, str) else json.dumps(value))
    data.add_field("filedata", content, filename="чек.png", content_type="image/png")
    return data


REUSABLE = {"attachment": {"type": "image", "payload": {"is_reusable": True}}}


async def test_a_file_is_uploaded_with_a_message_or_before_it(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    data = upload(picture(), recipient={"id": person}, messaging_type="RESPONSE", message=REUSABLE)
    status, answer = await messengers.messenger("POST", "me/messages", data=data)
    assert status == 200, answer
    _, before = await messengers.messenger("POST", "me/message_attachments", data=upload(picture(), message=REUSABLE))
    for number in (answer["attachment_id"], before["attachment_id"]):
        named = {"attachment": {"type": "image", "payload": {"attachment_id": number}}}
        assert (await messengers.send_messenger(person, named))[0] == 200
    wrong = {"attachment": {"type": "file", "payload": {"attachment_id": answer["attachment_id"]}}}
    assert (await messengers.send_messenger(person, wrong))[1]["error"]["error_subcode"] == 2018074
    await messengers.control("clock", seconds=90 * 86_400)
    await messengers.control("messenger/say", user=person, text="Я тут")
    assert (await messengers.send_messenger(person, named))[1]["error"]["error_subcode"] == 2018074


async def test_a_media_card_names_an_uploaded_file(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    _, before = await messengers.messenger("POST", "me/message_attachments", data=upload(picture(), message=REUSABLE))
    for number, status in ((before["attachment_id"], 200), ("5", 400)):
        card = template("media", elements=[{"media_type": "image", "attachment_id": number, "buttons": [postback()]}])
        assert (await messengers.send_messenger(person, card))[0] == status


async def test_an_upload_must_be_a_reusable_file(messengers: Messengers, bot: BotServer) -> None:
    path = "me/message_attachments"
    once = {"attachment": {"type": "image", "payload": {}}}
    for message, content, subcode in (
        (once, picture(), 0),
        ({"text": "a"}, picture(), 0),
        (REUSABLE, b"no picture", 2018047),
        (REUSABLE, b"", 2018047),
    ):
        status, answer = await messengers.messenger("POST", path, data=upload(content, message=message))
        assert (status, answer["error"].get("error_subcode", 0)) == (400, subcode), answer


MENU = {"locale": "default", "composer_input_disabled": False, "call_to_actions": [postback("Баланс", "MENU_BALANCE")]}
START = {"payload": "GET_STARTED"}


async def test_the_profile_of_the_page_is_kept(messengers: Messengers, bot: BotServer) -> None:
    profile = {
        "get_started": START,
        "persistent_menu": [MENU, MENU | {"locale": "en_US"}],
        "greeting": [{"locale": "default", "text": "Вітаємо"}],
        "ice_breakers": [{"call_to_actions": [{"question": "Баланс?", "payload": "MENU_BALANCE"}]}],
        "whitelisted_domains": ["https://bank.example"],
    }
    assert (await messengers.messenger("POST", "me/messenger_profile", profile)) == (200, {"result": "success"})
    _, shown = await messengers.messenger("GET", "me/messenger_profile?fields=get_started,whitelisted_domains")
    assert shown == {"data": [{"get_started": START, "whitelisted_domains": ["https://bank.example"]}]}
    status, answer = await messengers.messenger("DELETE", "me/messenger_profile", {"fields": ["get_started"]})
    assert (status, answer["error"]["error_subcode"]) == (400, 2018145)
    both = {"fields": ["persistent_menu", "get_started"]}
    assert (await messengers.messenger("DELETE", "me/messenger_profile", both)) == (200, {"result": "success"})


@pytest.mark.parametrize(
    "profile",
    [
        {},
        {"menu": []},
        {"persistent_menu": [MENU]},
        {"get_started": {}},
        {"get_started": {"payload": ""}},
        {"get_started": {"payload": "x" * 1001}},
        {"get_started": START, "persistent_menu": [MENU | {"locale": "uk_UA"}]},
        {"get_started": START, "persistent_menu": [MENU, MENU]},
        {"get_started": START, "persistent_menu": [MENU | {"call_to_actions": []}]},
        {"get_started": START, "persistent_menu": [MENU | {"call_to_actions": [postback()] * 21}]},
        {"get_started": START, "persistent_menu": [MENU | {"call_to_actions": [postback("x" * 31)]}]},
        {"get_started": START, "persistent_menu": [MENU | {"call_to_actions": [{"type": "account_unlink"}]}]},
        {"greeting": [{"locale": "default", "text": "x" * 161}]},
        {"greeting": [{"locale": "uk_UA", "text": "Вітаємо"}]},
        {"ice_breakers": [{"call_to_actions": [{"question": "a", "payload": "b"}] * 5}]},
        {"whitelisted_domains": ["http://bank.example"]},
        {"whitelisted_domains": ["bank.example"]},
        {"whitelisted_domains": [f"https://{n}.example" for n in range(51)]},
        {"account_linking_url": "http://bank.example"},
    ],
)
async def test_a_wrong_profile_is_refused_and_changes_nothing(messengers: Messengers, profile: dict[str, Any]) -> None:
    status, answer = await messengers.messenger("POST", "me/messenger_profile", profile)
    assert (status, answer["error"]["code"]) == (400, 100)
    assert (await messengers.messenger("GET", "me/messenger_profile?fields=get_started,greeting"))[1] == {"data": []}


async def test_the_page_sends_only_what_the_app_subscribed_to(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, fields=["messages"])
    path = f"{PAGE_ID}/subscribed_apps"
    assert (await messengers.messenger("GET", path))[1]["data"][0]["subscribed_fields"] == ["messages"]
    await messengers.send_messenger(person, text())
    assert (await messengers.control("messenger/look", user=person))["deliveries"] == []
    fields = "messages,message_reads, messaging_postbacks"
    assert (await messengers.messenger("POST", f"{path}?subscribed_fields={fields}"))[1] == {"success": True}
    await messengers.send_messenger(person, text())
    assert (await messengers.control("messenger/look", user=person))["statuses"] == [200]
    assert (await messengers.messenger("POST", path, {"subscribed_fields": ["letters"]}))[1]["error"]["code"] == 100
    assert (await messengers.messenger("DELETE", path))[1] == {"success": True}
    assert (await messengers.control("messenger/say", user=person, text="a"))["deliveries"] == []
    assert (await messengers.messenger("GET", path))[1] == {"data": []}


async def test_a_person_has_a_name_and_nothing_more(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot, name="Ол Банк")
    status, shown = await messengers.messenger("GET", f"{person}?fields=first_name,last_name")
    assert (status, shown["first_name"], shown["last_name"]) == (200, "Ол", "Банк")
    status, answer = await messengers.messenger("GET", "24000000000000099")
    assert (status, answer["error"]["code"], answer["error"]["error_subcode"]) == (400, 100, 33)


async def test_the_thread_is_passed_and_taken(messengers: Messengers, bot: BotServer) -> None:
    person = await messengers.messenger_person(bot)
    inbox = {"recipient": {"id": person}, "target_app_id": 26390203743090}
    assert (await messengers.messenger("POST", "me/pass_thread_control", inbox))[1] == {"success": True}
    assert (await messengers.messenger("POST", "me/pass_thread_control", inbox))[1]["error"]["error_subcode"] == 2018300
    assert (await messengers.messenger("POST", "me/take_thread_control", {"recipient": {"id": person}}))[0] == 200
    assert (await messengers.send_messenger(person, text()))[0] == 200
    wrong = inbox | {"target_app_id": 5}
    assert (await messengers.messenger("POST", "me/pass_thread_control", wrong))[1]["error"]["code"] == 100
