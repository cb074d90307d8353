"""Viber: the bytes of a callback to events. Pure: the same bytes at the same moment give the same events."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

import msgspec

from bots.phone import e164
from bots.viber.wire import Callback, Message, User, UserId
from bots.webhook import decode_body, decode_part, start_payload, visible_text
from core.dialog.contracts import Contact, InboundEvent, Kind, Location, Media

CHANNEL: Final = "viber"

# A pressed button arrives as its text; only what has the form of the engine's own handles is one.
_BUTTON_HANDLE: Final = re.compile(r"b:[A-Za-z0-9._-]{1,18}")
_MEDIA: Final = {"picture": "photo", "video": "video", "file": "document", "sticker": "sticker"}

_callbacks: Final = msgspec.json.Decoder(Callback)
_users: Final = msgspec.json.Decoder(User)
_user_ids: Final = msgspec.json.Decoder(UserId)
_messages: Final = msgspec.json.Decoder(Message)
_contexts: Final = msgspec.json.Decoder(str | None)


def read(body: bytes, own_pages: str, received_at: int) -> list[InboundEvent]:
    """The one event of a callback.

    `own_pages`: the address under which Teller's pages lie; a text that is one of its links is the echo of an
    `open-url` button. `received_at` (ms) dates callbacks without a timestamp. A status carries its state (delivered,
    seen, failed) as `payload` and the token of our message as `message_id`. Raises `Unreadable` for anything else.
    """
    callback = decode_body(_callbacks, body)
    reader = _READERS.get(callback.event)
    event = _event(callback, "ignored") if reader is None else reader(callback)
    if event.kind == "text" and _is_own_link(event.text, own_pages):
        event = _event(callback, "ignored", event.user)
    return [event if event.sent_at else msgspec.structs.replace(event, sent_at=received_at)]


def _event(callback: Callback, kind: Kind, user: str = "", lang: str | None = None, payload: str = "") -> InboundEvent:
    return InboundEvent(
        channel=CHANNEL,
        conversation=user,
        user=user,
        message_id="" if callback.message_token is None else str(callback.message_token),
        dedupe_key=_dedupe_key(callback, kind, user),
        kind=kind,
        sent_at=callback.timestamp or 0,
        payload=payload,
        lang=lang or "",
        should_reply=False,
    )


def _dedupe_key(callback: Callback, kind: Kind, user: str) -> str:
    """The token names the event, but in a status it names our message. Without a token the moment has to do."""
    if callback.message_token is not None:
        key = f"{callback.event}:{callback.message_token}"
        return f"{key}:{user}" if kind == "status" else key
    if callback.timestamp is not None:
        return f"{callback.event}:{user}:{callback.timestamp}"
    parts = (callback.sender, callback.user, callback.user_id, callback.message, callback.context)
    return f"{callback.event}:{user}:{hashlib.blake2b(b' '.join(map(bytes, parts)), digest_size=16).hexdigest()}"


def _message(callback: Callback) -> InboundEvent:
    sender = decode_part(_users, callback.sender, "sender")
    if callback.chat_id is not None:
        return _event(callback, "ignored", sender.id)
    message = decode_part(_messages, callback.message, "message")
    base = _event(callback, "unsupported", sender.id, sender.language)
    return _content(message, msgspec.structs.replace(base, should_reply=True))


def _content(message: Message, base: InboundEvent) -> InboundEvent:
    if message.type == "text":
        return _text(message.text or "", base)
    if message.type == "url":
        return msgspec.structs.replace(base, kind="text", text=visible_text(message.media or message.text or ""))
    if message.type == "contact" and message.contact is not None:
        contact = Contact(phone=e164(message.contact.phone_number), name=message.contact.name or "", proof="unproven")
        return msgspec.structs.replace(base, kind="contact", contact=contact)
    if message.type == "location" and message.location is not None:
        return msgspec.structs.replace(
            base, kind="location", location=Location(message.location.lat, message.location.lon)
        )
    if message.type in _MEDIA:
        return msgspec.structs.replace(base, kind="media", media=_media(message))
    return base


def _text(text: str, base: InboundEvent) -> InboundEvent:
    if _BUTTON_HANDLE.fullmatch(text):
        return msgspec.structs.replace(base, kind="button", payload=text)
    return msgspec.structs.replace(base, kind="text", text=visible_text(text))


def _media(message: Message) -> Media:
    reference = message.media or ("" if message.sticker_id is None else str(message.sticker_id))
    return Media(
        kind=_MEDIA[message.type],
        ref=reference,
        caption=message.text or "",
        file_name=message.file_name or "",
        size=message.size or 0,
    )


def _conversation_started(callback: Callback) -> InboundEvent:
    """Nothing but the answer to this very request reaches a person who has not subscribed yet."""
    user = decode_part(_users, callback.user, "user")
    context = decode_part(_contexts, callback.context, "context") or ""
    event = _event(callback, "start", user.id, user.language, start_payload(context))
    return msgspec.structs.replace(event, should_reply=True, answer_inline=True)


def _subscribed(callback: Callback) -> InboundEvent:
    user = decode_part(_users, callback.user, "user")
    return _event(callback, "unblocked", user.id, user.language)


def _unsubscribed(callback: Callback) -> InboundEvent:
    return _event(callback, "blocked", decode_part(_user_ids, callback.user_id, "user_id"))


def _status(callback: Callback) -> InboundEvent:
    user = decode_part(_user_ids, callback.user_id, "user_id")
    return _event(callback, "status", user, payload=callback.event)


def _is_own_link(text: str, own_pages: str) -> bool:
    """Whether the text is nothing but an address at or below our pages."""
    link, root = text.strip(), own_pages.rstrip("/")
    return bool(root) and link.startswith(root) and link[len(root) : len(root) + 1] in ("", "/", "?", "#")


_READERS: Final[dict[str, Callable[[Callback], InboundEvent]]] = {
    "message": _message,
    "conversation_started": _conversation_started,
    "subscribed": _subscribed,
    "unsubscribed": _unsubscribed,
    "delivered": _status,
    "seen": _status,
    "failed": _status,
}
