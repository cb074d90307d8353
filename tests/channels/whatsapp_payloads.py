"""WhatsApp webhooks of one event as they come over the wire, each with the fields of the event that it must become."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import Contact, Location, Media
from tests.channels.platforms import WHATSAPP

Case = tuple[dict[str, Any], dict[str, Any]]

PHONE = "380501112233"
IGNORED = {"kind": "ignored", "should_reply": False, "text": "", "callback": ""}
SILENT = {"should_reply": False, "callback": ""}


def message(**content: Any) -> dict[str, Any]:
    return WHATSAPP.event(**content)


def interactive(kind: str, **answer: Any) -> dict[str, Any]:
    return message(type="interactive", interactive={"type": kind, kind: answer})


def card(origin: str | None = None, **more: Any) -> dict[str, Any]:
    phones = more.pop("phones", [{"phone": "+380 50 111 22 33", "wa_id": PHONE}])
    named = {"name": {"formatted_name": "Іра", "first_name": "Іра"}, "phones": phones}
    return message(type="contacts", contacts=[{**named, **({"origin": origin} if origin else {})}], **more)


def status(state: str, **more: Any) -> dict[str, Any]:
    told = {"id": "wamid.Z9", "status": state, "timestamp": "1763700002", "recipient_id": PHONE}
    return WHATSAPP.envelope(WHATSAPP.change(statuses=[{**told, "biz_opaque_callback_data": "out_42", **more}]))


def change(**value: Any) -> dict[str, Any]:
    return WHATSAPP.envelope(WHATSAPP.change(**value))


CASES: dict[str, Case] = {
    "text": (
        message(type="text", text={"body": "Баланс"}),
        {
            "kind": "text",
            "text": "Баланс",
            "conversation": "UA.9x1Lm0",
            "user": "UA.9x1Lm0",
            "message_id": "wamid.71",
            "dedupe_key": "wamid.71",
            "callback": "wamid.71",
            "sent_at": 1763700000000,
            "should_reply": True,
        },
    ),
    "person with a username, whose phone nobody sees": (
        change(
            messages=[
                {
                    "from_user_id": "UA.7h3kQ2",
                    "id": "wamid.A1",
                    "timestamp": "1763700000",
                    "type": "text",
                    "text": {"body": "Баланс"},
                }
            ]
        ),
        {"conversation": "UA.7h3kQ2", "kind": "text"},
    ),
    "person without a business-scoped id": (
        message(from_user_id=None, type="text", text={"body": "Баланс"}),
        {"conversation": PHONE, "user": PHONE},
    ),
    "timestamp as a number": (
        message(timestamp=1763700001, type="text", text={"body": "a"}),
        {"sent_at": 1763700001000},
    ),
    "no timestamp": (message(timestamp=None, type="text", text={"body": "a"}), {"sent_at": 1_795_000_000_000}),
    "text after an advertisement": (
        message(
            type="text",
            text={"body": "Хочу картку"},
            referral={"source_type": "ad", "source_id": "120200000000000001", "ctwa_clid": "ARx"},
        ),
        {"kind": "text", "text": "Хочу картку", "payload": "120200000000000001"},
    ),
    "start link": (
        message(type="text", text={"body": "START-inv_7Qx"}),
        {"kind": "start", "payload": "inv_7Qx", "text": "START-inv_7Qx", "should_reply": True},
    ),
    "start link with words around it and another dash": (
        message(type="text", text={"body": "Добрий день! start – 7QX."}),
        {"kind": "start", "payload": "7QX"},
    ),
    "a word that only begins like a start link": (
        message(type="text", text={"body": "restart-7QX"}),
        {"kind": "text", "payload": ""},
    ),
    "button": (
        interactive("button_reply", id="b:9f2", title="Так"),
        {"kind": "button", "payload": "b:9f2", "text": "", "should_reply": True},
    ),
    "row of a list without a description": (
        interactive("list_reply", id="b:a1", title="Картка *1234"),
        {"kind": "button", "payload": "b:a1"},
    ),
    "flow": (
        interactive("nfm_reply", name="flow", body="Sent", response_json='{"flow_token":"x"}'),
        {"kind": "flow", "payload": '{"flow_token":"x"}', "should_reply": True},
    ),
    "interactive of tomorrow": (
        message(type="interactive", interactive={"type": "hologram_reply", "hologram_reply": 5}),
        {"kind": "unsupported", "should_reply": True},
    ),
    "button of a template": (
        message(type="button", button={"payload": "b:9f2", "text": "Так"}),
        {"kind": "button", "payload": "b:9f2"},
    ),
    "button of a template that was given no token": (
        message(type="button", button={"payload": "Так", "text": "Так"}),
        {"kind": "text", "text": "Так"},
    ),
    "image": (
        message(type="image", image={"id": "91", "mime_type": "image/jpeg", "sha256": "x", "caption": "чек"}),
        {"kind": "media", "media": Media(kind="photo", ref="91", caption="чек")},
    ),
    "document with a hostile name": (
        message(type="document", document={"id": "92", "filename": "..\\..\\etc/\u202epass\x07wd.pdf"}),
        {"media": Media(kind="document", ref="92", file_name="passwd.pdf")},
    ),
    "voice message": (
        message(type="audio", audio={"id": "93", "voice": True}),
        {"media": Media(kind="voice", ref="93")},
    ),
    "audio": (message(type="audio", audio={"id": "94"}), {"media": Media(kind="audio", ref="94")}),
    "video": (message(type="video", video={"id": 95}), {"media": Media(kind="video", ref="95")}),
    "sticker": (message(type="sticker", sticker={"id": "96"}), {"media": Media(kind="sticker", ref="96")}),
    "location": (
        message(type="location", location={"latitude": 50.45, "longitude": 30.52, "name": "Майдан"}),
        {"kind": "location", "location": Location(50.45, 30.52)},
    ),
    "answer to the request for a contact": (
        card("contact_request"),
        {"kind": "contact", "contact": Contact(phone="+380501112233", name="Іра", proof="own")},
    ),
    "answer to the request by a person whose phone nobody sees": (
        card("contact_request", **{"from": None}),
        {"contact": Contact(phone="+380501112233", name="Іра", proof="own")},
    ),
    "answer to the request with a number that is not the account's": (
        card("contact_request", phones=[{"phone": "+380671112233", "wa_id": "380671112233"}]),
        {"contact": Contact(phone="+380671112233", name="Іра", proof="foreign")},
    ),
    "answer to the request with a number that somebody typed": (
        card("contact_request", phones=[{"phone": "+380671112233"}]),
        {"contact": Contact(phone="+380671112233", name="Іра", proof="unproven")},
    ),
    "answer to the request with a typed number before the account's": (
        card("contact_request", phones=[{"phone": "+380671112233"}, {"phone": "050", "wa_id": PHONE}]),
        {"contact": Contact(phone="+380501112233", name="Іра", proof="own")},
    ),
    "answer to the request that was passed on": (
        card("contact_request", context={"forwarded": True}),
        {"contact": Contact(phone="+380501112233", name="Іра", proof="unproven")},
    ),
    "own card that nobody asked for": (
        card("other"),
        {"contact": Contact(phone="+380501112233", name="Іра", proof="unproven")},
    ),
    "card without a number": (card(phones=[]), {"kind": "unsupported", "contact": None}),
    "reaction": (
        message(type="reaction", reaction={"message_id": "wamid.Z1", "emoji": "👍"}),
        {"kind": "reaction", "message_id": "wamid.Z1", "dedupe_key": "wamid.71", "payload": "👍", **SILENT},
    ),
    "reaction taken back": (
        message(type="reaction", reaction={"message_id": "wamid.Z1"}),
        {"kind": "reaction", "payload": "", **SILENT},
    ),
    "order": (
        message(type="order", order={"catalog_id": "1", "product_items": []}),
        {"kind": "order", "should_reply": True},
    ),
    "unsupported": (
        message(type="unsupported", errors=[{"code": 131051}], unsupported={"type": "poll"}),
        {"kind": "unsupported", "should_reply": True},
    ),
    "type of tomorrow that calls other things by known names": (
        message(type="hologram", text=5, image=["?"], system="?"),
        {"kind": "unsupported", "should_reply": True},
    ),
    "edit": (
        message(
            type="edit",
            edit={"original_message_id": "wamid.70", "message": {"type": "text", "text": {"body": "200"}}},
        ),
        {"kind": "edit", "text": "200", "message_id": "wamid.70", "dedupe_key": "wamid.71", **SILENT},
    ),
    "revoke": (
        message(type="revoke", revoke={"original_message_id": "wamid.70"}),
        {"kind": "delete", "message_id": "wamid.70", **SILENT},
    ),
    "changed number": (
        message(type="system", system={"type": "user_changed_number", "wa_id": "380509998877", "user_id": "UA.New1"}),
        {"kind": "system", "payload": "identity_changed", "conversation": "UA.9x1Lm0", **SILENT},
    ),
    "changed id of a person whose phone nobody sees": (
        message(
            **{"from": None, "from_user_id": None},
            type="system",
            system={"type": "user_changed_user_id", "user_id": "UA.New1"},
        ),
        {"kind": "system", "payload": "identity_changed", "conversation": "UA.New1"},
    ),
    "changed identity": (
        message(type="system", system={"type": "customer_identity_changed"}),
        {"kind": "system", "payload": "identity_changed"},
    ),
    "system message of another kind": (
        message(type="system", system={"type": "user_joined"}),
        {"kind": "system", "payload": "user_joined", **SILENT},
    ),
    "group": (message(type="text", text={"body": "Баланс"}, group_id="1203630"), IGNORED),
    "delivered": (
        status("delivered"),
        {
            "kind": "status",
            "payload": "delivered",
            "message_id": "wamid.Z9",
            "dedupe_key": "wamid.Z9:delivered",
            "conversation": PHONE,
            "sent_at": 1763700002000,
            **SILENT,
        },
    ),
    "read by a person with a business-scoped id": (
        status("read", recipient_user_id="UA.9x1Lm0"),
        {"kind": "status", "payload": "read", "conversation": "UA.9x1Lm0"},
    ),
    "failed": (
        status("failed", errors=[{"code": 131047, "title": "Re-engagement message"}]),
        {"kind": "status", "payload": "failed", "text": "131047"},
    ),
    "status without a recipient": (status("sent", recipient_id=None), IGNORED),
    "another number of ours": (
        change(metadata={"phone_number_id": "1"}, messages=[{"id": "wamid.1", "type": "text"}]),
        IGNORED,
    ),
    "another field": (
        WHATSAPP.envelope({"field": "message_template_status_update", "value": {"event": "APPROVED"}}),
        IGNORED,
    ),
    "another product": ({"object": "instagram", "entry": [{"id": "1", "messaging": []}]}, IGNORED),
}
