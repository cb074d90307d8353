"""Sums of money as people type them. Whatever could mean two sums is refused with the reason, never guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from enum import StrEnum
from typing import Final

from core.dialog.understanding.currency_marks import currencies_of, is_minor
from core.dialog.understanding.normal import HYPHEN, normalise, only_plain_digits
from core.dialog.understanding.number_words import Token, read_number
from core.dialog.understanding.phones import read_phone
from core.dialog.understanding.written_numbers import Ambiguous, read_written
from core.kernel.money import Money, exponent

MAX_MINOR_UNITS: Final = 999_999_999_999
_LONGEST: Final = 100
_MOST_DIGITS: Final = 15
_SHORTEST_PHONE: Final = 9
_MOST_DECIMALS: Final = 9  # Enough for "1,234567 млн"; together below the precision that Decimal adds with.
_MINUS_WORDS: Final = frozenset({"мінус", "минус", "minus"})
_NUMBER: Final = r"[0-9]+(?:[ '][0-9]{3}(?![0-9]))*(?:[.,][0-9]+)*"
_TOKEN: Final = re.compile(rf"\s*(?:(?P<number>{_NUMBER})|(?P<word>[^\W\d_]+(?:'[^\W\d_]+)*\$?)\.?|(?P<sign>\S))")


class AmountProblem(StrEnum):
    """Why a text is not a sum that can be paid."""

    UNREADABLE = "unreadable"
    AMBIGUOUS = "ambiguous"
    TOO_PRECISE = "too_precise"
    OTHER_CURRENCY = "other_currency"
    NOT_POSITIVE = "not_positive"
    TOO_LARGE = "too_large"


class _Refused(Exception):
    def __init__(self, problem: AmountProblem) -> None:
        self.problem = problem


def read_amount(text: str, currency: str) -> Money | AmountProblem:
    """The sum in `currency` (ISO code): "200", "1 000,50", "1,5к", "сто грн", "₴200", "200 грн 50 коп".

    Positive, at most 999999999999 minor units, with no more decimals than the currency has.
    """
    try:
        return _money(_amount(text, currency), currency)
    except _Refused as refusal:
        return refusal.problem


def _money(amount: Decimal, currency: str) -> Money:
    scaled = amount.scaleb(exponent(currency))
    if scaled <= 0:
        raise _Refused(AmountProblem.NOT_POSITIVE)
    if scaled > MAX_MINOR_UNITS:
        raise _Refused(AmountProblem.TOO_LARGE)
    if scaled != scaled.to_integral_value():
        raise _Refused(AmountProblem.TOO_PRECISE)
    return Money(int(scaled), currency)


def _amount(text: str, currency: str) -> Decimal:
    tokens = _tokens(text, exponent(currency))
    minus = bool(tokens) and (tokens[0] in ("-", "−") or tokens[0] in _MINUS_WORDS)
    tokens = tokens[1:] if minus else tokens
    if len(tokens) == 1 and _is_phone(text):
        raise _Refused(AmountProblem.UNREADABLE)
    marks, main, minor = _parts(tokens, currency)
    amount = read_number(main) if main else Decimal(0)
    if amount is None or not (main or minor):
        raise _Refused(AmountProblem.UNREADABLE)
    if any(currency not in meant for meant in marks):
        raise _Refused(AmountProblem.OTHER_CURRENCY)
    if minus:
        raise _Refused(AmountProblem.NOT_POSITIVE)
    return amount + _hundredths(minor, amount, currency)


def _is_phone(text: str) -> bool:
    """Digits alone, so many that no customer means a sum by them, which are somebody's number."""
    return sum(map(str.isdigit, text)) >= _SHORTEST_PHONE and read_phone(text) is not None


def _tokens(text: str, decimals: int) -> list[Token]:
    """Numbers as Decimal, words and signs as str. Superscripts and fractions do not count as digits."""
    written = normalise(text).rstrip(".!")
    if not written or len(text) > _LONGEST or not only_plain_digits(text):
        raise _Refused(AmountProblem.UNREADABLE)
    tokens: list[Token] = []
    for match in _TOKEN.finditer(HYPHEN.sub(" ", written)):
        number = match.group("number")
        tokens.append(_number(number, decimals) if number else match.group("word") or match.group("sign"))
    return tokens


def _number(written: str, decimals: int) -> Decimal:
    try:
        number = read_written(written, decimals)
    except Ambiguous as error:
        raise _Refused(AmountProblem.AMBIGUOUS) from error
    if number is None:
        raise _Refused(AmountProblem.UNREADABLE)
    if number.adjusted() > _MOST_DIGITS:
        raise _Refused(AmountProblem.TOO_LARGE)
    if number != round(number, _MOST_DECIMALS):
        raise _Refused(AmountProblem.TOO_PRECISE)
    return number


def _parts(tokens: list[Token], currency: str) -> tuple[list[frozenset[str]], list[Token], list[Token]]:
    """The currencies named, the tokens of the sum and those of its hundredths ("200 грн 50 коп")."""
    marks: list[frozenset[str]] = []
    parts: list[list[Token]] = [[]]
    minor: list[Token] = []
    for place, token in enumerate(tokens):
        meant = currencies_of(token, currency) if isinstance(token, str) else frozenset[str]()
        if meant:
            marks.append(meant)
            parts.append([])
        elif isinstance(token, str) and is_minor(token) and place + 1 == len(tokens):
            minor = parts.pop()
        else:
            parts[-1].append(token)
    spoken = [part for part in parts if part]
    if len(spoken) > 1 or len(marks) > 1:
        raise _Refused(AmountProblem.UNREADABLE)
    return marks, spoken[0] if spoken else [], minor


def _hundredths(tokens: list[Token], amount: Decimal, currency: str) -> Decimal:
    if not tokens:
        return Decimal(0)
    count = read_number(tokens)
    if count is None or exponent(currency) != 2 or not 0 <= count < 100 or amount != amount.to_integral_value():
        raise _Refused(AmountProblem.UNREADABLE)
    return count.scaleb(-2)
