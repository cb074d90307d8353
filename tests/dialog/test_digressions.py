"""Leaving the straight way: help, the menu, another flow, cancel, a person, and coming back."""

from __future__ import annotations

import pytest

from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import Conversation


def test_a_digression_comes_back_to_the_same_question_with_the_same_buttons(talk: Conversation) -> None:
    talk.at_review()
    send = talk.token("yes")

    talk.says("допомога")

    assert "Напишіть «меню»" in talk.said
    assert "Send?" in talk.said
    assert talk.token("yes") == send


def test_a_command_of_another_flow_interrupts_and_comes_back(talk: Conversation) -> None:
    talk.at_amount().says("/card")

    assert "A card can be ordered" in talk.said
    assert talk.step == "card_transfer.sum"


def test_the_menu_can_be_opened_in_the_middle_and_does_not_pile_up(talk: Conversation) -> None:
    talk.at_amount()

    for _ in range(5):
        talk.says("меню")

    assert [frame.flow for frame in talk.session.stack] == ["card_transfer", "menu"]


@pytest.mark.parametrize("text", ["скасувати", "меню", "/card", "назад", "оператор"])
def test_a_step_that_holds_is_not_left_by_words_or_other_flows(text: str) -> None:
    flow = replaced("    text: How much?\n", "    text: How much?\n    hold: true\n    else: stopped\n")
    talk = Conversation(programs_with(flow)).at_amount()

    talk.says(text)

    assert talk.said == "Не зрозумів відповідь."
    assert talk.step == "card_transfer.sum"
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]


def test_cancel_ends_the_flow_with_everything_it_runs(talk: Conversation) -> None:
    talk.welcomed().starts("t")
    assert talk.step == "login.number"

    talk.says("скасувати")

    assert talk.said == "Скасовано."
    assert talk.session.stack == []


@pytest.mark.parametrize("word", ["скасувати", "назад"])
def test_what_is_with_the_bank_can_neither_be_cancelled_nor_gone_back_from(talk: Conversation, word: str) -> None:
    talk.at_settle().says(word)

    assert talk.step == "card_transfer.settle"
    assert talk.said == "Це вже в банку.\n\nThe bank is still working on it. I will write when it is done."


def test_a_person_who_takes_over_is_not_talked_over_until_the_customer_wants_the_bot(talk: Conversation) -> None:
    talk.at_amount().says("оператор")
    assert talk.tickets[0].queue == "operator"
    assert "Вам відповість людина" in talk.said

    talk.says("алло?")
    assert talk.messages == []
    talk.presses("AAAAAAAA.0")
    assert talk.messages == []
    talk.says("меню")

    assert talk.step == "menu.pick"
    assert not talk.session.muted


def test_a_flow_that_is_asked_for_again_is_begun_anew_instead_of_twice(talk: Conversation) -> None:
    talk.at_amount().starts("t")

    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]
    assert "amount" not in talk.slots()
    assert "target" not in talk.slots()


def test_a_flow_that_waits_for_the_bank_is_not_begun_anew() -> None:
    talk = Conversation(programs_with()).at_settle()

    talk.starts("t")

    assert [frame.flow for frame in talk.session.stack] == ["card_transfer", "card_transfer"]
    talk.bank_settles()
    assert "Sent 200,00 ₴" in talk.said
    assert [frame.flow for frame in talk.session.stack] == ["card_transfer"]


MENU = """\
flow: menu
slots: {what: choice}
steps:
  - id: pick
    ask: what
    text: Що зробимо?
    choices: [{value: pay, label: Переказ}]
    on: {pay: pay}
  - {id: pay, run: card_transfer, go: pick}
"""


def test_cancel_in_a_flow_that_the_menu_runs_comes_back_to_the_menu() -> None:
    talk = Conversation(programs_with(MENU)).welcomed()
    talk.says("меню")
    talk.taps("pay")
    assert talk.step == "login.number"

    talk.says("скасувати")

    assert [frame.flow for frame in talk.session.stack] == ["menu"]
    assert talk.said == "Скасовано.\n\nЩо зробимо?"
    assert talk.tickets == []


def test_the_menu_asked_for_inside_a_flow_that_it_runs_is_begun_anew() -> None:
    talk = Conversation(programs_with(MENU)).welcomed()
    for _ in range(4):
        talk.says("меню")
        talk.taps("pay")

    assert [frame.flow for frame in talk.session.stack] == ["menu", "card_transfer", "login"]


def test_a_flow_run_by_another_is_begun_anew_in_its_place() -> None:
    talk = Conversation(programs_with(MENU)).welcomed()
    talk.says("меню")
    talk.taps("pay")

    talk.starts("t")

    assert [(frame.flow, frame.sub) for frame in talk.session.stack] == [
        ("menu", False),
        ("card_transfer", True),
        ("login", True),
    ]


def test_interrupted_flows_are_bounded_and_the_oldest_is_forgotten() -> None:
    flows = [
        f"flow: side{n}\nentry: {{command: side{n}}}\nslots: {{a: text}}\nsteps:\n"
        f"  - {{id: q, ask: a, text: Q{n}}}\n  - {{id: s, say: '{{a}}', end: done}}\n"
        for n in range(15)
    ]
    talk = Conversation(programs_with(*flows)).welcomed()

    for n in range(15):
        talk.says(f"/side{n}")

    assert len(talk.session.stack) == 12
    assert talk.step == "side14.q"
