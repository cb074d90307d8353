"""The state machine as tables: a row and what became known give the next state, the time and what is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from core.bank_api.contracts import Declaration, Inquiry, Reply, Resend
from core.operations.changes import Situation
from core.operations.inquiries import after_inquiry
from core.operations.model import Operation, Policy
from core.operations.replies import after_reply
from core.operations.rules import next_step, postponed, stopped, submitting

NOW = 1_795_000_000_000
DAY_MS = 24 * 3600 * 1000
PAID = {"reference": "632519004417"}
TWICE = Resend(allowed=True, not_found_answers=2, not_found_apart_s=60)
TRANSFER = Declaration(name="transfer", about="", params={}, returns={}, effect="money", settles="bank.settled")

ROW = Operation(
    id="call-1", conversation="telegram:501", customer="cust_olena", operation="transfer", effect="money", lang="uk",
    args={}, secrets="", seal=None, bank_ref="R" * 20, state="submitting", attempt=1, inquiry=0, not_found=0,
    not_found_at=None, outcomes=(), reason="", outcome_seq=0, delivered_seq=0, fence=1, created_at=NOW, updated_at=NOW,
    first_attempt_at=NOW,
)  # fmt: skip


def situation(
    after_s: float = 0, resend: Resend = TWICE, declaration: Declaration | None = TRANSFER, **columns: Any
) -> Situation:
    """The row with these columns, so many seconds after its first attempt."""
    operation = msgspec.structs.replace(ROW, **columns)
    now = NOW + round(after_s * 1000)
    return Situation(operation=operation, now=now, policy=Policy(), declaration=declaration, resend=resend)


@pytest.mark.parametrize(
    ("effect", "reply", "state", "arm", "reason"),
    [
        ("money", Reply(cls="accepted", data=PAID), "completed", "ok", ""),
        ("money", Reply(cls="accepted", data={"rrn": "632519004417"}), "completed", "ok", ""),
        ("money", Reply(cls="accepted", data={"reference": ""}), "processing", "pending", ""),
        ("money", Reply(cls="accepted", data=PAID, final=False), "processing", "pending", ""),
        ("card", Reply(cls="accepted", data={"status": "blocked"}), "processing", "pending", ""),
        ("money", Reply(cls="refused", code="limit_exceeded"), "failed", "refused", "error.limit_exceeded"),
        ("money", Reply(cls="refused"), "failed", "refused", "error.do_not_honor"),
        ("money", Reply(cls="not_sent"), "failed", "refused", "error.bank_unavailable"),
        ("money", Reply(cls="not_sent", code="validation_failed"), "failed", "refused", "error.validation_failed"),
        ("money", Reply(cls="unknown"), "unknown", "unknown", "error.outcome_unknown"),
        ("card", Reply(cls="unknown"), "unknown", "unknown", "error.outcome_unknown"),
        ("none", Reply(cls="accepted", data={"fee": 1}), "completed", "ok", ""),
        ("none", Reply(cls="refused", code="not_found"), "failed", "refused", "error.not_found"),
        ("none", Reply(cls="not_sent"), "failed", "refused", "error.bank_unavailable"),
        ("none", Reply(cls="unknown"), "failed", "unknown", "error.bank_unavailable"),
    ],
)
def test_the_first_reply_decides_state_and_result(effect: str, reply: Reply, state: str, arm: str, reason: str) -> None:
    change = after_reply(situation(effect=effect), reply)

    assert change.outcome is not None
    assert (change.state, change.outcome.arm, change.outcome.reason) == (state, arm, reason)
    assert (change.outcome.kind, change.outcome.seq) == ("result", 1)


@pytest.mark.parametrize(
    ("reply", "state"),
    [
        (Reply(cls="not_sent"), "unknown"),
        (Reply(cls="unknown"), "unknown"),
        (Reply(cls="accepted", data=PAID), "completed"),
        (Reply(cls="accepted", final=False), "processing"),
        (Reply(cls="refused", code="insufficient_funds"), "failed"),
    ],
)
def test_a_repeated_attempt_that_was_not_sent_proves_nothing_about_the_one_before(reply: Reply, state: str) -> None:
    assert after_reply(situation(attempt=2, outcome_seq=1), reply).state == state


def test_a_read_that_was_repeated_and_not_sent_has_failed() -> None:
    assert after_reply(situation(effect="none", attempt=2), Reply(cls="not_sent")).state == "failed"


def test_the_grant_of_an_accepted_call_reaches_the_conversation() -> None:
    grant = {"level": "otp", "customer": "cust_olena", "name": "Олена"}

    change = after_reply(situation(effect="none"), Reply(cls="accepted", grant=grant))

    assert change.outcome is not None
    assert change.outcome.grant == grant


@pytest.mark.parametrize(
    ("inquiry", "outcome", "reason"),
    [
        (Inquiry(state="completed", data=PAID), "ok", ""),
        (Inquiry(state="failed", code="payee_refused"), "refused", "error.payee_refused"),
        (Inquiry(state="failed"), "refused", "error.do_not_honor"),
    ],
)
def test_the_later_truth_is_the_event_that_the_declaration_names(inquiry: Inquiry, outcome: str, reason: str) -> None:
    change = after_inquiry(situation(60, state="unknown", outcome_seq=1), inquiry)

    assert change.next_at is None
    assert change.outcome is not None
    assert (change.outcome.kind, change.outcome.name, change.outcome.seq) == ("event", "bank.settled", 2)
    assert change.outcome.data == {**inquiry.data, "op": "call-1", "outcome": outcome, "reason": reason}


def test_a_bank_cannot_rename_the_operation_or_its_outcome_in_the_event() -> None:
    forged = Inquiry(state="completed", data={**PAID, "op": "call-2", "outcome": "refused"})

    change = after_inquiry(situation(60, state="unknown", outcome_seq=1), forged)

    assert change.outcome is not None
    assert (change.outcome.data["op"], change.outcome.data["outcome"]) == ("call-1", "ok")


def test_an_operation_without_a_settling_event_ends_silently_after_its_result() -> None:
    at = situation(60, state="unknown", outcome_seq=1, declaration=msgspec.structs.replace(TRANSFER, settles=""))

    assert after_inquiry(at, Inquiry(state="completed", data=PAID)).outcome is None


def test_completed_without_a_bank_id_is_still_in_progress() -> None:
    change = after_inquiry(situation(60, state="unknown", outcome_seq=1), Inquiry(state="completed"))

    assert (change.state, change.outcome) == ("processing", None)
    assert change.next_at is not None


def test_inquiries_come_after_5_10_20_seconds_and_so_on_then_every_quarter_of_an_hour() -> None:
    at = situation(state="submitting")
    delays = [_next_in_s(at, after_reply(at, Reply(cls="unknown")).next_at)]
    for done in range(10):
        at = situation(100, state="unknown", inquiry=done, outcome_seq=1)
        delays.append(_next_in_s(at, after_inquiry(at, Inquiry(state="no_answer")).next_at))

    assert delays == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900]


@pytest.mark.parametrize("state", ["unknown", "processing"])
@pytest.mark.parametrize("answer", ["no_answer", "not_found", "processing", "completed"])
def test_what_is_not_proven_after_24_hours_goes_to_review(state: str, answer: Any) -> None:
    just_before = situation(24 * 3600 - 1, state=state, inquiry=90, outcome_seq=1)
    at_last = situation(24 * 3600, state=state, inquiry=91, outcome_seq=1)

    waiting = after_inquiry(just_before, Inquiry(state=answer))
    given_up = after_inquiry(at_last, Inquiry(state=answer))

    assert waiting.state in ("unknown", "processing")
    assert waiting.next_at == NOW + DAY_MS, "the last inquiry is made at the end of the day, not a quarter later"
    assert (given_up.state, given_up.next_at, given_up.outcome) == ("under_review", None, None)


def test_the_last_inquiry_may_still_bring_the_truth() -> None:
    at = situation(24 * 3600 + 700, state="unknown", outcome_seq=1)

    assert after_inquiry(at, Inquiry(state="completed", data=PAID)).state == "completed"


def test_not_found_counts_again_only_when_the_answers_are_far_enough_apart() -> None:
    first = after_inquiry(situation(5, state="unknown", outcome_seq=1), Inquiry(state="not_found"))
    seen: dict[str, Any] = {"state": "unknown", "outcome_seq": 1, "not_found": 1, "not_found_at": NOW + 5000}
    too_soon = after_inquiry(situation(64.9, **seen), Inquiry(state="not_found"))
    apart = after_inquiry(situation(65, **seen), Inquiry(state="not_found"))

    assert (first.not_found, first.not_found_at) == (1, NOW + 5000)
    assert (too_soon.not_found, too_soon.not_found_at) == (1, NOW + 5000)
    assert (apart.not_found, apart.next_at) == (2, NOW + 65_000), "the row is due at once: it may be sent again"


def test_an_operation_that_the_bank_has_seen_is_never_sent_again() -> None:
    seen = situation(100, state="unknown", not_found=1, not_found_at=NOW, outcome_seq=1)
    accepted = situation(200, state="processing", not_found=0, outcome_seq=1)

    assert after_inquiry(seen, Inquiry(state="processing")).not_found == 0
    assert after_inquiry(accepted, Inquiry(state="not_found")).not_found == 0
    assert next_step(situation(300, state="processing", not_found=5, outcome_seq=1)) == "inquire"


@pytest.mark.parametrize(
    ("resend", "not_found", "after_s", "step"),
    [
        (TWICE, 0, 70, "inquire"),
        (TWICE, 1, 70, "inquire"),
        (TWICE, 2, 70, "submit"),
        (TWICE, 2, 25 * 60 - 1, "submit"),
        (TWICE, 2, 25 * 60, "inquire"),
        (Resend(allowed=False), 9, 70, "inquire"),
        (Resend(allowed=True, not_found_answers=0), 0, 70, "inquire"),
        (Resend(allowed=True, not_found_answers=0), 1, 70, "submit"),
    ],
)
def test_an_unknown_operation_is_sent_again_only_as_its_system_allows(
    resend: Resend, not_found: int, after_s: float, step: str
) -> None:
    at = situation(after_s, resend=resend, state="unknown", not_found=not_found, outcome_seq=1)

    assert next_step(at) == step


def test_a_new_attempt_starts_its_own_inquiries() -> None:
    change = submitting(situation(70, state="unknown", inquiry=4, not_found=2, not_found_at=NOW, outcome_seq=1))

    assert (change.state, change.attempt, change.inquiry, change.not_found, change.not_found_at) == (
        "submitting", 2, 0, 0, None,
    )  # fmt: skip


@pytest.mark.parametrize("state", ["confirmed", "created"])
def test_what_has_not_begun_is_sent(state: str) -> None:
    assert next_step(situation(state=state, attempt=0, first_attempt_at=None)) == "submit"


@pytest.mark.parametrize("effect", ["money", "card"])
def test_an_effect_taken_over_while_submitting_is_unknown_and_never_sent_blindly(effect: str) -> None:
    step = next_step(situation(31, effect=effect))

    assert not isinstance(step, str)
    assert (step.state, step.next_at) == ("unknown", NOW + 36_000)
    assert step.outcome is not None
    assert step.outcome.arm == "unknown"


@pytest.mark.parametrize(
    ("columns", "repeated"),
    [
        ({"operation": "quote", "attempt": 1}, True),
        ({"operation": "quote", "attempt": 2}, True),
        ({"operation": "quote", "attempt": 3}, False),
        ({"operation": "quote", "secrets": "v1.sealed"}, False),
        ({"operation": "send_code"}, False),
        ({"operation": "bank.verify_code"}, False),
    ],
)
def test_a_read_taken_over_is_repeated_unless_it_uses_something_up(columns: dict[str, Any], repeated: bool) -> None:
    step = next_step(situation(31, effect="none", **columns))

    if repeated:
        assert step == "submit"
    else:
        assert not isinstance(step, str)
        assert (step.state, step.outcome.arm if step.outcome else None) == ("failed", "unknown")


@pytest.mark.parametrize(
    ("columns", "state", "arm"),
    [
        ({"attempt": 0, "state": "confirmed"}, "failed", "refused"),
        ({"attempt": 1, "state": "unknown", "outcome_seq": 1}, "under_review", None),
        ({"attempt": 1, "state": "submitting"}, "under_review", "unknown"),
        ({"attempt": 1, "effect": "none"}, "failed", "refused"),
    ],
)
def test_an_unreadable_row_is_refused_only_while_nothing_can_have_been_sent(
    columns: dict[str, Any], state: str, arm: str | None
) -> None:
    step = next_step(situation(unreadable="args", **columns))

    assert not isinstance(step, str)
    assert (step.state, step.outcome.arm if step.outcome else None) == (state, arm)


def test_an_operation_that_the_bank_does_not_offer_is_refused_before_anything_is_sent() -> None:
    step = next_step(situation(state="confirmed", attempt=0, declaration=None))

    assert not isinstance(step, str)
    assert (step.state, step.reason) == ("failed", "internal")


def test_a_stopped_attempt_gives_its_reason() -> None:
    change = stopped(situation(state="confirmed", attempt=0), "seal_mismatch", "note")

    assert change.outcome is not None
    assert (change.state, change.reason, change.outcome.reason) == ("failed", "seal_mismatch", "error.seal_mismatch")


def test_a_postponed_row_comes_back_in_a_quarter_of_an_hour_and_for_a_day_at_most() -> None:
    soon = postponed(situation(10, state="unknown", outcome_seq=1), "step failed")
    at_last = postponed(situation(24 * 3600, state="unknown", outcome_seq=1), "step failed")

    assert (soon.state, soon.next_at) == ("unknown", NOW + 910_000)
    assert (at_last.state, at_last.next_at) == ("under_review", None)


def _next_in_s(at: Situation, next_at: int | None) -> float:
    assert next_at is not None
    return (next_at - at.now) / 1000
