"""Masking: no card number survives the way into a log, a table, a trace or a chat.

A card number is 13..19 digits, in groups or not, that satisfy Luhn's check (ISO/IEC 7812-1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import accumulate, pairwise
from typing import Any, Final

# Groups may be parted by spaces of any kind, dots, dashes and slashes, as people write them, and by signs nobody sees.
_GAP: Final = (
    r"[\s._/\\\-\u00ad\u034f\u061c\u00b7\u180e\u2000-\u2015\u2024\u2027-\u202f\u2043\u2044\u205f-\u206f"
    r"\u2212\ufe00-\ufe0f\ufe52\ufe58\ufe63\ufeff\uff0d\uff0e\uff0f]{0,8}+"
)
_RUN: Final = re.compile(rf"\d(?:{_GAP}\d){{12,}}")
_DIGIT: Final = re.compile(r"\d")
_COUNTRY: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}")
_LONGEST: Final = 19
_SHORTEST: Final = 13
_IBAN_DIGITS_MAX: Final = 32
_DEPTH_MAX: Final = 40
_SECRET_KEYS: Final = frozenset(
    """
    authorization cookie api_key token auth_token access_token refresh_token client_secret password secret
    session_id sessionid cvv cvc cvv2 pin code otp pan card_number
    x_viber_auth_token x_telegram_bot_api_secret_token appsecret_proof
    """.split()
)
_SECRET_ENDINGS: Final = ("_password", "_secret", "_token", "_pin", "_cvv", "_otp", "_pan")
HIDDEN: Final = "•••"


def luhn(digits: str) -> bool:
    """Whether the digits end in the right check digit. Any Unicode decimal digit counts as its value."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit)
        total += _doubled(value) if position % 2 else value
    return total % 10 == 0


def find_card_numbers(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of everything in the text that could be a card number; numbers that overlap are one span.

    The digits of an IBAN are no card number: more digits than a card has, behind a country, with the right check
    digits (ISO 13616).
    """
    spans: list[tuple[int, int]] = []
    for run in _RUN.finditer(text):
        places = [run.start() + match.start() for match in _DIGIT.finditer(run.group())]
        places = places[_iban_length(text, places) :]
        found = _inside([int(text[place]) for place in places])
        spans.extend((places[first], places[last] + 1) for first, last in found)
    return spans


def mask_text(text: str) -> str:
    """Every card number becomes `••••` and its last four digits; the rest stays as it was."""
    if len(text) < _SHORTEST:
        return text
    parts, last = [], 0
    for start, end in find_card_numbers(text):
        digits = "".join(_DIGIT.findall(text[start:end]))
        parts += [text[last:start], "••••", digits[-4:]]
        last = end
    return "".join([*parts, text[last:]]) if parts else text


def mask_value(value: Any) -> Any:
    """A masked copy of JSON-like data: values of secret keys are hidden, card numbers in strings, numbers and keys
    masked. Anything else becomes its masked text if that holds a card number; what lies too deep is hidden."""
    return _masked(value, 0)


def _masked(value: Any, depth: int) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if value is None or isinstance(value, bool):
        return value
    if depth > _DEPTH_MAX:
        return HIDDEN
    if isinstance(value, Mapping):
        return {
            _masked_other(key): HIDDEN if _is_secret(key) and item not in (None, "") else _masked(item, depth + 1)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_masked(item, depth + 1) for item in value]
    return _masked_other(value)


def _masked_other(value: Any) -> Any:
    if isinstance(value, int | float) and abs(value) < 10 ** (_SHORTEST - 1):
        return value
    written = str(value)
    masked = mask_text(written)
    return value if masked == written else masked


def _inside(digits: list[int]) -> list[tuple[int, int]]:
    """(first, last) places of the digits that belong to Luhn-valid numbers, overlapping numbers joined.

    Luhn's sum of any window is a difference of running totals: digits doubled at even places, or at odd ones.
    """
    even = [0, *accumulate(_doubled(d) if place % 2 == 0 else d for place, d in enumerate(digits))]
    odd = [0, *accumulate(_doubled(d) if place % 2 else d for place, d in enumerate(digits))]
    changes = [0, *accumulate(int(one != other) for one, other in pairwise(digits))]
    found: list[tuple[int, int]] = []
    for last in range(_SHORTEST - 1, len(digits)):
        # The last digit is never doubled, the one before it always is.
        totals = odd if last % 2 == 0 else even
        for first in range(max(0, last - _LONGEST + 1), last - _SHORTEST + 2):
            if (totals[last + 1] - totals[first]) % 10 == 0 and changes[last] != changes[first]:
                _join(found, first, last)
                break
    return found


def _join(found: list[tuple[int, int]], first: int, last: int) -> None:
    while found and found[-1][1] >= first:
        first = min(first, found.pop()[0])
    found.append((first, last))


def _iban_length(text: str, places: list[int]) -> int:
    """How many of the digits belong to an IBAN of digits that the run begins with, 0 if to none."""
    country = _COUNTRY.fullmatch(text, max(0, places[0] - 2), places[0])
    if country is None:
        return 0
    letters = "".join(str(int(letter, 36)) for letter in country.group())
    for length in range(min(len(places), _IBAN_DIGITS_MAX), _LONGEST, -1):
        ends_here = length == len(places) or places[length] > places[length - 1] + 1
        digits = "".join(str(int(text[place])) for place in places[:length])
        if ends_here and int(digits[2:] + letters + digits[:2]) % 97 == 1:
            return length
    return 0


def _doubled(digit: int) -> int:
    return digit * 2 - 9 if digit > 4 else digit * 2


def _is_secret(key: object) -> bool:
    if not isinstance(key, str):
        return False
    name = key.lower().replace("-", "_")
    return name in _SECRET_KEYS or name.endswith(_SECRET_ENDINGS)
