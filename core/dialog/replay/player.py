"""One recorded talk played through a set of flows: the customer's part, the clock and the bank's answers as recorded.

The bank's answers are found by operation and order: the second time that the flows ask for a quote they get the second
recorded quote. Timers are the recorded ones for as long as the flows wait as long as they did; otherwise their own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from core.dialog.contracts import BankEvent, Call, CallResult, Event, Grant, InboundEvent, TicketClosed, TimerFired
from core.dialog.engine import Turned, turn
from core.dialog.program import ProgramSet
from core.dialog.recording.row import Given, Recorded, Row
from core.dialog.recording.stand_ins import NAME
from core.dialog.replay.events import inbound
from core.dialog.replay.phrases import RecordedPhrases
from core.dialog.replay.talks import Talk
from core.dialog.session import Auth, OpenCall, Session
from core.dialog.turns.inbound import ALBUM_MS, ALBUM_NOTE, ANSWERED

_MOST_TURNS: Final = 20
_CUSTOMER: Final = "customer"
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """What one turn came to. `recorded` None: a turn that the record does not have, such as a timer of its own.

    `before` is the session that the turn began with. `offered` false: what was chosen then cannot be chosen now.
    """

    recorded: Recorded | None
    before: Session
    event: Event
    turned: Turned
    offered: bool = True


class Unrecorded(Exception):
    """The flows ask the bank for something that it was not asked for then."""

    def __init__(self, operation: str) -> None:
        super().__init__(operation)
        self.operation = operation


def ready(programs: ProgramSet) -> ProgramSet:
    """The set, with phrases that can be told what words meant. Make it once for many talks."""
    return replace(programs, phrases=RecordedPhrases(programs.phrases, programs.flows.keys()), drawn={})


class Player:
    """Plays one talk; `programs` come from `ready`."""

    def __init__(self, programs: ProgramSet, talk: Talk) -> None:
        self._programs = programs
        self._talk = talk
        self._channel = talk.conversation.partition(":")[0]
        self._calls: dict[str, Key] = {}
        self._answers: dict[Key, Row] = {}
        self._read_calls()
        self._made: dict[Key, str] = {}
        self._asked: defaultdict[str, int] = defaultdict(int)
        self._told: set[Key] = set()
        self._person = 1
        self._wakes = 0
        self._wakes_at = 0
        self.session = begun(talk.conversation, talk.given)

    def steps(self) -> Iterator[Step]:
        """Turn after turn. Raises `Unrecorded` where the record cannot tell how it goes on."""
        for recorded in self._talk.rows:
            now = recorded.at
            yield from self._own_timers(now)
            event, offered = self._event(recorded.row, now)
            if event is not None:
                step = self._turn(event, now, recorded, offered=offered)
                yield step
                yield from self._out_of_order(step, recorded.row, now)
            if recorded.row.wakes:
                self._wakes = now + recorded.row.wakes
        last = self._talk.rows[-1]
        if last.row.event == "timer" and not _is_idle(last.row):
            yield from self._run_out(last.at)

    def _read_calls(self) -> None:
        asked: defaultdict[str, int] = defaultdict(int)
        for recorded in self._talk.rows:
            for call in recorded.row.calls:
                self._calls[call.id] = (call.op, asked[call.op])
                asked[call.op] += 1
            if recorded.row.event == "result":
                key = self._calls.get(recorded.row.call)
                if key is not None:
                    self._answers.setdefault(key, recorded.row)

    # Turns.

    def _turn(self, event: Event, now: int, recorded: Recorded | None = None, *, offered: bool = True) -> Step:
        before = self.session
        drawn = self._programs.drawn
        if isinstance(drawn, dict):
            drawn.clear()
            drawn.update(recorded.row.drawn if recorded is not None else {})
        turned = turn(self._programs, before, event, now)
        self.session = turned.session
        self._wakes_at = turned.wake_at
        return Step(recorded, before, event, turned, offered)

    def _out_of_order(self, step: Step, row: Row | None, now: int) -> Iterator[Step]:
        """Calls that were made at another time, or never, are answered at once, so that the talk can go on."""
        then = {self._calls[call.id] for call in row.calls} if row is not None else set()
        for call in step.turned.effects:
            if not isinstance(call, Call):
                continue
            key = (call.operation, self._asked[call.operation])
            self._asked[call.operation] += 1
            self._made[key] = call.id
            if key in then:
                continue
            if key not in self._calls.values():
                raise Unrecorded(call.operation)
            answer = self._answers.get(key)
            if answer is not None:
                self._told.add(key)
                following = self._turn(self._result(call.id, answer), now)
                yield following
                yield from self._out_of_order(following, None, now)

    def _own_timers(self, now: int) -> Iterator[Step]:
        """Waits that end at another time than the recorded ones did."""
        for _ in range(_MOST_TURNS):
            due = self._wakes_at
            if not due or due > now or due == self._wakes:
                return
            step = self._turn(self._timer(), due)
            yield step
            yield from self._out_of_order(step, None, due)

    def _run_out(self, now: int) -> Iterator[Step]:
        """Nobody did anything any more then, so nobody does now, however long the flows wait."""
        if self._wakes_at:
            yield from self._own_timers(max(self._wakes_at, now))

    # Events.

    def _event(self, row: Row, now: int) -> tuple[Event | None, bool]:
        if row.event == "result":
            return self._recorded_result(row), True
        if row.event == "bank":
            return self._bank_event(row), True
        if row.event == "timer":
            due = self._wakes_at and self._wakes_at <= now and not _is_idle(row)
            return (self._timer() if due else None), True
        if row.event == "ticket":
            person = self.session.person
            return (TicketClosed(person.ticket) if person is not None and "old ticket" not in row.notes else None), True
        phrases = self._programs.phrases
        if isinstance(phrases, RecordedPhrases):
            phrases.expect(row)
        return inbound(row, self.session.wait, channel=self._channel, sent_at=self._sent_at(row, now))

    def _sent_at(self, row: Row, now: int) -> int:
        """Files belong to one album by the platform's clock, which is not recorded, only whether they did."""
        last = self.session.media_at
        if ALBUM_NOTE in row.notes:
            if not last:
                self.session.media_at = now
            return last or now
        return last + ALBUM_MS + 1 if last and row.media and abs(now - last) <= ALBUM_MS else now

    def _timer(self) -> TimerFired:
        wait = self.session.wait
        return TimerFired(wait.nonce if wait is not None else "")

    def _recorded_result(self, row: Row) -> CallResult | None:
        key = self._calls.get(row.call)
        if key is None:
            return self._result(row.call, row)
        call = self._made.get(key)
        return self._result(call, row) if call is not None and key not in self._told else None

    def _result(self, call: str, row: Row) -> CallResult:
        grant = None
        if row.grant:
            self._person += row.other
            grant = Grant(level=row.grant, customer=f"{_CUSTOMER}{self._person}", name=NAME if row.named else "")
        return CallResult(call=call, arm=row.arm, data=row.data, reason=row.reason, grant=grant)  # type: ignore[arg-type]

    def _bank_event(self, row: Row) -> BankEvent | None:
        """None for news of a call that is not made now, or that was told before this talk."""
        data = dict(row.data)
        if row.reason:
            data["reason"] = row.reason
        if row.op:
            key = self._calls.get(row.op)
            call = row.op if key is None else self._made.get(key)
            if call is None or (key is None and "told already" in row.notes):
                return None
            data["op"] = call
        return BankEvent(name=row.name, data=data)


def _is_idle(row: Row) -> bool:
    """A timer of an older wait, which changed nothing."""
    return row.notes == ["old timer"] and not row.began


def begun(conversation: str, given: Given) -> Session:
    """The session of a conversation in which nothing is open."""
    session = Session(
        id=conversation,
        customer=f"{_CUSTOMER}1" if given.customer else "",
        name=NAME if given.named else "",
        lang=given.lang,
        auth=Auth(*given.auth) if given.auth is not None else None,
        muted=given.muted,
        greeted=given.greeted,
    )
    for call in given.open:
        session.open[call.id] = OpenCall(operation=call.op, flow=call.flow, frame="", amount=call.amount)
    for event in given.early:
        data: dict[str, Any] = {**event.data, "op": event.op} if event.op else dict(event.data)
        session.early.append(BankEvent(name=event.name, data=data))
    return session


def answered(step: Step) -> bool:
    """Whether an event that wants an answer got one; a person who has taken over answers by themselves."""
    event = step.event
    if not isinstance(event, InboundEvent) or not event.should_reply or event.kind not in ANSWERED:
        return True
    if step.before.muted:
        return True
    if ALBUM_NOTE in step.turned.journal.get("notes", ()):
        return True
    return bool(step.turned.effects)
