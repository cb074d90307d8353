"""Messenger webhooks of one event as they come over the wire, each with the fields of the event that it must become."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import Contact, Media
from core.kernel.ids import derived_id
from tests.channels.platforms import APP_ID, MESSENGER, PAGE_ID

Case = tuple[dict[str, Any], dict[str, Any]]

PERSON = "24000000000000011"
IGNORED = {"kind": "ignored", "should_reply": False, "text": "", "callback": ""}
SILENT = {"should_reply": False, "callback": ""}


def item(**content: Any) -> dict[str, Any]:
    return MESSENGER.event(**content)


def message(**content: Any) -> dict[str, Any]:
    return item(message={"mid": "m_1", **content})


def attached(*attachments: Any, **more: Any) -> dict[str, Any]:
    return message(attachments=list(attachments), **more)


def echo(**content: Any) -> dict[str, Any]:
    return item(
        sender={"id": PAGE_ID},
        recipient={"id": PERSON},
        message={"mid": "m_e", "is_echo": True, "text": "Вітаємо", **content},
    )


def standby(**content: Any) -> dict[str, Any]:
    return {"object": "page", "entry": [{"id": PAGE_ID, "time": 1, "standby": [MESSENGER.item(**content)]}]}


IMAGE = {"type": "image", "payload": {"url": "https://scontent.example/p.jpg"}}

CASES: dict[str, Case] = {
    "text": (
        message(text="Баланс"),
        {
            "kind": "text",
            "text": "Баланс",
            "conversation": PERSON,
            "user": PERSON,
            "message_id": "m_1",
            "dedupe_key": "m_1",
            "callback": "m_1",
            "sent_at": 1763700000123,
            "should_reply": True,
        },
    ),
    "timestamp as a string": (
        item(timestamp="1763700000456", message={"mid": "m_1", "text": "a"}),
        {"sent_at": 1763700000456},
    ),
    "quick reply": (
        message(text="Так", quick_reply={"payload": "b:9f2"}),
        {"kind": "button", "payload": "b:9f2", "text": "", "should_reply": True},
    ),
    "shared phone": (
        message(text="+380501112233", quick_reply={"payload": "+380501112233"}),
        {"kind": "contact", "contact": Contact(phone="+380501112233", proof="unproven")},
    ),
    "a choice whose words are its token": (
        message(text="2", quick_reply={"payload": "2"}),
        {"kind": "button", "payload": "2", "contact": None},
    ),
    "button": (
        item(postback={"mid": "m_3", "title": "Далі", "payload": "b:a1"}),
        {"kind": "button", "payload": "b:a1", "dedupe_key": "m_3", "message_id": "m_3", "callback": "m_3"},
    ),
    "button without an id": (
        item(postback={"title": "Далі", "payload": "b:a1"}),
        {"kind": "button", "payload": "b:a1", "message_id": "", "callback": "seen"},
    ),
    "get started": (item(postback={"mid": "m_4", "payload": "GET_STARTED"}), {"kind": "start", "payload": ""}),
    "get started by a link": (
        item(postback={"mid": "m_4", "payload": "GET_STARTED", "referral": {"ref": "inv_7Qx", "source": "SHORTLINK"}}),
        {"kind": "start", "payload": "inv_7Qx", "should_reply": True},
    ),
    "get started by a forged link": (
        item(postback={"mid": "m_4", "payload": "GET_STARTED", "referral": {"ref": "a b<script>"}}),
        {"kind": "start", "payload": ""},
    ),
    "item of the menu": (
        item(postback={"mid": "m_5", "title": "Меню", "payload": "MENU_MENU"}),
        {"kind": "text", "text": "/menu"},
    ),
    "link in an open thread": (
        item(referral={"ref": "inv_7Qx", "source": "SHORTLINK", "type": "OPEN_THREAD"}),
        {"kind": "referral", "payload": "inv_7Qx", "should_reply": True},
    ),
    "optin": (item(optin={"type": "notification_messages", "payload": "x"}), {"kind": "optin", **SILENT}),
    "optin of a person who cannot be written to": (
        item(sender={"user_ref": "r1"}, optin={"ref": "x"}),
        IGNORED,
    ),
    "image": (
        attached(IMAGE, text="чек"),
        {"kind": "media", "media": Media(kind="photo", ref="https://scontent.example/p.jpg", caption="чек")},
    ),
    "sticker": (
        attached({"type": "sticker", "payload": {"sticker_id": 369239263222822, "url": "https://x.example/s"}}),
        {"media": Media(kind="sticker", ref="369239263222822")},
    ),
    "sticker as it came before": (
        attached({"type": "image", "payload": {"url": "https://x.example/s", "sticker_id": 369}}),
        {"media": Media(kind="sticker", ref="369")},
    ),
    "file": (
        attached({"type": "file", "payload": {"url": "https://x.example/f"}}),
        {"media": Media(kind="document", ref="https://x.example/f")},
    ),
    "audio": (
        attached({"type": "audio", "payload": {"url": "https://x.example/a"}}),
        {"media": Media(kind="voice", ref="https://x.example/a")},
    ),
    "video": (
        attached({"type": "video", "payload": {"url": "https://x.example/v"}}),
        {"media": Media(kind="video", ref="https://x.example/v")},
    ),
    "preview of a link in a text": (
        attached({"type": "fallback", "title": "Сайт", "payload": None}, text="https://shop.example"),
        {"kind": "text", "text": "https://shop.example", "media": None},
    ),
    "shared reel": (
        attached({"type": "ig_reel", "payload": {"url": "https://x.example/r", "title": "?"}}),
        {"kind": "unsupported", "should_reply": True},
    ),
    "message of tomorrow": (message(hologram=5), {"kind": "unsupported", "should_reply": True}),
    "own echo": (echo(app_id=int(APP_ID), metadata="x"), IGNORED),
    "own echo by the id of our message": (echo(metadata=derived_id(20, "outbox", "messenger:24", 1, 0)), IGNORED),
    "a person writes in the page's inbox": (
        echo(app_id=26390203743090),
        {"kind": "echo", "payload": "person", "conversation": PERSON, "user": PERSON, "text": "", **SILENT},
    ),
    "a person writes, and no app is named": (echo(), {"kind": "echo", "payload": "person"}),
    "delivered": (
        item(delivery={"mids": ["m_7", "m_8"], "watermark": 1763700000100}),
        {"kind": "status", "payload": "delivered", "message_id": "m_8", **SILENT},
    ),
    "delivered without ids": (
        item(delivery={"watermark": 1763700000100}),
        {"kind": "status", "payload": "delivered", "message_id": ""},
    ),
    "read": (item(read={"watermark": 1763700000100}), {"kind": "status", "payload": "read", **SILENT}),
    "edit": (
        item(message_edit={"mid": "m_1", "text": "200", "num_edit": 2}),
        {"kind": "edit", "text": "200", "message_id": "m_1", "dedupe_key": "edit:m_1:2", **SILENT},
    ),
    "reaction": (
        item(reaction={"action": "react", "emoji": "👍", "reaction": "like", "mid": "m_9"}),
        {"kind": "reaction", "message_id": "m_9", "payload": "👍", **SILENT},
    ),
    "reaction taken back": (
        item(reaction={"action": "unreact", "mid": "m_9"}),
        {"kind": "reaction", "payload": ""},
    ),
    "text while another app owns the thread": (
        standby(message={"mid": "m_1", "text": "Баланс"}),
        {"kind": "text", "text": "Баланс", **SILENT},
    ),
    "button while another app owns the thread": (
        standby(postback={"mid": "m_3", "title": "Далі"}),
        {"kind": "button", "payload": "", **SILENT},
    ),
    "thread passed to us": (
        item(pass_thread_control={"new_owner_app_id": APP_ID}),
        {"kind": "system", "payload": "pass_thread_control", **SILENT},
    ),
    "thread taken": (
        item(take_thread_control={"previous_owner_app_id": APP_ID}),
        {"kind": "system", "payload": "take_thread_control"},
    ),
    "account linked": (
        item(account_linking={"status": "linked", "authorization_code": "x"}),
        {"kind": "system", "payload": "linked"},
    ),
    "an item of tomorrow": (item(telepathy=5), IGNORED),
    "changes of the page": (
        {"object": "page", "entry": [{"id": PAGE_ID, "time": 1, "changes": [{"field": "feed"}]}]},
        IGNORED,
    ),
    "another page": (
        {"object": "page", "entry": [{"id": "1", "time": 1, "messaging": [MESSENGER.item(message={"mid": "m_1"})]}]},
        IGNORED,
    ),
    "another product": ({"object": "instagram", "entry": []}, IGNORED),
}
