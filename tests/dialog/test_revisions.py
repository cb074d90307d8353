"""A flow is published anew while people are in it."""

from __future__ import annotations

from typing import Final

from core.dialog.compiler import build_set
from core.dialog.program import ProgramSet
from tests.dialog.compiled import CARD_TRANSFER, programs_with, replaced
from tests.dialog.conversation import Conversation

OLD: Final = """\
flow: survey
entry: {command: survey}
revisions: pin
slots: {note: text}
steps:
  - {id: first, ask: note, text: Old question}
  - {id: last, say: "Old: {note}", end: done}
"""
NEW: Final = OLD.replace("Old", "New")


def _in_survey(flow: str) -> Conversation:
    talk = Conversation(programs_with(flow)).welcomed()
    talk.says("/survey")
    return talk


def _republished(talk: Conversation, flow: str, *, keep: bool = True) -> None:
    newest = programs_with(flow)
    talk.programs = newest.adopt(talk.programs) if keep else newest


def test_a_pinned_flow_goes_on_as_it_was_entered() -> None:
    talk = _in_survey(OLD)
    _republished(talk, NEW)

    talk.says("fine")

    assert talk.said == "Old: fine"
    talk.says("/survey")
    assert talk.said == "New question"


def test_a_flow_that_follows_goes_on_with_the_newest_texts() -> None:
    talk = _in_survey(OLD.replace("pin", "follow"))
    _republished(talk, NEW.replace("pin", "follow"))

    talk.says("fine")

    assert talk.said == "New: fine"


def test_a_step_that_was_removed_is_followed_to_where_it_moved() -> None:
    moved = NEW.replace("pin", "follow\nmoved: {first: begin}").replace("id: first", "id: begin")
    talk = _in_survey(OLD.replace("pin", "follow"))
    _republished(talk, moved)

    talk.says("fine")

    assert talk.said == "New: fine"


def test_a_flow_that_restarts_begins_anew() -> None:
    talk = _in_survey(OLD.replace("pin", "restart"))
    _republished(talk, NEW.replace("pin", "restart"))

    talk.says("fine")
    assert talk.said == "New question"

    talk.says("fine")
    assert talk.said == "New: fine"


def test_a_flow_whose_revision_is_not_kept_ends_politely() -> None:
    talk = _in_survey(OLD)
    _republished(talk, NEW, keep=False)

    talk.says("fine")

    assert talk.said.startswith("Ця розмова вже неактуальна.")
    assert talk.session.stack == []


def test_what_a_retired_flow_interrupted_goes_on() -> None:
    talk = Conversation(programs_with(OLD)).at_amount()
    kept = talk.programs.flows["card_transfer"]
    talk.says("/survey")
    newest = programs_with(NEW)
    talk.programs = ProgramSet(
        newest.flows,
        {kept.revision: kept},
        newest.engine_texts,
        newest.operations,
        newest.commands,
        newest.links,
        newest.phrases,
        newest.start,
    )

    talk.says("fine")

    assert talk.said.startswith("Ця розмова вже неактуальна.")
    assert talk.step == "card_transfer.sum"


def test_a_confirmed_amount_meets_the_revision_that_showed_it() -> None:
    talk = Conversation(programs_with()).at_review()
    _republished(talk, replaced("Fee {fee|money}. Send?", "Fee {fee|money}. Shall I send it?"))

    talk.taps("yes")

    call = talk.called("transfer")[-1]
    assert call.seal is not None
    assert call.seal.revision != talk.programs.flows["card_transfer"].revision


def test_the_revision_changes_with_the_text_and_with_nothing_else() -> None:
    first = programs_with().flows["card_transfer"].revision

    assert programs_with(CARD_TRANSFER + "# a comment\n").flows["card_transfer"].revision == first
    assert programs_with(replaced("How much?", "What sum?")).flows["card_transfer"].revision != first


def test_an_empty_set_can_be_built() -> None:
    assert build_set([], {}, {}).start == "welcome"


def test_a_flow_that_followed_and_is_pinned_now_keeps_the_people_inside() -> None:
    talk = _in_survey(OLD.replace("pin", "follow"))
    _republished(talk, NEW)

    talk.says("fine")

    assert talk.said == "Old: fine"


def test_a_following_flow_whose_question_became_another_asks_it_before_it_takes_an_answer() -> None:
    talk = _in_survey(OLD.replace("pin", "follow"))
    confirms = NEW.replace("pin", "follow").replace(
        "  - {id: first, ask: note, text: New question}\n",
        "  - {id: zero, ask: note, text: Before}\n"
        "  - {id: first, confirm: [note], text: 'So it is {note}', ttl: 5m, yes: last}\n",
    )
    session = talk.session
    session.stack[-1].slots["note"] = "fine"
    talk.stands_at(session)
    _republished(talk, confirms)

    talk.says("yes")
    assert talk.said == "So it is fine"

    talk.says("yes")
    assert talk.said == "New: fine"


def test_slots_that_are_set_in_another_order_make_another_revision() -> None:
    flow = OLD.replace("slots: {note: text}", "slots: {note: text, a: text}").replace(
        "  - {id: last", "  - {id: other, ask: a, text: And?}\n  - {id: put, set: {a: note, note: a}}\n  - {id: last"
    )
    swapped = flow.replace("{a: note, note: a}", "{note: a, a: note}")

    first, second = (programs_with(text).flows["survey"].revision for text in (flow, swapped))

    assert first != second
