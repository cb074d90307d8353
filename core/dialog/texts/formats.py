"""How a value of each type is written when the text names no filter, and how dates, times and phones are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import phonenumbers
from babel.dates import format_date, format_skeleton, format_time

from core.dialog.slot_types import SlotType
from core.dialog.texts.masks import mask
from core.dialog.texts.money_format import format_money

Format = Callable[[Any, str], str]

BANK_ZONE: Final = ZoneInfo("Europe/Kyiv")

# Days near today, by the words that flows name them with: how far away they are, and how customers call them.
NEAR_DAYS: Final[Mapping[str, int]] = {"yesterday": -1, "today": 0, "tomorrow": 1}
_NEAR_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "yesterday": {"uk": "Вчора", "ru": "Вчера", "be": "Учора", "en": "Yesterday"},
    "today": {"uk": "Сьогодні", "ru": "Сегодня", "be": "Сёння", "en": "Today"},
    "tomorrow": {"uk": "Завтра", "ru": "Завтра", "be": "Заўтра", "en": "Tomorrow"},
}
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
    """`5 січня 2026 р.` from an ISO date or date-time; an instant is told in the bank's time zone. "" stays ""."""
    if not value:
        return ""
    written = date.fromisoformat(value) if len(value) == len("2026-01-05") else _local(value).date()
    return format_date(written, "long", locale=language)


@lru_cache(maxsize=1024)
def near_day(word: str, value: str, language: str) -> str:
    """`Завтра, 19 листопада`: with the date, since a button may be pressed on another day."""
    return f"{_NEAR_WORDS[word][language]}, {format_skeleton('MMMMd', date.fromisoformat(value), locale=language)}"


@lru_cache(maxsize=4096)
def clock_time(value: str, language: str) -> str:
    """`14:30` from an ISO time or date-time; an instant is told in the bank's time zone. "" stays ""."""
    if not value:
        return ""
    moment = _local(value).time() if "T" in value or " " in value else time.fromisoformat(value)
    return format_time(moment, "short", locale=language)


def _local(value: str) -> datetime:
    """A date-time with an offset is an instant and becomes local; one without is local already."""
    written = datetime.fromisoformat(value)
    return written if written.tzinfo is None else written.astimezone(BANK_ZONE)


@lru_cache(maxsize=1024)
def phone(value: str, _language: str) -> str:
    """`+380 50 123 45 67`; a number that cannot be read stays as it is."""
    try:
        parsed = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return plain(value)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(value: Any, _language: str) -> str:
    return plain(mask(value))


def number(value: Decimal, _language: str) -> str:
    return f"{value:f}"


def file_name(value: Mapping[str, Any], _language: str) -> str:
    """The name that the file came with, or what kind of file it is."""
    return plain(value["name"] or value["kind"])


def coordinates(value: Mapping[str, Any], _language: str) -> str:
    """`50.45012, 30.52341`: five decimals are a metre."""
    return f"{value['latitude']:.5f}, {value['longitude']:.5f}"


_DEFAULTS: Final[dict[str, Format]] = {
    "int": whole,
    "money": format_money,
    "date": day,
    "phone": phone,
    "bool": yes_no,
    "card": masked,
    "payee": masked,
    "number": number,
    "file": file_name,
    "location": coordinates,
}


def default_format(slot_type: SlotType) -> Format:
    if slot_type.item is not None:
        item = default_format(slot_type.item)
        return lambda values, language: ", ".join([item(value, language) for value in values])
    return _DEFAULTS.get(slot_type.kind, plain)
