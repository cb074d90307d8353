"""What has to be done with a row that a worker holds, before the bank is asked (bank-operations §3). Pure."""

from __future__ import annotations

from typing import Literal

from core.operations.changes import Situation, ended, in_doubt, resend_allowed, same
from core.operations.model import Change

Step = Literal["submit", "inquire"]


def next_step(at: Situation) -> Step | Change:
    """Send an attempt, inquire, or write a change without asking the bank."""
    operation = at.operation
    if operation.unreadable:
        return stopped(at, "internal", f"column {operation.unreadable} cannot be read")
    if at.declaration is None and operation.attempt == 0:
        return stopped(at, "internal", f"the bank does not offer {operation.operation}")
    if operation.state in ("unknown", "processing"):
        resend = operation.state == "unknown" and resend_allowed(at, operation.not_found)
        return "submit" if resend else "inquire"
    if operation.state != "submitting":
        return "submit"
    # The row was left by a worker that died: whether its request left is not known.
    if operation.effect != "none":
        return in_doubt(at, "taken over while submitting")
    if _repeatable(at) and operation.attempt < at.policy.read_attempts:
        return "submit"
    return ended(at, "failed", "unknown", code="outcome_unknown", note="taken over while submitting, not repeated")


def submitting(at: Situation) -> Change:
    """The attempt that is recorded before its request leaves. It stays due, so that a dead worker's row is found."""
    attempt = at.operation.attempt + 1
    return Change(
        state="submitting",
        note=f"attempt {attempt}",
        attempt=attempt,
        inquiry=0,
        not_found=0,
        not_found_at=None,
        next_at=at.now,
    )


def stopped(at: Situation, code: str, note: str) -> Change:
    """The attempt must not be made. Nothing was ever sent: refused. Something may have been: a person looks at it."""
    if at.operation.attempt == 0 or at.operation.effect == "none":
        return ended(at, "failed", "refused", code=code, note=note)
    return ended(at, "under_review", "unknown", code=code, note=note)


def postponed(at: Situation, note: str) -> Change:
    """The step failed by our own fault: the row comes back later, and for a day at most."""
    if at.now - at.operation.created_at >= at.policy.give_up_s * 1000:
        return stopped(at, "internal", note)
    return same(at, state=at.operation.state, note=note, next_at=at.now + at.policy.postpone_s * 1000)


def _repeatable(at: Situation) -> bool:
    """A read may be repeated unless it hands in something that is used up by being read."""
    operation = at.operation
    return not operation.secrets and operation.operation.rpartition(".")[2] not in at.policy.one_shot
