"""Telegram updates as they come over the wire, each with the fields of the event that it must become."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import Contact, Location, Media

PERSON = {"id": 5500000001, "is_bot": False, "first_name": "Ол", "language_code": "uk"}
BOT = {"id": 700700, "is_bot": True, "first_name": "Bank"}
PRIVATE = {"id": 5500000001, "type": "private", "first_name": "Ол"}
GROUP = {"id": -1001900000000, "type": "supergroup", "title": "Сім'я"}
OWN_CARD = {"phone_number": "380501112233", "first_name": "Ол", "user_id": 5500000001}

Case = tuple[dict[str, Any], dict[str, Any]]


def message(**content: Any) -> dict[str, Any]:
    return {"message_id": 77, "date": 1763700000, "chat": PRIVATE, "from": PERSON, **content}


def update(**content: Any) -> dict[str, Any]:
    return {"update_id": 810000412, "message": message(**content)}


def callback(**content: Any) -> dict[str, Any]:
    query = {"id": "4400000000044", "from": PERSON, "chat_instance": "-77", **content}
    return {"update_id": 810000413, "callback_query": query}


def membership(status: str, chat: dict[str, Any] = PRIVATE) -> dict[str, Any]:
    extra = {"until_date": 0} if status == "kicked" else {}
    change = {
        "chat": chat,
        "from": PERSON,
        "date": 1763700009,
        "old_chat_member": {"user": BOT, "status": "left"},
        "new_chat_member": {"user": BOT, "status": status, **extra},
    }
    return {"update_id": 810000414, "my_chat_member": change}


def file(name: str, **more: Any) -> dict[str, Any]:
    return {"file_id": f"F-{name}", "file_unique_id": f"U-{name}", **more}


FORWARD = {"type": "hidden_user", "sender_user_name": "хтось", "date": 1763600000}
TRUSTED = Contact(phone="+380501112233", name="Ол", proof="own")
FOREIGN = Contact(phone="+380501112233", name="Ол", proof="foreign")
IGNORED = {"kind": "ignored", "should_reply": False}

CASES: dict[str, Case] = {
    "text": (
        update(text="Баланс"),
        {
            "kind": "text",
            "text": "Баланс",
            "conversation": "5500000001",
            "user": "5500000001",
            "message_id": "77",
            "dedupe_key": "700700:810000412",
            "sent_at": 1763700000000,
            "lang": "uk",
            "should_reply": True,
            "callback": "",
        },
    ),
    "a command that is not start": (update(text="/starting"), {"kind": "text", "text": "/starting"}),
    "start link": (update(text="/start inv_7Qx"), {"kind": "start", "payload": "inv_7Qx", "should_reply": True}),
    "start typed by hand": (update(text="/start"), {"kind": "start", "payload": ""}),
    "start with the bot's name": (update(text="/start@teller_bot a-B_9"), {"kind": "start", "payload": "a-B_9"}),
    "start with a forged payload": (update(text="/start ../../etc?x=1"), {"kind": "start", "payload": ""}),
    "start with two words": (update(text="/start inv_7Qx DROP"), {"kind": "start", "payload": ""}),
    "start with 64 signs": (update(text="/start " + "a" * 64), {"kind": "start", "payload": "a" * 64}),
    "start with 65 signs": (update(text="/start " + "a" * 65), {"kind": "start", "payload": ""}),
    "text like a button's token stays a text": (update(text="b:9f2"), {"kind": "text", "text": "b:9f2", "payload": ""}),
    "button": (
        callback(data="b:9f2", message=message(text="Меню")),
        {
            "kind": "button",
            "payload": "b:9f2",
            "callback": "4400000000044",
            "message_id": "77",
            "conversation": "5500000001",
            "sent_at": 1_795_000_000_000,
            "should_reply": True,
        },
    ),
    "button under a message that is gone": (
        callback(data="b:9f2", message={"chat": PRIVATE, "message_id": 7, "date": 0}),
        {"kind": "button", "payload": "b:9f2", "message_id": "7", "sent_at": 1_795_000_000_000},
    ),
    "button of an inline message": (
        callback(data="b:9f2", inline_message_id="i9"),
        {**IGNORED, "callback": "4400000000044"},
    ),
    "game button without data": (
        callback(message=message(text="Гра"), game_short_name="g"),
        {"kind": "unsupported", "payload": "", "callback": "4400000000044"},
    ),
    "button in a group": (callback(data="b:9f2", message={**message(text="Меню"), "chat": GROUP}), IGNORED),
    "own contact": (update(contact=OWN_CARD), {"kind": "contact", "contact": TRUSTED, "should_reply": True}),
    "contact of another person": (
        update(contact={"phone_number": "+380671112233", "first_name": "Мама", "user_id": 5500000999}),
        {"kind": "contact", "contact": Contact(phone="+380671112233", name="Мама", proof="foreign")},
    ),
    "contact of nobody in Telegram": (
        update(contact={"phone_number": "0671112233", "first_name": "Мама", "last_name": "К."}),
        {"contact": Contact(phone="0671112233", name="Мама К.", proof="foreign")},
    ),
    "forwarded own contact": (update(contact=OWN_CARD, forward_origin=FORWARD), {"contact": FOREIGN}),
    "own contact by another bot": (update(contact=OWN_CARD, via_bot=BOT), {"contact": FOREIGN}),
    "own contact in a group": ({"update_id": 1, "message": {**message(contact=OWN_CARD), "chat": GROUP}}, IGNORED),
    "location": (
        update(location={"latitude": 50.45, "longitude": 30.52}),
        {"kind": "location", "location": Location(50.45, 30.52)},
    ),
    "photo": (
        update(
            photo=[file("s", width=90, height=60), file("l", width=900, height=600, file_size=70_001)],
            caption="чек",
        ),
        {"kind": "media", "media": Media(kind="photo", ref="F-l", caption="чек", size=70_001)},
    ),
    "document": (
        update(document=file("d", file_name="../a\u202egpj.exe", file_size=10)),
        {"media": Media(kind="document", ref="F-d", file_name="../a\u202egpj.exe", size=10)},
    ),
    "voice": (update(voice=file("v", duration=3)), {"kind": "media", "media": Media(kind="voice", ref="F-v")}),
    "sticker": (
        update(sticker=file("st", type="regular", width=512, height=512, is_animated=False, is_video=False)),
        {"media": Media(kind="sticker", ref="F-st")},
    ),
    "video note": (update(video_note=file("n", length=240, duration=3)), {"media": Media(kind="video", ref="F-n")}),
    "animation, which is a document too": (
        update(animation=file("g", width=9, height=9, duration=1), document=file("g")),
        {"media": Media(kind="video", ref="F-g")},
    ),
    "album": (
        update(photo=[file("l", width=900, height=600)], media_group_id="13500000000000001"),
        {"kind": "media", "dedupe_key": "700700:album:5500000001:13500000000000001"},
    ),
    "dice": (update(dice={"emoji": "🎲", "value": 4}), {"kind": "unsupported", "should_reply": True}),
    "data of a mini app": (
        update(web_app_data={"data": "b:9f2", "button_text": "PIN"}),
        {"kind": "text", "text": "b:9f2", "payload": ""},
    ),
    "service message": (update(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}), IGNORED),
    "edit": (
        {"update_id": 9, "edited_message": message(text="/start", edit_date=1763700050)},
        {"kind": "edit", "text": "/start", "payload": "", "sent_at": 1763700050000, "should_reply": False},
    ),
    "live location moving": (
        {"update_id": 9, "edited_message": message(location={"latitude": 1.0, "longitude": 2.0}, edit_date=1763700050)},
        IGNORED,
    ),
    "reaction": (
        {
            "update_id": 9,
            "message_reaction": {
                "chat": PRIVATE,
                "message_id": 76,
                "user": PERSON,
                "date": 1763700000,
                "old_reaction": [],
                "new_reaction": [{"type": "emoji", "emoji": "👍"}],
            },
        },
        {"kind": "reaction", "message_id": "76", "should_reply": False},
    ),
    "blocked": (membership("kicked"), {"kind": "blocked", "user": "5500000001", "should_reply": False}),
    "unblocked": (membership("member"), {"kind": "unblocked", "user": "5500000001", "should_reply": False}),
    "added to a group": (membership("member", GROUP), IGNORED),
    "text in a group": ({"update_id": 9, "message": {**message(text="Баланс"), "chat": GROUP}}, IGNORED),
    "text of a bot": ({"update_id": 9, "message": {**message(text="Баланс"), "from": BOT}}, IGNORED),
    "post in a channel": (
        {"update_id": 9, "channel_post": {"message_id": 1, "date": 1, "chat": {"id": -100, "type": "channel"}}},
        IGNORED,
    ),
    "inline query": (
        {"update_id": 9, "inline_query": {"id": "1", "from": PERSON, "query": "", "offset": ""}},
        {**IGNORED, "conversation": "", "dedupe_key": "700700:9"},
    ),
}
