"""What each messenger would send, for the rules that hold in all of them: one `Platform` per channel."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bots.telegram import TelegramAccount, TelegramChannel
from bots.viber import ViberAccount, ViberChannel
from core.kernel.clock import ManualClock
from core.messages.channels import Channel

TELEGRAM_TOKEN = "700700:AAcontract_Suite-Token"
TELEGRAM_SECRET = "hook-Secret_1"
VIBER_TOKEN = "4f0c-contract-suite-7d1e"
NOW_MS = 1_795_000_000_000
HUGE_ID = 6_012_345_678_901_234_567


@dataclass
class ScriptedTransport:
    """Answers every call with the next scripted answer and remembers what was asked."""

    answers: list[tuple[int, bytes]] = field(default_factory=list)
    calls: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        self.calls.append((url, body, dict(headers)))
        return self.answers.pop(0)


def as_json(value: Any) -> bytes:
    return json.dumps(value).encode()


class TelegramPlatform:
    name = "telegram"
    secrets = (TELEGRAM_TOKEN, TELEGRAM_SECRET)
    own_contact_proof = "own"

    def channel(self, transport: ScriptedTransport | None = None) -> Channel:
        account = TelegramAccount(TELEGRAM_TOKEN, TELEGRAM_SECRET)
        return TelegramChannel(account, transport or ScriptedTransport(), ManualClock(NOW_MS))

    def proof(self, body: bytes) -> list[tuple[bytes, bytes]]:
        return [(b"x-telegram-bot-api-secret-token", TELEGRAM_SECRET.encode())]

    def event(self, number: int = 71, **content: Any) -> dict[str, Any]:
        person = {"id": 5500000001, "is_bot": False, "first_name": "Ol", "language_code": "uk"}
        chat = {"id": 5500000001, "type": "private"}
        message = {"message_id": 9, "date": 1763700000, "chat": chat, "from": person, **content}
        return {"update_id": number, "message": message}

    def text(self, text: str, number: int = 71) -> dict[str, Any]:
        return self.event(number, text=text)

    def own_contact(self) -> dict[str, Any]:
        return self.event(contact={"phone_number": "380501112233", "first_name": "Ol", "user_id": 5500000001})

    def foreign_contact(self) -> dict[str, Any]:
        return self.event(contact={"phone_number": "+380671112233", "first_name": "Мама", "user_id": 5500000999})

    def group_text(self, text: str) -> dict[str, Any]:
        event = self.text(text)
        event["message"]["chat"] = {"id": -100500, "type": "supergroup"}
        return event

    def blocked(self) -> dict[str, Any]:
        text = self.text("")["message"]
        bot = {"id": 700700, "is_bot": True, "first_name": "Bank"}
        member = {"user": bot, "status": "kicked", "until_date": 0}
        old = {"user": bot, "status": "member"}
        change = {"chat": text["chat"], "from": text["from"], "date": 1763700000}
        return {"update_id": 72, "my_chat_member": {**change, "old_chat_member": old, "new_chat_member": member}}

    def unknown(self) -> dict[str, Any]:
        return {"update_id": 73, "telepathy": {"thought": ["?"], "message": 5}}

    def huge_id(self) -> dict[str, Any]:
        event = self.text("Баланс")
        event["message"]["from"]["id"] = event["message"]["chat"]["id"] = HUGE_ID
        return event

    def bad_types(self) -> list[bytes]:
        return [
            as_json({"update_id": {}, "message": {}}),
            as_json({"update_id": 1, "message": "text"}),
            as_json(self.event(text={"a": 1})),
            as_json({"message": {}}),
        ]


class ViberPlatform:
    name = "viber"
    secrets = (VIBER_TOKEN,)
    own_contact_proof = "unproven"

    def channel(self, transport: ScriptedTransport | None = None) -> Channel:
        account = ViberAccount(VIBER_TOKEN, "Банк", "https://bank.example")
        return ViberChannel(account, transport or ScriptedTransport(), ManualClock(NOW_MS))

    def proof(self, body: bytes) -> list[tuple[bytes, bytes]]:
        digest = hmac.new(VIBER_TOKEN.encode(), body, hashlib.sha256).hexdigest()
        return [(b"x-viber-content-signature", digest.encode())]

    def event(self, number: int = 71, **message: Any) -> dict[str, Any]:
        return {
            "event": "message",
            "timestamp": 1763700000123,
            "message_token": number,
            "sender": {"id": "aB3/x+Zk9Q==", "name": "Ol", "language": "uk", "api_version": 10},
            "message": message,
            "silent": False,
        }

    def text(self, text: str, number: int = 71) -> dict[str, Any]:
        return self.event(number, type="text", text=text)

    def own_contact(self) -> dict[str, Any]:
        return self.event(type="contact", contact={"name": "Ol", "phone_number": "380501112233"})

    def foreign_contact(self) -> dict[str, Any]:
        return self.event(type="contact", contact={"name": "Мама", "phone_number": "+380671112233"})

    def group_text(self, text: str) -> dict[str, Any]:
        return {**self.text(text), "chat_id": "gr0up=="}

    def blocked(self) -> dict[str, Any]:
        return {
            "event": "unsubscribed",
            "timestamp": 1763700000999,
            "user_id": "aB3/x+Zk9Q==",
            "message_token": HUGE_ID,
        }

    def unknown(self) -> dict[str, Any]:
        return {"event": "telepathy", "timestamp": 1, "message_token": 5, "user": "?", "message": 5, "sender": []}

    def huge_id(self) -> dict[str, Any]:
        return self.text("Баланс", HUGE_ID)

    def bad_types(self) -> list[bytes]:
        return [
            as_json({"event": 5}),
            as_json({"event": "message", "sender": "me", "message": {"type": "text", "text": "a"}}),
            as_json(self.event(type="text", text={"a": 1})),
            as_json({"message_token": 1}),
            as_json({"event": "conversation_started", "timestamp": 1}),
        ]


Platform = TelegramPlatform | ViberPlatform
TELEGRAM = TelegramPlatform()
VIBER = ViberPlatform()
PLATFORMS: list[Platform] = [TELEGRAM, VIBER]
