"""How often each operation was called and with what. Headers are not kept; secrets and long numbers are masked."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

_KEPT: Final = 20
_SECRETS: Final = frozenset({"code", "password", "sessionid", "client_secret", "client_assertion"})
_LONG_NUMBER: Final = re.compile(r"[0-9]{9,15}(?=[0-9]{4})")
HIDDEN: Final = "•••"


def masked(value: Any, key: str = "") -> Any:
    """A copy without secrets, in which a number of 13 or more digits keeps only its last four."""
    if key.lower() in _SECRETS:
        return HIDDEN
    if isinstance(value, Mapping):
        return {name: masked(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, str):
        return _LONG_NUMBER.sub("••••", value)
    return value


class CallRecorder:
    def __init__(self) -> None:
        self._counts: dict[tuple[str, str], int] = {}
        self._bodies: dict[tuple[str, str], deque[Any]] = {}

    def arrived(self, system: str, operation: str) -> None:
        self._counts[system, operation] = self._counts.get((system, operation), 0) + 1

    def understood(self, system: str, operation: str, body: Mapping[str, Any]) -> None:
        """Only bodies of the right form are kept, so nothing unknown is."""
        self._bodies.setdefault((system, operation), deque(maxlen=_KEPT)).append(masked(body))

    def items(self, system: str | None, operation: str | None) -> list[dict[str, Any]]:
        return [
            {"system": key[0], "operation": key[1], "count": count, "last": list(self._bodies.get(key, ()))}
            for key, count in sorted(self._counts.items())
            if system in (None, key[0]) and operation in (None, key[1])
        ]

    def clear(self) -> None:
        self._counts.clear()
        self._bodies.clear()
