"""WhatsApp: the bytes of a webhook to events. Pure: the same bytes at the same moment give the same events."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec

from bots.meta.batch import Reading, content_key, milliseconds, open_envelope, present
from bots.webhook import decode_part, file_name, start_payload, visible_text
from bots.whatsapp.contacts import contact_of
from bots.whatsapp.wire import (
    Button,
    Card,
    Change,
    Changed,
    Context,
    Edited,
    Entry,
    Failure,
    File,
    Interactive,
    Message,
    Place,
    Reaction,
    Referral,
    Status,
    System,
    Text,
    Value,
)
from core.dialog.contracts import InboundEvent, Kind, Location, Media

CHANNEL: Final = "whatsapp"
OBJECT: Final = "whatsapp_business_account"
# What the engine hears when the person behind an identity may be another one.
IDENTITY_CHANGED: Final = "identity_changed"

_SECOND_MS: Final = 1000
# A `wa.me` link only fills in a text, which people send with words around it and with the dash of their keyboard.
_START: Final = re.compile(r"(?:^|\s)start\s?[-–—]\s?([A-Za-z0-9_-]{1,64})(?=$|[\s.,!?])", re.IGNORECASE)
_IDENTITY_CHANGES: Final = frozenset(
    ("user_changed_number", "user_changed_user_id", "customer_changed_number", "customer_identity_changed")
)
_Shape = TypeVar("_Shape")


def _decoder(shape: type[_Shape]) -> msgspec.json.Decoder[_Shape]:
    return msgspec.json.Decoder(shape)


_entries, _changes, _values = _decoder(Entry), _decoder(Change), _decoder(Value)
_messages, _statuses, _failures = _decoder(Message), _decoder(Status), _decoder(Failure)
_texts, _interactives, _buttons = _decoder(Text), _decoder(Interactive), _decoder(Button)
_files, _places, _cards = _decoder(File), _decoder(Place), _decoder(list[Card])
_reactions, _changed, _edited = _decoder(Reaction), _decoder(Changed), _decoder(Edited)
_systems, _referrals, _contexts = _decoder(System), _decoder(Referral), _decoder(Context)


def read(body: bytes, phone_number_id: str, received_at: int) -> list[InboundEvent]:
    """Every event of a webhook, oldest first; those of other numbers and of other fields are `ignored`.

    A person is known by the business-scoped id where there is one, else by the phone's digits. A status carries its
    state as `payload`, the first error's code as `text`. `received_at` (ms) dates what has no timestamp.
    Raises `Unreadable`, with the events that could be read.
    """
    reading = Reading()
    envelope = open_envelope(body)
    if envelope.object != OBJECT:
        return [_ignored(envelope.entry, received_at)]
    webhook = _Webhook(reading, phone_number_id, received_at)
    reading.each(envelope.entry, "entry", webhook.entry)
    return reading.outcome()


class _Webhook:
    """One webhook on its way to events."""

    def __init__(self, reading: Reading, phone_number_id: str, received_at: int) -> None:
        self._reading = reading
        self._phone_number_id = phone_number_id
        self._received_at = received_at

    def entry(self, raw: msgspec.Raw) -> None:
        self._reading.each(decode_part(_entries, raw, "entry").changes, "changes", self._change)

    def _change(self, raw: msgspec.Raw) -> None:
        change = decode_part(_changes, raw, "changes[]")
        if change.field != "messages":
            self._reading.events.append(_ignored(raw, self._received_at))
            return
        value = decode_part(_values, change.value, "value")
        if str(value.metadata.phone_number_id) != self._phone_number_id:
            self._reading.events.append(_ignored(raw, self._received_at))
            return
        self._reading.each(value.messages, "messages", self._message)
        self._reading.each(value.statuses, "statuses", self._status)
        self._reading.each(value.errors, "errors", self._error)

    def _message(self, raw: msgspec.Raw) -> None:
        message = decode_part(_messages, raw, "messages[]")
        self._reading.events.append(_event(message, self._received_at))

    def _status(self, raw: msgspec.Raw) -> None:
        status = decode_part(_statuses, raw, "statuses[]")
        person = status.recipient_user_id or status.recipient_id
        self._reading.events.append(
            InboundEvent(
                channel=CHANNEL,
                conversation=str(person or ""),
                user=str(person or ""),
                message_id=str(status.id),
                dedupe_key=f"{status.id}:{status.status}",
                kind="status" if person else "ignored",
                sent_at=milliseconds(status.timestamp, _SECOND_MS, self._received_at),
                payload=status.status,
                text=str(status.errors[0].code) if status.errors else "",
                should_reply=False,
            )
        )

    def _error(self, raw: msgspec.Raw) -> None:
        """Trouble of the whole number, for an operator to look at."""
        self._reading.put_aside(f"WhatsApp reports error {decode_part(_failures, raw, 'errors[]').code}", raw)


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


def _event(message: Message, received_at: int) -> InboundEvent:
    person = message.from_user_id or message.sender
    identity = str(message.id)
    reader = _READERS.get(message.type)
    event = InboundEvent(
        channel=CHANNEL,
        conversation=str(person or ""),
        user=str(person or ""),
        message_id=identity,
        dedupe_key=identity,
        kind="unsupported",
        sent_at=milliseconds(message.timestamp, _SECOND_MS, received_at),
        callback=identity,
    )
    if message.type == "system":
        return _system(message, event)
    if message.group_id is not None or not person:
        return _silent(event, "ignored")
    return event if reader is None else reader(message, event)


def _silent(event: InboundEvent, kind: Kind, message_id: str = "", text: str = "", payload: str = "") -> InboundEvent:
    """An event that wants neither an answer nor a read mark."""
    return msgspec.structs.replace(
        event, kind=kind, should_reply=False, callback="", message_id=message_id or event.message_id,
        text=text, payload=payload,
    )  # fmt: skip


def _text(message: Message, event: InboundEvent) -> InboundEvent:
    text = visible_text(decode_part(_texts, message.text, "text").body)
    start = _START.search(text) if len(text) < 500 else None
    if start is not None:
        return msgspec.structs.replace(event, kind="start", text=text, payload=start_payload(start[1]))
    advert = ""
    if present(message.referral):
        advert = decode_part(_referrals, message.referral, "referral").source_id or ""
    return msgspec.structs.replace(event, kind="text", text=text, payload=advert)


def _interactive(message: Message, event: InboundEvent) -> InboundEvent:
    answer = decode_part(_interactives, message.interactive, "interactive")
    reply = {"button_reply": answer.button_reply, "list_reply": answer.list_reply}.get(answer.type)
    if reply is not None:
        return msgspec.structs.replace(event, kind="button", payload=reply.id)
    if answer.type == "nfm_reply" and answer.nfm_reply is not None:
        return msgspec.structs.replace(event, kind="flow", payload=answer.nfm_reply.response_json)
    return event


def _button(message: Message, event: InboundEvent) -> InboundEvent:
    """A button of a template; what was not given a token of ours is the words on it."""
    pressed = decode_part(_buttons, message.button, "button")
    if pressed.payload and pressed.payload != pressed.text:
        return msgspec.structs.replace(event, kind="button", payload=pressed.payload)
    return msgspec.structs.replace(event, kind="text", text=visible_text(pressed.text))


def _media(kind: str, field: str) -> Callable[[Message, InboundEvent], InboundEvent]:
    def reader(message: Message, event: InboundEvent) -> InboundEvent:
        file = decode_part(_files, getattr(message, field), field)
        media = Media(
            kind="voice" if file.voice else kind,
            ref=str(file.id),
            caption=file.caption or "",
            file_name=file_name(file.filename or ""),
        )
        return msgspec.structs.replace(event, kind="media", media=media)

    return reader


def _location(message: Message, event: InboundEvent) -> InboundEvent:
    place = decode_part(_places, message.location, "location")
    return msgspec.structs.replace(event, kind="location", location=Location(place.latitude, place.longitude))


def _contacts(message: Message, event: InboundEvent) -> InboundEvent:
    cards = decode_part(_cards, message.contacts, "contacts")
    passed_on = decode_part(_contexts, message.context, "context") if present(message.context) else Context()
    if passed_on.forwarded or passed_on.frequently_forwarded:
        cards = [msgspec.structs.replace(card, origin=None) for card in cards]
    contact = contact_of(cards, str(message.sender or ""))
    return event if contact is None else msgspec.structs.replace(event, kind="contact", contact=contact)


def _reaction(message: Message, event: InboundEvent) -> InboundEvent:
    """Taking a reaction back has no emoji."""
    reaction = decode_part(_reactions, message.reaction, "reaction")
    return _silent(event, "reaction", str(reaction.message_id), payload=reaction.emoji or "")


def _order(message: Message, event: InboundEvent) -> InboundEvent:
    return msgspec.structs.replace(event, kind="order")


def _edit(message: Message, event: InboundEvent) -> InboundEvent:
    """Recorded, never run again."""
    change = decode_part(_changed, message.edit, "edit")
    words = decode_part(_edited, change.message, "edit.message").text if present(change.message) else None
    text = visible_text(words.body) if words is not None else ""
    return _silent(event, "edit", str(change.original_message_id), text)


def _revoke(message: Message, event: InboundEvent) -> InboundEvent:
    return _silent(event, "delete", str(decode_part(_changed, message.revoke, "revoke").original_message_id))


def _system(message: Message, event: InboundEvent) -> InboundEvent:
    """A number or an id that changed hands: nothing that was proven before holds any longer."""
    system = decode_part(_systems, message.system, "system")
    person = event.user or str(system.user_id or "")
    if not person:
        return _silent(event, "ignored")
    payload = IDENTITY_CHANGED if system.type in _IDENTITY_CHANGES else system.type
    return msgspec.structs.replace(_silent(event, "system", payload=payload), conversation=person, user=person)


_READERS: Final[dict[str, Callable[[Message, InboundEvent], InboundEvent]]] = {
    "text": _text,
    "interactive": _interactive,
    "button": _button,
    "image": _media("photo", "image"),
    "video": _media("video", "video"),
    "document": _media("document", "document"),
    "audio": _media("audio", "audio"),
    "sticker": _media("sticker", "sticker"),
    "location": _location,
    "contacts": _contacts,
    "reaction": _reaction,
    "order": _order,
    "edit": _edit,
    "revoke": _revoke,
}
