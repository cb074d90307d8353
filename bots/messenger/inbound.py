"""Messenger: the bytes of a webhook to events. Pure: the same bytes at the same moment give the same events."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeVar

import msgspec

from bots.messenger.attachments import media_of
from bots.messenger.wire import (
    AccountLinking,
    Edit,
    Entry,
    Item,
    Message,
    Postback,
    Reaction,
    Receipt,
    Referral,
)
from bots.meta.batch import Reading, content_key, milliseconds, open_envelope, present
from bots.meta.menu import COMMANDS
from bots.phone import e164
from bots.webhook import decode_part, visible_text
from core.dialog.contracts import Contact, InboundEvent, Kind

CHANNEL: Final = "messenger"
OBJECT: Final = "page"
# Payloads of the page's menu; they outlive every conversation, unlike the engine's own tokens.
GET_STARTED: Final = "GET_STARTED"
MENU: Final = "MENU"
_COMMANDS: Final = {f"{MENU}_{name.upper()}": f"/{name}" for name in COMMANDS}
# What the engine hears when a person has written in the page's inbox.
PERSON: Final = "person"

_REF: Final = re.compile(r"[A-Za-z0-9_=-]{1,250}")
_PHONE: Final = re.compile(r"\+?\d[\d\s().-]{6,30}", re.ASCII)
# The form of the outbox ids that our messages carry as `metadata`.
_OUTBOX_ID: Final = re.compile(r"[0-9A-Z]{20}")
_Shape = TypeVar("_Shape")


def _decoder(shape: type[_Shape]) -> msgspec.json.Decoder[_Shape]:
    return msgspec.json.Decoder(shape)


_entries, _items, _messages = _decoder(Entry), _decoder(Item), _decoder(Message)
_postbacks, _reactions, _edits = _decoder(Postback), _decoder(Reaction), _decoder(Edit)
_receipts, _referrals, _links = _decoder(Receipt), _decoder(Referral), _decoder(AccountLinking)


class _Context(NamedTuple):
    """Where an item stands: whose page and app, when it came, whether another app owns the thread."""

    app_id: str
    received_at: int
    standby: bool


def read(body: bytes, page_id: str, app_id: str, received_at: int) -> list[InboundEvent]:
    """Every event of a webhook, oldest first; those of other pages are `ignored`, those on standby never answered.

    `app_id`: ours, "" if unknown; its echoes are ignored. A status carries `delivered` or `read` as `payload` and
    covers everything before it. `received_at` (ms) dates what has no timestamp. Raises `Unreadable`, with the events
    that could be read.
    """
    reading = Reading()
    envelope = open_envelope(body)
    if envelope.object != OBJECT:
        return [_ignored(envelope.entry, received_at)]

    def entry(raw: msgspec.Raw) -> None:
        page = decode_part(_entries, raw, "entry")
        if str(page.id) != page_id:
            reading.events.append(_ignored(raw, received_at))
            return
        reading.each(page.messaging, "messaging", lambda raw: item(raw, standby=False))
        reading.each(page.standby, "standby", lambda raw: item(raw, standby=True))
        reading.each(page.changes, "changes", lambda raw: reading.events.append(_ignored(raw, received_at)))

    def item(raw: msgspec.Raw, *, standby: bool) -> None:
        found = decode_part(_items, raw, "messaging[]")
        if present(found.policy_enforcement):
            reading.put_aside("Meta enforces a policy on the page; look at its quality", raw)
            return
        reading.events.append(_event(found, raw, _Context(app_id, received_at, standby)))

    reading.each(envelope.entry, "entry", entry)
    return reading.outcome()


def _ignored(part: msgspec.Raw, received_at: int) -> InboundEvent:
    return InboundEvent(
        channel=CHANNEL,
        conversation="",
        user="",
        message_id="",
        dedupe_key=content_key("ignored", part),
        kind="ignored",
        sent_at=received_at,
        should_reply=False,
    )


def _event(item: Item, raw: msgspec.Raw, context: _Context) -> InboundEvent:
    sent_at = milliseconds(item.timestamp, 1, context.received_at)
    name = next((name for name in _READERS if present(getattr(item, name))), "")
    person = item.sender.id if item.sender is not None else None
    if not name or not person:
        return _ignored(raw, sent_at)
    part = getattr(item, name)
    base = InboundEvent(
        channel=CHANNEL,
        conversation=str(person),
        user=str(person),
        message_id="",
        dedupe_key=content_key(f"{name}:{person}:{item.timestamp}", part),
        kind="ignored",
        sent_at=sent_at,
        should_reply=False,
    )
    event = _READERS[name](item, part, base, context)
    if context.standby:
        return msgspec.structs.replace(event, should_reply=False, callback="")
    return event


def _answerable(event: InboundEvent, kind: Kind, mid: str, **content: object) -> InboundEvent:
    """What a person did in the chat: wants an answer, and a mark that it was seen."""
    key = {"dedupe_key": mid, "message_id": mid} if mid else {}
    return msgspec.structs.replace(event, kind=kind, should_reply=True, callback=mid or "seen", **key, **content)


def _message(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    message = decode_part(_messages, part, "message")
    mid = str(message.mid)
    if message.is_echo:
        return _echo(item, message, base, context)
    text = visible_text(message.text or "")
    if message.quick_reply is not None:
        return _quick_reply(message.quick_reply.payload, text, _answerable(base, "unsupported", mid))
    if message.attachments:
        media = media_of(message.attachments, text)
        if media is not None:
            return _answerable(base, "media", mid, media=media)
        # What a link shows of itself comes beside the text.
        return _answerable(base, "text" if text else "unsupported", mid, text=text)
    if message.text is None:
        return _answerable(base, "unsupported", mid)
    return _answerable(base, "text", mid, text=text, payload=_ref(message.referral))


def _quick_reply(payload: str, text: str, event: InboundEvent) -> InboundEvent:
    """The shared phone number is payload and text at once; it is what the profile says, which proves nothing."""
    if payload == text and _PHONE.fullmatch(payload):
        contact = Contact(phone=e164(payload), proof="unproven")
        return msgspec.structs.replace(event, kind="contact", contact=contact)
    return msgspec.structs.replace(event, kind="button", payload=payload)


def _echo(item: Item, message: Message, base: InboundEvent, context: _Context) -> InboundEvent:
    """Our own messages come back too. Anybody else who writes for the page is a person who took the conversation."""
    person = str((item.recipient and item.recipient.id) or "")
    own = bool(context.app_id) and str(message.app_id or "") == context.app_id
    own = own or bool(_OUTBOX_ID.fullmatch(message.metadata or ""))
    return msgspec.structs.replace(
        base,
        kind="ignored" if own or not person else "echo",
        conversation=person,
        user=person,
        message_id=str(message.mid),
        dedupe_key=str(message.mid),
        payload=PERSON,
    )


def _postback(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    postback = decode_part(_postbacks, part, "postback")
    mid = str(postback.mid or "")
    if postback.payload == GET_STARTED:
        return _answerable(base, "start", mid, payload=_ref(postback.referral))
    if postback.payload in _COMMANDS:
        return _answerable(base, "text", mid, text=_COMMANDS[postback.payload])
    return _answerable(base, "button", mid, payload=postback.payload)


def _referral(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    return _answerable(base, "referral", "", payload=_ref(decode_part(_referrals, part, "referral")))


def _ref(referral: Referral | None) -> str:
    """The `ref` of an m.me link, "" when it is none: people forge them."""
    ref = (referral and referral.ref) or ""
    return ref if _REF.fullmatch(ref) else ""


def _reaction(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    """Taking a reaction back has no emoji."""
    reaction = decode_part(_reactions, part, "reaction")
    emoji = (reaction.emoji or "") if reaction.action != "unreact" else ""
    return msgspec.structs.replace(base, kind="reaction", message_id=str(reaction.mid), payload=emoji)


def _edit(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    """Recorded, never run again."""
    edit = decode_part(_edits, part, "message_edit")
    key = f"edit:{edit.mid}:{edit.num_edit}"
    text = visible_text(edit.text or "")
    return msgspec.structs.replace(base, kind="edit", message_id=str(edit.mid), dedupe_key=key, text=text)


def _receipt(state: str) -> Callable[[Item, msgspec.Raw, InboundEvent, _Context], InboundEvent]:
    def reader(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
        mids = decode_part(_receipts, part, state).mids or []
        return msgspec.structs.replace(base, kind="status", payload=state, message_id=str(mids[-1]) if mids else "")

    return reader


def _optin(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    return msgspec.structs.replace(base, kind="optin")


def _linking(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
    status = decode_part(_links, part, "account_linking").status
    return msgspec.structs.replace(base, kind="system", payload=status, should_reply=True)


def _routing(name: str) -> Callable[[Item, msgspec.Raw, InboundEvent, _Context], InboundEvent]:
    def reader(item: Item, part: msgspec.Raw, base: InboundEvent, context: _Context) -> InboundEvent:
        return msgspec.structs.replace(base, kind="system", payload=name)

    return reader


_READERS: Final[dict[str, Callable[[Item, msgspec.Raw, InboundEvent, _Context], InboundEvent]]] = {
    "message": _message,
    "postback": _postback,
    "reaction": _reaction,
    "message_edit": _edit,
    "read": _receipt("read"),
    "delivery": _receipt("delivered"),
    "referral": _referral,
    "optin": _optin,
    "account_linking": _linking,
    "pass_thread_control": _routing("pass_thread_control"),
    "take_thread_control": _routing("take_thread_control"),
    "request_thread_control": _routing("request_thread_control"),
    "app_roles": _routing("app_roles"),
}
