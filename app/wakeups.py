"""Waking other processes at once when there is work; without Redis they find it themselves a second later."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

_TOPIC: Final = "teller:work"
_log = structlog.get_logger("teller.wakeups")


class Wakeups:
    """Only used between processes: with all roles in one process nothing goes through Redis."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._pending: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def announce(self, kind: str) -> None:
        """`outbox` or `operations`; many announcements before the next breath of the loop become one."""
        if kind in self._pending:
            return
        self._pending.add(kind)
        task = asyncio.get_running_loop().create_task(self._publish(kind))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def listen(self, wake: dict[str, Callable[[], None]]) -> None:
        """Call `wake[kind]` for each announcement, until cancelled."""
        while True:
            try:
                async with self._redis.pubsub() as listener:
                    await listener.subscribe(_TOPIC)
                    async for message in listener.listen():
                        if message["type"] == "message":
                            wake.get(message["data"].decode(errors="replace"), _nothing)()
            except (RedisError, OSError) as error:
                _log.info("wakeups_interrupted", error=type(error).__name__)
                await asyncio.sleep(1)

    async def _publish(self, kind: str) -> None:
        self._pending.discard(kind)
        with suppress(RedisError, OSError):
            await self._redis.publish(_TOPIC, kind)


def _nothing() -> None:
    return None
