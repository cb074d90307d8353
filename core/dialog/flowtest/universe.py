"""The frozen world of one run of one test: a clock that only moves when told, one conversation, one bank.

The session is encoded and decoded between every two events, as if the process had been killed there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from core.dialog.contracts import Call, Event, InboundEvent, OutboundMessage, Send, Ticket, TimerFired
from core.dialog.engine import new_session, turn
from core.dialog.flowtest.bank import CannedBank
from core.dialog.program import ProgramSet
from core.dialog.session import Auth, Session, decode_session, encode_session
from core.kernel.clock import ManualClock

_MOST_RESULTS: Final = 50
_REFERENCE: Final = re.compile(r"\$([a-z][a-z0-9_]*)\.op")


@dataclass(frozen=True, slots=True)
class Said:
    """A message with the steps that it comes from, as `flow.step`."""

    message: OutboundMessage
    steps: tuple[str, ...]


@dataclass(slots=True)
class Trace:
    """What happened. `ends`: the flows that ended, with their outcomes, in order."""

    said: list[Said] = field(default_factory=list)
    steps: set[str] = field(default_factory=set)
    arms: set[str] = field(default_factory=set)
    ends: list[tuple[str, str]] = field(default_factory=list)
    call_ids: dict[str, str] = field(default_factory=dict)
    tickets: list[Ticket] = field(default_factory=list)


class Universe:
    """`doubled`: everything that comes in comes a second time, the messengers' events under a new key. `wake_at`: when
    the session wants to be woken, 0 for never."""

    def __init__(self, programs: ProgramSet, bank: CannedBank, channel: str, lang: str, *, doubled: bool) -> None:
        self._programs = programs
        self.bank = bank
        self.clock = ManualClock()
        self.trace = Trace()
        self._channel = channel
        self._lang = lang
        self._doubled = doubled
        self._count = 0
        self._state: bytes | None = None
        self.wake_at = 0
        self._pending: list[Call] = []
        self._pressed: str = ""

    @property
    def session(self) -> Session | None:
        return decode_session(self._state) if self._state is not None else None

    def know(self, customer: str, name: str, level: str) -> None:
        """The conversation has been going on already, with this customer."""
        session = new_session(f"{self._channel}:1", self._lang)
        session.greeted = True
        session.customer, session.name = customer, name
        session.auth = Auth(level, self.clock.now_ms()) if level != "none" else None
        self._state = encode_session(session)

    def inbound(self, **fields: Any) -> None:
        """Something from the messenger, and then everything that the bank answers to it."""
        pressed = fields.get("payload", "") if fields["kind"] == "button" else ""
        if self._doubled and self._pressed and not pressed:
            self._deliver(lambda: self._event(kind="button", payload=self._pressed))
        self._deliver(lambda: self._event(**fields))
        if self._doubled and pressed:
            self._deliver(lambda: self._event(**fields))
        self._pressed = pressed or self._pressed
        self._answer_calls()

    def happen(self, event: Event) -> None:
        """Something from the bank or the clock, twice when everything is doubled."""
        self._deliver(lambda: event)
        if self._doubled:
            self._deliver(lambda: event)
        self._answer_calls()

    def let_pass(self, milliseconds: int) -> None:
        """Time goes by; timers that fall due on the way fire."""
        end = self.clock.now_ms() + milliseconds
        for _ in range(_MOST_RESULTS):
            if not self.wake_at or self.wake_at > end:
                break
            self.clock.advance(max(self.wake_at - self.clock.now_ms(), 0))
            wait = self.session.wait if self.session is not None else None
            self.happen(TimerFired(wait.nonce if wait is not None else ""))
        self.clock.advance(max(end - self.clock.now_ms(), 0))

    def resolve(self, value: str) -> str:
        """`$pay.op` is the id of the call that step `pay` made last."""
        match = _REFERENCE.fullmatch(value)
        return self.trace.call_ids.get(match[1], value) if match is not None else value

    def _event(self, **fields: Any) -> InboundEvent:
        self._count += 1
        number = str(self._count)
        return InboundEvent(
            channel=self._channel,
            conversation="1",
            user="1",
            message_id=number,
            dedupe_key=number,
            sent_at=self.clock.now_ms(),
            lang=self._lang,
            **fields,
        )

    def _deliver(self, make: Callable[[], Event]) -> None:
        turned = turn(self._programs, self.session, make(), self.clock.now_ms())
        self._state = encode_session(turned.session)
        self.wake_at = turned.wake_at
        journal = turned.journal
        self.trace.steps.update(journal.get("path", ()))
        self.trace.arms.update(journal.get("arms", ()))
        for note in journal.get("notes", ()):
            if note.startswith("end "):
                flow, _, outcome = note.removeprefix("end ").partition(":")
                self.trace.ends.append((flow, outcome))
        for effect, steps in zip(turned.effects, turned.said_by, strict=True):
            if isinstance(effect, Send):
                self.trace.said.append(Said(effect.message, steps))
            elif isinstance(effect, Call):
                self._pending.append(effect)
                self.trace.call_ids[steps[0].rpartition(".")[2]] = effect.id
            elif isinstance(effect, Ticket):
                self.trace.tickets.append(effect)

    def _answer_calls(self) -> None:
        for _ in range(_MOST_RESULTS):
            if not self._pending:
                return
            result = self.bank.answer(self._pending.pop(0))
            self._deliver(lambda result=result: result)  # type: ignore[misc]
            if self._doubled:
                self._deliver(lambda result=result: result)  # type: ignore[misc]
