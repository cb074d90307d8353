"""A whole Teller process without its web server: turns, writer, sender and sweeper on a shared database."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec

from core.dialog.contracts import InboundEvent, Picture
from core.kernel.clock import ManualClock, moment
from core.kernel.envelope import Keyring
from core.messages.delivery import Delivery
from core.messages.rows import OutboxRow
from core.messages.service import Messages
from core.messages.store import MessageStore
from core.messages.sweeper import Sweeper
from core.messages.turn import Decide, Turns
from core.messages.writer import GroupWriter
from tests.messages.scripted_channel import ScriptedChannel

LEASE_S = 30


class Node:
    """`sends` false: a process of the role web only. Time is the shared clock's; a pause in sending moves it."""

    def __init__(
        self,
        url: str,
        pool: asyncpg.Pool,
        clock: ManualClock,
        owner: str,
        decide: Decide,
        *,
        channel: ScriptedChannel | None = None,
        sends: bool = True,
    ) -> None:
        self.clock = clock
        self.pool = pool
        self.channel = channel or ScriptedChannel()
        self.handed_over: list[OutboxRow] = []
        self.store = MessageStore(owner, sends_here=sends, lease_s=LEASE_S)
        self.writer = GroupWriter(self.store, lambda: asyncpg.connect(url))
        self.delivery = Delivery(
            channels={"telegram": self.channel}, marks=self.writer, clock=clock, draw=_draw,
            picture_url=lambda outbox_id: "", document_url=lambda outbox_id: "", drop=self._drop, sleep=self._sleep,
        )  # fmt: skip
        self.turns = Turns(
            store=self.store, writer=self.writer, pool=pool, decide=decide, clock=clock,
            keyring=Keyring({1: b"k" * 32}), on_outbox=self._on_outbox if sends else self.handed_over.extend,
            on_calls=lambda ids: None,
        )  # fmt: skip
        self.messages = Messages(turns=self.turns, store=self.store, pool=pool, clock=clock)
        self.sweeper = Sweeper(
            store=self.store, pool=pool, clock=clock, sending=self.delivery if sends else None, turns=self.turns,
            wait_nonce=nonce_of,
        )  # fmt: skip

    async def hear(self, event: InboundEvent) -> bool:
        conversation = f"{event.channel}:{event.conversation}"
        return (await self.turns.run(event.channel, conversation, event.dedupe_key, event)).first_time

    async def settle(self) -> None:
        """Everything that can be sent now is sent and written down."""
        await self.delivery.drain()
        await self.writer.flush()

    async def sweep(self) -> None:
        await self.sweeper.run_once()
        await self.settle()

    async def die(self) -> None:
        """As after `kill -9`: nothing more is sent, nothing that waits in memory is written."""
        self.writer._marks.clear()
        for task in list(self.delivery._tasks):
            task.cancel()
        await asyncio.gather(*self.delivery._tasks, return_exceptions=True)
        self.writer._marks.clear()
        await self.writer.stop()

    async def end(self) -> None:
        """As after SIGTERM."""
        await self.delivery.stop(within_s=0.05)
        await self.writer.flush()
        async with self.pool.acquire() as db:
            await self.store.release(db, moment(self.clock.now_ms()))
        await self.writer.stop()

    def _on_outbox(self, rows: list[OutboxRow]) -> None:
        self.handed_over += rows
        self.delivery.enqueue(rows)

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(int(seconds * 1000))
        await asyncio.sleep(0)

    async def _drop(self, conversation: str, reason: str) -> None:
        await self.writer.flush()
        async with self.pool.acquire() as db:
            await self.store.drop(db, conversation, reason)


async def _draw(picture: Picture) -> bytes:
    return b"png"


def nonce_of(state: str) -> str:
    """The scripted engine's session is the list of what it heard; its wait is named after the last word."""
    heard: list[str] = msgspec.json.decode(state)
    if heard[-1] == "wait unreadable":
        raise ValueError("a session that a newer version wrote")
    return heard[-1]
