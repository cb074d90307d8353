"""What the verifier needs to know of a channel. The program around the language hands it in; nothing here knows which
channels there are."""

from __future__ import annotations

import math
from typing import Final, Literal

import msgspec

_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each of these takes the place of two.
_GSM_TWICE: Final = frozenset("\f^{}\\[~]|€")
_SEGMENT: Final = {"gsm": (160, 153), "ucs2": (70, 67)}


class ChannelLimits(msgspec.Struct, frozen=True, kw_only=True):
    """`text_max` and `beside_max` (over choices) in `text_unit`. `buttons_max`: choices that are buttons; up to
    `list_max` become a list, more become pages; where both are 0 choices are numbered lines. `receives`: what an answer
    can be besides a text. `window_h`: hours in which the bot may still write, 0 means any time. `segmented`: SMS."""

    name: str
    text_max: int
    text_unit: Literal["utf16", "codepoint"]
    beside_max: int
    buttons_max: int
    label_max: int
    list_max: int
    list_label_max: int
    receives: frozenset[str]
    window_h: int
    segmented: bool
    source: str

    def length(self, text: str) -> int:
        return utf16_units(text) if self.text_unit == "utf16" else len(text)

    def label_room(self, choices: int) -> int:
        """The longest label when so many are offered at once; 0 where labels have no bound."""
        in_list = bool(self.list_max) and choices > self.buttons_max
        return self.list_label_max if in_list else self.label_max


def utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def sms_segments(text: str) -> int:
    """How many messages a text is sent and paid as: one Cyrillic letter makes 70 units of 160."""
    if all(sign in _GSM or sign in _GSM_TWICE for sign in text):
        units, (single, part) = len(text) + sum(sign in _GSM_TWICE for sign in text), _SEGMENT["gsm"]
    else:
        units, (single, part) = utf16_units(text), _SEGMENT["ucs2"]
    return 1 if units <= single else math.ceil(units / part)
