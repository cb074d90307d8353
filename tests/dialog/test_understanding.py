"""Words that are no answer and no phrase: a flow begins, or one is asked about, or nothing is understood."""

from __future__ import annotations

from typing import Final

import pytest

from core.dialog.session import Option
from tests.dialog.compiled import compile_with, problems_of, programs_with, replaced
from tests.dialog.conversation import CARDS, Conversation

BALANCE: Final = """\
flow: balance
title: Баланс
entry: {phrases: {uk: [баланс, скільки грошей, скільки на картці, залишок на картці], en: [balance, money left]}}
slots: {note: text}
steps:
  - {id: wait_here, ask: note, text: Balance of which card?}
  - {id: told, say: "Balance: {note}", end: done}
"""
TRANSFER: Final = """\
flow: send
title: Переказ
entry: {phrases: {uk: [переказ, перекажи гроші, надіслати гроші, скинути на картку], en: [transfer, send money]}}
slots: {amount: {type: money, in: UAH}}
steps:
  - {id: sum, ask: amount, text: How much?}
  - {id: told, say: "Sum {amount|money}", end: done}
"""
DOUBTFUL: Final = "гроші на картку"


@pytest.fixture
def talk() -> Conversation:
    return Conversation(programs_with(BALANCE, TRANSFER)).welcomed()


def test_other_words_for_a_flow_begin_it(talk: Conversation) -> None:
    talk.says("скільки гршей на картці")

    assert talk.step == "balance.wait_here"


def test_a_sum_in_other_words_is_heard(talk: Conversation) -> None:
    talk.says("перекажи мамі гроші 5 тисяч гривень")

    assert talk.said.startswith("Sum 5 000,00 ₴")


def test_a_sum_in_another_currency_is_asked_for_again(talk: Conversation) -> None:
    talk.says("перекажи гроші 200 доларів")

    assert talk.step == "send.sum"


def test_the_very_first_words_can_begin_a_flow_below_the_greeting() -> None:
    talk = Conversation(programs_with(BALANCE, TRANSFER))

    talk.says("скільки гршей на картці")

    assert [frame.flow for frame in talk.session.stack][:2] == ["balance", "welcome"]


def test_words_that_mean_nothing_here_are_not_understood(talk: Conversation) -> None:
    talk.says("яка завтра погода")

    assert "unrecognised.tell" in talk.journal["path"]


def test_words_that_may_mean_two_flows_are_asked_about(talk: Conversation) -> None:
    talk.says(DOUBTFUL)

    assert talk.said == "Що саме ви маєте на увазі?"
    assert [choice.label for choice in talk.messages[-1].choices] == ["Переказ", "Баланс", "Нічого з цього"]


@pytest.mark.parametrize("answer", ["Баланс", "2", "балан"])
def test_the_flow_that_was_meant_can_be_pressed_or_typed(talk: Conversation, answer: str) -> None:
    talk.says(DOUBTFUL)

    talk.says(answer)

    assert talk.step == "balance.wait_here"


def test_the_sum_said_before_the_question_is_not_lost(talk: Conversation) -> None:
    talk.says("гроші 300 грн на картку")

    talk.taps("send")

    assert talk.said.startswith("Sum 300,00 ₴")


def test_none_of_them_leads_to_the_menu(talk: Conversation) -> None:
    talk.says(DOUBTFUL)

    talk.taps("Нічого з цього")

    assert talk.step.startswith("menu.")


def test_the_question_takes_the_place_of_the_one_before_it(talk: Conversation) -> None:
    talk.says(DOUBTFUL)
    old = talk.wait.nonce

    talk.says("картку гроші")

    assert talk.wait.nonce != old
    assert [frame.flow for frame in talk.session.stack].count("did_you_mean") == 1


def test_an_old_question_s_button_changes_nothing(talk: Conversation) -> None:
    talk.says(DOUBTFUL)
    token = talk.token("balance")
    talk.taps("send")

    talk.presses(token)

    assert "Ця кнопка вже не діє." in talk.said
    assert talk.step == "send.sum"


def test_words_that_mean_nothing_leave_the_question(talk: Conversation) -> None:
    talk.says(DOUBTFUL)

    talk.says("яка завтра погода")

    assert talk.step.startswith("menu.")


def test_a_question_left_open_ends(talk: Conversation) -> None:
    talk.says(DOUBTFUL)

    talk.timer_fires()

    assert "did_you_mean" not in [frame.flow for frame in talk.session.stack]


def test_in_the_middle_of_a_flow_nothing_is_guessed_but_what_is_sure() -> None:
    talk = Conversation(programs_with(BALANCE, TRANSFER)).at_amount()

    talk.says(DOUBTFUL)

    assert talk.step == "card_transfer.sum"
    talk.says("скільки гршей на картці")
    assert talk.step == "balance.wait_here"


def test_words_that_only_sound_like_the_open_flow_do_not_begin_it_anew(talk: Conversation) -> None:
    talk.says("перекажи гроші")
    frame = talk.session.stack[-1].id

    talk.says("перекажи грошики")

    assert talk.session.stack[-1].id == frame


def test_the_bank_is_not_asked_for_money_by_a_guess() -> None:
    phrases = "phrases: {uk: [переказ, перекажи гроші, надіслати гроші]}"
    talk = Conversation(programs_with(replaced("intents: [transfer]", phrases))).welcomed()

    talk.says("перекажи грошики 200 грн")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")
    talk.says("0501234567")

    assert talk.called("transfer") == []
    assert talk.called("quote") != []


def test_a_flow_with_phrases_and_no_title_is_warned_about_and_not_offered() -> None:
    compilation = compile_with(BALANCE.replace("title: Баланс\n", ""), TRANSFER)
    assert compilation.programs is not None

    assert [one.code for one in compilation.problems if one.file == "balance.yaml"] == ["title_missing"]
    talk = Conversation(compilation.programs).welcomed()
    talk.says(DOUBTFUL)
    assert "unrecognised.tell" in talk.journal["path"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (TRANSFER.replace("title: Переказ", "title: БАЛАНС"), "doubled_entry"),
        (TRANSFER.replace("uk: [переказ", "uk: [Баланс!"), "doubled_entry"),
        (TRANSFER.replace("title: Переказ", 'title: "Переказ {amount|money}"'), "text"),
        (TRANSFER.replace("title: Переказ", "title: " + "Переказ " * 9), "invalid"),
    ],
)
def test_titles_and_phrases_that_cannot_be_told_apart_or_read_are_refused(changed: str, code: str) -> None:
    assert code in {problem.code for problem in problems_of(BALANCE, changed)}


def test_the_buttons_carry_flows_and_no_more(talk: Conversation) -> None:
    talk.says(DOUBTFUL)

    assert talk.wait.options == [
        Option("Переказ", {"name": "send", "title": "Переказ"}),
        Option("Баланс", {"name": "balance", "title": "Баланс"}),
        Option("Нічого з цього", act="other"),
    ]
