"""The simulated phone network: what the bank sent by SMS. Kept in memory, so no code ever lies in a table."""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from simulators.bank.clock import Clock, moment, rfc3339

_KEPT: Final = 2000


class PhoneNetwork:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sent: deque[dict[str, Any]] = deque(maxlen=_KEPT)
        self._last = 0

    def send(self, phone: str, text: str) -> None:
        """`seq` grows with the clock, so that whoever asks `after` the last one seen is right across a restart too."""
        now_ms = self._clock.now_ms()
        self._last = max(self._last + 1, now_ms)
        self._sent.append({"seq": self._last, "phone": phone, "text": text, "sent_at": rfc3339(moment(now_ms))})

    def items(self, phone: str | None, after: int) -> list[dict[str, Any]]:
        return [sms for sms in self._sent if sms["seq"] > after and phone in (None, sms["phone"])]

    def clear(self) -> None:
        self._sent.clear()
