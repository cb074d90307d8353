"""Webhooks as WhatsApp writes them (developers.facebook.com/docs/whatsapp/cloud-api/webhooks/components). Pure.

Times are seconds, written as text. A person has a phone number (`wa_id`) and a business-scoped id (`user_id`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from simulators.messengers.whatsapp.refusal import late_error

WINDOW_S: Final = 24 * 3600


@dataclass
class Person:
    """`id` is the control API's and stays. With `hides_phone` webhooks do not tell the number.

    `wrote_at`: when the person last wrote, None if never. `unread`: ids of the bot's messages.
    """

    id: str
    name: str
    lang: str
    phone: str
    user_id: str
    username: str = ""
    hides_phone: bool = False
    wrote_at: float | None = None
    blocked: bool = False
    unread: list[str] = field(default_factory=list)

    def window_until(self) -> float:
        return float("-inf") if self.wrote_at is None else self.wrote_at + WINDOW_S

    def contact(self) -> dict[str, Any]:
        username = {"username": self.username} if self.username else {}
        number = {} if self.hides_phone else {"wa_id": self.phone}
        return {"profile": {"name": self.name, **username}, **number, "user_id": self.user_id}

    def sender(self) -> dict[str, Any]:
        number = {} if self.hides_phone else {"from": self.phone}
        return {**number, "from_user_id": self.user_id}

    def recipient(self) -> dict[str, Any]:
        number = {} if self.hides_phone else {"recipient_id": self.phone}
        return {**number, "recipient_user_id": self.user_id}


def shared_contact(person: Person, phone: str, *, asked: bool) -> dict[str, Any]:
    """The person's own card; another number than that of the account has no `wa_id`."""
    number: dict[str, Any] = {"phone": f"+{phone}", "type": "CELL"}
    if phone == person.phone:
        number["wa_id"] = phone
    return _card(person.name, number, "contact_request" if asked else "other")


def foreign_contact(name: str, phone: str) -> dict[str, Any]:
    return _card(name, {"phone": f"+{phone}", "type": "CELL", "wa_id": phone}, "other")


def _card(name: str, number: dict[str, Any], origin: str) -> dict[str, Any]:
    return {"name": {"formatted_name": name, "first_name": name}, "phones": [number], "origin": origin}


def advertisement(ref: str) -> dict[str, Any]:
    return {
        "source_type": "ad",
        "source_id": ref,
        "source_url": f"https://fb.me/{ref}",
        "headline": "Картка за п'ять хвилин",
        "body": "Відкрийте рахунок у чаті",
        "media_type": "image",
        "image_url": "https://media.example.com/ad.jpg",
        "ctwa_clid": f"clid-{ref}",
    }


def status_event(
    person: Person, message_id: str, status: str, now: float, *, category: str, opaque: str, code: int
) -> dict[str, Any]:
    """A member of `statuses`. `category`: what is charged. `opaque`: what the bot sent along, "" if nothing."""
    event: dict[str, Any] = {"id": message_id, "status": status, "timestamp": str(int(now)), **person.recipient()}
    if status == "failed":
        event["errors"] = [late_error(code)]
    else:
        free = category == "service"
        kind = "free_customer_service" if free else "regular"
        event["conversation"] = _conversation(person, status, now, category)
        event["pricing"] = {"billable": not free, "pricing_model": "PMP", "category": category, "type": kind}
    if opaque:
        event["biz_opaque_callback_data"] = opaque
    return event


def _conversation(person: Person, status: str, now: float, category: str) -> dict[str, Any]:
    day = int(now // WINDOW_S)
    until = {"expiration_timestamp": str((day + 1) * WINDOW_S)} if status == "sent" else {}
    return {"id": f"{person.user_id.partition('.')[2]}{day:08x}", **until, "origin": {"type": category}}
