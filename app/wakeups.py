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
_LOOK_UP_S: Final = 1.0
_AGAIN_S: Final = 1.0
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
        while not _cancelled():
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as listener:
                    await listener.subscribe(_TOPIC)
                    while not _cancelled():
                        message = await listener.get_message(timeout=_LOOK_UP_S)
                        if message is not None:
                            wake.get(message["data"].decode(errors="replace"), _nothing)()
            except (RedisError, OSError) as error:
                _log.info("wakeups_interrupted", error=type(error).__name__)
                await asyncio.sleep(_AGAIN_S)

    async def _publish(self, kind: str) -> None:
        self._pending.discard(kind)
        with suppress(RedisError, OSError):
            await self._redis.publish(_TOPIC, kind)


def _cancelled() -> bool:
    """The client loses a cancellation that comes while it reads; without this the process would never end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


def _nothing() -> None:
    return None
