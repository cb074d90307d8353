"""Sending: messages of one conversation leave in order; an error is retried, waited out or put aside by its class."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
import structlog

from core.dialog.contracts import Document, OutboundMessage, Picture
from core.kernel.clock import Clock, moment
from core.kernel.errors import where
from core.messages.channels import (
    Channel,
    Misconfigured,
    OutcomeUnknown,
    RecipientGone,
    RetryLater,
    SendError,
    WireCall,
)
from core.messages.rows import OutboxRow, SentMark, SentState

# Six hours in all: a messenger that is away for an evening must not cost anybody a receipt.
_ATTEMPTS: Final = 30
_BACKOFF_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1200.0)
_CONFIGURATION_S: Final = 60.0
_DOUBT_S: Final = 2.0
_STOP_S: Final = 10.0
_ERROR_MAX: Final = 500
_log = structlog.get_logger("teller.delivery")

Draw = Callable[[Picture | Document], Awaitable[bytes]]
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
        document_url: Callable[[str], str],
        drop: Callable[[str, str], Awaitable[None]],
        sleep: Sleep = asyncio.sleep,
        parallel: int = 64,
    ) -> None:
        self._channels = channels
        self._marks = marks
        self._clock = clock
        self._draw = draw
        self._picture_url = picture_url
        self._document_url = document_url
        self._drop = drop
        self._sleep = sleep
        self._slots = asyncio.Semaphore(parallel)
        self._lanes: dict[str, deque[OutboxRow]] = {}
        self._paused_until_ms: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._on_the_wire: set[asyncio.Task[None]] = set()
        self._stopping = False

    def enqueue(self, rows: list[OutboxRow]) -> None:
        """Rows whose lease this process holds, in order. Rows already waiting here are not queued twice."""
        if self._stopping:
            return
        for row in rows:
            lane = self._lanes.get(row.conversation)
            if lane is None:
                self._lanes[row.conversation] = deque([row])
                task = asyncio.create_task(self._run_lane(row.conversation))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            elif all(waiting.id != row.id for waiting in lane):
                lane.append(row)

    def conversations(self) -> list[str]:
        """Those whose messages wait here, so that their leases are kept."""
        return list(self._lanes)

    async def drain(self) -> None:
        while self._tasks:
            await asyncio.wait(list(self._tasks))

    async def stop(self, within_s: float = _STOP_S) -> None:
        """What is on the wire may arrive, so that its outcome is known; what is not sent stays in the outbox."""
        self._stopping = True
        for task in self._tasks - self._on_the_wire:
            task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=within_s)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run_lane(self, conversation: str) -> None:
        lane = self._lanes[conversation]
        try:
            while lane and not self._stopping:
                if not await self._send_head(conversation, lane[0]):
                    break
                lane.popleft()
        except Exception as error:
            _log.error("lane_failed", conversation=conversation, error=type(error).__name__, where=where(error))
        finally:
            self._lanes.pop(conversation, None)

    async def _send_head(self, conversation: str, row: OutboxRow) -> bool:
        """True when the next row may follow; False leaves what is in the lane to the sweeper, if anything is.

        However long the wait for the next try, it happens here: younger messages must queue up behind it.
        """
        channel_name, _, chat = conversation.partition(":")
        channel = self._channels.get(channel_name)
        if channel is None:
            self._mark(row, "dead", error=f"no channel {channel_name!r} is configured")
            return True
        while True:
            await self._wait_for_channel(channel_name)
            try:
                platform_id = await self._attempt(channel, chat, row)
            except SendError as error:
                delay = self._delay(channel_name, row, error)
                if delay is None:
                    return await self._give_up(conversation, row, error)
                self._mark(row, "ready", next_at=self._now() + timedelta(seconds=delay), error=error.code)
                _log.info("send_again", conversation=conversation, attempt=row.attempt, after_s=delay, code=error.code)
            else:
                self._mark(row, "sent", platform_id=platform_id)
                return True
            if self._stopping:
                return False
            await self._sleep(delay)

    async def _attempt(self, channel: Channel, chat: str, row: OutboxRow) -> str:
        try:
            async with self._slots:
                return await self._send(channel, chat, row)
        except SendError:
            raise
        except Exception as error:
            # A bug says nothing about what has left, and must not hold up the conversation for ever.
            _log.error("send_failed", outbox=row.id, error=type(error).__name__, where=where(error))
            raise OutcomeUnknown(f"unexpected {type(error).__name__}") from error

    async def _send(self, channel: Channel, chat: str, row: OutboxRow) -> str:
        calls, file = await self._calls(channel, chat, row)
        platform_id = ""
        for index, call in enumerate(calls[row.part :], row.part):
            try:
                platform_id = await self._deliver(channel, call, file if call.upload else b"", row) or platform_id
            except SendError as error:
                if not call.optional:
                    raise
                _log.info("optional_call_failed", channel=channel.name, method=call.method, code=error.code)
            row.part = index + 1
        return platform_id

    async def _calls(self, channel: Channel, chat: str, row: OutboxRow) -> tuple[list[WireCall], bytes]:
        """The calls of a message and the file that it carries. A file that cannot be drawn must not cost the text."""
        message = row.message
        drawn = message.picture or message.document
        if drawn is None:
            return channel.render(message, chat, row.id, ""), b""
        by_url = channel.abilities.picture == "url"
        url = self._url(row.id, drawn) if by_url else ""
        # Whoever fetches a document wants to be told its size before.
        sized = by_url and message.document is not None
        calls = channel.render(message, chat, row.id, url)
        if not sized and not any(call.upload for call in calls[row.part :]):
            return calls, b""
        try:
            file = await self._draw(drawn)
        except Exception as error:
            _log.error("file_not_drawn", outbox=row.id, template=drawn.template, where=where(error))
            return channel.render(_described(message, drawn.alt), chat, row.id, ""), b""
        return channel.render(message, chat, row.id, url, len(file)) if sized else calls, file

    def _url(self, outbox_id: str, drawn: Picture | Document) -> str:
        return self._picture_url(outbox_id) if isinstance(drawn, Picture) else self._document_url(outbox_id)

    async def _deliver(self, channel: Channel, call: WireCall, file: bytes, row: OutboxRow) -> str:
        task = asyncio.current_task()
        assert task is not None
        self._on_the_wire.add(task)
        try:
            return await channel.deliver(call, file)
        except asyncio.CancelledError:
            if row.message.once and not call.optional:
                self._mark(row, "unknown", error="the process ended before the answer came")
            raise
        finally:
            self._on_the_wire.discard(task)

    async def _wait_for_channel(self, channel: str) -> None:
        while (pause := self._paused_until_ms.get(channel, 0) - self._clock.now_ms()) > 0:
            await self._sleep(pause / 1000)

    def _delay(self, channel: str, row: OutboxRow, error: SendError) -> float | None:
        """Seconds until this message may be tried again, None when it may not."""
        if isinstance(error, Misconfigured):
            return _CONFIGURATION_S
        if isinstance(error, OutcomeUnknown):
            # It may be in the chat. A text may come twice; a message about moved money never does (channels.md 1.10).
            if row.message.once or row.doubtful:
                return None
            row.doubtful = True
            row.attempt += 1
            return _DOUBT_S
        if not isinstance(error, RetryLater):
            return None
        delay = max(error.after_s, _BACKOFF_S[min(row.attempt, len(_BACKOFF_S) - 1)])
        row.attempt += 1
        if row.attempt >= _ATTEMPTS:
            return None
        if error.scope == "channel":
            until_ms = self._clock.now_ms() + int(delay * 1000)
            self._paused_until_ms[channel] = max(until_ms, self._paused_until_ms.get(channel, 0))
        return delay

    async def _give_up(self, conversation: str, row: OutboxRow, error: SendError) -> bool:
        _log.warning("message_given_up", conversation=conversation, outbox=row.id, code=error.code, detail=error.detail)
        if isinstance(error, RecipientGone):
            self._mark(row, "dropped", error=error.code)
            await self._drop(conversation, error.code)
            return False
        state: SentState = "unknown" if isinstance(error, OutcomeUnknown) else "dead"
        self._mark(row, state, error=f"{error.code}: {error.detail}")
        return True

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


def _described(message: OutboundMessage, alt: str) -> OutboundMessage:
    """The message with its picture or document in words. They come last, so that the spans of the text stay where they
    are."""
    text = "\n\n".join(part for part in (message.text, alt.strip()) if part)
    return msgspec.structs.replace(message, picture=None, document=None, text=text)
