"""A webhook of many events: lists in lists, each element read by itself, so that a broken one costs no other.

Source: https://developers.facebook.com/docs/graph-api/webhooks/getting-started#event-notifications
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Annotated, Final

import msgspec

from bots.webhook import decode_body, decode_part
from core.dialog.contracts import InboundEvent
from core.messages.channels import Unreadable

ABSENT: Final = msgspec.Raw(b"null")
# Ids are opaque strings; numbers are let through so that a change of form loses nothing.
WireId = Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | Annotated[int, msgspec.Meta(ge=0)]
Moment = Annotated[str, msgspec.Meta(pattern=r"^\d{1,15}$")] | Annotated[int, msgspec.Meta(ge=0, le=10**15)]
# Unix milliseconds up to the year 9999.
_MOMENT_MAX_MS: Final = 253_402_300_799_999


class Envelope(msgspec.Struct):
    object: Annotated[str, msgspec.Meta(max_length=128)]
    entry: msgspec.Raw


_envelopes: Final = msgspec.json.Decoder(Envelope)
_lists: Final = msgspec.json.Decoder(list[msgspec.Raw])


def present(part: msgspec.Raw) -> bool:
    return part is not ABSENT and bytes(part) != b"null"


def content_key(name: str, part: msgspec.Raw) -> str:
    """The key of an event without an id: Meta repeats the bytes of what it delivers again."""
    return f"{name}:{hashlib.blake2b(bytes(part), digest_size=16).hexdigest()}"


def milliseconds(moment: str | int | None, unit_ms: int, received_at: int) -> int:
    """The platform's moment in ms; `received_at` where it names none that can be."""
    if moment is None:
        return received_at
    found = int(moment) * unit_ms
    return found if 0 < found <= _MOMENT_MAX_MS else received_at


class Reading:
    """What one webhook came to: its events, and the elements that nobody can read."""

    def __init__(self) -> None:
        self.events: list[InboundEvent] = []
        self._details: list[str] = []
        self._parts: list[bytes] = []

    def each(self, part: msgspec.Raw, name: str, read: Callable[[msgspec.Raw], None]) -> None:
        """Read every element of a list; what raises `Unreadable` is put aside, the others are read."""
        if not present(part):
            return
        try:
            elements = decode_part(_lists, part, name)
        except Unreadable as error:
            self.put_aside(error.detail, part)
            return
        for element in elements:
            try:
                read(element)
            except Unreadable as error:
                self.put_aside(error.detail, element)

    def put_aside(self, detail: str, part: msgspec.Raw) -> None:
        """Something for a person to look at."""
        self._details.append(detail)
        self._parts.append(bytes(part))

    def outcome(self) -> list[InboundEvent]:
        """The events, oldest first: after a repeated delivery their order is lost.

        Raises `Unreadable`, with the events that could be read, when anything was put aside.
        """
        self.events.sort(key=lambda event: event.sent_at)
        if not self._parts:
            return self.events
        more = f" (and {len(self._parts) - 1} more)" if len(self._parts) > 1 else ""
        raise Unreadable(f"{self._details[0]}{more}", part=b"\n".join(self._parts), events=tuple(self.events))


def open_envelope(body: bytes) -> Envelope:
    """Raises `Unreadable` for what is no webhook of Meta's."""
    return decode_body(_envelopes, body)
