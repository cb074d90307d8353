"""The fields of WhatsApp's webhooks that Teller reads; everything else is skipped by the decoder.

`type` selects a message's shape, so its parts stay raw until it is known: an unknown one may call anything so.
Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec

from bots.meta.batch import ABSENT, Moment, WireId


class Entry(msgspec.Struct):
    changes: msgspec.Raw = ABSENT


class Change(msgspec.Struct):
    field: str = ""
    value: msgspec.Raw = ABSENT


class Metadata(msgspec.Struct):
    phone_number_id: WireId


class Value(msgspec.Struct):
    metadata: Metadata
    messages: msgspec.Raw = ABSENT
    statuses: msgspec.Raw = ABSENT
    errors: msgspec.Raw = ABSENT


class Message(msgspec.Struct):
    """`from` is the phone's digits; a person with a username has only `from_user_id`."""

    id: WireId
    type: str = ""
    sender: WireId | None = msgspec.field(name="from", default=None)
    from_user_id: WireId | None = None
    timestamp: Moment | None = None
    group_id: Any = None
    context: msgspec.Raw = ABSENT
    text: msgspec.Raw = ABSENT
    interactive: msgspec.Raw = ABSENT
    button: msgspec.Raw = ABSENT
    image: msgspec.Raw = ABSENT
    video: msgspec.Raw = ABSENT
    document: msgspec.Raw = ABSENT
    audio: msgspec.Raw = ABSENT
    sticker: msgspec.Raw = ABSENT
    location: msgspec.Raw = ABSENT
    contacts: msgspec.Raw = ABSENT
    reaction: msgspec.Raw = ABSENT
    edit: msgspec.Raw = ABSENT
    revoke: msgspec.Raw = ABSENT
    system: msgspec.Raw = ABSENT
    referral: msgspec.Raw = ABSENT


class Text(msgspec.Struct):
    body: str = ""


class Context(msgspec.Struct):
    forwarded: bool = False
    frequently_forwarded: bool = False


class Reply(msgspec.Struct):
    id: str


class Form(msgspec.Struct):
    response_json: str = ""


class Interactive(msgspec.Struct):
    type: str
    button_reply: Reply | None = None
    list_reply: Reply | None = None
    nfm_reply: Form | None = None


class Button(msgspec.Struct):
    payload: str = ""
    text: str = ""


class File(msgspec.Struct):
    id: WireId
    caption: str | None = None
    filename: str | None = None
    voice: bool | None = None


class Place(msgspec.Struct):
    latitude: float
    longitude: float


class Name(msgspec.Struct):
    formatted_name: str | None = None
    first_name: str | None = None


class Phone(msgspec.Struct):
    phone: str | None = None
    wa_id: WireId | None = None


class Card(msgspec.Struct):
    origin: str | None = None
    name: Name | None = None
    phones: list[Phone] | None = None


class Reaction(msgspec.Struct):
    message_id: WireId
    emoji: str | None = None


class Changed(msgspec.Struct):
    """An edited or revoked message."""

    original_message_id: WireId
    message: msgspec.Raw = ABSENT


class Edited(msgspec.Struct):
    text: Text | None = None


class System(msgspec.Struct):
    type: str = ""
    user_id: WireId | None = None


class Referral(msgspec.Struct):
    source_id: Annotated[str, msgspec.Meta(max_length=256)] | None = None


class Failure(msgspec.Struct):
    code: int | str = ""


class Status(msgspec.Struct):
    id: WireId
    status: Annotated[str, msgspec.Meta(max_length=32)]
    timestamp: Moment | None = None
    recipient_id: WireId | None = None
    recipient_user_id: WireId | None = None
    errors: list[Failure] | None = None
