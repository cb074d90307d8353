"""Payments that are waited for together, people who take over, flows that begin by themselves, in any order."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.dialog.contracts import BankEvent, Call, CallResult, Grant, Send, TimerFired
from core.dialog.engine import Turned
from core.dialog.program import ProgramSet
from core.dialog.session import FollowUp, Session
from core.dialog.turns.inbound import ANSWERED
from tests.dialog.compiled import programs_with
from tests.dialog.conversation import CARDS, QUOTE, Conversation
from tests.dialog.payments import all_of, any_of, begun, pay
from tests.dialog.test_follow_ups import FEEDBACK, REMIND
from tests.dialog.test_persons import ADVICE, OUTER

COMMANDS = ("/bills", "/first", "/remind", "/outer", "/advice", "/menu")
WORDS = ("меню", "оператор", "скасувати", "назад", "loans", "2027-01-15", "0501234567", "10", "так", "???")
MINUTE = 60_000
STARTS = ("/start", "меню", "/menu")


@cache
def flows() -> ProgramSet:
    first = any_of(2).replace("flow: bills", "flow: first").replace("command: bills", "command: first")
    return programs_with(all_of(2), first, FEEDBACK, REMIND, ADVICE, OUTER)


class WaitsAtAnyTime(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.talk = Conversation(flows())
        self.pending: list[Call] = []
        self.tokens: list[str] = []

    @initialize(payments=st.integers(0, 3), remind=st.booleans())
    def under_way(self, payments: int, remind: bool) -> None:
        """At one of the two confirmations, or with both payments under way and something else begun or not."""
        talk = begun(all_of(2), self.talk)
        for _ in range(min(payments, 2)):
            pay(talk)
        if remind:
            session = talk.session
            session.scheduled = [
                FollowUp(key=str(hours), flow="feedback", due=talk.now + hours * 60 * MINUTE, slots={"about": "it"})
                for hours in (0, 1, 20)
            ]
            talk.stands_at(session)
        if payments == 3:
            talk.says("/advice")
            talk.says("loans")

    # What can happen.

    @rule(text=st.sampled_from(COMMANDS + WORDS))
    def says(self, text: str) -> None:
        self._turn(lambda: self.talk.says(text), text)

    @rule(place=st.integers(0, 3))
    def taps(self, place: int) -> None:
        wait = self.talk.session.wait
        if wait is not None and wait.options:
            self.tokens.append(f"{wait.nonce}.{place % len(wait.options)}")
            self._turn(lambda: self.talk.presses(self.tokens[-1]))

    @precondition(lambda self: self.tokens)
    @rule(data=st.data())
    def taps_an_old_button(self, data: st.DataObject) -> None:
        token = data.draw(st.sampled_from(self.tokens))
        self._turn(lambda: self.talk.presses(token))

    @rule(kind=st.sampled_from(("media", "status", "start")))
    def does(self, kind: Any) -> None:
        self._turn(lambda: self.talk.inbound(kind=kind), "/start" if kind == "start" else "")

    @precondition(lambda self: self.pending)
    @rule(data=st.data(), arm=st.sampled_from(("ok", "ok", "pending", "unknown", "refused")), other=st.booleans())
    def bank_answers(self, data: st.DataObject, arm: Any, other: bool) -> None:
        call = self.pending.pop(data.draw(st.integers(0, len(self.pending) - 1)))
        found = {"my_cards": CARDS, "quote": QUOTE, "send_code": {"otp_id": "o1"}, "transfer": {"reference": "R"}}
        customer = "cust_2" if other and call.operation == "verify_code" else "cust_1"
        grant = Grant(level="otp", customer=customer) if call.operation == "verify_code" and arm == "ok" else None
        data_of_ok = found.get(call.operation, {}) if arm == "ok" else {}
        self._turn(lambda: self.talk.happens(CallResult(call=call.id, arm=arm, data=data_of_ok, grant=grant)))
        if grant is not None and customer == "cust_2":
            assert self.talk.session.scheduled == [] or "another customer" not in self.talk.journal["notes"]

    @rule(data=st.data(), outcome=st.sampled_from(("ok", "ok", "refused")))
    def bank_settles(self, data: st.DataObject, outcome: str) -> None:
        if paid := self.talk.called("transfer"):
            op = data.draw(st.sampled_from(paid)).id
            event = BankEvent(name="bank.settled", data={"op": op, "outcome": outcome, "reference": "R"})
            self._turn(lambda: self.talk.happens(event))

    @precondition(lambda self: self.talk.wake_at)
    @rule(late=st.sampled_from((0, 0, MINUTE, 100 * 24 * 60 * MINUTE)))
    def wakes(self, late: int) -> None:
        self._turn(lambda: self.talk.wakes(late))

    @rule(nonce=st.sampled_from(("", "b:OLD")))
    def an_old_timer_fires(self, nonce: str) -> None:
        self._turn(lambda: self.talk.happens(TimerFired(nonce)))

    @rule(minutes=st.sampled_from((1, 4, 16, 130, 1400)))
    def time_passes(self, minutes: int) -> None:
        self.talk.time_passes(minutes * MINUTE)

    @precondition(lambda self: self.talk.tickets)
    @rule(data=st.data())
    def person_finishes(self, data: st.DataObject) -> None:
        ticket = data.draw(st.sampled_from(self.talk.tickets)).id
        self._turn(lambda: self.talk.person_finishes(ticket))

    # What must hold.

    def _turn(self, happens: Any, words: str = "") -> None:
        before, tickets = self.talk.session, len(self.talk.tickets)
        turned: Turned = happens()
        notes = turned.journal.get("notes", [])
        assert not [note for note in notes if note.startswith("error ")], notes
        assert not [note for note in notes if note.startswith("follow-up feedback dropped: ") and "16" not in note]
        after = self.talk.session
        self.pending += [effect for effect in turned.effects if isinstance(effect, Call)]
        self._check_money(before, turned)
        self._check_person(before, after, turned, words, len(self.talk.tickets) - tickets)
        self._check_follow_up(before, after, turned)
        self._check_waking(after)
        assert len(after.told) == len(set(after.told)), "an outcome was told twice"
        assert not set(after.told) & after.open.keys()
        assert len(after.scheduled) <= 16

    def _check_money(self, before: Session, turned: Turned) -> None:
        paid = [effect for effect in turned.effects if isinstance(effect, Call) and effect.effect != "none"]
        assert len(paid) <= 1
        if paid:
            assert turned.journal["event"] in ("text", "button")
            assert before.wait is not None
            assert before.wait.kind == "confirm"

    def _check_person(self, before: Session, after: Session, turned: Turned, words: str, opened: int) -> None:
        event = turned.journal["event"]
        if before.muted and event in ANSWERED and words not in STARTS:
            assert turned.effects == (), "the bot talked over a person"
        if before.muted and after.muted:
            assert opened == 0, "a second ticket while a person has the conversation"
        if before.muted and not after.muted:
            assert turned.effects, "the bot came back without a word"
        if after.muted:
            assert after.person is not None
            assert 0 < turned.wake_at <= max(after.person.until, self.talk.now), "a person may have it for ever"

    def _check_follow_up(self, before: Session, after: Session, turned: Turned) -> None:
        """Whatever began by itself began where nobody was in the middle of anything."""
        if "follow-up feedback" not in turned.journal.get("notes", []):
            return
        assert not after.muted
        assert after.seal is None
        place = next(place for place, frame in enumerate(after.stack) if frame.flow == "feedback")
        here = {frame.id for frame in after.stack}
        assert not [call for call in after.open.values() if call.frame in here and not call.given_up]
        for frame in after.stack[:place]:
            assert frame.held is None or frame.flow == "menu" or frame.held.kind == "wait", frame.flow

    def _check_waking(self, after: Session) -> None:
        last = self.talk.last
        assert last is not None
        if after.wait is not None:
            assert 0 < last.wake_at <= after.wait.deadline
        elif after.scheduled and not after.muted:
            assert last.wake_at == min(one.due for one in after.scheduled)
        answered = any(isinstance(effect, Send) for effect in last.effects)
        assert answered or "follow-up feedback" not in last.journal.get("notes", [])


TestWaitsAtAnyTime = WaitsAtAnyTime.TestCase
TestWaitsAtAnyTime.settings = settings(
    max_examples=150, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
