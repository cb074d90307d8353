"""Viber callbacks as they come over the wire, each with the fields of the event that it must become."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import Contact, Location, Media

USER = {"id": "aB3/x+Zk9Q==", "name": "Subscriber", "language": "uk", "country": "UA", "api_version": 10}
TOKEN = 6012345678901234567

Case = tuple[dict[str, Any], dict[str, Any]]


def message(**content: Any) -> dict[str, Any]:
    return {
        "event": "message",
        "timestamp": 1763700000123,
        "chat_hostname": "SN-1",
        "message_token": TOKEN,
        "sender": USER,
        "message": {"tracking_data": "s1", **content},
        "silent": False,
    }


def text(words: str) -> dict[str, Any]:
    return message(type="text", text=words)


def started(**content: Any) -> dict[str, Any]:
    return {"event": "conversation_started", "user": USER, "subscribed": False, **content}


def status(event: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "timestamp": 1763700001555, "message_token": TOKEN + 1, "user_id": USER["id"], **more}


IGNORED = {"kind": "ignored", "should_reply": False, "text": ""}

CASES: dict[str, Case] = {
    "text": (
        text("Баланс"),
        {
            "kind": "text",
            "text": "Баланс",
            "conversation": "aB3/x+Zk9Q==",
            "user": "aB3/x+Zk9Q==",
            "message_id": "6012345678901234567",
            "dedupe_key": "message:6012345678901234567",
            "sent_at": 1763700000123,
            "lang": "uk",
            "should_reply": True,
            "answer_inline": False,
        },
    ),
    "token as a string": (
        {**text("Баланс"), "message_token": "6012345678901234567"},
        {"dedupe_key": "message:6012345678901234567"},
    ),
    "button": (text("b:9f2.a-Z_0"), {"kind": "button", "payload": "b:9f2.a-Z_0", "text": "", "should_reply": True}),
    "text with a button's token in it": (text("b:9f2 ok"), {"kind": "text", "text": "b:9f2 ok", "payload": ""}),
    "text like a token but too long": (text("b:" + "a" * 19), {"kind": "text", "payload": ""}),
    "echo of our link": (text("https://bank.example/s/1f0c"), IGNORED),
    "echo of our link as an url message": (message(type="url", media="https://bank.example/s/1f0c"), IGNORED),
    "a link to a host that only begins like ours": (
        text("https://bank.example.evil.test/s/1"),
        {"kind": "text", "text": "https://bank.example.evil.test/s/1"},
    ),
    "words around our link": (text("що це https://bank.example/s/1?"), {"kind": "text"}),
    "url message": (
        message(type="url", media="https://shop.example/x"),
        {"kind": "text", "text": "https://shop.example/x"},
    ),
    "shared phone": (
        message(type="contact", contact={"name": "Ol", "phone_number": "380501112233"}),
        {"kind": "contact", "contact": Contact(phone="+380501112233", name="Ol", proof="unproven")},
    ),
    "contact without a name": (
        message(type="contact", contact={"phone_number": "12"}),
        {"contact": Contact(phone="12", proof="unproven")},
    ),
    "picture": (
        message(type="picture", media="https://media.example/p.jpg", text="чек", file_name="p.jpg", size=9),
        {
            "kind": "media",
            "media": Media(kind="photo", ref="https://media.example/p.jpg", caption="чек", file_name="p.jpg", size=9),
        },
    ),
    "video": (
        message(type="video", media="https://media.example/v", size=9, duration=3),
        {"media": Media(kind="video", ref="https://media.example/v", size=9)},
    ),
    "file": (
        message(type="file", media="https://media.example/f", file_name="a.exe", size=9),
        {"media": Media(kind="document", ref="https://media.example/f", file_name="a.exe", size=9)},
    ),
    "sticker": (message(type="sticker", sticker_id=40133), {"media": Media(kind="sticker", ref="40133")}),
    "location": (
        message(type="location", location={"lat": 50.45, "lon": 30.52}),
        {"kind": "location", "location": Location(50.45, 30.52)},
    ),
    "a message type of tomorrow": (message(type="hologram", text="?"), {"kind": "unsupported", "should_reply": True}),
    "conversation started by a deep link": (
        started(timestamp=1763700000200, message_token=TOKEN, type="open", context="inv_7Qx"),
        {
            "kind": "start",
            "payload": "inv_7Qx",
            "answer_inline": True,
            "should_reply": True,
            "dedupe_key": "conversation_started:6012345678901234567",
        },
    ),
    "conversation started without type, context and token": (
        started(timestamp=1763700000200),
        {"kind": "start", "payload": "", "dedupe_key": "conversation_started:aB3/x+Zk9Q==:1763700000200"},
    ),
    "conversation started with a forged context": (started(timestamp=5, context="a b<script>"), {"payload": ""}),
    "conversation started at an unknown moment": (started(), {"kind": "start", "sent_at": 1_795_000_000_000}),
    "subscribed": (
        {"event": "subscribed", "timestamp": 1763700000200, "user": USER, "message_token": TOKEN},
        {"kind": "unblocked", "lang": "uk", "should_reply": False, "dedupe_key": f"subscribed:{TOKEN}"},
    ),
    "unsubscribed": (
        {"event": "unsubscribed", "timestamp": 1763700000200, "user_id": USER["id"], "message_token": TOKEN},
        {"kind": "blocked", "conversation": "aB3/x+Zk9Q==", "should_reply": False},
    ),
    "delivered": (
        status("delivered"),
        {"kind": "status", "payload": "delivered", "message_id": str(TOKEN + 1), "should_reply": False},
    ),
    "seen": (status("seen"), {"kind": "status", "payload": "seen"}),
    "failed as real traffic has it": (
        status("failed", chat_hostname="SN-7", udid=None),
        {"kind": "status", "payload": "failed", "dedupe_key": f"failed:{TOKEN + 1}:aB3/x+Zk9Q=="},
    ),
    "failed as documented": (status("failed", desc="failure description"), {"kind": "status", "payload": "failed"}),
    "check of the webhook": ({"event": "webhook", "timestamp": 1763700000200, "message_token": TOKEN}, IGNORED),
    "client status": ({"event": "client_status", "user": "?", "message": 0}, IGNORED),
    "group chat": ({**text("Баланс"), "chat_id": "gr0up=="}, IGNORED),
}
