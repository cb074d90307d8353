"""Sending: messages of one conversation leave in order; an error is retried, waited out or put aside by its class."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from core.dialog.contracts import Picture
from core.kernel.clock import Clock, moment
from core.kernel.errors import where
from core.messages.channels import (
    Channel,
    Misconfigured,
    OutcomeUnknown,
    RecipientGone,
    RetryLater,
    SendError,
)
from core.messages.rows import OutboxRow, SentMark, SentState

_ATTEMPTS: Final = 8
_BACKOFF_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0)
_CONFIGURATION_S: Final = 60.0
_HELD_S: Final = 20.0
_ERROR_MAX: Final = 500
_log = structlog.get_logger("teller.delivery")

Draw = Callable[[Picture], Awaitable[bytes]]
Sleep = Callable[[float], Awaitable[None]]


class Marks(Protocol):
    """Where the sender writes what became of a message."""

    def mark(self, mark: SentMark) -> None: ...


class Delivery:
    """One lane per conversation, so that a slow or refused chat holds up nobody else.

    `drop(conversation, reason)` forgets everything that still waits for a recipient who is gone.
    """

    def __init__(
        self,
        *,
        channels: Mapping[str, Channel],
        marks: Marks,
        clock: Clock,
        draw: Draw,
        picture_url: Callable[[str], str],
        drop: Callable[[str, str], Awaitable[None]],
        sleep: Sleep = asyncio.sleep,
        parallel: int = 64,
    ) -> None:
        self._channels = channels
        self._marks = marks
        self._clock = clock
        self._draw = draw
        self._picture_url = picture_url
        self._drop = drop
        self._sleep = sleep
        self._slots = asyncio.Semaphore(parallel)
        self._lanes: dict[str, deque[OutboxRow]] = {}
        self._paused_until_ms: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def enqueue(self, rows: list[OutboxRow]) -> None:
        """Rows whose lease this process holds, in order. Rows already waiting here are not queued twice."""
        for row in rows:
            lane = self._lanes.get(row.conversation)
            if lane is None:
                self._lanes[row.conversation] = deque([row])
                task = asyncio.create_task(self._run_lane(row.conversation))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif all(waiting.id != row.id for waiting in lane):
                lane.append(row)

    async def drain(self) -> None:
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def stop(self) -> None:
        """What is not sent yet stays in the outbox for the next process."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run_lane(self, conversation: str) -> None:
        lane = self._lanes[conversation]
        try:
            while lane:
                if not await self._send_head(conversation, lane[0]):
                    break
                lane.popleft()
        except Exception as error:
            _log.error("lane_failed", conversation=conversation, error=type(error).__name__, where=where(error))
        finally:
            self._lanes.pop(conversation, None)

    async def _send_head(self, conversation: str, row: OutboxRow) -> bool:
        """True when the next row may follow; False leaves the whole lane to the sweeper."""
        channel_name, _, chat = conversation.partition(":")
        channel = self._channels.get(channel_name)
        if channel is None:
            self._mark(row, "dead", error=f"no channel {channel_name!r} is configured")
            return True
        while True:
            await self._wait_for_channel(channel_name)
            try:
                async with self._slots:
                    platform_id = await self._send(channel, chat, row)
            except RetryLater as error:
                if not await self._wait_for_retry(channel_name, row, error):
                    return False
                continue
            except SendError as error:
                return await self._give_up(conversation, row, error)
            self._mark(row, "sent", platform_id=platform_id)
            return True

    async def _send(self, channel: Channel, chat: str, row: OutboxRow) -> str:
        message = row.message
        by_url = channel.abilities.picture == "url"
        url = self._picture_url(row.id) if message.picture is not None and by_url else ""
        calls = channel.render(message, chat, row.id, url)
        platform_id = ""
        for index, call in enumerate(calls):
            if index < row.part:
                continue
            picture = await self._draw(message.picture) if call.upload and message.picture is not None else b""
            try:
                platform_id = await channel.deliver(call, picture) or platform_id
            except SendError as error:
                if not call.optional:
                    raise
                _log.info("optional_call_failed", channel=channel.name, method=call.method, code=error.code)
            row.part = index + 1
        return platform_id

    async def _wait_for_channel(self, channel: str) -> None:
        while (pause := self._paused_until_ms.get(channel, 0) - self._clock.now_ms()) > 0:
            await self._sleep(pause / 1000)

    async def _wait_for_retry(self, channel: str, row: OutboxRow, error: RetryLater) -> bool:
        """Wait here when the wait is short; otherwise the row goes back and any process takes it when it is due."""
        delay = max(error.after_s, _BACKOFF_S[min(row.attempt, len(_BACKOFF_S) - 1)])
        row.attempt += 1
        if row.attempt >= _ATTEMPTS:
            self._mark(row, "dead", error=f"{error.code}: {error.detail}")
            return True
        _log.info("send_retry", conversation=row.conversation, attempt=row.attempt, after_s=delay, code=error.code)
        if error.scope == "channel":
            self._paused_until_ms[channel] = self._clock.now_ms() + int(delay * 1000)
        next_at = self._now() + timedelta(seconds=delay)
        self._mark(row, "ready", next_at=next_at, error=error.code)
        if delay > _HELD_S:
            return False
        await self._sleep(delay)
        return True

    async def _give_up(self, conversation: str, row: OutboxRow, error: SendError) -> bool:
        _log.warning("send_failed", conversation=conversation, outbox=row.id, code=error.code, detail=error.detail)
        if isinstance(error, RecipientGone):
            self._mark(row, "dropped", error=error.code)
            await self._drop(conversation, error.code)
            return False
        if isinstance(error, OutcomeUnknown):
            return await self._after_unknown(row, error)
        if isinstance(error, Misconfigured):
            next_at = self._now() + timedelta(seconds=_CONFIGURATION_S)
            self._mark(row, "ready", next_at=next_at, error=error.code)
            return False
        self._mark(row, "dead", error=f"{error.code}: {error.detail}")
        return True

    async def _after_unknown(self, row: OutboxRow, error: OutcomeUnknown) -> bool:
        """It may be in the chat. A text may come twice; a message about moved money never does (channels.md 1.10)."""
        if row.message.once or row.attempt > 0:
            self._mark(row, "unknown", error=error.detail)
            return True
        row.attempt += 1
        next_at = self._now() + timedelta(seconds=_BACKOFF_S[2])
        self._mark(row, "ready", next_at=next_at, error=error.code)
        await self._sleep(_BACKOFF_S[2])
        return await self._send_head(row.conversation, row)

    def _mark(
        self,
        row: OutboxRow,
        state: SentState,
        *,
        next_at: datetime | None = None,
        platform_id: str = "",
        error: str = "",
    ) -> None:
        self._marks.mark(
            SentMark(
                id=row.id,
                state=state,
                at=self._now(),
                attempt=row.attempt,
                part=row.part,
                next_at=next_at,
                platform_id=platform_id,
                error=error[:_ERROR_MAX],
            )
        )

    def _now(self) -> datetime:
        return moment(self._clock.now_ms())
