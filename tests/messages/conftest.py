"""A turn with a scripted engine over a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import msgspec
import pytest

from core.dialog.contracts import Call, Effect, Event, InboundEvent, OutboundMessage, Send, Ticket
from core.kernel.clock import ManualClock
from core.kernel.envelope import Keyring
from core.messages.rows import OutboxRow
from core.messages.store import MessageStore
from core.messages.turn import Decision, Prepare, Turns
from core.messages.writer import GroupWriter
from tests.messages.node import Node

MakeNode = Callable[..., Node]


def said(text: str, key: str = "", conversation: str = "5500000001", **more: Any) -> InboundEvent:
    return InboundEvent(
        channel="telegram", conversation=conversation, user=conversation, message_id=key or text,
        dedupe_key=key or f"k-{conversation}-{text}", kind="text", text=text, sent_at=1, **more,
    )  # fmt: skip


def decide(conversation: str, state: str, event: Event, now_ms: int) -> Decision:
    """Counts what it hears and repeats it; "pay" moves money, "wait 5" waits, "help" calls a person, "boom" breaks."""
    heard: list[str] = msgspec.json.decode(state) if state else []
    text = event.text if isinstance(event, InboundEvent) else type(event).__name__
    if text == "boom":
        raise ZeroDivisionError("a bug in the engine")
    heard.append(text)
    effects: list[Effect] = [Send(OutboundMessage(text=f"{len(heard)}: {text}"))]
    if text.startswith("pay"):
        effects.append(
            Call(id=f"{conversation}/{len(heard)}", operation="bank.transfer", args={"n": len(heard)}, effect="money",
                 customer="cust_olha", lang="uk", secrets={"code": "908172"})
        )  # fmt: skip
    if text.startswith("help"):
        effects.append(Ticket(id=f"T{len(heard)}", queue="payments", summary="from a test"))
    wake = now_ms + 5000 if text.startswith("wait") else None
    return Decision(
        state=msgspec.json.encode(heard).decode(), wake_at_ms=wake, effects=tuple(effects), journal={"heard": text}
    )


class Process:
    """What one Teller process has in memory; two of them share a database."""

    def __init__(self, url: str, pool: asyncpg.Pool, clock: ManualClock, owner: str,
                 prepare: Prepare | None = None) -> None:  # fmt: skip
        self.outbox: list[OutboxRow] = []
        self.calls: list[str] = []
        self.store = MessageStore(owner)
        self.writer = GroupWriter(self.store, lambda: asyncpg.connect(url))
        self.turns = Turns(
            store=self.store, writer=self.writer, pool=pool, decide=decide, clock=clock,
            keyring=Keyring({1: b"k" * 32}), on_outbox=self.outbox.extend, on_calls=self.calls.extend,
            prepare=prepare,
        )  # fmt: skip

    async def hear(self, event: InboundEvent) -> bool:
        conversation = f"{event.channel}:{event.conversation}"
        return (await self.turns.run(event.channel, conversation, event.dedupe_key, event)).first_time


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def start(
    database_url: str, database: asyncpg.Pool, clock: ManualClock
) -> AsyncIterator[Callable[[str], Process]]:
    processes: dict[str, Process] = {}

    def make(owner: str) -> Process:
        if owner not in processes:
            processes[owner] = Process(database_url, database, clock, owner)
        return processes[owner]

    yield make
    for process in processes.values():
        await process.writer.stop()


@pytest.fixture
def process(start: Callable[[str], Process]) -> Process:
    return start("first")


@pytest.fixture
async def node(database_url: str, database: asyncpg.Pool, clock: ManualClock) -> AsyncIterator[MakeNode]:
    """Makes processes that share the database; each name is one process."""
    made: dict[str, Node] = {}

    def make(owner: str, **more: Any) -> Node:
        if owner not in made:
            made[owner] = Node(database_url, database, clock, owner, decide, **more)
        return made[owner]

    yield make
    for one in made.values():
        await one.end()
