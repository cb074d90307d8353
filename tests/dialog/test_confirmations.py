"""Confirmations: corrected, declined, late, in words, and behind a login that has grown old."""

from __future__ import annotations

import pytest

from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import CARDS, QUOTE, Conversation


def test_editing_asks_one_thing_again_and_gets_a_new_quote(talk: Conversation) -> None:
    talk.at_review().taps("edit target")
    assert talk.step == "card_transfer.to"
    assert "fee" not in talk.slots()

    talk.says("0671234567")
    assert talk.calls[-1].operation == "quote"
    talk.bank_answers(data={"fee": {"amount": 900, "currency": "UAH"}, "payee": "Petro P."})

    assert talk.step == "card_transfer.review"
    assert "Petro P." in talk.said
    assert "9,00 ₴" in talk.said


def test_an_edit_that_makes_another_answer_wrong_asks_for_that_one_too(talk: Conversation) -> None:
    talk.at_review().taps("edit source")
    talk.bank_answers(data=CARDS)

    talk.taps("c2")

    assert talk.step == "card_transfer.sum"
    talk.says("100")
    assert talk.calls[-1].args["source"]["id"] == "c2"


@pytest.mark.parametrize("text", ["ні, 300", "нет 300", "300", "300 грн"])
def test_another_sum_said_at_the_confirmation_is_a_correction(talk: Conversation, text: str) -> None:
    talk.at_review().says(text)
    talk.bank_answers(data=QUOTE)

    assert talk.step == "card_transfer.review"
    assert talk.slots()["amount"] == {"amount": 30000, "currency": "UAH"}
    assert "300,00 ₴" in talk.said


def test_no_declines_and_yes_confirms_in_words(talk: Conversation) -> None:
    talk.at_review().says("ні")

    assert talk.said == "Cancelled. Nothing was sent."
    assert talk.called("transfer") == []


def test_a_confirmation_that_was_left_open_expires(talk: Conversation) -> None:
    talk.at_review()
    send = talk.token("yes")

    talk.timer_fires()
    assert talk.said == "Час підтвердження вийшов. Нічого не надіслано. Перевірити ще раз?"
    talk.presses(send)

    assert talk.called("transfer") == []


def test_a_yes_after_the_time_but_before_the_timer_sends_nothing(talk: Conversation) -> None:
    talk.at_review().time_passes(180_001)

    talk.taps("yes")

    assert talk.called("transfer") == []
    assert "Час підтвердження вийшов" in talk.said


def test_a_contact_at_a_confirmation_is_no_answer() -> None:
    talk = Conversation(programs_with()).at_review()

    talk.shares("+380671234567")

    assert talk.step == "card_transfer.review"
    assert "Send?" in talk.said


CONFIRMED = (
    replaced("    ttl: 3m\n", "    ttl: 3m\n    expired: too_late\n    labels: {yes: Do it, no: Leave it}\n")
    .replace("  - {id: later,", "  - {id: too_late, say: Too late., end: expired}\n  - {id: later,")
    .replace("amount: {type: money, in: source.currency}", "amount: {type: money, in: source.currency, label: the sum}")
    .replace("    edit: [source", "    image: {card: preview, data: [amount], alt: Preview}\n    edit: [source")
    .replace("    no: stopped\n", "")
    .replace("  - {id: stopped, say: Cancelled. Nothing was sent., end: cancelled}\n", "")
)


def test_a_confirmation_with_labels_of_its_own_a_picture_and_an_arm_for_the_time() -> None:
    talk = Conversation(programs_with(CONFIRMED)).at_review()
    assert [option.label for option in talk.wait.options] == [
        "Do it",
        "Змінити: source",
        "Змінити: target",
        "Змінити: the sum",
        "Leave it",
    ]
    assert talk.messages[-1].picture is not None

    talk.timer_fires()

    assert talk.said == "Too late."


@pytest.mark.parametrize("text", ["Leave it", "5"])
def test_a_label_or_its_number_can_be_typed_at_a_confirmation(text: str) -> None:
    talk = Conversation(programs_with(CONFIRMED)).at_review()

    talk.says(text)

    assert talk.said in ("Скасовано.", "")
    assert talk.called("transfer") == []


def test_login_that_has_grown_old_is_asked_for_again_before_the_yes_counts(talk: Conversation) -> None:
    talk.at_amount().time_passes(4 * 60_000)
    talk.says("200")
    talk.bank_answers(data=QUOTE)
    talk.time_passes(2 * 60_000)

    talk.taps("yes")
    assert talk.step == "login.number"
    assert talk.called("transfer") == []
    talk.signs_in()
    assert talk.step == "card_transfer.review"
    talk.taps("yes")

    assert len(talk.called("transfer")) == 1


@pytest.mark.parametrize("how", ["скасувати", "time"])
def test_a_login_given_up_before_the_yes_counts_ends_the_flow(how: str) -> None:
    talk = Conversation(programs_with()).at_review()
    talk.time_passes(170_000)
    session = talk.session
    session.auth = None
    talk.stands_at(session)
    talk.taps("yes")
    assert talk.step == "login.number"

    if how == "time":
        talk.timer_fires()
    else:
        talk.says(how)

    assert talk.session.stack == []
    assert talk.called("transfer") == []


def test_a_login_that_fails_before_the_yes_counts_says_that_nothing_was_sent() -> None:
    talk = Conversation(programs_with()).at_review()
    session = talk.session
    session.auth = None
    talk.stands_at(session)
    talk.taps("yes")

    for _ in range(3):
        talk.says("what?")

    assert talk.said.endswith("Потрібно увійти ще раз. Нічого не надіслано.")
    assert talk.session.stack == []
