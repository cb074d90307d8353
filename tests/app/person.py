"""A signed-in customer of the shipped flows, turn by turn over the flows of a library; calls of the bank are answered
when the test says so, and the session is in the database as in earnest."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import asyncpg

from app.conversation import Conversation, Flows
from core.dialog.contracts import BankEvent, Call, CallResult, Event, InboundEvent, Send, Ticket, TimerFired
from core.dialog.session import Auth, Session, decode_session, encode_session
from core.kernel.clock import ManualClock, moment
from core.messages.turn import Decision, NotReady

UAH = "UAH"
CARD = {"id": "card_31", "name": "Особиста", "pan": "414962******7710", "currency": UAH,
        "available": {"amount": 900_00, "currency": UAH}}  # fmt: skip
QUOTE = {"fee": {"amount": 2_50, "currency": UAH}, "total": {"amount": 302_50, "currency": UAH},
         "payee": "Тарас Б.", "quote": "quote_81"}  # fmt: skip
RECEIPT = {"reference": "RRN700123", "at": "2026-11-25T10:00:00Z"}
_people = itertools.count(1)


class Person:
    """`calls`: every call to the bank that the conversation made."""

    def __init__(self, flows: Flows, database: asyncpg.Pool, clock: ManualClock) -> None:
        self.flows = flows
        self.calls: list[Call] = []
        self.tickets: list[Ticket] = []
        self.said = ""
        self._database = database
        self._clock = clock
        self._number = next(_people)
        self.id = f"telegram:77000{self._number:05}"
        signed_in = Session(id=self.id, customer="cust_1", name="Олена К.", greeted=True)
        signed_in.auth = Auth("otp", clock.now_ms())
        self._state = encode_session(signed_in).decode()
        self._events = itertools.count(1)

    @property
    def session(self) -> Session:
        return decode_session(self._state)

    @property
    def step(self) -> str:
        stack = self.session.stack
        return f"{stack[-1].flow}.{stack[-1].step}" if stack else ""

    def called(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    async def happens(self, event: Event) -> None:
        decision = await self._decided(event)
        self._state = decision.state
        self.said = "\n".join(effect.message.text for effect in decision.effects if isinstance(effect, Send))
        self.said = self.said.replace("\u00a0", " ")
        self.calls += [effect for effect in decision.effects if isinstance(effect, Call)]
        self.tickets += [effect for effect in decision.effects if isinstance(effect, Ticket)]
        now = moment(self._clock.now_ms())
        wake = moment(decision.wake_at_ms) if decision.wake_at_ms else None
        await self._database.execute(
            "INSERT INTO session VALUES ($1, 1, $2, $3, $4) ON CONFLICT (conversation) DO UPDATE"
            " SET state = excluded.state, wake_at = excluded.wake_at, version = session.version + 1",
            self.id, self._state, wake, now,
        )  # fmt: skip

    async def _decided(self, event: Event) -> Decision:
        decide = Conversation(self.flows)
        try:
            return decide(self.id, self._state, event, self._clock.now_ms())
        except NotReady as missing:
            await missing.bring()
        return decide(self.id, self._state, event, self._clock.now_ms())

    async def inbound(self, **fields: Any) -> None:
        number = f"{self.id}/{next(self._events)}"
        user = self.id.partition(":")[2]
        await self.happens(
            InboundEvent(
                channel="telegram", conversation=user, user=user, message_id=number, dedupe_key=number,
                sent_at=self._clock.now_ms(), **fields,
            )
        )  # fmt: skip

    async def says(self, text: str) -> None:
        await self.inbound(kind="text", text=text)

    async def taps(self, place: int) -> None:
        wait = self.session.wait
        assert wait is not None
        await self.inbound(kind="button", payload=f"{wait.nonce}.{place}")

    async def bank_answers(self, arm: Any = "ok", reason: str = "", **data: Any) -> None:
        await self.happens(CallResult(call=self.calls[-1].id, arm=arm, reason=reason, data=data))

    async def bank_settles(self, outcome: str = "ok") -> None:
        data = {"op": self.called("bank.transfer")[-1].id, "outcome": outcome, **RECEIPT}
        await self.happens(BankEvent(name="bank.settled", data=data))

    async def wakes(self) -> None:
        """The timer of the session rings now, whether or not its wait is over."""
        wait = self.session.wait
        await self.happens(TimerFired(wait.nonce if wait is not None else ""))


def _ways() -> list[tuple[str, Callable[[Person], Any]]]:
    return [
        ("card_transfer.from", lambda one: one.says("/transfer")),
        ("card_transfer.from", lambda one: one.bank_answers(items=[CARD])),
        ("card_transfer.to", lambda one: one.taps(0)),
        ("card_transfer.to", lambda one: one.bank_answers(items=[])),
        ("card_transfer.sum", lambda one: one.says("067 111 00 02")),
        ("card_transfer.quote", lambda one: one.says("300")),
        ("card_transfer.review", lambda one: one.bank_answers(**QUOTE)),
        ("card_transfer.pay", lambda one: one.taps(0)),
        ("card_transfer.settle", lambda one: one.bank_answers("unknown")),
    ]


WAYS = _ways()
"""Each stop of a transfer on its way to the money, with what brings the customer there."""


async def walk(person: Person, start: int, end: int) -> None:
    for step, act in WAYS[start:end]:
        await act(person)
        assert person.step == step, f"at {person.step}, not at {step}: {person.said}"
