"""A whole conversation, what is no answer, timers, and what the engine promises whatever a flow does."""

from __future__ import annotations

import pytest

from core.dialog.contracts import CallResult, TimerFired
from core.dialog.engine import turn
from core.dialog.errors import NoConversation
from core.dialog.program import ProgramSet
from core.dialog.turns.running import MOST_STEPS
from tests.dialog.compiled import programs_with, unproven_with
from tests.dialog.conversation import QUOTE, Conversation


def test_a_whole_transfer_calls_the_bank_once_and_ends(talk: Conversation) -> None:
    talk.at_pay().bank_answers(data={"reference": "R7"})

    assert len(talk.called("transfer")) == 1
    assert talk.said == "Sent 200,00 ₴ to Olha K."
    picture = talk.messages[0].picture
    assert picture is not None
    assert picture.template == "receipt"
    assert picture.data["ref"] == "R7"
    assert talk.messages[0].once
    assert talk.session.stack == []


def test_texts_that_follow_one_another_are_one_message(talk: Conversation) -> None:
    talk.at_review().says("допомога")

    assert len(talk.messages) == 1
    assert talk.messages[0].choices


def test_what_nobody_understands_gets_an_answer(talk: Conversation) -> None:
    talk.welcomed().says("синхрофазотрон")

    assert talk.said == "Не зрозумів. Напишіть «меню»."


@pytest.mark.parametrize("kind", ["edit", "delete", "reaction", "status", "blocked", "unblocked", "ignored", "echo"])
def test_what_asks_for_no_answer_gets_none(talk: Conversation, kind: str) -> None:
    talk.at_review()
    before = talk.session

    talk.inbound(kind=kind, text="так")

    assert talk.messages == []
    assert talk.session.stack == before.stack
    assert talk.session.wait == before.wait


def test_a_timer_of_another_wait_does_nothing(talk: Conversation) -> None:
    talk.at_amount()
    old = talk.wait.nonce
    talk.says("200")
    talk.bank_answers(data=QUOTE)
    talk.time_passes(10**9)

    talk.happens(TimerFired(old))

    assert talk.step == "card_transfer.review"
    assert talk.messages == []


def test_a_timer_that_comes_too_early_does_nothing(talk: Conversation) -> None:
    talk.at_review()

    talk.happens(TimerFired(talk.wait.nonce))

    assert talk.step == "card_transfer.review"


def test_only_an_inbound_event_can_begin_a_conversation() -> None:
    programs = programs_with()

    with pytest.raises(NoConversation):
        turn(programs, None, TimerFired("x"), 0)
    with pytest.raises(NoConversation):
        turn(programs, None, CallResult(call="x", arm="ok"), 0)


def test_the_same_inputs_give_the_same_outputs(programs: ProgramSet) -> None:
    first, second = Conversation(programs).at_settle(), Conversation(programs).at_settle()

    assert first.session == second.session
    assert first.calls == second.calls


def test_the_session_that_was_given_is_not_changed(talk: Conversation) -> None:
    talk.at_review()
    before = talk.session
    kept = talk.session

    talk.taps("yes")

    assert before == kept


def test_a_flow_that_breaks_ends_politely_and_leaves_the_rest_working() -> None:
    flow = """\
flow: broken
entry: {command: broken}
slots: {note: money, currency: text, other: {type: money, in: currency}}
steps:
  - {id: zero, set: {currency: '"UAH"'}}
  - {id: one, ask: other, text: How much?}
  - {id: two, set: {note: other}}
  - {id: three, branch: [{if: other - note - other < 0.001, go: four}]}
  - {id: four, say: "{note}", end: done}
"""
    talk = Conversation(programs_with(flow)).at_amount()
    talk.says("/broken")

    talk.says("5")

    assert talk.said.startswith("Щось пішло не так.")
    assert talk.step == "card_transfer.sum"
    assert any(note.startswith("error expression_invalid") for note in talk.journal["notes"])


def test_a_circle_that_the_verifier_could_not_see_is_stopped() -> None:
    flow = (
        "flow: spin\nentry: {command: spin}\nslots: {n: int}\nsteps:\n"
        "  - {id: one, run: nothing}\n  - {id: two, go: one}\n"
    )
    nothing = "flow: nothing\nsteps: [{id: over, end: done}]\n"

    talk = Conversation(unproven_with(flow, nothing)).welcomed()
    talk.says("/spin")

    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    assert any("flow_runaway" in note for note in talk.journal["notes"])
    assert len(talk.journal.get("path", ())) < MOST_STEPS


def test_flows_that_run_flows_too_deep_are_stopped() -> None:
    flows = [
        f"flow: deep{n}\n{'entry: {command: deep0}' if n == 0 else ''}\nsteps:\n"
        f"  - {{id: down, run: deep{n + 1}, end: done}}\n"
        for n in range(14)
    ]
    flows.append("flow: deep14\nslots: {n: text}\nsteps: [{id: q, ask: n, text: Q}, {id: s, say: '{n}', end: done}]\n")

    talk = Conversation(unproven_with(*flows)).welcomed()
    talk.says("/deep0")

    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    assert talk.session.stack == []
