"""Times of day as the bank's customers read them from the clock: Europe/Kyiv, summer time included."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from core.dialog.texts.formats import BANK_ZONE


def next_at(clock: str, now_ms: int) -> int:
    """The next moment (ms) after `now_ms` at which the clock shows `HH:MM`: today or tomorrow."""
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(BANK_ZONE).date()
    moment = at_on(clock, today)
    return moment if moment > now_ms else at_on(clock, today + timedelta(days=1))


def at_on(clock: str, day: date) -> int:
    """The moment (ms) at which the clock shows `HH:MM` on that day. Of a time that comes twice it is the first; a time
    that summer time leaves out is told as it would have been, an hour later on the clock."""
    return int(datetime.combine(day, time.fromisoformat(clock), BANK_ZONE).timestamp() * 1000)
