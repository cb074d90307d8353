"""Buttons: what their tokens carry, and that an old, doubled or made-up one changes nothing."""

from __future__ import annotations

import pytest

from tests.dialog.conversation import CARDS, Conversation


def test_tokens_of_buttons_are_short_and_carry_the_nonce_of_the_wait(talk: Conversation) -> None:
    talk.at_review()

    tokens = [choice.token for choice in talk.messages[-1].choices]

    assert all(len(token.encode()) <= 20 and token.startswith(f"{talk.wait.nonce}.") for token in tokens)


def test_a_double_tap_on_send_makes_one_transfer(talk: Conversation) -> None:
    talk.at_review()
    send = talk.token("yes")

    talk.presses(send)
    talk.presses(send)
    assert "вже не діє" in talk.said
    talk.bank_answers(data={"reference": "R7"})
    talk.presses(send)

    assert len(talk.called("transfer")) == 1
    assert "вже не діє" in talk.said


def test_an_old_button_changes_nothing_and_shows_again_where_we_are(talk: Conversation) -> None:
    talk.at_cards().bank_answers(data=CARDS)
    old = talk.token("c2")
    talk.taps("c1")
    before = talk.slots()

    talk.presses(old)

    assert talk.slots() == before
    assert talk.said == "Ця кнопка вже не діє.\n\nSend the recipient's phone or contact, or enter a card number safely"


@pytest.mark.parametrize("token", ["", ".", "x.0", "AAAAAAAA.0", "card_transfer.review.yes", "9" * 300])
def test_a_made_up_button_changes_nothing(talk: Conversation, token: str) -> None:
    talk.at_review()

    talk.presses(token)

    assert talk.step == "card_transfer.review"
    assert talk.called("transfer") == []
