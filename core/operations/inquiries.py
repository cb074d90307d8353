"""What one inquiry does to an operation whose outcome is open: an ordered list of rules, the first decides. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from core.bank_api.contracts import Inquiry
from core.operations.changes import Situation, described, ended, give_up_at, inquiry_at, resend_allowed, same
from core.operations.model import Change
from core.operations.replies import proven

InquiryRule = Callable[[Situation, Inquiry], Change | None]


def after_inquiry(at: Situation, inquiry: Inquiry) -> Change:
    """The change after one inquiry; `at.operation` is the row in `unknown` or `processing`."""
    return next(change for rule in INQUIRY_RULES if (change := rule(at, inquiry)))


def _completed(at: Situation, inquiry: Inquiry) -> Change | None:
    if inquiry.state != "completed" or not proven(inquiry.data):
        return None
    return ended(at, "completed", "ok", note=described("inquiry: completed", inquiry), data=inquiry.data)


def _failed(at: Situation, inquiry: Inquiry) -> Change | None:
    if inquiry.state != "failed":
        return None
    code = inquiry.code or "do_not_honor"
    return ended(at, "failed", "refused", code=code, note=described("inquiry: failed", inquiry), data=inquiry.data)


def _given_up(at: Situation, inquiry: Inquiry) -> Change | None:
    if at.now < give_up_at(at):
        return None
    note = described(f"not proven in time, last inquiry: {inquiry.state}", inquiry)
    return ended(at, "under_review", "unknown", code="outcome_unknown", note=note)


def _processing(at: Situation, inquiry: Inquiry) -> Change | None:
    """The bank has it: what was not found before has been found. Without a bank id it is not completed yet."""
    if inquiry.state not in ("processing", "completed"):
        return None
    return msgspec.structs.replace(_counted(at, inquiry), state="processing", not_found=0, not_found_at=None)


def _not_found(at: Situation, inquiry: Inquiry) -> Change | None:
    """Counts only answers far enough apart; a bank that once accepted the operation proves nothing by forgetting it."""
    operation = at.operation
    if inquiry.state != "not_found" or operation.state != "unknown":
        return None
    change = _counted(at, inquiry)
    if operation.not_found_at is not None and at.now - operation.not_found_at < at.resend.not_found_apart_s * 1000:
        return change
    not_found = operation.not_found + 1
    next_at = at.now if resend_allowed(at, not_found) else change.next_at
    return msgspec.structs.replace(change, not_found=not_found, not_found_at=at.now, next_at=next_at)


def _open(at: Situation, inquiry: Inquiry) -> Change | None:
    return _counted(at, inquiry)


INQUIRY_RULES: Final[tuple[InquiryRule, ...]] = (_completed, _failed, _given_up, _processing, _not_found, _open)


def _counted(at: Situation, inquiry: Inquiry) -> Change:
    number = at.operation.inquiry + 1
    note = described(f"inquiry {number}: {inquiry.state}", inquiry)
    change = same(at, state=at.operation.state, note=note, next_at=inquiry_at(at, number))
    return msgspec.structs.replace(change, inquiry=number)
