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


def only(found: Iterable[_Found]) -> _Found | None:
    """The one thing found; None when there is none or when there are several different ones."""
    distinct = set(found)
    return distinct.pop() if len(distinct) == 1 else None
