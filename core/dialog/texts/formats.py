"""How a value of each type is written when the text names no filter, and how dates, times and phones are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final

import phonenumbers
from babel.dates import format_date, format_time

from core.dialog.slot_types import SlotType
from core.dialog.texts.masks import mask
from core.dialog.texts.money_format import format_money

Format = Callable[[Any, str], str]

_YES_NO: Final = {"uk": ("так", "ні"), "ru": ("да", "нет"), "be": ("так", "не"), "en": ("yes", "no")}

# A name may not turn the amount beside it round: direction marks and control characters are left out of values.
_DROPPED: Final = dict.fromkeys(
    [*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF]
)
del _DROPPED[ord("\n")], _DROPPED[ord("\t")]


def plain(value: str, _language: str = "") -> str:
    return value if value.isprintable() else value.translate(_DROPPED)


def whole(value: int, _language: str) -> str:
    return str(int(value))


def yes_no(value: bool, language: str) -> str:
    yes, no = _YES_NO[language]
    return yes if value else no


@lru_cache(maxsize=4096)
def day(value: str, language: str) -> str:
    """`5 січня 2026 р.` from an ISO date or date-time."""
    return format_date(date.fromisoformat(value[:10]), "long", locale=language)


@lru_cache(maxsize=4096)
def clock_time(value: str, language: str) -> str:
    """`14:30` from an ISO time or date-time, as it is written there: no zone is converted."""
    moment = datetime.fromisoformat(value).time() if len(value) > len("14:30:00.000000") else time.fromisoformat(value)
    return format_time(moment, "short", locale=language)


def phone(value: str, _language: str) -> str:
    """`+380 50 123 45 67`; a number that cannot be read stays as it is."""
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return plain(value)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(value: Any, _language: str) -> str:
    return plain(mask(value))


_DEFAULTS: Final[dict[str, Format]] = {
    "int": whole,
    "money": format_money,
    "date": day,
    "phone": phone,
    "bool": yes_no,
    "card": masked,
    "payee": masked,
}


def default_format(slot_type: SlotType) -> Format:
    if slot_type.item is not None:
        item = default_format(slot_type.item)
        return lambda values, language: ", ".join([item(value, language) for value in values])
    return _DEFAULTS.get(slot_type.kind, plain)
