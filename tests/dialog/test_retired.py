"""An operator stops a harmful revision: people leave it at once, but nobody loses the truth about money."""

from __future__ import annotations

import pytest

from core.dialog.contracts import TimerFired
from core.dialog.session import Session
from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, QUOTE, Conversation

GONE = "Ця розмова вже неактуальна."
MENDED = replaced("How much?", "What sum?")
AGAIN = """\
flow: survey
entry: {command: survey}
slots: {note: text}
steps:
  - {id: first, ask: note, text: How was it?}
  - {id: last, say: "Thank you: {note}", end: done}
"""


def retired(talk: Conversation, flow: str = "card_transfer") -> Conversation:
    """The mended flow is published and the revision of before is stopped."""
    old = talk.programs.flows[flow].revision
    newest = programs_with(MENDED, AGAIN).adopt(talk.programs)
    talk.programs = newest.keeping(newest.revisions, frozenset((old,)))
    return talk


def woken(talk: Conversation) -> None:
    """The turn that every conversation on a stopped revision is given."""
    talk.happens(TimerFired(talk.wait.nonce))


def stands_in(session: Session, flow: str) -> bool:
    return any(frame.flow == flow for frame in session.stack)


@pytest.mark.parametrize("place", ["at_cards", "at_amount", "at_review"])
def test_before_anything_was_sent_the_conversation_ends_with_a_message(place: str) -> None:
    talk = retired(getattr(Conversation(programs_with(AGAIN)), place)())

    woken(talk)

    assert talk.said.startswith(GONE)
    assert not stands_in(talk.session, "card_transfer")
    assert talk.session.seal is None
    assert talk.called("transfer") == []


def test_it_is_said_once() -> None:
    talk = retired(Conversation(programs_with(AGAIN)).at_amount())
    woken(talk)

    talk.says("/survey")

    assert talk.said == "How was it?"


def test_a_button_of_the_stopped_revision_sends_nothing() -> None:
    talk = Conversation(programs_with(AGAIN)).at_review()
    yes = talk.token("yes")
    retired(talk)

    talk.presses(yes)

    assert talk.said.startswith(GONE)
    assert "вже не діє" not in talk.said
    assert "застаріла" not in talk.said
    assert talk.called("transfer") == []


def test_what_was_sent_goes_on_until_the_bank_has_answered() -> None:
    talk = retired(Conversation(programs_with(AGAIN)).at_pay())
    woken(talk)
    assert talk.messages == []

    talk.bank_answers(data={"reference": "R7"})

    assert "Sent" in talk.said
    assert len(talk.called("transfer")) == 1
    assert not stands_in(talk.session, "card_transfer")


def test_an_unknown_outcome_goes_to_its_wait_and_ends_as_unclear() -> None:
    talk = retired(Conversation(programs_with(AGAIN)).at_pay())
    talk.bank_answers("unknown")
    assert talk.step == "card_transfer.settle"

    talk.timer_fires()

    assert "I do not know yet how it ended" in talk.said
    assert [ticket.queue for ticket in talk.tickets] == ["payments"]


def test_news_that_come_while_it_waits_are_told() -> None:
    talk = retired(Conversation(programs_with(AGAIN)).at_settle())
    woken(talk)

    talk.bank_settles("ok")

    assert "Sent" in talk.said
    assert len(talk.called("transfer")) == 1


def test_after_the_truth_is_told_a_stopped_flow_asks_nothing_more() -> None:
    longer = replaced("    end: done\n", "  - {id: more, ask: payee, text: Anything else?}\n  - {id: bye, end: done}\n")
    talk = Conversation(programs_with(longer, AGAIN)).at_pay()
    retired(talk)
    talk.bank_answers(data={"reference": "R7"})
    assert talk.step == "card_transfer.more"

    woken(talk)

    assert talk.said.startswith(GONE)
    assert not stands_in(talk.session, "card_transfer")


def test_a_second_effect_of_a_stopped_revision_is_refused() -> None:
    """The confirmation was given on it; whatever the flow does after the first answer, it sends nothing more."""
    talk = Conversation(programs_with(AGAIN)).at_amount()
    talk.says("200")
    talk.bank_answers(data=QUOTE)
    talk.taps("yes")
    retired(talk)
    talk.bank_answers("refused", reason="error.limit_exceeded")

    assert len(talk.called("transfer")) == 1
    assert not stands_in(talk.session, "card_transfer")


def test_a_stopped_flow_below_another_one_ends_and_the_other_goes_on() -> None:
    talk = Conversation(programs_with(AGAIN)).at_amount()
    talk.says("/survey")
    retired(talk)

    woken(talk)

    assert talk.said.startswith(GONE)
    assert talk.step == "survey.first"
    talk.says("fine")
    assert talk.said == "Thank you: fine"


def test_a_stopped_flow_above_another_one_gives_way_to_it() -> None:
    talk = Conversation(programs_with(AGAIN)).at_amount()
    talk.says("/survey")
    survey = talk.programs.flows["survey"].revision
    mended = AGAIN.replace("How was it?", "How did it go?")
    newest = programs_with(mended).adopt(talk.programs)
    talk.programs = newest.keeping(newest.revisions, frozenset((survey,)))

    talk.says("300")

    assert talk.said.startswith(GONE)
    assert talk.step == "card_transfer.sum"
    assert "amount" not in talk.slots()


def test_new_conversations_begin_with_the_revision_that_took_its_place() -> None:
    talk = retired(Conversation(programs_with(AGAIN)).at_amount())
    woken(talk)

    talk.starts("t")
    talk.bank_answers(data=CARDS)
    talk.taps("c1")
    talk.says("0501234567")

    assert talk.said == "What sum?"
