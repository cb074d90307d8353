"""The runtime twin where flows run flows: what the verifier refuses does not leave, even when it is published."""

from __future__ import annotations

import pytest

from tests.dialog.compiled import CARD_TRANSFER, compile_with, replaced, unproven_with
from tests.dialog.conversation import Conversation

BETWEEN = replaced("    yes: pay\n", "    yes: part\n").replace(
    "  - id: pay\n", "  - {id: part, run: part, else: stopped}\n  - id: pay\n", 1
)
AGREES = """\
flow: part
slots: {word: text}
steps:
  - {id: ask, ask: word, text: A word?}
  - {id: sure, confirm: [word], text: "{word}?", ttl: 3m}
  - {id: over, end: done}
"""
SIGNS_IN = """\
flow: part
slots: {phone: phone, otp: id, code: secret}
steps:
  - {id: number, ask: phone, text: Your number?}
  - {id: send, call: bank.send_code, with: {phone: phone}, save: {otp: otp_id}}
  - {id: typed, ask: code, text: The code?}
  - {id: verify, call: bank.verify_code, with: {otp_id: otp, code: code}}
  - {id: over, end: done}
"""
READS = """\
flow: part
steps:
  - {id: look, call: bank.my_cards}
  - {id: over, end: done}
"""


@pytest.mark.parametrize("part", [AGREES, SIGNS_IN], ids=["confirms", "signs in"])
def test_a_flow_that_spoils_the_confirmation_in_between_cannot_be_published(part: str) -> None:
    errors = compile_with(BETWEEN, part).errors

    assert {(error.code, error.file) for error in errors} == {("not_sealed", "card_transfer.yaml")}
    assert all("on the way from step 'part' by 'done'" in error.sentence for error in errors)


def test_and_if_it_were_nothing_would_be_sent() -> None:
    talk = Conversation(unproven_with(BETWEEN, AGREES)).at_review()

    talk.taps("yes")
    talk.says("слово")
    talk.taps("yes")

    assert talk.called("transfer") == []
    assert "seal_refused: missing" in talk.journal["notes"]


def test_a_flow_that_only_reads_in_between_is_published_and_the_payment_leaves() -> None:
    compilation = compile_with(BETWEEN, READS)
    assert compilation.programs is not None, [str(error) for error in compilation.errors]
    talk = Conversation(compilation.programs).at_review()

    talk.taps("yes")
    talk.bank_answers(data={"cards": []})

    assert len(talk.called("transfer")) == 1


def test_the_login_of_a_flow_that_is_run_counts_for_the_one_that_runs_it() -> None:
    login = "  - id: login\n    auth: otp\n    else: {handoff: security}\n"
    outer = replaced(login, "  - {id: login, run: who, else: {handoff: security}}\n")
    who = "flow: who\nsteps:\n  - {id: asked, auth: otp, else: {end: failed}}\n  - {id: over, end: done}\n"

    assert compile_with(outer, who).errors == ()
    assert {error.code for error in compile_with(outer.replace(", else: {handoff: security}", "", 1), who).errors} == {
        "auth_missing"
    }


def test_a_caller_that_has_logged_in_proves_nothing_for_a_flow_with_an_effect() -> None:
    inner = replaced("  - id: login\n    auth: otp\n    else: {handoff: security}\n", "")
    outer = (
        "flow: outer\nentry: {command: outer}\nsteps:\n  - {id: login, auth: otp, else: {end: failed}}\n"
        "  - {id: part, run: card_transfer, end: done}\n"
    )

    assert {error.code for error in compile_with(CARD_TRANSFER, outer).errors} == set()
    assert {error.code for error in compile_with(inner, outer).errors} == {"auth_missing"}
