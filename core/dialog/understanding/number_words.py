"""Numbers in words up to the millions: Ukrainian, Russian, Belarusian and English."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.dialog.understanding.number_tables import (
    ABBREVIATED,
    AND_A_HALF,
    HALVES,
    HUNDRED_WORDS,
    SCALES,
    SMALL,
    WHOLE_GROUPS,
    plain,
)

_HALF: Final = "½"  # How the words above are noted; nobody can write it, as it is no plain digit.
Token = str | Decimal


@dataclass(slots=True)
class _Sum:
    """What the words came to so far: finished scales, and the group under a thousand that is being said.

    `room` is what the next word of the group must stay below: 100 after "two hundred", 10 after "twenty".
    """

    total: Decimal = Decimal(0)
    group: Decimal | None = None
    room: int = 1000
    last_scale: int = 10**18

    def small(self, value: Decimal) -> bool:
        if value >= self.room or (value == 0 and self.group is not None):
            return False
        self.group = (self.group or 0) + value
        self.room = 100 if value >= 100 else 10 if value >= 20 else 0
        return True

    def hundred(self) -> bool:
        """A word that multiplies what was said before it: "two hundred", "twelve hundred", "півтори сотні"."""
        count = Decimal(1) if self.group is None else self.group
        if self.group is not None and (self.room or not 0 < count < 100 or count % 10 == 0):
            return False
        self.group, self.room = count * 100, 100 if count == int(count) else 0
        return True

    def and_a_half(self) -> bool:
        """Behind a count of what is still to be said: "two and a half thousand"."""
        if self.group is None or self.group != int(self.group):
            return False
        self.group, self.room = self.group + Decimal("0.5"), 0
        return True

    def whole_group(self, value: Decimal) -> bool:
        """A group in digits, or a word that is complete in itself."""
        if self.group is not None:
            return False
        self.group, self.room = value, 0
        return True

    def scale(self, value: int) -> bool:
        if value >= self.last_scale or self.group == 0:
            return False
        self.total += (1 if self.group is None else self.group) * value
        self.group, self.room, self.last_scale = None, 1000, value
        return True

    @property
    def started(self) -> bool:
        return self.group is not None or self.total > 0

    def result(self) -> Decimal | None:
        if self.group is not None and self.group >= self.last_scale:
            return None
        return self.total + (self.group or 0)


def read_number(tokens: Sequence[Token]) -> Decimal | None:
    """The number that normalised words say, groups in digits as Decimal: `двісті`, `2 тисячі 500`, `півтори тисячі`.

    None when a word is not a number or when the words do not make one ("двадцять сто").
    """
    if not tokens:
        return None
    said = _Sum()
    tokens = _with_halves(tokens)
    for place, token in enumerate(tokens):
        if not _take(said, token, last=place + 1 == len(tokens)):
            return None
    return said.result()


def _with_halves(tokens: Sequence[Token]) -> Sequence[Token]:
    """The words that mean "and a half" as one token, and "half a" as "half"."""
    noted: list[Token] = []
    for token in tokens:
        noted.append(token)
        if tuple(noted[-2:]) in AND_A_HALF:
            noted[-2:] = [_HALF]
        elif tuple(noted[-3:]) in AND_A_HALF:
            noted[-3:] = [_HALF]
        elif noted[-2:] == ["half", "a"]:
            noted.pop()
    return noted


def _take(said: _Sum, token: Token, *, last: bool) -> bool:
    if isinstance(token, Decimal):
        return said.whole_group(token)
    word = plain(token)
    if word in SMALL:
        return said.small(SMALL[word])
    if word in SCALES:
        return said.scale(SCALES[word])
    if word in ABBREVIATED:
        return said.group is not None and said.scale(ABBREVIATED[word])
    if word in HUNDRED_WORDS:
        return said.hundred()
    if word in WHOLE_GROUPS:
        return said.whole_group(WHOLE_GROUPS[word])
    return not last and _take_unfinished(said, word)


def _take_unfinished(said: _Sum, word: str) -> bool:
    """Words after which something must follow: `a hundred`, `hundred and five`, `півтори тисячі`."""
    if word == "a":
        return said.small(Decimal(1))
    if word == "and":
        return said.started
    if word == _HALF:
        return said.and_a_half()
    return word in HALVES and said.whole_group(HALVES[word])
