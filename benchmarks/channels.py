"""What a message costs at the edge of each messenger: its signature, its reading and its rendering, in this process."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from benchmarks.parts import Part, cost_us
from bots.messenger import MessengerAccount, MessengerChannel
from bots.meta.app import MetaApp
from bots.telegram import TelegramAccount, TelegramChannel
from bots.viber import ViberAccount, ViberChannel
from bots.whatsapp import WhatsAppAccount, WhatsAppChannel
from core.dialog.contracts import Choice, OutboundMessage
from core.kernel.clock import ManualClock
from core.messages.channels import Channel
from core.messages.transport import HttpTransport

_TIMES: Final = 500
_SECRET: Final = "secret-of-the-benchmark"
_TEXT: Final = "Скільки грошей на картці?"
_MENU: Final = OutboundMessage(
    text="Оберіть рахунок, з якого надіслати гроші.",
    choices=(Choice("b:a1f0.0", "*1234"), Choice("b:a1f0.1", "*5678"), Choice("b:a1f0.2", "Скасувати")),
)


class _Case(NamedTuple):
    """`signature`: the header that proves the body, None where the body is not signed."""

    channel: Channel
    body: bytes
    chat: str
    signature: Callable[[bytes], tuple[bytes, bytes]] | None = None


def measure_channels() -> list[Part]:
    """Signature, reading and rendering of one text and one menu, each beside what the library alone needs for it."""
    return [part for case in _cases() for part in _measured(case)]


def _measured(case: _Case) -> list[Part]:
    channel, body = case.channel, case.body
    key = _SECRET.encode()
    decode = msgspec.json.Decoder().decode
    parts = [
        Part(
            f"{channel.name}: webhook of {len(body)} bytes read into an event",
            cost_us(lambda: channel.read(body), _TIMES),
            "bare msgspec decode",
            cost_us(lambda: decode(body), _TIMES),
        ),
        Part(
            f"{channel.name}: text with three buttons rendered",
            cost_us(lambda: channel.render(_MENU, case.chat, "a1b2c3d4e5f6g7h8i9j0", ""), _TIMES),
        ),
    ]
    if case.signature is None:
        return parts
    headers = [(b"host", b"bot.example"), case.signature(body)]
    checked = Part(
        f"{channel.name}: signature checked",
        cost_us(lambda: channel.verify(headers, {}, body), _TIMES),
        "bare HMAC-SHA256",
        cost_us(lambda: hmac.digest(key, body, "sha256"), _TIMES),
    )
    return [checked, *parts]


def _cases() -> list[_Case]:
    clock, transport = ManualClock(), HttpTransport()
    app = MetaApp(_SECRET, "word", "550000000000001")
    telegram = TelegramAccount("700700:AAbenchmark", "hook")
    whatsapp = WhatsAppAccount(app, "token", "880000000000001", "990000000000001")
    messenger = MessengerAccount(app, "token", "770000000000001")
    return [
        _Case(TelegramChannel(telegram, transport, clock), _telegram(), "5500000001"),
        _Case(ViberChannel(ViberAccount(_SECRET), transport, clock), _viber(), "aB3/x+Zk9Q==", _by_viber),
        _Case(WhatsAppChannel(whatsapp, transport, clock), _whatsapp(), "UA.9x1Lm0", _by_meta),
        _Case(MessengerChannel(messenger, transport, clock), _messenger(), "24000000000000011", _by_meta),
    ]


def _by_viber(body: bytes) -> tuple[bytes, bytes]:
    return b"x-viber-content-signature", _digest(body).encode()


def _by_meta(body: bytes) -> tuple[bytes, bytes]:
    return b"x-hub-signature-256", f"sha256={_digest(body)}".encode()


def _digest(body: bytes) -> str:
    return hmac.new(_SECRET.encode(), body, hashlib.sha256).hexdigest()


def _escaped(payload: dict[str, Any]) -> bytes:
    """As Meta writes it: every letter beyond ASCII escaped."""
    return json.dumps(payload, separators=(",", ":")).encode()


def _telegram() -> bytes:
    person = {"id": 5500000001, "is_bot": False, "first_name": "Оля", "language_code": "uk"}
    chat = {"id": 5500000001, "type": "private", "first_name": "Оля"}
    message = {"message_id": 77, "from": person, "chat": chat, "date": 1763700000, "text": _TEXT}
    return json.dumps({"update_id": 810000412, "message": message}, ensure_ascii=False).encode()


def _viber() -> bytes:
    sender = {"id": "aB3/x+Zk9Q==", "name": "Оля", "language": "uk", "country": "UA", "api_version": 10}
    head = {"event": "message", "timestamp": 1763700000123, "chat_hostname": "SN-1", "message_token": 6012345678901234}
    body = {**head, "sender": sender, "message": {"type": "text", "text": _TEXT}, "silent": False}
    return json.dumps(body, ensure_ascii=False).encode()


def _whatsapp() -> bytes:
    person = {"from": "380501112233", "from_user_id": "UA.9x1Lm0"}
    message = {**person, "id": "wamid.A1", "timestamp": "1763700000", "type": "text", "text": {"body": _TEXT}}
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "380440000000", "phone_number_id": "880000000000001"},
        "contacts": [{"profile": {"name": "Оля"}, "wa_id": "380501112233", "user_id": "UA.9x1Lm0"}],
        "messages": [message],
    }
    entry = {"id": "990000000000001", "changes": [{"field": "messages", "value": value}]}
    return _escaped({"object": "whatsapp_business_account", "entry": [entry]})


def _messenger() -> bytes:
    item = {
        "sender": {"id": "24000000000000011"},
        "recipient": {"id": "770000000000001"},
        "timestamp": 1763700004000,
        "message": {"mid": "m_AbCdEf0123456789", "text": _TEXT},
    }
    return _escaped(
        {"object": "page", "entry": [{"id": "770000000000001", "time": 1763700004001, "messaging": [item]}]}
    )
