"""A flow that goes round for ever, whatever let it through: the turn ends politely and the session is whole."""

from __future__ import annotations

import pytest

from core.dialog.session import decode_session, encode_session
from core.dialog.turns.running import MOST_STEPS
from tests.dialog.compiled import codes, problems_of, unproven_with
from tests.dialog.conversation import Conversation

HEAD = "flow: spin\nentry: {command: spin}\nslots: {n: int}\n"
BY_GO = HEAD + "steps:\n  - {id: one, set: {n: 1}}\n  - {id: two, go: one}\n"
BY_BRANCH = HEAD + 'steps:\n  - {id: one, branch: [{if: lang == "uk", go: one}], else: one}\n'
BY_WORDS = HEAD + "steps:\n  - {id: one, say: Round and round, go: one}\n"
BY_RUN = HEAD + "steps:\n  - {id: one, run: brief, go: one}\n"
BRIEF = "flow: brief\nsteps: [{id: over, say: Brief, end: done}]\n"
BY_AUTH = HEAD + "steps:\n  - {id: one, auth: none, else: two}\n  - {id: two, go: one}\n"
EACH_OTHER = HEAD + "steps:\n  - {id: one, run: other, end: done}\n"
OTHER = "flow: other\nsteps: [{id: one, run: spin, end: done}]\n"

CIRCLES = {
    "go": (BY_GO,),
    "branch": (BY_BRANCH,),
    "words": (BY_WORDS,),
    "a flow that is over at once": (BY_RUN, BRIEF),
    "a login that is there": (BY_AUTH,),
    "flows that run each other": (EACH_OTHER, OTHER),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_is_refused_before_it_is_published(name: str) -> None:
    assert codes(problems_of(*CIRCLES[name])) & {"loop_without_wait", "recursion"}


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_that_was_let_through_is_stopped_politely(name: str) -> None:
    # Given a customer in the middle of a transfer
    talk = Conversation(unproven_with(*CIRCLES[name])).at_amount()
    before = talk.session.stack[0]

    # When they start the flow that goes round
    talk.says("/spin")

    # Then they are told and stand again where they stood, and nothing of the circle is left
    assert talk.said.startswith("Щось пішло не так.")
    assert talk.messages[0].text.count("Round") == 0
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]
    assert talk.session.stack[0].slots == before.slots
    assert any("error flow_runaway" in note for note in talk.journal["notes"])
    assert len(talk.journal.get("path", ())) < MOST_STEPS
    assert decode_session(encode_session(talk.session)) == talk.session

    # And the transfer goes on as if nothing had been
    talk.says("200")
    assert talk.step == "card_transfer.quote"


def test_a_circle_that_was_let_through_leaves_nobody_without_an_answer_when_nothing_else_goes_on() -> None:
    talk = Conversation(unproven_with(BY_GO)).welcomed()

    talk.says("/spin")
    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    talk.says("/spin")

    assert talk.said == "Щось пішло не так. Спробуйте ще раз."
    assert talk.session.stack == []
