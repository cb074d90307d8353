"""What the bank answers, refuses or never says, with an arm of the flow for it and without."""

from __future__ import annotations

from core.dialog.contracts import BankEvent
from tests.dialog.compiled import programs_with, replaced
from tests.dialog.conversation import QUOTE, Conversation

LATER = "  - {id: later,   say: The bank does not answer. Try again in a few minutes., end: failed}\n"


def test_a_refusal_without_an_arm_is_told_in_the_engines_words() -> None:
    flow = replaced("on: {ok: review, refused: refused, unknown: later}", "on: {ok: review}").replace(LATER, "")
    talk = Conversation(programs_with(flow)).at_amount()
    talk.says("200")

    talk.bank_answers("refused", reason="error.insufficient_funds")

    assert talk.said == "Банк відмовив: недостатньо коштів"


def test_silence_without_an_arm_is_told_in_the_engines_words() -> None:
    flow = replaced("on: {ok: review, refused: refused, unknown: later}", "on: {ok: review}").replace(LATER, "")
    talk = Conversation(programs_with(flow)).at_amount()
    talk.says("200")

    talk.bank_answers("unknown")

    assert talk.said == "Банк не відповідає. Спробуйте за кілька хвилин."


def test_a_reason_that_nobody_wrote_a_text_for_reads_as_the_other_one() -> None:
    talk = Conversation(programs_with()).at_pay()

    talk.bank_answers("refused", reason="error.never_heard_of")

    assert talk.said == "The bank refused: банк не пояснив причину"


def test_a_refused_outcome_ends_the_wait_as_refused() -> None:
    talk = Conversation(programs_with()).at_settle()

    talk.bank_settles("refused", reason="error.insufficient_funds")

    assert talk.said == "The bank refused: недостатньо коштів"


def test_a_call_that_the_bank_never_answers_is_silence_after_its_patience() -> None:
    talk = Conversation(programs_with()).at_amount()
    talk.says("200")

    talk.timer_fires()

    assert talk.said == "The bank does not answer. Try again in a few minutes."


def test_a_list_that_the_bank_never_gives_is_silence_too() -> None:
    talk = Conversation(programs_with()).at_cards()
    talk.says("hello?")
    assert talk.said == "Хвилинку, питаю банк."

    talk.timer_fires()

    assert talk.said == "Банк не відповідає. Спробуйте за кілька хвилин."


def test_a_wait_can_match_by_a_value_and_have_a_picture() -> None:
    flow = replaced("match: {op: pay.op}", "match: {op: pay.op, reference: payee}").replace(
        "    timeout: 15m\n", "    timeout: 15m\n    image: {card: clock, alt: Waiting}\n"
    )
    talk = Conversation(programs_with(flow)).at_settle()
    assert talk.messages[0].picture is not None

    talk.happens(
        BankEvent(name="settled", data={"op": talk.calls[-1].id, "outcome": "ok", "reference": QUOTE["payee"]})
    )

    assert "Sent 200,00 ₴" in talk.said
