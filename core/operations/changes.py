"""The few forms a change of an operation can take, and when the row is due again. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from core.bank_api.contracts import Declaration, Inquiry, Reply, Resend
from core.operations.model import Arm, Change, Operation, Outcome, Policy, State


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a rule may look at. `declaration` is None for an operation that the bank no longer offers."""

    operation: Operation
    now: int
    policy: Policy
    declaration: Declaration | None
    resend: Resend


def same(at: Situation, *, state: State, note: str, next_at: int | None, outcome: Outcome | None = None) -> Change:
    """A change that leaves the counters and the reason alone."""
    operation = at.operation
    return Change(
        state=state,
        note=note,
        next_at=next_at,
        outcome=outcome,
        attempt=operation.attempt,
        inquiry=operation.inquiry,
        not_found=operation.not_found,
        not_found_at=operation.not_found_at,
        reason=operation.reason,
    )


def ended(
    at: Situation,
    state: State,
    arm: Arm,
    *,
    note: str,
    code: str = "",
    data: dict[str, Any] | None = None,
    grant: dict[str, str] | None = None,
) -> Change:
    """The last change of a row: nobody comes back to it, and the conversation is told what it has not been told yet."""
    outcome = first_result(at, arm, code, data, grant) or _settled(at, arm, code, data)
    change = same(at, state=state, note=note, next_at=None, outcome=outcome)
    return msgspec.structs.replace(change, reason=code)


def in_doubt(at: Situation, note: str) -> Change:
    """The request may have reached the bank: only an inquiry can tell."""
    outcome = first_result(at, "unknown", "outcome_unknown")
    return same(at, state="unknown", note=note, next_at=inquiry_at(at, 0), outcome=outcome)


def first_result(
    at: Situation, arm: Arm, code: str, data: dict[str, Any] | None = None, grant: dict[str, str] | None = None
) -> Outcome | None:
    """The result of the call, if the conversation has had none."""
    operation = at.operation
    if operation.outcome_seq:
        return None
    return Outcome(
        operation_id=operation.id,
        conversation=operation.conversation,
        seq=1,
        kind="result",
        arm=arm,
        data=data or {},
        reason=_text_id(code),
        grant=grant,
    )


def _settled(at: Situation, arm: Arm, code: str, data: dict[str, Any] | None) -> Outcome | None:
    """The truth after a result that was none; without a name to wait for it, or without a truth, there is no event."""
    operation = at.operation
    if at.declaration is None or not at.declaration.settles or arm not in ("ok", "refused"):
        return None
    reason = _text_id(code)
    return Outcome(
        operation_id=operation.id,
        conversation=operation.conversation,
        seq=operation.outcome_seq + 1,
        kind="event",
        name=at.declaration.settles,
        data={**(data or {}), "op": operation.id, "outcome": arm, "reason": reason},
        reason=reason,
    )


def inquiry_at(at: Situation, done: int) -> int:
    """When (ms) the next inquiry is due after `done` of them; never later than the moment the row is given up."""
    delays = at.policy.inquiry_after_s
    delay = delays[done] if done < len(delays) else at.policy.inquiry_every_s
    return min(at.now + delay * 1000, max(give_up_at(at), at.now))


def give_up_at(at: Situation) -> int:
    return _first_attempt_at(at) + at.policy.give_up_s * 1000


def resend_allowed(at: Situation, not_found: int) -> bool:
    """Whether the system's idempotency profile lets the same reference be sent again after so many "not found"."""
    age = at.now - _first_attempt_at(at)
    enough = not_found >= max(at.resend.not_found_answers, 1)
    return at.resend.allowed and enough and age < at.policy.resend_within_s * 1000


def described(what: str, answer: Reply | Inquiry) -> str:
    return f"{what}: {answer.note}" if answer.note else what


def _first_attempt_at(at: Situation) -> int:
    first = at.operation.first_attempt_at
    return at.operation.created_at if first is None else first


def _text_id(code: str) -> str:
    return f"error.{code}" if code else ""
