"""Meta's signature and the forms of its webhooks, written again from the documentation and not from the simulator."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from tests.simulated_messengers.driver import ACCOUNT_ID, APP_SECRET, NUMBER_ID, PAGE_ID, BotServer, Hook


def is_signed(hook: Hook, secret: str = APP_SECRET) -> bool:
    """HMAC-SHA256 written out from RFC 2104, so that no library call is shared with the simulator."""
    key = secret.encode().ljust(64, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in key) + hook.body).digest()
    expected = hashlib.sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()
    return hook.headers["X-Hub-Signature-256"] == f"sha256={expected}"


def is_escaped(body: bytes) -> bool:
    """ASCII only, every slash behind a backslash, some signs never as they are."""
    return body.isascii() and not re.search(rb"(?<!\\)/|[<%@]", body)


def value(hook: Hook) -> dict[str, Any]:
    """The one change of a WhatsApp webhook."""
    (entry,) = hook.json["entry"]
    (change,) = entry["changes"]
    content: dict[str, Any] = change["value"]
    return content


def message(hook: Hook) -> dict[str, Any]:
    (content,) = value(hook)["messages"]
    happened: dict[str, Any] = content
    return happened


def statuses(bot: BotServer) -> list[dict[str, Any]]:
    """Every status so far."""
    return [status for hook in bot.hooks for status in value(hook).get("statuses", [])]


def event(hook: Hook, place: str = "messaging") -> dict[str, Any]:
    """The one event of a Messenger webhook."""
    (entry,) = hook.json["entry"]
    (content,) = entry[place]
    happened: dict[str, Any] = content
    return happened


_WAMID = re.compile(r"wamid\.[A-Za-z0-9+/=]+")
_USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
_DIGITS = re.compile(r"[0-9]+")


def check_whatsapp(body: dict[str, Any]) -> list[str]:
    """Assert the form of a webhook; gives what makes each of its events unique."""
    assert body.keys() == {"object", "entry"}
    assert body["object"] == "whatsapp_business_account"
    keys = []
    for entry in body["entry"]:
        assert entry.keys() == {"id", "changes"}
        assert entry["id"] == ACCOUNT_ID
        for change in entry["changes"]:
            assert change.keys() == {"field", "value"}
            if change["field"] == "messages":
                keys += _check_value(change["value"])
    return keys


def _check_value(content: dict[str, Any]) -> list[str]:
    assert content["messaging_product"] == "whatsapp"
    assert content["metadata"]["phone_number_id"] == NUMBER_ID
    assert _DIGITS.fullmatch(content["metadata"]["display_phone_number"])
    assert content.keys() <= {"messaging_product", "metadata", "contacts", "messages", "statuses", "errors"}
    for contact in content.get("contacts", []):
        assert _USER_ID.fullmatch(contact["user_id"])
        assert isinstance(contact["profile"]["name"], str)
        assert _DIGITS.fullmatch(contact.get("wa_id", "1"))
    for happened in content.get("messages", []):
        assert _WAMID.fullmatch(happened["id"])
        assert _DIGITS.fullmatch(happened["timestamp"])
        assert _USER_ID.fullmatch(happened["from_user_id"])
        assert _DIGITS.fullmatch(happened.get("from", "1"))
        assert happened["type"] in happened or happened["type"] in ("unsupported", "unknown")
        assert (happened["type"] == "system") == ("contacts" not in content)
    for status in content.get("statuses", []):
        assert _WAMID.fullmatch(status["id"])
        assert _DIGITS.fullmatch(status["timestamp"])
        assert status["status"] in ("sent", "delivered", "read", "played", "failed")
        assert _USER_ID.fullmatch(status["recipient_user_id"])
        assert (status["status"] == "failed") == ("errors" in status)
    return [happened["id"] for happened in content.get("messages", [])] + [
        f"{status['id']} {status['status']}" for status in content.get("statuses", [])
    ]


def check_messenger(body: dict[str, Any]) -> list[str]:
    """Assert the form of a webhook; gives the ids of its messages and postbacks."""
    assert body.keys() == {"object", "entry"}
    assert body["object"] == "page"
    mids = []
    for entry in body["entry"]:
        assert entry.keys() in ({"id", "time", "messaging"}, {"id", "time", "standby"})
        assert entry["id"] == PAGE_ID
        assert _is_ms(entry["time"])
        for happened in entry.get("messaging", []) + entry.get("standby", []):
            sides = {happened["sender"]["id"], happened["recipient"]["id"]}
            assert PAGE_ID in sides
            assert len(sides) == 2
            assert all(isinstance(side, str) and _DIGITS.fullmatch(side) for side in sides)
            assert _is_ms(happened["timestamp"])
            assert len(happened.keys() - {"sender", "recipient", "timestamp"}) == 1
            mids += [happened[kind]["mid"] for kind in ("message", "postback") if kind in happened]
    return mids


def _is_ms(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and number > 10**12
