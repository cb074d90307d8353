"""Times of day by the clock in Kyiv, also on the two days a year when the clock is moved."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.local_time import at_on, next_at

KYIV = ZoneInfo("Europe/Kyiv")


def ms(written: str) -> int:
    return int(datetime.fromisoformat(written).replace(tzinfo=UTC).timestamp() * 1000)


DAYS = [
    ("10:00", date(2026, 1, 15), "2026-01-15 08:00"),
    ("10:00", date(2026, 7, 15), "2026-07-15 07:00"),
    ("00:00", date(2026, 7, 15), "2026-07-14 21:00"),
    ("03:30", date(2026, 3, 29), "2026-03-29 01:30"),  # The clock goes from 03:00 to 04:00.
    ("03:30", date(2026, 10, 25), "2026-10-25 00:30"),  # It shows 03:30 twice.
]


@pytest.mark.parametrize(("clock", "day", "utc"), DAYS)
def test_a_time_on_a_day(clock: str, day: date, utc: str) -> None:
    assert at_on(clock, day) == ms(utc)


NEXT = [
    ("10:00", "2026-01-15 07:59", "2026-01-15 08:00"),
    ("10:00", "2026-01-15 08:00", "2026-01-16 08:00"),
    ("00:30", "2026-01-15 21:59", "2026-01-15 22:30"),
    ("10:00", "2026-03-28 09:00", "2026-03-29 07:00"),
]


@pytest.mark.parametrize(("clock", "now", "utc"), NEXT)
def test_the_next_time_is_today_or_tomorrow(clock: str, now: str, utc: str) -> None:
    assert next_at(clock, ms(now)) == ms(utc)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 23),
    st.integers(0, 59),
)
def test_it_is_always_ahead_by_at_most_a_day_and_an_hour(now: datetime, hour: int, minute: int) -> None:
    now_ms = int(now.timestamp() * 1000)

    ahead = next_at(f"{hour:02}:{minute:02}", now_ms) - now_ms

    assert 0 < ahead <= 25 * 3_600_000
