"""Time of the simulated bank: an injected clock, and the two ways in which the bank writes it."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from typing import Final, Protocol
from zoneinfo import ZoneInfo

KYIV: Final = ZoneInfo("Europe/Kyiv")


class Clock(Protocol):
    """`now_ms`: milliseconds since the epoch, UTC."""

    def now_ms(self) -> int: ...


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


def moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds // 1000, UTC).replace(microsecond=milliseconds % 1000 * 1000)


def rfc3339(value: datetime) -> str:
    """`2026-11-20T21:59:58Z`, as every time in the bank's JSON."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def kyiv_text(value: datetime) -> str:
    """`20.11.2026 23:59:58`, as every time in the bank's XML."""
    return value.astimezone(KYIV).strftime("%d.%m.%Y %H:%M:%S")


def kyiv_date(text: str) -> date:
    """The date of `dd.MM.yyyy`. Raises ValueError for a day that no calendar has."""
    day, month, year = text.split(".")
    return date(int(year), int(month), int(day))


def start_of_day(day: date) -> datetime:
    """Midnight in Kyiv, where the bank's day begins."""
    return datetime.combine(day, time_of_day.min, KYIV)
