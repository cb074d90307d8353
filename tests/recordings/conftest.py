"""Customers and a bank over the shipped flows, with real turns on a real database."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import asyncpg
import pytest

from app.conversation import Conversation, FixedFlows
from core.dialog.contracts import BankEvent, Call, CallResult, Contact, Event, Grant, InboundEvent, TimerFired
from core.dialog.session import Session, decode_session
from core.kernel.clock import ManualClock
from core.kernel.envelope import Keyring
from core.messages.store import MessageStore
from core.messages.turn import Decision, Turns
from core.messages.writer import GroupWriter
from core.recordings.service import Recordings
from tests.dialog_hardening.test_any_events import programs

_people = itertools.count(7_700_000_001)
_keys = itertools.count(1)
UAH = {"amount": 50_000, "currency": "UAH"}
FEE = {"amount": 500, "currency": "UAH"}
CARD = {"id": "c1", "name": "Щоденна", "pan": "414949******4417", "currency": "UAH", "available": UAH}
QUOTE = {"fee": FEE, "total": UAH, "payee": "ІВАН П.", "quote": "q1", "first_time": False}
DONE = {"reference": "R1", "at": "2026-11-22T10:00:00Z"}


class Street:
    """Everything that the conversations share: one process, one clock, the flows."""

    def __init__(self, url: str, pool: asyncpg.Pool) -> None:
        self.clock = ManualClock()
        self.pool = pool
        self.calls: list[Call] = []
        self.states: dict[str, str] = {}
        self.programs = programs()
        self._decide = Conversation(FixedFlows(self.programs))
        self.writer = GroupWriter(MessageStore("one"), lambda: asyncpg.connect(url))
        self.turns = Turns(
            store=MessageStore("one"), writer=self.writer, pool=pool, decide=self._decided, clock=self.clock,
            keyring=Keyring({1: b"k" * 32}), on_outbox=lambda rows: None, on_calls=lambda ids: None,
        )  # fmt: skip
        self.recordings = Recordings(pool, self.clock)

    def _decided(self, conversation: str, state: str, event: Event, now_ms: int) -> Decision:
        decision = self._decide(conversation, state, event, now_ms)
        self.calls += [effect for effect in decision.effects if isinstance(effect, Call)]
        self.states[conversation] = decision.state
        return decision

    def person(self, channel: str = "telegram") -> Person:
        return Person(self, channel)


class Person:
    """One conversation. Each thing that is done takes a second."""

    def __init__(self, street: Street, channel: str) -> None:
        self.street = street
        self.channel = channel
        self.user = str(next(_people))
        self.conversation = f"{channel}:{self.user}"

    @property
    def session(self) -> Session:
        return decode_session(self.street.states[self.conversation])

    async def happens(self, event: Event, key: str = "") -> None:
        self.street.clock.advance(1_000)
        await self.street.turns.run(self.channel, self.conversation, key or f"k{next(_keys)}", event)

    async def does(self, kind: Any, key: str = "", **fields: Any) -> None:
        event = InboundEvent(
            channel=self.channel, conversation=self.user, user=self.user, message_id="1", dedupe_key=key or "1",
            kind=kind, sent_at=self.street.clock.now_ms(), lang="uk", **fields,
        )  # fmt: skip
        await self.happens(event, key)

    async def says(self, text: str) -> None:
        await self.does("text", text=text)

    async def presses(self, label: str, key: str = "") -> None:
        await self.does("button", key, payload=self.token(label))

    def token(self, label: str) -> str:
        wait = self.session.wait
        assert wait is not None
        labels = [option.label.replace("\u00a0", " ") for option in wait.options]
        place = next((n for n, one in enumerate(labels) if label in one), None)
        assert place is not None, f"{label!r} is none of {labels}"
        return f"{wait.nonce}.{place}"

    async def bank(self, data: dict[str, Any] | None = None, arm: Any = "ok", **more: Any) -> None:
        await self.happens(CallResult(call=self.street.calls[-1].id, arm=arm, data=data or {}, **more))

    async def settles(self, outcome: str, **data: Any) -> None:
        op = next(call for call in reversed(self.street.calls) if call.effect == "money").id
        await self.happens(BankEvent(name="bank.settled", data={"op": op, "outcome": outcome, **data}))

    async def waits_too_long(self) -> None:
        wait = self.session.wait
        assert wait is not None
        self.street.clock.advance(max(wait.deadline - self.street.clock.now_ms(), 0))
        await self.happens(TimerFired(wait.nonce))

    # Ways through the transfer.

    async def comes(self) -> Person:
        """Logged in and at the menu."""
        await self.does("start")
        await self.presses("Баланс")
        await self.does("contact", contact=Contact(phone="+380501112233", proof="own", name="Олена"))
        await self.bank({"otp": "o1"})
        await self.says("402817")
        await self.bank({"name": "Олена"}, grant=Grant(level="otp", customer="cust_1", name="Олена"))
        await self.bank({"items": []})
        return self

    async def at_sum(self) -> Person:
        await self.says("переказ")
        await self.bank({"items": [CARD]})
        await self.presses("Щоденна")
        await self.bank({"items": []})
        await self.says("067 123 45 67")
        return self

    async def at_review(self, amount: str = "200") -> Person:
        await (await self.at_sum()).says(amount)
        await self.bank(QUOTE)
        return self


@pytest.fixture
async def street(database_url: str, database: asyncpg.Pool) -> AsyncIterator[Street]:
    made = Street(database_url, database)
    yield made
    await made.writer.stop()


@pytest.fixture
def person(street: Street) -> Callable[..., Person]:
    return street.person
