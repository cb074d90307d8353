"""Callbacks as Viber writes and signs them (github.com/Viber/creators-hub, docs/bots-api/events). Pure.

Times are milliseconds. The signature is the hexadecimal HMAC-SHA256 of the exact body under the account's token.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any, Final

SIGNATURE_HEADER: Final = "X-Viber-Content-Signature"
HOSTNAME: Final = "SN-SIM-1"


@dataclass
class Person:
    """`id` is base64 and may hold `/`, `+` and `=`. `tracking_data`: that of the bot's newest message."""

    id: str
    name: str
    lang: str
    phone: str
    api_version: int
    subscribed: bool = False
    tracking_data: str = ""
    unanswered: int = 0

    def details(self, *, named: bool, pictured: bool) -> dict[str, Any]:
        avatar = {"avatar": "https://media.example.com/avatar.png"} if pictured else {}
        return {
            "id": self.id,
            "name": self.name if named else "Subscriber",
            **avatar,
            "language": self.lang,
            "country": "UA",
            "api_version": self.api_version,
        }


def event(name: str, timestamp: int, message_token: int, **content: Any) -> dict[str, Any]:
    return {
        "event": name,
        "timestamp": timestamp,
        "chat_hostname": HOSTNAME,
        "message_token": message_token,
        **content,
    }


def user_message(person: Person, kind: str, content: dict[str, Any]) -> dict[str, Any]:
    """The `message` of a message event; it carries the tracking data of the bot's newest message."""
    tracking = {"tracking_data": person.tracking_data} if person.tracking_data else {}
    return {"type": kind, **content, **tracking}


def encode(body: dict[str, Any], *, escaped: bool) -> bytes:
    """Compact JSON; `escaped` writes every letter outside ASCII as `\\u....`."""
    return json.dumps(body, ensure_ascii=escaped, separators=(",", ":")).encode()


def sign(token: str, body: bytes) -> str:
    return hmac.new(token.encode(), body, hashlib.sha256).hexdigest()
