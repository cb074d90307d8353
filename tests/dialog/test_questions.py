"""Questions: how they are answered, checked, asked again, gone back from and left open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, Conversation
from tests.dialog.small_flows import TYPES, begun


@pytest.mark.parametrize(
    ("kind", "said", "stored"),
    [
        ("text", "  hello  ", "hello"),
        ("int", "сто двадцять", 120),
        ("bool", "так", True),
        ("date", "31.03.2027", "2027-03-31"),
        ("date", "сьогодні", "2026-11-18"),
        ("phone", "067 123 45 67", "+380671234567"),
        ("iban", "UA21 3223 1300 0002 6007 2335 6600 1", "UA213223130000026007233566001"),
        ("{type: money, in: JPY}", "1500", {"amount": 1500, "currency": "JPY"}),
    ],
)
def test_an_answer_is_read_by_the_type_of_its_slot(kind: str, said: str, stored: Any) -> None:
    talk = begun(replaced("ANSWER", kind, TYPES))

    talk.says(said)

    assert talk.slots()["answer"] == stored


@pytest.mark.parametrize("text", ["Gold 9876", "2", "gold"])
def test_a_choice_can_be_typed(talk: Conversation, text: str) -> None:
    talk.at_cards().bank_answers(data=CARDS)

    talk.says(text)

    assert talk.slots()["source"]["id"] == "c2"


def test_a_question_with_choices_of_the_bank_calls_first_and_then_asks(talk: Conversation) -> None:
    talk.at_cards()
    assert talk.calls[-1].operation == "my_cards"
    assert talk.wait.kind == "choices"

    talk.bank_answers(data=CARDS)

    assert [option.label for option in talk.wait.options] == ["Visa 1234", "Gold 9876"]


def test_a_question_whose_list_is_empty_goes_where_the_flow_says(talk: Conversation) -> None:
    talk.at_cards().bank_answers(data={"cards": []})

    assert "A card can be ordered" in talk.said
    assert talk.session.stack == []


@pytest.mark.parametrize("data", [{}, {"cards": "none"}, {"cards": [{"available": 5}]}])
def test_a_list_that_is_none_is_treated_as_silence(talk: Conversation, data: dict[str, object]) -> None:
    talk.at_cards().bank_answers(data=data)

    assert talk.said == "Банк не відповідає. Спробуйте за кілька хвилин."


def test_a_payee_from_a_contact_card_keeps_its_name() -> None:
    talk = Conversation(programs_with()).at_cards()
    talk.bank_answers(data={"cards": [{"id": "c1", "name": "Visa", "pan": "4149", "currency": "UAH", "available": ""}]})
    talk.taps("c1")

    talk.shares("0671234567", proof="foreign", name="Olha 4111111111111111")

    assert talk.slots()["target"] == {
        "name": "Olha ••••1111",
        "phone": "+380671234567",
        "masked": "",
        "card_token": "",
        "card_id": "",
    }


def test_a_contact_without_a_phone_that_can_be_read_is_no_answer() -> None:
    talk = Conversation(programs_with()).at_amount()
    talk.says("назад")

    talk.shares("call me")

    assert talk.said == "That is not a phone number or contact I can pay"


def test_an_answer_that_fails_a_check_is_asked_for_again(talk: Conversation) -> None:
    talk.at_amount().says("0.50")
    assert talk.said == "The smallest transfer is 1.00"

    talk.says("501")

    assert talk.said == "You have 500,00 ₴ on this card"
    assert "amount" not in talk.slots()


@pytest.mark.parametrize("text", ["мабуть", "\u200b\u2060", "   ", "👍"])
def test_what_is_no_answer_counts_as_a_try(talk: Conversation, text: str) -> None:
    talk.at_amount()

    talk.says(text)

    assert talk.session.stack[-1].tries == 1
    assert talk.said == "Не зрозумів відповідь."


def test_the_way_out_is_taken_when_the_tries_are_used_up(talk: Conversation) -> None:
    talk.at_cards().bank_answers(data=CARDS)
    talk.taps("c1")

    talk.says("what?")
    assert talk.said == "That is not a phone number or contact I can pay"
    talk.inbound(kind="media")
    talk.says("what??")

    assert [ticket.queue for ticket in talk.tickets] == ["payments"]
    assert talk.session.muted


def test_a_sum_said_with_the_wish_is_not_asked_for_again() -> None:
    flow = replaced("intents: [transfer]", "phrases: {uk: [перекажи]}")
    talk = Conversation(programs_with(flow)).welcomed()

    talk.says("перекажи 200")
    talk.signs_in()
    talk.bank_answers(data=CARDS)
    talk.taps("c1")
    talk.says("0501234567")

    assert talk.calls[-1].operation == "quote"
    assert talk.calls[-1].args["amount"] == {"amount": 20000, "currency": "UAH"}


def test_back_goes_to_the_question_before(talk: Conversation) -> None:
    talk.at_amount().says("назад")

    assert talk.step == "card_transfer.to"
    assert "target" not in talk.slots()
    talk.says("назад")
    assert talk.step == "card_transfer.from"


def test_back_without_a_question_before_says_so(talk: Conversation) -> None:
    talk.starts()
    talk.says("назад")

    assert talk.said.startswith("Повертатися нікуди.")
    assert talk.step == "welcome.language"


def test_a_question_left_open_expires_and_says_so(talk: Conversation) -> None:
    talk.at_amount().timer_fires()

    assert talk.said == "Ви довго не відповідали, тож я зупинився."
    assert talk.session.stack == []
    assert talk.session.wait is None
