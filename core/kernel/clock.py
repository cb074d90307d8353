"""Time comes from an injected clock; nothing else in the house reads the machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Clock(Protocol):
    """`now_ms`: milliseconds since the epoch, UTC."""

    def now_ms(self) -> int: ...


class SystemClock:
    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000


class ManualClock:
    """A clock that moves only when told; used by flow tests, replay and the test suite."""

    def __init__(self, now_ms: int = 1_795_000_000_000) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def advance(self, milliseconds: int) -> None:
        self._now_ms += milliseconds


def moment(milliseconds: int) -> datetime:
    """The same instant as an aware UTC datetime, exact to the millisecond; what the database columns take."""
    return _EPOCH + timedelta(milliseconds=milliseconds)
