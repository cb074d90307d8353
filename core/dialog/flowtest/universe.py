"""The frozen world of one run of one test: a clock that only moves when told, one conversation, one bank.

The session is encoded and decoded between every two events, as if the process had been killed there.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass, field
from typing import Any, Final

from core.dialog.contracts import (
    BankEvent,
    Call,
    CallResult,
    Event,
    InboundEvent,
    OutboundMessage,
    Send,
    Ticket,
    TicketClosed,
    TimerFired,
)
from core.dialog.engine import Turned, turn
from core.dialog.errors import DialogError
from core.dialog.flowtest.bank import Bank
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.twists import Twist
from core.dialog.flowtest.watch import Finding, Watch
from core.dialog.program import ProgramSet
from core.dialog.session import Option, Session, Wait, decode_session, encode_session
from core.kernel.clock import ManualClock

_MOST_ROUNDS: Final = 50
_MOST_OLD: Final = 8
_REFERENCE: Final = re.compile(r"\$([a-z][a-z0-9_]*)\.op")


class Broken(DialogError):
    """The engine raised what it must not raise; the conversation cannot go on."""

    code = "exception"


@dataclass(frozen=True, slots=True)
class Said:
    """A message with the steps that it comes from, as `flow.step`."""

    message: OutboundMessage
    steps: tuple[str, ...]


@dataclass(slots=True)
class Trace:
    """What happened. `ends`: the flows that ended, with their outcomes, in order. `call_ids`: the last call of each
    step. `old`: the buttons of earlier waits, the newest last."""

    turns: list[tuple[Event, Turned]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    steps: set[str] = field(default_factory=set)
    arms: set[str] = field(default_factory=set)
    ends: list[tuple[str, str]] = field(default_factory=list)
    call_ids: dict[str, str] = field(default_factory=dict)
    old: list[tuple[str, list[Option]]] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fork(self) -> Trace:
        return Trace(
            list(self.turns),
            list(self.said),
            set(self.steps),
            set(self.arms),
            list(self.ends),
            dict(self.call_ids),
            list(self.old),
            list(self.tickets),
            list(self.findings),
        )


class Universe:
    """`session`: as it was read back after the last turn. `wake_at`: when it wants to be woken, 0 for never. `twist`
    says what is done otherwise than usual."""

    def __init__(
        self, programs: ProgramSet, bank: Bank, look: Look, lang: str, twist: Twist, *, secrets: tuple[str, ...] = ()
    ) -> None:
        self._programs = programs
        self.bank = bank
        self.look = look
        self.twist = twist
        self.clock = ManualClock()
        self.trace = Trace()
        self.session: Session | None = None
        self.wake_at = 0
        self._lang = lang
        self._watch = Watch(look, secrets)
        self._count = 0
        self._left: list[Call] = []
        self._arrivals: list[tuple[int, CallResult]] = []

    @property
    def wait(self) -> Wait | None:
        return self.session.wait if self.session is not None else None

    @property
    def old_buttons(self) -> list[tuple[str, list[Option]]]:
        """The buttons of earlier waits, the newest last, but not of one that was come back to."""
        wait = self.wait
        return [one for one in self.trace.old if wait is None or one[0] != wait.nonce]

    @property
    def is_muted(self) -> bool:
        return self.session is not None and self.session.muted

    def fork(self, twist: Twist) -> Universe:
        """The same world, going on by itself and in another way."""
        other = copy.copy(self)
        other.twist = twist
        other.bank = self.bank.fork()
        other.clock = ManualClock(self.clock.now_ms())
        other.trace = self.trace.fork()
        other._watch = self._watch.fork()
        other._left = list(self._left)
        other._arrivals = list(self._arrivals)
        return other

    def stand(self, session: Session) -> None:
        """The conversation has been going on already, and has come to this."""
        self.session = decode_session(encode_session(session))

    def wake(self) -> None:
        """A turn in which nothing happens but that the flow goes on to where it waits."""
        self.deliver(TimerFired(""))
        self.settle()

    # What happens.

    def inbound(self, **fields: Any) -> None:
        """Something from the messenger, and then everything that the bank answers to it at once."""
        self.twist.heard(self, self.event(**fields))
        self.settle()

    def happen(self, event: BankEvent | TimerFired | TicketClosed) -> None:
        self.twist.happened(self, event)
        self.settle()

    def let_pass(self, milliseconds: int) -> None:
        """Time goes by; timers that fall due on the way fire, and late answers come."""
        end = self.clock.now_ms() + milliseconds
        for _ in range(_MOST_ROUNDS):
            wait = self.wait
            due = min([self.wake_at or end + 1, *(time for time, _ in self._arrivals)])
            if due > end:
                break
            self.clock.advance(max(due - self.clock.now_ms(), 0))
            if due == self.wake_at:
                self.happen(TimerFired(wait.nonce if wait is not None else ""))
            else:
                self.settle()
        self.clock.advance(max(end - self.clock.now_ms(), 0))

    def settle(self) -> None:
        """Calls leave, and the answers whose time has come arrive."""
        for _ in range(_MOST_ROUNDS):
            if self._left:
                self.twist.called(self, self._left.pop(0))
                continue
            due = next((one for one in self._arrivals if one[0] <= self.clock.now_ms()), None)
            if due is None:
                return
            self._arrivals.remove(due)
            self.twist.answered(self, due[1])

    def ask(self, call: Call, late_ms: int = 0) -> None:
        """The bank is asked, and its answer is on the way as often and as late as it says."""
        result, answer = self.bank.answer(call)
        due = self.clock.now_ms() + answer.after_ms + late_ms
        self._arrivals += [(due, result)] * answer.times

    def resolve(self, value: str) -> str:
        """`$pay.op` is the id of the call that step `pay` made last."""
        match = _REFERENCE.fullmatch(value)
        return self.trace.call_ids.get(match[1], value) if match is not None else value

    def event(self, **fields: Any) -> InboundEvent:
        self._count += 1
        number = str(self._count)
        return InboundEvent(
            channel=self.look.name,
            conversation="1",
            user="1",
            message_id=number,
            dedupe_key=number,
            sent_at=self.clock.now_ms(),
            lang=self._lang,
            **fields,
        )

    def turned(self, event: Event) -> Turned:
        """The turn, without going on from it. Raises `Broken`."""
        try:
            return turn(self._programs, self.session, event, self.clock.now_ms())
        except Exception as error:
            raise Broken(f"the engine raised {type(error).__name__}") from error

    def deliver(self, event: Event) -> None:
        before = self.session
        turned = self.turned(event)
        trace = self.trace
        trace.findings += self._watch.saw(before, event, turned)
        self.session = decode_session(encode_session(turned.session))
        self.wake_at = turned.wake_at
        trace.turns.append((event, turned))
        self._note(turned)
        if before is not None and before.wait is not None and before.wait.options:
            wait = self.wait
            if wait is None or wait.nonce != before.wait.nonce:
                trace.old = [*trace.old[1 - _MOST_OLD :], (before.wait.nonce, before.wait.options)]

    def _note(self, turned: Turned) -> None:
        trace, journal = self.trace, turned.journal
        trace.steps.update(journal.get("path", ()))
        trace.arms.update(journal.get("arms", ()))
        for note in journal.get("notes", ()):
            if note.startswith("end "):
                flow, _, outcome = note.removeprefix("end ").partition(":")
                trace.ends.append((flow, outcome))
        for effect, steps in zip(turned.effects, turned.said_by, strict=True):
            if isinstance(effect, Send):
                trace.said.append(Said(effect.message, steps))
            elif isinstance(effect, Call):
                self._left.append(effect)
                trace.call_ids[steps[0].rpartition(".")[2]] = effect.id
            elif isinstance(effect, Ticket):
                trace.tickets.append(effect)
