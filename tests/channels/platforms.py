"""What each messenger would send, for the rules that hold in all of them: one `Platform` per channel."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bots.messenger import MessengerAccount, MessengerChannel
from bots.meta.app import MetaApp
from bots.meta.templates import Template
from bots.telegram import TelegramAccount, TelegramChannel
from bots.viber import ViberAccount, ViberChannel
from bots.whatsapp import WhatsAppAccount, WhatsAppChannel
from core.kernel.clock import ManualClock
from core.messages.channels import Channel, WireCall

TELEGRAM_TOKEN = "700700:AAcontract_Suite-Token"
TELEGRAM_SECRET = "hook-Secret_1"
VIBER_TOKEN = "4f0c-contract-suite-7d1e"
APP_SECRET = "a1b2c3-contract-suite-app-secret"
VERIFY_TOKEN = "word-of-the-suite"
APP_ID = "550000000000001"
WHATSAPP_TOKEN = "EAAG-contract-suite-number"
PAGE_TOKEN = "EAAP-contract-suite-page"
NUMBER_ID = "880000000000001"
WABA_ID = "990000000000001"
PAGE_ID = "770000000000001"
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
    lang = "uk"

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

    def foreign_contact(self) -> dict[str, Any] | None:
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
    lang = "uk"

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


def meta_proof(body: bytes) -> list[tuple[bytes, bytes]]:
    digest = hmac.new(APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
    return [(b"x-hub-signature-256", f"sha256={digest}".encode())]


class WhatsAppPlatform:
    name = "whatsapp"
    secrets = (WHATSAPP_TOKEN, APP_SECRET, VERIFY_TOKEN)
    own_contact_proof = "own"
    lang = ""

    def channel(self, transport: ScriptedTransport | None = None, template: Template | None = None) -> Channel:
        app = MetaApp(APP_SECRET, VERIFY_TOKEN, APP_ID)
        account = WhatsAppAccount(app, WHATSAPP_TOKEN, NUMBER_ID, WABA_ID, template)
        return WhatsAppChannel(account, transport or ScriptedTransport(), ManualClock(NOW_MS))

    def proof(self, body: bytes) -> list[tuple[bytes, bytes]]:
        return meta_proof(body)

    def envelope(self, *changes: Any) -> dict[str, Any]:
        return {"object": "whatsapp_business_account", "entry": [{"id": WABA_ID, "changes": list(changes)}]}

    def change(self, **value: Any) -> dict[str, Any]:
        metadata = {"display_phone_number": "380440000000", "phone_number_id": NUMBER_ID}
        return {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata, **value}}

    def message(self, number: int = 71, **content: Any) -> dict[str, Any]:
        person = {"from": "380501112233", "from_user_id": "UA.9x1Lm0"}
        return {**person, "id": f"wamid.{number}", "timestamp": "1763700000", **content}

    def event(self, number: int = 71, **content: Any) -> dict[str, Any]:
        contacts = [{"profile": {"name": "Іра"}, "wa_id": "380501112233", "user_id": "UA.9x1Lm0"}]
        return self.envelope(self.change(contacts=contacts, messages=[self.message(number, **content)]))

    def text(self, text: str, number: int = 71) -> dict[str, Any]:
        return self.event(number, type="text", text={"body": text})

    def own_contact(self) -> dict[str, Any]:
        phones = [{"phone": "+38 050 111 22 33", "wa_id": "380501112233"}]
        card = {"origin": "contact_request", "name": {"formatted_name": "Іра"}, "phones": phones}
        return self.event(type="contacts", contacts=[card])

    def foreign_contact(self) -> dict[str, Any]:
        card = {"name": {"formatted_name": "Мама"}, "phones": [{"phone": "+380671112233", "wa_id": "380671112233"}]}
        return self.event(type="contacts", contacts=[card])

    def group_text(self, text: str) -> dict[str, Any] | None:
        return self.event(type="text", text={"body": text}, group_id="120363000000000001")

    def blocked(self) -> dict[str, Any] | None:
        """WhatsApp tells nobody."""
        return None

    def unknown(self) -> dict[str, Any]:
        return self.envelope({"field": "telepathy", "value": {"messages": 5, "metadata": []}})

    def huge_id(self) -> dict[str, Any]:
        return self.event(**{"from": HUGE_ID, "from_user_id": None, "type": "text", "text": {"body": "Баланс"}})

    def bad_types(self) -> list[bytes]:
        return [
            as_json({"object": 5, "entry": []}),
            as_json({"object": "whatsapp_business_account"}),
            as_json({"object": "whatsapp_business_account", "entry": 7}),
            as_json({"object": "whatsapp_business_account", "entry": ["text"]}),
            as_json(self.event(type="text", text={"body": {"a": 1}})),
            as_json(self.envelope({"field": "messages", "value": {"messages": []}})),
        ]


class MessengerPlatform:
    name = "messenger"
    secrets = (PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN)
    own_contact_proof = "unproven"
    lang = ""

    def channel(self, transport: ScriptedTransport | None = None, template: Template | None = None) -> Channel:
        app = MetaApp(APP_SECRET, VERIFY_TOKEN, APP_ID)
        account = MessengerAccount(app, PAGE_TOKEN, PAGE_ID, "https://bank.example", template)
        return MessengerChannel(account, transport or ScriptedTransport(), ManualClock(NOW_MS))

    def proof(self, body: bytes) -> list[tuple[bytes, bytes]]:
        return meta_proof(body)

    def envelope(self, *items: Any) -> dict[str, Any]:
        return {"object": "page", "entry": [{"id": PAGE_ID, "time": 1763700000999, "messaging": list(items)}]}

    def item(self, **content: Any) -> dict[str, Any]:
        return {
            "sender": {"id": "24000000000000011"},
            "recipient": {"id": PAGE_ID},
            "timestamp": 1763700000123,
            **content,
        }

    def event(self, **content: Any) -> dict[str, Any]:
        return self.envelope(self.item(**content))

    def text(self, text: str, number: int = 71) -> dict[str, Any]:
        return self.event(message={"mid": f"m_{number}", "text": text})

    def own_contact(self) -> dict[str, Any]:
        number = "+380501112233"
        return self.event(message={"mid": "m_c", "text": number, "quick_reply": {"payload": number}})

    def foreign_contact(self) -> dict[str, Any] | None:
        """Nobody can send a card of somebody else."""
        return None

    def group_text(self, text: str) -> dict[str, Any] | None:
        """Pages are in no groups."""
        return None

    def blocked(self) -> dict[str, Any] | None:
        """Messenger tells nobody."""
        return None

    def unknown(self) -> dict[str, Any]:
        return self.event(telepathy={"thought": ["?"]})

    def huge_id(self) -> dict[str, Any]:
        return self.event(sender={"id": HUGE_ID}, message={"mid": "m_1", "text": "Баланс"})

    def bad_types(self) -> list[bytes]:
        return [
            as_json({"object": 5, "entry": []}),
            as_json({"object": "page"}),
            as_json({"object": "page", "entry": {}}),
            as_json({"object": "page", "entry": [{"id": PAGE_ID, "messaging": 5}]}),
            as_json(self.event(message={"mid": "m_1", "text": {"a": 1}})),
            as_json(self.event(sender=5, message={"mid": "m_1", "text": "a"})),
        ]


def said(call: WireCall) -> str:
    """The words of a call, whatever the messenger."""
    payload = call.payload
    message = payload.get("message", payload)
    text = message.get("text", "")
    attached = message.get("attachment", {}).get("payload", {}).get("text", "")
    body = payload.get("interactive", {}).get("body", {}).get("text", "")
    caption = (payload.get("image") or payload.get("document") or payload).get("caption", "")
    return (text.get("body", "") if isinstance(text, dict) else text) or attached or body or caption


Platform = TelegramPlatform | ViberPlatform | WhatsAppPlatform | MessengerPlatform
TELEGRAM = TelegramPlatform()
VIBER = ViberPlatform()
WHATSAPP = WhatsAppPlatform()
MESSENGER = MessengerPlatform()
PLATFORMS: list[Platform] = [TELEGRAM, VIBER, WHATSAPP, MESSENGER]
META: list[WhatsAppPlatform | MessengerPlatform] = [WHATSAPP, MESSENGER]
