"""A customer, a bot and a bank in one test: every session goes through JSON between two events."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import (
    BankEvent,
    Call,
    CallResult,
    Contact,
    Event,
    Grant,
    InboundEvent,
    OutboundMessage,
    Send,
    Ticket,
    TicketClosed,
    TimerFired,
)
from core.dialog.engine import Turned, turn
from core.dialog.program import ProgramSet
from core.dialog.session import Session, Wait, decode_session, encode_session

START: int = 1_795_000_000_000
CARDS: dict[str, Any] = {
    "cards": [
        {
            "id": "c1",
            "name": "Visa",
            "pan": "414949******1234",
            "currency": "UAH",
            "available": {"amount": 50000, "currency": "UAH"},
        },
        {
            "id": "c2",
            "name": "Gold",
            "pan": "535353******9876",
            "currency": "UAH",
            "available": {"amount": 15000, "currency": "UAH"},
        },
    ]
}
QUOTE: dict[str, Any] = {"fee": {"amount": 500, "currency": "UAH"}, "payee": "Olha K."}


class Conversation:
    def __init__(self, programs: ProgramSet) -> None:
        self.programs = programs
        self.now = START
        self.calls: list[Call] = []
        self.tickets: list[Ticket] = []
        self.history: list[str] = []
        self.last: Turned | None = None
        self._state = b""
        self._count = 0

    @property
    def session(self) -> Session:
        return decode_session(self._state)

    @property
    def wait(self) -> Wait:
        wait = self.session.wait
        assert wait is not None, "the conversation waits for nothing"
        return wait

    @property
    def journal(self) -> dict[str, Any]:
        assert self.last is not None
        return self.last.journal

    @property
    def messages(self) -> list[OutboundMessage]:
        assert self.last is not None
        return [effect.message for effect in self.last.effects if isinstance(effect, Send)]

    @property
    def said(self) -> str:
        return "\n".join(message.text for message in self.messages).replace("\u00a0", " ")

    @property
    def step(self) -> str:
        frame = self.session.stack[-1]
        return f"{frame.flow}.{frame.step}"

    def stands_at(self, session: Session) -> None:
        """Put another session in place of the present one."""
        self._state = encode_session(session)

    def slots(self) -> dict[str, Any]:
        return self.session.stack[-1].slots

    def called(self, operation: str) -> list[Call]:
        return [call for call in self.calls if call.operation == operation]

    def happens(self, event: Event) -> Turned:
        session = decode_session(self._state) if self._state else None
        self.last = turn(self.programs, session, event, self.now)
        self._state = encode_session(self.last.session)
        self.history.append(self._state.decode() + repr(self.last.journal))
        for effect in self.last.effects:
            if isinstance(effect, Call):
                self.calls.append(effect)
            elif isinstance(effect, Ticket):
                self.tickets.append(effect)
        return self.last

    def inbound(self, **fields: Any) -> Turned:
        self._count += 1
        number = str(self._count)
        return self.happens(
            InboundEvent(
                channel="telegram",
                conversation="5500000001",
                user="5500000001",
                message_id=number,
                dedupe_key=number,
                sent_at=self.now,
                **fields,
            )
        )

    def starts(self, payload: str = "") -> Turned:
        return self.inbound(kind="start", payload=payload)

    def says(self, text: str) -> Turned:
        return self.inbound(kind="text", text=text)

    def shares(self, phone: str, proof: Any = "own", name: str = "") -> Turned:
        return self.inbound(kind="contact", contact=Contact(phone=phone, proof=proof, name=name))

    def token(self, wanted: str) -> str:
        """The token of the button with this label, value or deed."""
        for place, option in enumerate(self.wait.options):
            value = option.value
            if isinstance(value, dict):
                value = value.get("id") or value.get("name")
            names = {option.label.replace("\u00a0", " "), str(value)}
            if option.act in ("yes", "no"):
                names = {option.act, option.label}
            elif option.act == "edit":
                names = {f"edit {value}", option.label}
            if wanted in names:
                return f"{self.wait.nonce}.{place}"
        raise AssertionError(f"no button {wanted!r} among {[option.label for option in self.wait.options]}")

    def presses(self, token: str) -> Turned:
        return self.inbound(kind="button", payload=token)

    def taps(self, wanted: str) -> Turned:
        return self.presses(self.token(wanted))

    def bank_answers(
        self, arm: Any = "ok", data: dict[str, Any] | None = None, reason: str = "", grant: Grant | None = None
    ) -> Turned:
        return self.happens(CallResult(call=self.calls[-1].id, arm=arm, data=data or {}, reason=reason, grant=grant))

    def bank_settles(self, outcome: str = "ok", op: str = "", **data: Any) -> Turned:
        op = op or self.called("transfer")[-1].id
        return self.happens(
            BankEvent(name="bank.settled", data={"op": op, "outcome": outcome, "reference": "R1", **data})
        )

    def time_passes(self, milliseconds: int) -> None:
        self.now += milliseconds

    def timer_fires(self) -> Turned:
        wait = self.wait
        self.now = max(self.now, wait.deadline)
        return self.happens(TimerFired(wait.nonce))

    @property
    def wake_at(self) -> int:
        assert self.last is not None
        return self.last.wake_at

    def wakes(self, after: int = 0) -> Turned:
        """The session is woken when it wants to be, or `after` ms later."""
        assert self.wake_at, "the session does not want to be woken"
        self.now = max(self.now, self.wake_at) + after
        wait = self.session.wait
        return self.happens(TimerFired(wait.nonce if wait is not None else ""))

    def person_finishes(self, ticket: str = "") -> Turned:
        return self.happens(TicketClosed(ticket or self.tickets[-1].id))

    # Ways to a place in the fixture flows.

    def signs_in(self, customer: str = "cust_1") -> None:
        self.shares("+380501112233")
        self.bank_answers(data={"otp_id": "o1"})
        self.says("123456")
        self.bank_answers(grant=Grant(level="otp", customer=customer, name="Анна"))

    def welcomed(self) -> Conversation:
        self.starts()
        self.taps("uk")
        return self

    def at_cards(self) -> Conversation:
        self.welcomed().starts("t")
        self.signs_in()
        return self

    def at_amount(self) -> Conversation:
        self.at_cards().bank_answers(data=CARDS)
        self.taps("c1")
        self.says("0501234567")
        return self

    def at_review(self, amount: str = "200") -> Conversation:
        self.at_amount().says(amount)
        self.bank_answers(data=QUOTE)
        return self

    def at_pay(self) -> Conversation:
        self.at_review().taps("yes")
        return self

    def at_settle(self) -> Conversation:
        self.at_pay().bank_answers("unknown")
        return self
