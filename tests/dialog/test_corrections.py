"""An answer taken back in words: at the confirmation, at a later question, in four languages; what is left alone."""

from __future__ import annotations

from typing import Final

import pytest

from core.dialog.recording.stand_ins import PHONE
from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, QUOTE, Conversation
from tests.dialog.small_flows import begun

ORDER: Final = """\
flow: order
title: Замовлення
entry: {command: order}
slots:
  count: {type: int, label: кількість}
  when: {type: date, label: дату}
  colour: {type: choice, label: колір}
  price: {type: money, in: UAH, label: суму}
  note: text
steps:
  - {id: many, ask: count, text: How many?}
  - {id: day, ask: when, text: When?}
  - id: which
    ask: colour
    text: Which?
    choices: [{value: r, label: Червона}, {value: b, label: Синя}]
  - {id: sum, ask: price, text: How much?, check: [{if: price > 1000.00, say: Too much}]}
  - id: review
    confirm: [count, when, colour, price]
    text: "{count}, {when|date}, {colour}, {price|money}?"
    edit: [count, when, colour, price]
    ttl: 5m
    yes: over
    no: over
  - {id: over, end: done}
"""


def at_sum() -> Conversation:
    talk = begun(ORDER)
    for answer in ("3", "5 січня 2027", "Синя"):
        talk.says(answer)
    assert talk.step == "order.sum"
    return talk


def at_review() -> Conversation:
    talk = at_sum()
    talk.says("700")
    assert talk.step == "order.review"
    return talk


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("ні, 6 січня 2027", "when", "2027-01-06"),
        ("нет, 6 января 2027", "when", "2027-01-06"),
        ("не, 6 студзеня 2027", "when", "2027-01-06"),
        ("no, January 6 2027", "when", "2027-01-06"),
        ("ні, червона", "colour", "r"),
        ("суму 800", "price", {"amount": 80000, "currency": "UAH"}),
        ("change the amount to 800", "price", {"amount": 80000, "currency": "UAH"}),
        ("не 700 грн, а 800 грн", "price", {"amount": 80000, "currency": "UAH"}),
        ("ні, 800 грн", "price", {"amount": 80000, "currency": "UAH"}),
    ],
)
def test_any_answer_that_can_be_edited_is_corrected_in_words(text: str, slot: str, value: object) -> None:
    talk = at_review()
    before = talk.slots()

    talk.says(text)

    assert talk.step == "order.review"
    assert talk.slots() == {**before, slot: value}


def test_the_customer_is_told_what_was_corrected() -> None:
    talk = at_review()

    talk.says("ні, червона")

    assert talk.said == "Виправлено колір: Червона\n\n3, 5 січня 2027\u202fр., r, 700,00 ₴?"


def test_what_could_correct_two_answers_is_asked_about_and_changes_nothing() -> None:
    # Given a number of things and a sum, which "5" could both be
    talk = at_review()
    before = talk.slots()

    talk.says("ні, 15")

    assert talk.step == "order.review"
    assert talk.slots() == before
    assert "edit count" in {f"{option.act} {option.value}" for option in talk.wait.options}


def test_a_correction_that_fails_a_check_is_explained_by_its_question() -> None:
    talk = at_review()

    talk.says("ні, 2000 грн")
    assert talk.said == "Too much"
    assert talk.step == "order.sum"
    talk.says("900")

    assert talk.step == "order.review"


def test_an_answer_taken_back_without_another_one_is_asked_for() -> None:
    talk = at_review()

    talk.says("не та дата")

    assert talk.step == "order.day"


def test_an_earlier_answer_is_corrected_while_a_later_question_is_open() -> None:
    # Given that the sum is asked for, which a day cannot be
    talk = at_sum()

    talk.says("ні, завтра")

    assert talk.step == "order.sum"
    assert talk.slots()["when"] == "2026-11-19"
    assert talk.slots()["count"] == 3
    assert talk.slots()["colour"] == "b"
    assert talk.said == "Виправлено дату: 19 листопада 2026\u202fр.\n\nHow much?"


def test_what_could_answer_the_open_question_and_correct_another_is_neither() -> None:
    talk = at_sum()

    talk.says("ні, 6")

    assert talk.step == "order.sum"
    assert talk.slots()["count"] == 3
    assert talk.session.stack[-1].tries == 1


def test_a_denied_answer_that_only_the_open_question_can_take_is_its_answer() -> None:
    talk = at_sum()

    talk.says("ні, 600 грн")

    assert talk.step == "order.review"
    assert talk.slots()["price"] == {"amount": 60000, "currency": "UAH"}


def test_without_a_denial_an_earlier_answer_is_not_touched() -> None:
    talk = at_sum()

    talk.says("завтра")

    assert talk.slots()["when"] == "2027-01-05"
    assert talk.session.stack[-1].tries == 1


def test_back_still_goes_question_by_question_after_a_correction() -> None:
    talk = at_sum()
    talk.says("ні, завтра")

    talk.says("назад")

    assert talk.step == "order.which"


@pytest.mark.parametrize(
    "text", ["ні, на 067 123 45 67", "нет, 0671234567", "не той номер, 0671234567", "no, to 0671234567"]
)
def test_a_payee_is_corrected_and_priced_anew(text: str) -> None:
    talk = Conversation(programs_with()).at_review()

    talk.says(text)
    assert talk.calls[-1].operation == "quote"
    assert talk.calls[-1].args["target"]["phone"] == "+380671234567"
    assert talk.journal["value"] == PHONE
    assert "671234567" not in repr(talk.journal)
    talk.bank_answers(data=QUOTE)

    assert talk.step == "card_transfer.review"
    assert talk.session.seal is None
    assert talk.called("transfer") == []


@pytest.mark.parametrize("text", ["ні, з картки 9876", "нет, с карты 9876", "не, з карткі *9876", "no, with card 9876"])
def test_a_card_is_corrected_by_its_last_digits(text: str) -> None:
    flow = replaced("amount > source.available", "amount > 900000.00")
    talk = Conversation(programs_with(flow.replace("{source.available|money}", "enough"))).at_review("100")

    talk.says(text)
    talk.bank_answers(data=CARDS)
    assert talk.slots()["source"]["id"] == "c2"
    talk.bank_answers(data=QUOTE)

    assert talk.step == "card_transfer.review"


@pytest.mark.parametrize("text", ["не з цієї картки", "не с этой карты", "не з гэтай карткі", "not from that card"])
def test_a_card_taken_back_is_asked_for(text: str) -> None:
    talk = Conversation(programs_with()).at_review()

    talk.says(text)
    talk.bank_answers(data=CARDS)

    assert talk.step == "card_transfer.from"
    assert [option.label for option in talk.wait.options] == ["Visa 1234", "Gold 9876"]


def test_what_was_confirmed_before_a_correction_moves_nothing() -> None:
    talk = Conversation(programs_with()).at_review()
    old = talk.token("yes")
    talk.says("ні, 300")
    talk.bank_answers(data=QUOTE)

    talk.presses(old)

    assert talk.called("transfer") == []
    assert talk.step == "card_transfer.review"
