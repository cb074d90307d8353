"""System flows in the middle of a conversation: what the engine fills, what their outcome decides, and what breaks."""

from __future__ import annotations

from typing import Final

import pytest

from tests.dialog.compiled import programs_with, replaced, unproven_with
from tests.dialog.conversation import CARDS, QUOTE, Conversation

TITLED: Final = replaced("about: Card-to-card", "title: Переказ\nabout: Card-to-card")
NOTE: Final = """\
flow: note
title: Нотатка
entry: {command: note, phrases: {uk: [нотатка]}}
slots: {a: text, b: text}
steps:
  - {id: first, ask: a, text: First?}
  - {id: second, ask: b, text: Second?}
  - {id: over, say: "{a} {b}", end: done}
"""
ASKS_AFTER: Final = """\
flow: cancelled
takes: [flow, title, step]
slots: {flow: text, title: text, step: text, next: choice}
steps:
  - id: what
    ask: next
    text: "Left {flow}.{step} ({title}). What next?"
    choices: [{value: note, label: A note}, {value: menu, label: The menu}]
    on: {note: note, menu: menu}
  - {id: note, run: note, end: done}
  - {id: menu, run: menu, end: done}
"""


def breaking(flow: str) -> str:
    """A notice that breaks whenever it runs: it shows what has no value."""
    return f"flow: {flow}\nslots: {{x: text}}\nsteps:\n  - {{id: one, say: 'Broken {{x}}', end: done}}\n"


# Cancelling.


def test_the_cancellation_is_told_before_what_was_interrupted_goes_on() -> None:
    talk = Conversation(programs_with(TITLED, NOTE)).at_amount()
    talk.says("/note")

    talk.says("скасувати")

    assert talk.said == "Скасовано: Нотатка.\n\nПовертаємося: Переказ.\n\nHow much?"


def test_a_cancellation_may_ask_what_is_next_with_the_place_that_was_left() -> None:
    talk = Conversation(programs_with(TITLED, NOTE, ASKS_AFTER)).at_amount()

    talk.says("скасувати")
    assert talk.said == "Left card_transfer.sum (Переказ). What next?"
    talk.taps("note")

    assert talk.step == "note.first"


def test_a_cancellation_of_the_question_what_is_next_ends_it_and_leaves_the_menu() -> None:
    talk = Conversation(programs_with(TITLED, NOTE, ASKS_AFTER)).at_amount()
    talk.says("скасувати")

    talk.says("скасувати")

    assert [frame.flow for frame in talk.session.stack] == ["menu"]


def test_a_cancellation_in_what_a_cancellation_runs_does_not_go_round() -> None:
    talk = Conversation(programs_with(TITLED, NOTE, ASKS_AFTER)).at_amount()
    talk.says("скасувати")
    talk.taps("note")

    talk.says("скасувати")

    assert [frame.flow for frame in talk.session.stack] == ["menu"]


def test_declining_a_confirmation_without_an_arm_for_it_is_told_as_a_cancellation() -> None:
    flow = TITLED.replace("    no: stopped\n", "").replace(
        "  - {id: stopped, say: Cancelled. Nothing was sent., end: cancelled}\n", ""
    )
    talk = Conversation(programs_with(flow)).at_review()

    talk.says("ні")

    assert talk.said == "Скасовано: Переказ."
    assert talk.session.stack == []


# Left open.


def test_a_question_left_open_is_asked_again_with_what_was_answered() -> None:
    talk = Conversation(programs_with(NOTE)).welcomed()
    talk.says("/note")
    talk.says("one")

    talk.timer_fires()
    assert talk.said == "Продовжимо: Нотатка?"
    talk.says("так")
    assert talk.said == "Second?"
    talk.says("two")

    assert talk.said == "one two"


def test_an_answer_that_comes_too_late_is_not_taken_for_a_greeting_nor_for_an_answer() -> None:
    talk = Conversation(programs_with(NOTE)).welcomed()
    talk.says("/note")
    talk.timer_fires()

    talk.says("one")

    assert talk.step == "expired.offer"
    assert "a" not in talk.session.stack[0].slots


def test_whoever_does_not_go_on_has_left_the_flow() -> None:
    talk = Conversation(programs_with(NOTE)).welcomed()
    talk.says("/note")
    talk.timer_fires()

    talk.taps("leave")

    assert talk.said == "Гаразд."
    assert talk.session.stack == []
    assert "end note:expired" in talk.journal["notes"]


def test_an_offer_that_is_itself_left_open_ends_the_flow_without_another_offer() -> None:
    talk = Conversation(programs_with(NOTE, TITLED)).at_amount()
    talk.says("/note")
    talk.timer_fires()
    assert talk.step == "expired.offer"

    talk.timer_fires()

    assert talk.session.stack == []


def test_a_confirmation_that_is_taken_up_again_is_priced_and_shown_anew() -> None:
    talk = Conversation(programs_with(TITLED)).at_review()
    old = talk.token("yes")
    talk.timer_fires()

    # When the customer goes on, the bank is asked for the price again
    talk.taps("go_on")
    assert talk.calls[-1].operation == "quote"
    talk.bank_answers(data={"fee": {"amount": 900, "currency": "UAH"}, "payee": "Olha K."})

    # Then the new price is confirmed, and the old button seals nothing
    assert "9,00 ₴" in talk.said
    talk.presses(old)
    assert talk.called("transfer") == []
    talk.taps("yes")
    assert talk.called("transfer")[0].args["fee"] == {"amount": 900, "currency": "UAH"}


def test_a_confirmation_is_not_kept_alive_by_the_offer() -> None:
    talk = Conversation(programs_with(TITLED)).at_review()
    talk.timer_fires()

    talk.says("так")

    assert talk.called("transfer") == []
    assert talk.session.seal is None


def test_a_flow_asked_for_again_while_its_offer_is_open_begins_anew_without_the_offer() -> None:
    talk = Conversation(programs_with(NOTE)).welcomed()
    talk.says("/note")
    talk.timer_fires()

    talk.says("/note")

    assert [frame.flow for frame in talk.session.stack] == ["note"]
    assert talk.step == "note.first"


def test_a_login_left_open_offers_to_go_on_with_the_flow_that_needed_it() -> None:
    talk = Conversation(programs_with(TITLED)).welcomed()
    talk.starts("t")
    assert talk.step == "login.number"

    talk.timer_fires()
    assert talk.said == "Продовжимо: Переказ?"
    talk.taps("go_on")

    assert talk.step == "login.number"


# Coming back.


def test_nothing_is_said_of_coming_back_after_a_word_of_help() -> None:
    talk = Conversation(programs_with(TITLED)).at_amount()

    talk.says("допомога")

    assert "Повертаємося" not in talk.said


def test_nothing_is_said_of_coming_back_to_what_has_no_name() -> None:
    talk = Conversation(programs_with(NOTE)).at_amount()
    talk.says("/note")
    talk.says("one")

    talk.says("two")

    assert talk.said == "one two\n\nHow much?"


# A person.


def test_what_is_said_when_a_person_takes_over_can_name_the_queue() -> None:
    flow = (
        'flow: handed_over\ntakes: [queue]\nslots: {queue: text}\nsteps:\n  - {id: t, say: "To {queue}", end: done}\n'
    )
    talk = Conversation(programs_with(flow)).at_amount()

    talk.says("оператор")

    assert talk.said == "To operator"
    assert talk.session.muted
    assert talk.session.stack == []


# What was meant.


def test_the_question_what_was_meant_can_be_asked_otherwise() -> None:
    flow = """\
flow: did_you_mean
takes: [guesses]
returns: [chosen]
slots: {guesses: list of flow, chosen: flow, sure: choice}
steps:
  - id: which
    ask: chosen
    text: One of these?
    choices: {of: guesses, label: "→ {it.title}"}
    other: {label: No, go: person}
  - id: really
    ask: sure
    text: "{chosen.title}, really?"
    choices: [{value: y, label: Really}, {value: n, label: Not really}]
    on: {y: yes, n: which}
  - {id: yes, end: done}
  - {id: person, handoff: operator}
"""
    balance = "flow: balance\ntitle: Баланс\nentry: {phrases: {uk: [баланс, скільки грошей, залишок на картці]}}\n"
    send = "flow: send\ntitle: Переказ\nentry: {phrases: {uk: [переказ, перекажи гроші, скинути на картку]}}\n"
    steps = "slots: {s: {type: money, in: UAH}}\nsteps:\n  - {id: q, ask: s, text: How much?}\n"
    steps += '  - {id: t, say: "Sum {s|money}", end: done}\n'
    talk = Conversation(programs_with(flow, balance + steps, send + steps)).welcomed()

    talk.says("гроші 300 грн на картку")
    assert {option.label for option in talk.wait.options} == {"→ Баланс", "→ Переказ", "No"}
    talk.taps("send")
    talk.says("Really")

    assert talk.said == "Sum 300,00 ₴"


# What breaks.


@pytest.mark.parametrize(
    ("flow", "does"),
    [("cancelled", "скасувати"), ("nothing_back", "/back"), ("handed_over", "оператор")],
)
def test_a_notice_that_breaks_is_done_without(flow: str, does: str) -> None:
    talk = Conversation(unproven_with(NOTE, breaking(flow))).welcomed()
    talk.says("/note")

    talk.says(does)

    assert f"skipped {flow}" in talk.journal["notes"]
    if flow == "handed_over":
        assert talk.session.muted
        assert [ticket.queue for ticket in talk.tickets] == ["operator"]
    elif flow == "cancelled":
        assert talk.session.stack == []
        assert talk.messages
    else:
        assert talk.said == "First?"


def test_a_correction_whose_notice_breaks_still_corrects() -> None:
    talk = Conversation(unproven_with(breaking("corrected"))).at_review()

    talk.says("ні, 300")
    talk.bank_answers(data=QUOTE)

    assert "300,00 ₴" in talk.said


def test_a_way_back_whose_notice_breaks_shows_the_question() -> None:
    talk = Conversation(unproven_with(TITLED, NOTE, breaking("resumed"))).at_amount()
    talk.says("/note")
    talk.says("one")

    talk.says("two")

    assert talk.said == "one two\n\nHow much?"


def test_an_offer_that_breaks_ends_the_flow_with_a_word() -> None:
    talk = Conversation(unproven_with(NOTE, breaking("expired"))).welcomed()
    talk.says("/note")

    talk.timer_fires()

    assert talk.said.startswith("Щось пішло не так")
    assert talk.session.stack == []


def test_a_notice_that_goes_round_for_ever_is_done_without() -> None:
    loop = "flow: cancelled\nsteps:\n  - {id: a, say: Round, go: b}\n  - {id: b, go: a}\n"
    talk = Conversation(unproven_with(NOTE, loop)).at_amount()
    talk.says("/note")

    talk.says("скасувати")

    assert talk.said == "How much?"
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]


def test_choices_from_a_slot_lead_on_where_the_list_is_empty() -> None:
    flow = """\
flow: pick
entry: {command: pick}
slots: {rows: list of card, one: card}
steps:
  - {id: read, call: bank.my_cards, save: {rows: cards}}
  - {id: which, ask: one, text: Which?, choices: {of: rows, label: "{it.name}"}, none: empty}
  - {id: told, say: "{one.name}", end: done}
  - {id: empty, say: Nothing there, end: done}
"""
    talk = Conversation(programs_with(flow)).welcomed()
    talk.says("/pick")
    talk.bank_answers(data={"cards": []})
    assert talk.said == "Nothing there"

    talk.says("/pick")
    talk.bank_answers(data=CARDS)
    talk.says("9876")

    assert talk.said == "Gold"
