"""Rates as sliding windows."""

from __future__ import annotations

from collections import defaultdict, deque


class Rate:
    """At most `limit` in `seconds`, counted for each key."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._taken: defaultdict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str, now: float) -> bool:
        """Count one; False, and nothing counted, when it is one too many."""
        window = self._taken[key]
        while window and window[0] <= now - self._seconds:
            window.popleft()
        if len(window) >= self._limit:
            return False
        window.append(now)
        return True
