"""WhatsApp reads signs of a text as markup: `*bold*`, `_italic_`, `~struck~` and back quotes around a fixed width.

There is no way to escape them. Source: https://faq.whatsapp.com/539178204879377
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.dialog.contracts import Span

# The sign, what opens and what closes a run, and a sign that looks alike and means nothing.
_MARKS: Final = (
    ("*", re.compile(r"(?<!\w)\*(?=\S)"), re.compile(r"(?<=\S)\*(?!\w)"), "\u2217"),
    ("_", re.compile(r"(?<!\w)_(?=\S)"), re.compile(r"(?<=\S)_(?!\w)"), "\uff3f"),
    ("~", re.compile(r"(?<!\w)~(?=\S)"), re.compile(r"(?<=\S)~(?!\w)"), "\u223c"),
    ("`", re.compile("`"), re.compile("`"), "\u02cb"),
)
_SIGNS: Final = {"bold": "*", "italic": "_", "code": "```"}
# The longest pair of signs around a run.
STYLED_EXTRA: Final = 6


def unmarked(text: str) -> str:
    """The text, letter for letter as long, in which nothing can be taken for markup: a sign that could open a run which
    another one closes becomes one that looks alike. `*1234` alone stays."""
    for sign, opens, closes, look in _MARKS:
        first = text.find(sign)
        if first != -1 and closes.search(text, first + 1):
            text = opens.sub(look, text)
    return text


def styled(text: str, spans: Sequence[Span], start: int, end: int) -> str:
    """The part `text[start:end]` with the signs of its spans. A run that WhatsApp would not read as one stays plain:
    within a word, over several lines, around white space, or one that overlaps an earlier run."""
    pieces: list[str] = []
    done = start
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        first, last = max(span.start, start), min(span.end, end)
        run = text[first:last]
        first += len(run) - len(run.lstrip())
        run = run.strip()
        last = first + len(run)
        if first < done or not run or "\n" in run or _is_inside_word(text, first, last):
            continue
        sign = _SIGNS[span.style]
        pieces += [text[done:first], sign, run, sign]
        done = last
    return "".join([*pieces, text[done:end]])


def _is_inside_word(text: str, first: int, last: int) -> bool:
    before, after = text[first - 1 : first], text[last : last + 1]
    return before.isalnum() or after.isalnum()
