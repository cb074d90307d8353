"""What one reply of the bank does to an operation: an ordered list of rules, the first that answers decides. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from core.bank_api.contracts import Reply
from core.operations.changes import Situation, described, ended, first_result, in_doubt, inquiry_at, same
from core.operations.model import Change

# `completed` is claimed only with an id that the bank gave (bank-operations §3 rule 6).
BANK_IDS: Final = ("reference", "rrn")

ReplyRule = Callable[[Situation, Reply], Change | None]


def after_reply(at: Situation, reply: Reply) -> Change:
    """The change after one attempt; `at.operation` is the row in `submitting`, that attempt counted."""
    return next(change for rule in REPLY_RULES if (change := rule(at, reply)))


def proven(data: dict[str, Any]) -> bool:
    return any(data.get(field) for field in BANK_IDS)


def _refused(at: Situation, reply: Reply) -> Change | None:
    if reply.cls != "refused":
        return None
    return ended(at, "failed", "refused", code=reply.code or "do_not_honor", note=described("refused", reply))


def _not_sent(at: Situation, reply: Reply) -> Change | None:
    """Only the first attempt proves by this that nothing was sent; an earlier one may have arrived."""
    if reply.cls != "not_sent" or (at.operation.attempt > 1 and at.operation.effect != "none"):
        return None
    return ended(at, "failed", "refused", code=reply.code or "bank_unavailable", note=described("not sent", reply))


def _read_ended(at: Situation, reply: Reply) -> Change | None:
    """A read that was not answered is over: there is nothing to find out about it later."""
    if at.operation.effect != "none":
        return None
    if reply.cls == "accepted":
        return ended(at, "completed", "ok", note=described("accepted", reply), data=reply.data, grant=reply.grant)
    return ended(at, "failed", "unknown", code="bank_unavailable", note=described("no answer", reply))


def _accepted_and_final(at: Situation, reply: Reply) -> Change | None:
    if reply.cls != "accepted" or not reply.final or not proven(reply.data):
        return None
    return ended(at, "completed", "ok", note=described("accepted", reply), data=reply.data, grant=reply.grant)


def _accepted(at: Situation, reply: Reply) -> Change | None:
    if reply.cls != "accepted":
        return None
    outcome = first_result(at, "pending", "", reply.data)
    note = described("accepted, not final", reply)
    return same(at, state="processing", note=note, next_at=inquiry_at(at, 0), outcome=outcome)


def _untrustworthy(at: Situation, reply: Reply) -> Change | None:
    return in_doubt(at, described("no trustworthy answer", reply))


REPLY_RULES: Final[tuple[ReplyRule, ...]] = (
    _refused,
    _not_sent,
    _read_ended,
    _accepted_and_final,
    _accepted,
    _untrustworthy,
)
