"""Masking: no card number survives the way into a log, a table, a trace or a chat.

A card number is 13..19 digits, in groups or not, that satisfy Luhn's check (ISO/IEC 7812-1).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

# Groups may be parted by spaces of any kind, dots, dashes and slashes, as people write them.
_GAP: Final = r"[\s\u00a0\u2000-\u200f\u2010-\u2015\u2060\ufeff._/\-]{0,3}"
_CANDIDATE: Final = re.compile(rf"\d(?:{_GAP}\d){{12,}}")
_DIGIT: Final = re.compile(r"\d")
_SECRET_KEYS: Final = frozenset(
    """
    authorization cookie api_key token auth_token access_token refresh_token client_secret password secret
    session_id sessionid cvv cvc cvv2 pin code otp pan card_number
    x-viber-auth-token x-telegram-bot-api-secret-token
    """.split()
)
HIDDEN: Final = "•••"


def luhn(digits: str) -> bool:
    """Whether the digits end in the right check digit. Any Unicode decimal digit counts as its value."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit)
        if position % 2:
            value = value * 2 - 9 if value > 4 else value * 2
        total += value
    return total % 10 == 0


def find_card_numbers(text: str) -> list[tuple[int, int]]:
    """Spans (start, end) of everything in the text that could be a card number."""
    spans: list[tuple[int, int]] = []
    for run in _CANDIDATE.finditer(text):
        places = [run.start() + match.start() for match in _DIGIT.finditer(run.group())]
        spans.extend(_inside(text, places))
    return spans


def _inside(text: str, places: list[int]) -> list[tuple[int, int]]:
    """The longest Luhn-valid windows of 13..19 digits in one run, left to right, without overlap."""
    found = []
    start = 0
    while start + 13 <= len(places):
        for length in range(min(19, len(places) - start), 12, -1):
            window = places[start : start + length]
            digits = "".join(text[place] for place in window)
            if luhn(digits) and len(set(digits)) > 1:
                found.append((window[0], window[-1] + 1))
                start += length
                break
        else:
            start += 1
    return found


def mask_text(text: str) -> str:
    """Every card number becomes `••••` and its last four digits; the rest stays as it was."""
    if len(text) < 13:
        return text
    parts, last = [], 0
    for start, end in find_card_numbers(text):
        digits = "".join(_DIGIT.findall(text[start:end]))
        parts += [text[last:start], "••••", digits[-4:]]
        last = end
    return "".join([*parts, text[last:]]) if parts else text


def mask_value(value: Any) -> Any:
    """A masked copy of JSON-like data: values of secret keys are hidden, card numbers in strings and numbers masked."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {key: HIDDEN if _is_secret(key) and item else mask_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [mask_value(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**12:
        masked = mask_text(str(value))
        return value if masked == str(value) else masked
    return value


def _is_secret(key: object) -> bool:
    return isinstance(key, str) and key.lower() in _SECRET_KEYS
