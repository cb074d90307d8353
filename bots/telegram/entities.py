"""Styled runs of a text as Telegram's message entities, whose offsets count UTF-16 code units.

Source: https://core.telegram.org/bots/api#messageentity
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bots.fitting import utf16_length
from bots.telegram.abilities import ENTITIES_MAX
from core.dialog.contracts import Span


def entities(text: str, spans: Sequence[Span], start: int, end: int) -> list[dict[str, Any]]:
    """Entities of the part `text[start:end]`. Overlapping spans are taken apart at their ends, because entities may
    nest but not cross; `code` stands alone. What lies outside the part is clipped."""
    clipped = [(max(span.start, start), min(span.end, end), span.style) for span in spans]
    styled = [(first, last, style) for first, last, style in clipped if first < last]
    borders = sorted({place for first, last, _ in styled for place in (first, last)})
    found: list[dict[str, Any]] = []
    for left, right in pairwise(borders):
        styles = sorted({style for first, last, style in styled if first <= left and right <= last})
        offset, length = utf16_length(text[start:left]), utf16_length(text[left:right])
        for style in ["code"] if "code" in styles else styles:
            found.append({"type": style, "offset": offset, "length": length})
    return found[:ENTITIES_MAX]
