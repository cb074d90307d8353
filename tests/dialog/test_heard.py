"""What is said with a wish answers its questions before they are asked, and is checked like any answer."""

from __future__ import annotations

from typing import Final

import pytest

from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, QUOTE, Conversation

PHRASES: Final = (
    "phrases: {uk: [переказ, перекажи, надішли гроші], ru: [перевод, переведи], be: [перавод, перавядзі],"
    " en: [transfer, send, send money]}"
)
TRANSFER: Final = replaced("intents: [transfer]", PHRASES)


@pytest.fixture
def talk() -> Conversation:
    return Conversation(programs_with(TRANSFER)).welcomed()


@pytest.mark.parametrize(
    "text",
    [
        "перекажи 200 на 0671234567 з картки 1234",
        "переведи 200 на 067 123 45 67 с карты 1234",
        "перавядзі 200 грн на +380671234567 з карткі *1234",
        "send 200 to 067 123 45 67 with card 1234",
        "send 200 to 067-123-45-67 from the card ending in 1234",
        "перекажи двісті гривень на 0671234567 з картки 1234",
    ],
)
def test_sum_payee_and_card_are_heard_in_four_languages(talk: Conversation, text: str) -> None:
    talk.says(text)
    talk.signs_in()
    talk.bank_answers(data=CARDS)

    # Then the price is asked for at once, and the confirmation still has to be given
    assert talk.calls[-1].operation == "quote"
    assert talk.calls[-1].args["amount"] == {"amount": 20000, "currency": "UAH"}
    assert talk.calls[-1].args["target"]["phone"] == "+380671234567"
    assert talk.calls[-1].args["source"]["id"] == "c1"
    talk.bank_answers(data=QUOTE)
    assert talk.wait.kind == "confirm"
    assert talk.called("transfer") == []


def test_a_phone_in_a_wish_stays_out_of_the_journal(talk: Conversation) -> None:
    talk.says("перекажи 200 на 0671234567")

    assert talk.journal["text"] == "•••"


def test_the_very_first_words_are_heard_as_well() -> None:
    talk = Conversation(programs_with(TRANSFER))
    talk.says("перекажи 200 на 0671234567")
    talk.taps("uk")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")

    assert talk.calls[-1].operation == "quote"


def test_what_was_heard_is_checked_when_its_question_comes(talk: Conversation) -> None:
    talk.says("перекажи 600 на 0671234567")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")

    assert talk.step == "card_transfer.sum"
    assert talk.said == "You have 500,00 ₴ on this card"


@pytest.mark.parametrize("text", ["перекажи 200 з картки 5555", "перекажи 200 доларів"])
def test_what_cannot_be_read_is_forgotten_and_asked_for(talk: Conversation, text: str) -> None:
    talk.says(text)
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    assert talk.step == "card_transfer.from"
    talk.taps("c1")
    talk.says("0671234567")

    assert talk.step == ("card_transfer.sum" if "доларів" in text else "card_transfer.quote")
    assert talk.session.stack[-1].heard == {}


@pytest.mark.parametrize("text", ["перекажи 200 або 300", "перекажи на 0671234567 або 0501234567"])
def test_two_of_a_kind_are_none(talk: Conversation, text: str) -> None:
    talk.says(text)

    assert [frame.heard for frame in talk.session.stack if frame.flow == "card_transfer"] in ([{}], [])


def test_back_forgets_what_was_heard(talk: Conversation) -> None:
    talk.says("перекажи 600 на 0671234567")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")

    talk.says("назад")

    assert talk.step == "card_transfer.to"


def test_a_day_and_the_last_digits_answer_the_questions_of_another_flow() -> None:
    flow = """\
flow: block
title: Блокування
entry: {phrases: {uk: [заблокуй картку, заблокуй], en: [block card, block]}}
slots: {card: card, day: date}
steps:
  - {id: which, ask: card, text: Which?, choices: {of: bank.my_cards, label: "{it.name}"}}
  - {id: when, ask: day, text: When?}
  - {id: told, say: "{card.name} {day|date}", end: done}
"""
    talk = Conversation(programs_with(flow)).welcomed()

    talk.says("заблокуй картку 9876 завтра")
    talk.bank_answers(data=CARDS)

    assert talk.said == "Gold 19 листопада 2026\u202fр."
