"""Whatever the engine asks for, no channel produces what its platform would refuse, and nothing visible is lost."""

from __future__ import annotations

import json
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from bots.fitting import sendable, utf16_length
from bots.viber.abilities import JSON_BYTES_MAX
from bots.webhook import visible_text
from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture, Span
from core.messages.channels import WireCall
from tests.channels.platforms import MESSENGER, TELEGRAM, VIBER, WHATSAPP, Platform, said

SIGNS = st.one_of(
    st.sampled_from(["слово ", "👨‍👩‍👧", "🇺🇦", "\n", " ", "\u200b", "<b>", '"', "\x00", "\x01", "\ud83d", "₴"]),
    st.characters(),
)
SHORT = st.lists(SIGNS, max_size=12).map("".join)
# Long texts are made by repetition: drawing them sign by sign teaches nothing more.
LONG = st.builds(lambda piece, times: piece * times, SHORT, st.sampled_from([1, 3, 90, 700]))
TOKENS = st.text(alphabet="abcXYZ019._-", min_size=1, max_size=18).map("b:{}".format)
LABELS = st.one_of(SHORT, st.sampled_from(["Так", "Так", "а" * 300, "😀" * 260]))
URLS = st.one_of(st.builds("https://bank.example/s/{}".format, TOKENS), SHORT, st.just("https://a.b/" + "x" * 3000))
SPANS = st.builds(Span, st.integers(0, 6000), st.integers(0, 6000), st.sampled_from(["bold", "italic", "code"]))
DRAWN = st.builds(Picture, template=st.just("receipt"), data=st.just({}), alt=LONG, lang=st.just("uk"))
DOCUMENTS = st.builds(
    Document, template=st.just("receipt"), data=st.just({}), alt=LONG, lang=st.just("uk"), name=st.just("receipt-1.pdf")
)
MESSAGES = st.builds(
    OutboundMessage,
    text=LONG,
    spans=st.lists(SPANS, max_size=6).map(tuple),
    choices=st.one_of(
        st.lists(st.builds(Choice, TOKENS, LABELS), max_size=5),
        st.builds(lambda choice, count: [choice] * count, st.builds(Choice, TOKENS, LABELS), st.integers(6, 130)),
    ).map(tuple),
    links=st.lists(st.builds(Link, URLS, LABELS), max_size=4).map(tuple),
    picture=st.none() | DRAWN,
    ask_contact=st.one_of(st.just(""), LABELS),
    ask_location=st.one_of(st.just(""), LABELS),
    ack=st.sampled_from(["", "44"]),
    delete=st.sampled_from(["", "77"]),
    once=st.booleans(),
) | st.builds(
    OutboundMessage,
    text=LONG,
    choices=st.lists(st.builds(Choice, TOKENS, LABELS), max_size=3).map(tuple),
    document=DOCUMENTS,
)


def visible(text: str) -> str:
    return "".join(sign for sign in text if visible_text(sign))


def render(platform: Platform, message: OutboundMessage) -> list[WireCall]:
    return platform.channel().render(message, "5500000001", "out_1", "https://bank.example/pictures/out_1.png", 34_000)


def sent_text(calls: list[WireCall]) -> str:
    words = (call.payload.get("text") or call.payload.get("caption") or "" for call in calls)
    return visible("".join(words))


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_telegram_takes_every_call(message: OutboundMessage) -> None:
    calls = render(TELEGRAM, message)
    for call in calls:
        msgspec.json.encode(call.payload).decode()
        _check_telegram(call)
    assert visible(sendable(message).text) in sent_text(calls)


def _check_telegram(call: WireCall) -> None:
    payload = call.payload
    if call.method == "sendMessage":
        assert visible_text(payload["text"])
        assert utf16_length(payload["text"]) <= 4096
    assert utf16_length(payload.get("caption", "")) <= 1024
    words = payload.get("text", payload.get("caption", ""))
    for entity in payload.get("entities", payload.get("caption_entities", [])):
        assert entity["length"] > 0
        assert entity["offset"] + entity["length"] <= utf16_length(words)
    markup: dict[str, Any] = payload.get("reply_markup", {})
    rows = markup.get("inline_keyboard", markup.get("keyboard", []))
    labels = [button["text"] for row in rows for button in row]
    assert len(labels) == len(set(labels)) <= 102
    assert all(visible_text(label) and len(label) <= 64 for label in labels)
    assert all(len(row) <= 8 for row in rows)
    tokens = [button["callback_data"] for row in rows for button in row if "callback_data" in button]
    assert all(1 <= len(token.encode()) <= 64 for token in tokens)


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_viber_takes_every_call(message: OutboundMessage) -> None:
    calls = render(VIBER, message)
    for call in calls:
        assert len(msgspec.json.encode(call.payload)) <= JSON_BYTES_MAX
        _check_viber(call.payload)
    assert visible(sendable(message).text) in sent_text(calls)


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
def test_viber_takes_every_welcome(message: OutboundMessage) -> None:
    body = VIBER.channel().inline(message, "out_1")
    assert len(body) <= JSON_BYTES_MAX
    welcome = json.loads(body)
    assert "receiver" not in welcome
    assert visible_text(welcome["text"])
    _check_viber(welcome)


def _check_viber(payload: dict[str, Any]) -> None:
    if payload["type"] == "file":
        assert payload.keys() >= {"media", "size", "file_name"}
        assert "text" not in payload
        return
    assert len(payload["text"]) <= (768 if payload["type"] == "picture" else 7000)
    assert payload["type"] == "picture" or visible_text(payload["text"])
    buttons = payload.get("keyboard", {"Buttons": []})["Buttons"]
    labels = [button["Text"] for button in buttons]
    assert len(labels) == len(set(labels))
    assert all(visible_text(label) and len(label) <= 250 for label in labels)
    assert sum(button["Columns"] * button["Rows"] for button in buttons) <= 6 * 12
    bodies = [button["ActionBody"] for button in buttons if button["ActionType"] == "reply"]
    assert all(1 <= len(body.encode()) <= 100 for body in bodies)


def lookalikes(text: str) -> str:
    """Signs of markup and those that stand in for them are one."""
    return text.translate(str.maketrans("*_~`", "\u2217\uff3f\u223c\u02cb"))


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_whatsapp_takes_every_call(message: OutboundMessage) -> None:
    calls = render(WHATSAPP, msgspec.structs.replace(message, spans=()))
    for call in calls:
        msgspec.json.encode(call.payload)
        _check_whatsapp(call)
    sent = lookalikes(visible("".join(map(said, calls))))
    assert lookalikes(visible(sendable(message).text)) in sent


@settings(max_examples=100, deadline=None)
@given(MESSAGES)
def test_whatsapp_takes_every_styled_text(message: OutboundMessage) -> None:
    for call in render(WHATSAPP, message):
        _check_whatsapp(call)


def _check_whatsapp(call: WireCall) -> None:
    payload = call.payload
    if payload.get("status") == "read":
        assert call.optional
        return
    content = payload[payload["type"]]
    if payload["type"] == "text":
        assert visible_text(content["body"])
        assert len(content["body"]) <= 4096
    elif payload["type"] == "interactive":
        _check_interactive(content)
    else:
        assert call.upload == payload["type"]
        assert len(content.get("caption", "")) <= 1024


def _check_interactive(content: dict[str, Any]) -> None:
    assert visible_text(content["body"]["text"])
    assert len(content["body"]["text"]) <= 1024
    action = content["action"]
    replies = [button["reply"] for button in action.get("buttons", [])]
    rows = [row for section in action.get("sections", []) for row in section["rows"]]
    assert (content["type"] == "button") == bool(replies)
    assert (content["type"] == "list") == bool(rows)
    assert len(replies) <= 3
    assert len(rows) <= 10
    for shown, limit in ((replies, 20), (rows, 24)):
        assert len({one["title"] for one in shown}) == len({one["id"] for one in shown}) == len(shown)
        assert all(visible_text(one["title"]) and len(one["title"]) <= limit for one in shown)
        assert all(1 <= len(one["id"]) <= 200 for one in shown)
    assert all(1 <= len(row.get("description", "x")) <= 72 for row in rows)
    assert len(action.get("button", "")) <= 20
    assert len(action.get("parameters", {}).get("display_text", "")) <= 20


@settings(max_examples=150, deadline=None)
@given(MESSAGES)
def test_messenger_takes_every_call(message: OutboundMessage) -> None:
    calls = render(MESSENGER, message)
    for number, call in enumerate(calls, 1):
        msgspec.json.encode(call.payload)
        if "sender_action" in call.payload:
            assert call.optional
            continue
        content = call.payload["message"]
        _check_messenger(content)
        last = number == len(calls) - bool(message.ack)
        assert last or "quick_replies" not in content
    assert visible(sendable(message).text) in visible("".join(map(said, calls)))


def _check_messenger(content: dict[str, Any]) -> None:
    replies = content.get("quick_replies", [])
    assert len(replies) <= 13
    if "text" in content:
        assert visible_text(content["text"])
        assert len(content["text"]) <= 2000
    attachment = content.get("attachment", {"type": "", "payload": {}})
    assert ("text" in content) != bool(attachment["type"])
    template = attachment["payload"]
    if attachment["type"] == "template" and template["template_type"] == "button":
        assert visible_text(template["text"])
        assert len(template["text"]) <= 640
    cards = template.get("elements", [template] if "buttons" in template else [])
    assert len(cards) <= 10
    for card in cards:
        assert 1 <= len(card["buttons"]) <= 3
        assert len(card.get("title", "")) <= 80
    buttons = [button for card in cards for button in card["buttons"]] + [one for one in replies if "title" in one]
    titles = [button["title"] for button in buttons]
    assert len(titles) == len(set(titles))
    assert all(visible_text(title) and len(title) <= 20 for title in titles)
    assert all(1 <= len(button["payload"]) <= 1000 for button in buttons if "payload" in button)
