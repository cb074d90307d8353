"""Text of a bank to values of the platform and back: exact sums, UTC times, yes or no. No float, no rounding."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from core.bank_api.errors import ConversionError
from core.kernel.money import Money, MoneyError, exponent

MAX_MINOR_UNITS: Final = 10**18

_SUM: Final = re.compile(r"-?[0-9]{1,15}(?:\.([0-9]{1,4}))?")
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_\-]{0,39}")
_LOCAL_TIME: Final = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2})")
_LOCAL_DATE: Final = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")
_RFC3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_YES_NO: Final = {"Y": True, "N": False}


def minor_units(text: str, currency: str) -> int:
    """`"0980.00"`, UAH -> 98000. A sum with more decimals than its currency is refused, even when they are zeros."""
    match = _SUM.fullmatch(text)
    if match is None:
        raise ConversionError("not a decimal sum")
    if len(match[1] or "") > _exponent(currency):
        raise ConversionError(f"more decimals than {currency} has")
    return Money.of(text, currency).amount


def money_value(amount: object, currency: object) -> dict[str, object]:
    """The platform's form of a sum that is already in minor units."""
    if type(amount) is not int or abs(amount) >= MAX_MINOR_UNITS or not isinstance(currency, str):
        raise ConversionError("money is a whole number of minor units below 10^18 and a currency")
    _exponent(currency)
    return {"amount": amount, "currency": currency}


def _exponent(currency: str) -> int:
    try:
        return exponent(currency)
    except MoneyError:
        raise ConversionError("not an ISO 4217 currency code") from None


def whole_number(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ConversionError("not a whole number")
    return int(text)


def code_word(text: str) -> str:
    """`BOOKED` -> `booked`."""
    if not _CODE.fullmatch(text):
        raise ConversionError("not a code word")
    return text.lower()


def yes_or_no(text: str) -> bool:
    if text not in _YES_NO:
        raise ConversionError("neither Y nor N")
    return _YES_NO[text]


def utc_from_local(text: str, zone: ZoneInfo) -> str:
    """`20.11.2026 23:59:58` in Kyiv -> `2026-11-20T21:59:58Z`.

    Of the hour that comes twice in autumn the first is taken; a time of the hour that spring leaves out is refused.
    """
    match = _LOCAL_TIME.fullmatch(text)
    if match is None:
        raise ConversionError("not a local time dd.MM.yyyy HH:mm:ss")
    day, month, year, hour, minute, second = map(int, match.groups())
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        moment = local.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConversionError("no such moment in the calendar") from None
    if moment.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise ConversionError(f"no such local time in {zone.key}")
    return _spell(moment)


def date_from_local(text: str) -> str:
    """`20.11.2026` -> `2026-11-20`."""
    match = _LOCAL_DATE.fullmatch(text)
    if match is None:
        raise ConversionError("not a local date dd.MM.yyyy")
    day, month, year = map(int, match.groups())
    try:
        return datetime(year, month, day, tzinfo=UTC).date().isoformat()
    except ValueError:
        raise ConversionError("no such day in the calendar") from None


def utc_from_rfc3339(text: str) -> str:
    """Any RFC 3339 time -> the same moment with `Z`, whole seconds."""
    if not _RFC3339.fullmatch(text):
        raise ConversionError("not an RFC 3339 time")
    try:
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ConversionError("no such moment in the calendar") from None
    return _spell(moment)


def local_from_utc(text: str, zone: ZoneInfo) -> str:
    """`2026-11-20T21:59:58Z` -> `20.11.2026 23:59:58` in Kyiv."""
    moment = datetime.fromisoformat(utc_from_rfc3339(text))
    return f"{moment.astimezone(zone):%d.%m.%Y %H:%M:%S}"


def local_from_date(text: str) -> str:
    """`2026-11-20` -> `20.11.2026`."""
    try:
        return f"{datetime.strptime(text, '%Y-%m-%d').replace(tzinfo=UTC):%d.%m.%Y}"
    except ValueError:
        raise ConversionError("not a date YYYY-MM-DD") from None


def _spell(moment: datetime) -> str:
    return f"{moment.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
