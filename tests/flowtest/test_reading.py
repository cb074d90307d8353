"""What is wrong with how a test is written is told at its line and column, with what was probably meant."""

from __future__ import annotations

import pytest

from app.channel_looks import LOOKS
from core.dialog.flowtest.runner import Chosen, run_compiled
from tests.dialog.compiled import CARD_TRANSFER
from tests.flowtest.folders import proven

HEAD = "- test: one\n"
TALK = "  talk: [{start: t}]\n"
CARDS = "  given: {customer: anna, cards: [{id: c1, available: 500.00 UAH}]}\n"
WRONG = [
    ("  bank: {bank.quot: {}}\n" + TALK, 2, 10, "no operation 'bank.quot'; did you mean 'bank.quote'?"),
    ("  bank:\n    bank.quote: {fee: 5.00}\n" + TALK, 3, 23, "bank.quote, fee: '5.00' is not a value of type money"),
    ("  bank:\n    bank.quote: {fe: 5.00 UAH}\n" + TALK, 3, 22, "returns no 'fe'; did you mean 'fee'?"),
    ("  bank:\n    bank.quote: [ok, {payee: [x]}]\n" + TALK, 3, 30, "bank.quote, payee: a text is expected"),
    (
        "  bank:\n    bank.my_cards:\n      cards:\n        - {id: c1}\n        - {id: c2, available: much}\n" + TALK,
        6,
        31,
        "bank.my_cards, cards.1.available: 'much' is not a value of type money; write it as 5.00 UAH",
    ),
    ("  bank: {bank.quote: {arm: refuse}}\n" + TALK, 2, 28, "did you mean 'refused'?"),
    ("  bank: {bank.quote: pending}\n" + TALK, 2, 22, "bank.quote ends with ok, refused, unknown"),
    ("  bank: {bank.quote: {arm: ok, after: soon}}\n" + TALK, 2, 39, "'soon' is not a duration"),
    ("  bank: {bank.quote: {arm: ok, times: '9'}}\n" + TALK, 2, 40, "a number from 1 to 5"),
    ("  given: {custmer: anna}\n" + TALK, 2, 20, "nothing reads 'custmer' of `given`; did you mean 'customer'?"),
    ("  given: {customer: anna, auth: opt}\n" + TALK, 2, 33, "did you mean 'otp'?"),
    ("  given: {cards: [{id: c1, availabel: 1.00 UAH}]}\n" + TALK, 2, 39, "did you mean 'available'?"),
    ("  given: {at: revew}\n" + TALK, 2, 15, "card_transfer has no step 'revew'; did you mean 'review'?"),
    ("  given: {at: review, slots: {amuont: 1.00 UAH}}\n" + TALK, 2, 39, "did you mean 'amount'?"),
    ("  given: {at: review, slots: {amount: five}}\n" + TALK, 2, 39, "'five' is not a value of type money"),
    ("  given: {at: review, slots: x}\n" + TALK, 2, 30, "a mapping of slots"),
    ("  given: {open: {OP1: {operation: bank.tranfer}}}\n" + TALK, 2, 35, "did you mean 'bank.transfer'?"),
    ("  given: {open: {OP1: {amount: 1.00 UAH}}}\n" + TALK, 2, 23, "is written {operation: ..., amount: ...}"),
    ("  channel: [telegram, vibr]\n" + TALK, 2, 23, "no channel 'vibr'; did you mean 'viber'?"),
    ("  talk: [{start: t}, {bot: {on: {sns: {reads: x}}}}]\n", 2, 39, "did you mean 'sms'?"),
    ("  talk: [{me: x, tap: y}]\n", 2, 10, "this one has me and tap"),
    ("  talk: [{}]\n", 2, 10, "this one has nothing"),
    ("  talk: [{contact: '+380501112233'}]\n", 2, 10, "'contact' cannot happen on web, sms"),
    ("  channel: sms\n  talk: [{media: photo}]\n", 3, 10, "'media' cannot happen on sms"),
    ("  channel: sms\n  talk: [{tap_old: x}]\n", 3, 10, "'tap_old' cannot happen on sms"),
    (TALK + "  then: {calls: {bank.transfr: 1}}\n", 3, 18, "did you mean 'bank.transfer'?"),
]


@pytest.mark.parametrize(("rest", "line", "column", "sentence"), WRONG)
def test_what_is_written_wrong_is_told_with_its_place(rest: str, line: int, column: int, sentence: str) -> None:
    (outcome,) = run_compiled(proven(CARD_TRANSFER, HEAD + rest), LOOKS)

    (failure,) = outcome.failures
    assert sentence in failure.sentence
    assert (failure.line, failure.column) == (line, column)


def test_where_a_line_cannot_happen_the_channels_are_named_where_it_can() -> None:
    (outcome,) = run_compiled(proven(CARD_TRANSFER, f"{HEAD}  talk: [{{contact: '+380501112233'}}]\n"), LOOKS)

    assert outcome.failures[0].fix == "Write `channel: [telegram, viber, whatsapp, messenger]` at this test."


@pytest.mark.parametrize("tap", ["c9", "yes"])
def test_an_old_button_that_never_was_cannot_be_pressed(tap: str) -> None:
    talk = f"  channel: viber\n{CARDS}  talk: [{{start: t}}, {{tap: c1}}, {{tap_old: {tap}}}]\n"

    (outcome,) = run_compiled(proven(CARD_TRANSFER, HEAD + talk), LOOKS)

    assert f"'{tap}' is no button of an earlier question" in outcome.failures[0].sentence


def test_an_old_button_is_no_longer_current() -> None:
    talk = f"  channel: viber\n{CARDS}  talk: [{{start: t}}, {{tap: c1}}, {{tap_old: c1}}, {{bot: {{step: to}}}}]\n"

    (outcome,) = run_compiled(proven(CARD_TRANSFER, HEAD + talk), LOOKS)

    assert outcome.passed


@pytest.mark.parametrize(
    ("chosen", "count"),
    [(Chosen(), 12), (Chosen(word="TWO"), 6), (Chosen(channel="sms"), 2), (Chosen(flow="menu"), 0)],
)
def test_fewer_tests_can_be_chosen(chosen: Chosen, count: int) -> None:
    one = f"- test: one\n{CARDS}{TALK}"

    outcomes = run_compiled(proven(CARD_TRANSFER, one + one.replace("one", "two")), LOOKS, chosen)

    assert len(outcomes) == count
