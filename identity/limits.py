"""Short counters in Redis against guessing and against flooding a phone with codes.

Redis may be emptied at any moment: the bank keeps its own limits, these only keep noise away from it.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Final

from redis.asyncio import Redis
from redis.exceptions import RedisError

_WINDOW_S: Final = 900
CODES_SENT_MAX: Final = 5
WRONG_CODES_MAX: Final = 5


class Attempts:
    """Counts within a window of 15 minutes (bank-operations §5)."""

    def __init__(self, redis: Redis, answer_s: float = 0.5) -> None:
        """`answer_s`: how long a login waits for Redis before it does without."""
        self._redis = redis
        self._answer_s = answer_s

    async def add(self, what: str, whose: str) -> int:
        """Count one more; how many there are now. 0 when Redis does not answer: it must not lock customers out."""
        key = _key(what, whose)
        try:
            # Both or none: a counter without an end would lock its owner out for ever.
            async with asyncio.timeout(self._answer_s), self._redis.pipeline(transaction=True) as both:
                both.set(key, 0, ex=_WINDOW_S, nx=True)
                both.incr(key)
                return int((await both.execute())[-1])
        except (RedisError, OSError):
            return 0

    async def count(self, what: str, whose: str) -> int:
        try:
            async with asyncio.timeout(self._answer_s):
                return int(await self._redis.get(_key(what, whose)) or 0)
        except (RedisError, OSError):
            return 0

    async def clear(self, what: str, whose: str) -> None:
        with suppress(RedisError, OSError):
            async with asyncio.timeout(self._answer_s):
                await self._redis.delete(_key(what, whose))


def _key(what: str, whose: str) -> str:
    return f"attempts:{what}:{whose}"
