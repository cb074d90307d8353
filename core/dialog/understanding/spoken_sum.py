"""The words of a sentence that say a sum, to be read when the currency is known: `перекажи 5 тисяч гривень мамі`."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from core.dialog.understanding.currency_marks import currencies_of, is_minor
from core.dialog.understanding.normal import normalise
from core.dialog.understanding.number_words import read_number

_EXPECTED: Final = "UAH"
_MOST_WORDS: Final = 16
_ENDS: Final = ".,!?"
_LEADING: Final = frozenset("a half пів пол паў півтори півтора полторы полтора паўтары паўтара".split())
_JOINING: Final = _LEADING | frozenset("and з с половиною половиной паловай".split())
_CARD_WORDS: Final = ("карт", "card", "рахун", "счет", "счёт", "account", "номер", "нумар", "number", "тел", "phone")


def spoken_sum(text: str) -> tuple[str, str]:
    """The words of the only sum and the rest of the text; ("", text) when none or several can be meant.

    A number that follows `картка` or `номер` and names no currency says which one, not how much. A number elsewhere
    in the text may be the beginning of the sum, with a word between that cannot be read.
    """
    words = normalise(text).split()
    runs = _runs(words) if len(words) <= _MOST_WORDS else []
    if len(runs) != 1:
        return "", text
    start, end = runs[0]
    if any(map(_is_number, words[:start] + words[end:])):
        return "", text
    before = words[start - 1] if start else ""
    if before.startswith(_CARD_WORDS) and not any(_is_currency(word) for word in words[start:end]):
        return "", text
    return " ".join(words[start:end]), " ".join(words[:start] + words[end:])


def _runs(words: list[str]) -> list[tuple[int, int]]:
    """Where neighbouring words say a sum: with digits, or with a number in words beside a currency."""
    runs = []
    start = 0
    while start < len(words):
        end = start
        while end < len(words) and _belongs(words[end], first=end == start):
            end += 1
        while end > start and words[end - 1] in _JOINING:
            end -= 1
        run = words[start:end]
        if any(map(_has_digit, run)) or (any(map(_is_number, run)) and any(map(_is_currency, run))):
            runs.append((start, end))
        start = max(end, start + 1)
    return runs


def _belongs(word: str, *, first: bool) -> bool:
    return _is_number(word) or _is_currency(word) or word in (_LEADING if first else _JOINING)


def _is_number(word: str) -> bool:
    """Also a word like `тисяч`, which only multiplies."""
    bare = word.rstrip(_ENDS)
    return _has_digit(word) or read_number([bare]) is not None or read_number([Decimal(1), bare]) is not None


def _is_currency(word: str) -> bool:
    bare = word.rstrip(_ENDS)
    return is_minor(bare) or bool(currencies_of(bare, _EXPECTED))


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)
