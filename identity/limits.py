"""Short counters in Redis against guessing and against flooding a phone with codes.

Redis may be emptied at any moment: the bank keeps its own limits, these only keep noise away from it.
"""

from __future__ import annotations

from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

_WINDOW_S: Final = 900
CODES_SENT_MAX: Final = 5
WRONG_CODES_MAX: Final = 5


class Attempts:
    """Counts within a window of 15 minutes (bank-operations §5)."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def add(self, what: str, whose: str) -> int:
        """Count one more; how many there are now. 0 when Redis does not answer: it must not lock customers out."""
        key = f"attempts:{what}:{whose}"
        try:
            count = int(await self._redis.incr(key))
            if count == 1:
                await self._redis.expire(key, _WINDOW_S)
        except (RedisError, OSError):
            return 0
        return count

    async def count(self, what: str, whose: str) -> int:
        try:
            return int(await self._redis.get(f"attempts:{what}:{whose}") or 0)
        except (RedisError, OSError):
            return 0

    async def clear(self, what: str, whose: str) -> None:
        try:
            await self._redis.delete(f"attempts:{what}:{whose}")
        except (RedisError, OSError):
            return
