"""The sum inside a sentence: `перекажи 200 грн мамі`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from core.dialog.understanding.amounts import read_amount
from core.dialog.understanding.normal import normalise
from core.kernel.money import Money

_MOST_WORDS: Final = 16
_LONGEST_SUM: Final = 8


def find_amount(text: str, currency: str) -> tuple[Money, str] | None:
    """The only sum that the text names, and the normalised text without it; None when it names none or several.

    A small number in words is not a sum: in "order one card" nobody speaks of money.
    """
    words = normalise(text).split()
    if len(words) > _MOST_WORDS:
        return None
    found: list[tuple[int, int, Money]] = []
    for start, end, amount in _sums(words, currency):
        if all(end <= first or start >= last for first, last, _ in found):
            found.append((start, end, amount))
    if len(found) != 1:
        return None
    start, end, amount = found[0]
    if any(map(_has_digit, [*words[max(start - 1, 0) : start], *words[end : end + 1]])):
        return None  # Digits beside it are of the same number, a phone for one.
    return amount, " ".join(words[:start] + words[end:])


def _sums(words: list[str], currency: str) -> Iterator[tuple[int, int, Money]]:
    """Every run of words that reads as a sum, the longest first."""
    for length in range(min(_LONGEST_SUM, len(words)), 0, -1):
        for start in range(len(words) - length + 1):
            run = words[start : start + length]
            amount = read_amount(" ".join(run), currency)
            if isinstance(amount, Money) and (len(run) > 1 or _has_digit(run[0]) or _large(amount)):
                yield start, start + length, amount


def _has_digit(word: str) -> bool:
    return any(sign.isdigit() for sign in word)


def _large(amount: Money) -> bool:
    return amount.decimal >= 10
