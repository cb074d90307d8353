"""What the bot called, and the faults that it is to meet."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

FaultName = Literal[
    "http_500", "http_500_after", "timeout_before", "timeout_after", "rate_limit", "blocked", "garbage", "drop",
    "delay", "error", "fails_later",
]  # fmt: skip

MAX_CALLS: Final = 10_000


@dataclass
class Fault:
    """`method` "" means any.

    `timeout_after`, `drop` and `http_500_after` do the work and lose the answer, `delay` does it `delay_s` later,
    `fails_later` accepts a message and reports `code` in a status; the others do nothing. `error` answers with `code`
    and `subcode`. `retry_after` in seconds.
    """

    fault: FaultName
    method: str
    times: int
    retry_after: int
    delay_s: float = 0.0
    code: int = 0
    subcode: int = 0


class Calls:
    """A record of the newest calls and the faults still to come. It never holds a token."""

    def __init__(self) -> None:
        self._calls: deque[dict[str, Any]] = deque(maxlen=MAX_CALLS)
        self._faults: list[Fault] = []
        self._count = 0

    def record(self, method: str, fields: Mapping[str, Any], status: int, answer: object, at: float) -> None:
        self._count += 1
        self._calls.append(
            {"seq": self._count, "method": method, "fields": dict(fields), "status": status, "answer": answer, "at": at}
        )

    def listed(self) -> list[dict[str, Any]]:
        return list(self._calls)

    def plan(self, fault: Fault) -> None:
        self._faults.append(fault)

    def next_fault(self, method: str) -> Fault | None:
        """The first fault that fits this method; each call uses one up."""
        for fault in self._faults:
            if fault.method.casefold() in ("", method.casefold()):
                fault.times -= 1
                if fault.times <= 0:
                    self._faults.remove(fault)
                return fault
        return None
