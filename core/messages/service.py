"""MessageAPI: what the rest of the house calls to let a conversation go on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

import asyncpg
import structlog

from core.dialog.contracts import Event, InboundEvent
from core.kernel.clock import Clock, moment
from core.kernel.errors import TellerError, where
from core.kernel.masking import mask_text
from core.messages.channels import Channel, Unreadable
from core.messages.store import MessageStore, StoreUnavailable
from core.messages.turn import TurnResult, Turns

_QUARANTINE_BODY: Final = 4_000
_log = structlog.get_logger("teller.messages")


class Messages:
    """`receive` answers a webhook; `proceed` brings a conversation something from inside: a bank's answer, its news."""

    def __init__(self, *, turns: Turns, store: MessageStore, pool: asyncpg.Pool, clock: Clock) -> None:
        self._turns = turns
        self._store = store
        self._pool = pool
        self._clock = clock

    async def receive(self, channel: Channel, event: InboundEvent) -> bytes:
        """One event of a webhook, durable when this returns. The bytes are the HTTP answer, mostly empty."""
        if event.kind == "ignored":
            return b""
        result = await self._run_or_quarantine(event)
        if result is not None and result.inline is not None:
            return channel.inline(result.inline.message, result.inline.id)
        return b""

    async def receive_all(self, channel: Channel, events: Sequence[InboundEvent]) -> bytes:
        """Every event of one webhook. One that fails does not take the others with it; if any must come again, the
        whole webhook must, and the ones already done are then recognised."""
        results = await asyncio.gather(*(self.receive(channel, event) for event in events), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return next((result for result in results if isinstance(result, bytes) and result), b"")

    async def receive_readable(self, channel: Channel, error: Unreadable, body: bytes) -> bytes:
        """A webhook of which something cannot be read: that is kept for a person, everything beside it is handled."""
        await self.quarantine(channel.name, error.detail, error.part or body)
        return await self.receive_all(channel, error.events)

    async def proceed(self, conversation: str, dedupe_key: str, event: Event) -> None:
        """An event from inside the house. Raises StoreUnavailable when it must be brought again."""
        channel = conversation.partition(":")[0]
        await self._turns.run(channel, conversation, dedupe_key, event)

    async def quarantine(self, channel: str, reason: str, body: bytes) -> bytes:
        """Keep an authentic but unreadable webhook, masked, for a person to look at; then acknowledge it."""
        text = mask_text(body[:_QUARANTINE_BODY].decode(errors="replace").replace("\x00", ""))
        _log.warning("webhook_quarantined", channel=channel, reason=reason)
        try:
            async with self._pool.acquire(timeout=10) as db:
                await self._store.quarantine(db, channel, reason[:500], text, moment(self._clock.now_ms()))
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
            raise StoreUnavailable(f"quarantine not written: {type(error).__name__}") from error
        return b""

    async def _run_or_quarantine(self, event: InboundEvent) -> TurnResult | None:
        conversation = f"{event.channel}:{event.conversation}"
        try:
            return await self._turns.run(event.channel, conversation, event.dedupe_key, event)
        except TellerError:
            raise
        except Exception as error:
            # A bug must not make the messenger repeat the event for ever and then switch the bot off.
            _log.error("turn_failed", channel=event.channel, error=type(error).__name__, where=where(error))
            await self.quarantine(event.channel, f"turn failed: {type(error).__name__}", b"")
            return None
