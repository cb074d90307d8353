"""System flows of any kind, proven or broken, with anything happening: nobody is trapped, left silent or robbed.

The flows that the verifier accepts are drawn together with ones that it would refuse, which break when they run.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.dialog.contracts import Call, Contact, Grant, Send
from core.dialog.engine import Turned
from core.dialog.program import ProgramSet
from tests.dialog.compiled import programs_with, unproven_with
from tests.dialog.conversation import CARDS, QUOTE, Conversation

NOTE: Final = """\
flow: note
title: Нотатка
entry: {command: note, phrases: {uk: [нотатка]}}
slots: {a: text, b: date, c: int}
steps:
  - {id: first, ask: c, text: First?}
  - {id: second, ask: b, text: Second?}
  - {id: third, ask: a, text: Third?}
  - {id: over, say: "{a} {b|date} {c}", end: done}
"""
ASKS: Final = """\
flow: {name}
slots: {{next: choice}}
steps:
  - id: what
    ask: next
    text: What next?
    choices: [{{value: a, label: First way}}, {{value: b, label: Second way}}]
    on: {{a: good, b: bad}}
  - {{id: good, end: done}}
  - {{id: bad, {bad}}}
"""
SAYS: Final = "flow: {name}\nsteps: [{{id: t, say: Said in passing, end: {end}}}]\n"
SILENT: Final = "flow: {name}\nsteps: [{{id: t, end: done}}]\n"
RUNS: Final = "flow: {name}\nsteps: [{{id: r, run: menu, end: done}}]\n"
BREAKS: Final = "flow: {name}\nslots: {{x: text}}\nsteps: [{{id: t, say: 'Broken {{x}}', end: done}}]\n"
ROUND: Final = "flow: {name}\nsteps: [{{id: a, say: Round, go: b}}, {{id: b, go: a}}]\n"
BREAKS_LATER: Final = """\
flow: {name}
slots: {{a: text, x: text}}
steps:
  - {{id: q, ask: a, text: Break now?}}
  - {{id: t, say: 'Broken {{x}} {{a}}', end: done}}
"""
PROVEN: Final = {
    "cancelled": (ASKS, SAYS, SILENT, RUNS),
    "expired": (ASKS, SAYS, SILENT),
    "resumed": (SAYS, SILENT),
    "corrected": (SAYS, SILENT),
    "nothing_back": (SAYS, SILENT),
    "handed_over": (SAYS, SILENT),
}
UNPROVEN: Final = {name: (*some, BREAKS, ROUND, BREAKS_LATER, ASKS, RUNS) for name, some in PROVEN.items()}
ENDS: Final = ("done", "expired", "failed", "cancelled")
TEXTS: Final = (
    "скасувати", "назад", "допомога", "меню", "/note", "нотатка", "5", "6", "завтра", "ні, 6", "ні, завтра",
    "ні, 300", "так", "ні", "First way", "Second way", "100", "0501234567", "ні, на 0671234567", "не з тієї картки",
    "???", "",
)  # fmt: skip


@cache
def programs(flows: tuple[str, ...], proven: bool) -> ProgramSet:
    return programs_with(NOTE, *flows) if proven else unproven_with(NOTE, *flows)


class AnySystemFlows(RuleBasedStateMachine):
    """`proven`: every drawn flow is one that the verifier accepts."""

    proven = True

    @initialize(data=st.data(), far=st.booleans())
    def begins(self, data: st.DataObject, far: bool) -> None:
        kinds = PROVEN if self.proven else UNPROVEN
        flows = []
        for name, forms in kinds.items():
            form, end = data.draw(st.sampled_from((None, *forms))), data.draw(st.sampled_from(ENDS))
            if form is not None:
                bad = data.draw(st.sampled_from(("end: failed", "handoff: operator")))
                flows.append(form.format(name=name, end=end, bad=bad))
        self.talk = Conversation(programs(tuple(flows), self.proven))
        self.paid: set[str] = set()
        self.talk.at_review() if far else self.talk.welcomed()

    @rule(text=st.sampled_from(TEXTS))
    def says(self, text: str) -> None:
        self.look(self.talk.says(text))

    @precondition(lambda self: self.talk.session.wait is not None and self.talk.session.wait.options)
    @rule(data=st.data())
    def taps(self, data: st.DataObject) -> None:
        wait = self.talk.wait
        place = data.draw(st.integers(0, len(wait.options) - 1))
        yes = wait.kind == "confirm" and wait.options[place].act == "yes" and self.talk.now <= wait.until
        turned = self.talk.presses(f"{wait.nonce}.{place}")
        self.look(turned, yes=yes)

    @precondition(lambda self: self.talk.session.wait is not None and self.talk.session.wait.call)
    @rule(arm=st.sampled_from(("ok", "ok", "ok", "refused", "unknown")))
    def the_bank_answers(self, arm: str) -> None:
        operation = self.talk.calls[-1].operation
        data = {"my_cards": CARDS, "quote": QUOTE, "transfer": {"reference": "R1"}, "send_code": {"otp_id": "o"}}
        grant = Grant(level="otp", customer="c", name="А") if operation == "verify_code" and arm == "ok" else None
        self.talk.bank_answers(arm, data.get(operation), grant=grant)

    @precondition(lambda self: self.talk.session.wait is not None and self.talk.session.wait.deadline)
    @rule()
    def nobody_answers(self) -> None:
        self.talk.timer_fires()

    @rule()
    def shares_a_contact(self) -> None:
        self.look(self.talk.inbound(kind="contact", contact=Contact(phone="+380501112233", proof="own")))

    @rule()
    def can_always_get_out(self) -> None:
        """The menu opens wherever one stands, except while nothing can be done but wait for a person or the bank."""
        if self.talk.session.muted:
            return
        self.look(self.talk.says("меню"))
        flows = [frame.flow for frame in self.talk.session.stack]
        assert flows[-1] == "menu", flows
        for _ in range(30):
            if not self.talk.session.stack or self.talk.wait.kind in ("call", "wait"):
                break
            if flows == ["menu"]:
                break
            self.look(self.talk.says("скасувати"))
            flows = [frame.flow for frame in self.talk.session.stack]
        else:
            raise AssertionError(f"cancelled thirty times and still in {flows}")

    def look(self, turned: Turned, *, yes: bool = False) -> None:
        session = turned.session
        notes = turned.journal.get("notes", [])
        if self.proven:
            assert not [note for note in notes if note.startswith(("error", "skipped"))], notes
        answered = any(isinstance(effect, Send | Call) for effect in turned.effects)
        assert answered or session.muted, "silence"
        assert session.wait is not None or not session.stack, "a flow stands there and waits for nothing"
        assert len(session.stack) <= 15
        for effect in turned.effects:
            if isinstance(effect, Call) and effect.effect != "none":
                assert yes or self.said_yes(turned), "money moved without a yes to a confirmation in time"
                assert effect.id not in self.paid
                self.paid.add(effect.id)

    def said_yes(self, turned: Turned) -> bool:
        return turned.journal.get("text") == "так" and any(arm.endswith(":yes") for arm in turned.journal["arms"])


class BrokenSystemFlows(AnySystemFlows):
    proven = False


TestAnySystemFlows = AnySystemFlows.TestCase
TestBrokenSystemFlows = BrokenSystemFlows.TestCase
TestAnySystemFlows.settings = TestBrokenSystemFlows.settings = settings(
    max_examples=80, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
