"""Making a message fit a platform's limits: texts, labels and lists are cut by rule, nothing visible is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

import msgspec

from bots.graphemes import border_before, is_border
from bots.webhook import repair_escapes, visible_text
from core.dialog.contracts import Choice, Link, OutboundMessage

Measure = Callable[[str], int]
ELLIPSIS: Final = "…"
# Stands where a platform demands a text beside buttons and the message has none.
PLACEHOLDER: Final = "•"
_URL_MAX: Final = 2000

_encoder: Final = msgspec.json.Encoder()
_message_decoder: Final = msgspec.json.Decoder(OutboundMessage)


def utf16_length(text: str) -> int:
    """Length in UTF-16 code units, as Telegram counts texts and entity offsets."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def sendable(message: OutboundMessage) -> OutboundMessage:
    """The message with NUL and lone surrogates, which no platform accepts, replaced by U+FFFD."""
    try:
        written = _encoder.encode(message)
    except UnicodeEncodeError:
        written = _escape_surrogates(message)
    if b"\\u0000" not in written and b"\\ud" not in written:
        return message
    return _message_decoder.decode(repair_escapes(written, nul=b"\\ufffd"))


def _escape_surrogates(message: OutboundMessage) -> bytes:
    return json.dumps(msgspec.to_builtins(message)).encode("ascii")


def split_text(text: str, limit: int, measure: Measure) -> list[tuple[int, int]]:
    """Ranges (start, end) of the parts to send, each of 1..limit units, cut at a line, a word or a grapheme.

    Only what nobody sees is dropped: white space at the borders and parts without any visible sign.
    """
    end = len(text.rstrip())
    parts: list[tuple[int, int]] = []
    start = _skip_space(text, 0, end)
    while start < end:
        cut = end if measure(text[start:end]) <= limit else _cut(text, start, end, limit, measure)
        part = text[start:cut].rstrip()
        if visible_text(part):
            parts.append((start, start + len(part)))
        start = _skip_space(text, cut, end)
    return parts


def _skip_space(text: str, start: int, end: int) -> int:
    """A space that a mark sits on is a sign of its own and stays."""
    while start < end and text[start].isspace() and is_border(text, start + 1):
        start += 1
    return start


def _cut(text: str, start: int, end: int, limit: int, measure: Measure) -> int:
    """The end of the longest part that begins at `start` and fits."""
    widest = _widest(text, start, end, limit, measure)
    earliest = start + (widest - start) // 2
    for separator in ("\n", " "):
        place = text.rfind(separator, earliest, widest + 1)
        if place > earliest:
            return place
    border = border_before(text, widest)
    return border if border > start else widest


def _widest(text: str, start: int, end: int, limit: int, measure: Measure) -> int:
    """By bisection, the largest index up to which the text fits; at least one code point."""
    low, high = start + 1, min(end, start + limit)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[start:middle]) <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def fit(text: str, limit: int, measure: Measure = len) -> str:
    """The text, or its beginning with `…` where it is longer than `limit` units."""
    if measure(text) <= limit:
        return text
    room = limit - measure(ELLIPSIS)
    end = border_before(text, _widest(text, 0, len(text), room, measure)) if room > 0 else 0
    return text[:end].rstrip() + ELLIPSIS


def fit_labels(labels: Iterable[str], limit: int, measure: Measure = len) -> list[str]:
    """Labels of one line within the limit, no two alike: the second ends in ` (2)`, an empty one is its number."""
    fitted: list[str] = []
    taken: set[str] = set()
    for position, label in enumerate(labels, 1):
        line = visible_text(" ".join(label.split())) or str(position)
        short = fit(line, limit, measure)
        copy = 1
        while short in taken:
            copy += 1
            ending = f" ({copy})"
            short = fit(line, limit - measure(ending), measure) + ending
        taken.add(short)
        fitted.append(short)
    return fitted


def numbered(choices: Sequence[Choice]) -> str:
    """The choices as lines `1. label`, for keyboards that cannot hold them; the customer answers by number."""
    return "\n".join(f"{number}. {' '.join(choice.label.split())}" for number, choice in enumerate(choices, 1))


def linked(links: Sequence[Link]) -> str:
    """Links that cannot be buttons as lines `label: address`."""
    return "\n".join(f"{' '.join(link.label.split())}: {link.url}" for link in links)


def paragraphs(*texts: str) -> str:
    """The texts that are not empty, one under the other."""
    return "\n\n".join(text for text in texts if text)


def can_be_button(link: Link) -> bool:
    """Whether a platform takes this address for a button: http(s), a host, no white space, 2,000 characters at most."""
    try:
        parts = urlsplit(link.url)
        host = parts.hostname
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or host in (None, "", "localhost"):
        return False
    return len(link.url) <= _URL_MAX and link.url.isprintable() and " " not in link.url
