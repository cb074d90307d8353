"""The fields of Viber's callbacks that Teller reads; everything else is skipped by the decoder.

`event` selects the shape, so its parts stay raw until it is known: an unknown event may call anything by these names.
Source: https://developers.viber.com/docs/api/rest-bot-api/#callbacks
"""

from __future__ import annotations

from typing import Annotated

import msgspec

# `message_token` is beyond 2**53: an exact int or a string, never a float.
Token = int | Annotated[str, msgspec.Meta(max_length=128)]
UserId = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
# Milliseconds up to the year 9999.
Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=253_402_300_799_999)]

_ABSENT = msgspec.Raw(b"null")


class Callback(msgspec.Struct):
    event: Annotated[str, msgspec.Meta(max_length=64)]
    timestamp: Milliseconds | None = None
    message_token: Token | None = None
    chat_id: str | None = None
    user_id: msgspec.Raw = _ABSENT
    sender: msgspec.Raw = _ABSENT
    user: msgspec.Raw = _ABSENT
    message: msgspec.Raw = _ABSENT
    context: msgspec.Raw = _ABSENT


class User(msgspec.Struct):
    id: UserId
    language: str | None = None


class ContactCard(msgspec.Struct):
    phone_number: str
    name: str | None = None


class Place(msgspec.Struct):
    lat: float
    lon: float


class Message(msgspec.Struct):
    type: str
    text: str | None = None
    media: str | None = None
    contact: ContactCard | None = None
    location: Place | None = None
    file_name: str | None = None
    size: int | None = None
    sticker_id: int | str | None = None
