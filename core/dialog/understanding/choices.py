"""Which of the offered choices a person typed instead of pressing it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.dialog.understanding.normal import normalise, words_of
from core.dialog.understanding.similarity import is_close, only

_ORDINAL: Final = re.compile(r"(?:no|#)? ?([0-9]{1,3})[.)]?\u20e3?")
LAST_DIGITS: Final = re.compile(r"(?:no|#)?[*•·.x]*([0-9]{4})")
# "4417", "карта *4417", "та що на 4417": four digits and no others, in a few words.
_LAST_FOUR: Final = re.compile(r"\D{0,40}([0-9]{4})\D{0,20}")
_MASKED: Final = re.compile(r"[·•*.x×х]{1,12} ?([0-9]{4})(?![0-9])")
_SHORTEST_PREFIX: Final = 2


def match_choice(text: str, labels: Sequence[str]) -> int | None:
    """The index of the label meant by its text, its number from 1, the last four digits that it shows behind a mask,
    its unique beginning or a near spelling.

    None when nothing fits or when more than one does.
    """
    normal = normalise(text)
    if not normal:
        return None
    normal_labels = [normalise(label) for label in labels]
    if normal in normal_labels:
        return only(place for place, label in enumerate(normal_labels) if label == normal)
    number = _ORDINAL.fullmatch(normal)
    if number:
        return _by_number(int(number.group(1)), number.group(1), normal_labels)
    digits = _LAST_FOUR.fullmatch(normal)
    ending = [place for place, label in enumerate(normal_labels) if digits and _ends_in(label, digits[1])]
    return only(ending) if ending else _by_words(words_of(text), [words_of(label) for label in labels])


def _ends_in(label: str, digits: str) -> bool:
    """Whether the label shows a number with a mask before these last digits."""
    return any(found[1] == digits for found in _MASKED.finditer(label))


def is_offered(text: str, labels: Sequence[str]) -> bool:
    """Whether the text is one of the labels whole, or so near to it that it must be meant. A mere beginning is not."""
    words = words_of(text)
    return any(words == label or is_close(words, label) for label in map(words_of, labels))


def by_last_digits(text: str, numbers: Sequence[str]) -> int | None:
    """The index of the only number (masked or not) that ends in the four digits which the text consists of."""
    digits = LAST_DIGITS.fullmatch(normalise(text))
    if digits is None:
        return None
    return only(place for place, number in enumerate(numbers) if number.endswith(digits[1]))


def _by_number(number: int, digits: str, labels: Sequence[str]) -> int | None:
    """A label that itself begins with these digits makes the number doubtful, unless both mean the same."""
    index = number - 1
    if not 0 <= index < len(labels):
        return None
    beginning = [place for place, label in enumerate(labels) if label.startswith(digits)]
    return index if not beginning or beginning == [index] else None


def _by_words(words: str, labels: Sequence[str]) -> int | None:
    if words in labels:
        return only(place for place, label in enumerate(labels) if label == words)
    if len(words) >= _SHORTEST_PREFIX:
        beginning = [place for place, label in enumerate(labels) if label.startswith(words)]
        if beginning:
            return only(beginning)
    return only(place for place, label in enumerate(labels) if is_close(words, label))
