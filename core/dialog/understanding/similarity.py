"""Which of several spellings a mistyped text meant, when that can be told at all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Final, TypeVar

_Found = TypeVar("_Found", int, str)

CLOSE: Final = 0.9
_LONGEST: Final = 120  # Comparing takes time in the square of the length.
_DIGITS: Final = re.compile(r"\d+")


def is_close(text: str, other: str) -> bool:
    """At least `CLOSE` alike. Digits must be the same: 'card 1234' and 'card 1235' are two cards, not a slip."""
    if max(len(text), len(other)) > _LONGEST or _DIGITS.findall(text) != _DIGITS.findall(other):
        return False
    matcher = SequenceMatcher(None, text, other, autojunk=False)
    return matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE and matcher.ratio() >= CLOSE


def is_one_slip(text: str, other: str) -> bool:
    """Whether the texts differ, by one letter that is missing, added or another one, or by two that changed places."""
    shorter, longer = sorted((text, other), key=len)
    if text == other or len(longer) - len(shorter) > 1:
        return False
    start = 0
    while start < len(shorter) and shorter[start] == longer[start]:
        start += 1
    if len(shorter) < len(longer):
        return shorter[start:] == longer[start + 1 :]
    swapped = longer[start + 1 : start + 2] + longer[start : start + 1] + longer[start + 2 :]
    return shorter[start + 1 :] == longer[start + 1 :] or shorter[start:] == swapped


def only(found: Iterable[_Found]) -> _Found | None:
    """The one thing found; None when there is none or when there are several different ones."""
    distinct = set(found)
    return distinct.pop() if len(distinct) == 1 else None
