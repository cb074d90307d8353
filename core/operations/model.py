"""The plain data of an operation's life: the row, what changes in it, and what the conversation is told."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from core.kernel.errors import TellerError

State = Literal[
    "created", "awaiting_confirmation", "confirmed", "submitting", "processing", "unknown",
    "completed", "failed", "under_review", "cancelled", "expired",
]  # fmt: skip
Effect = Literal["none", "money", "card"]
Arm = Literal["ok", "refused", "pending", "unknown"]

# In these states the request will never be sent again, so the secrets it carried have no further use.
NEVER_SENT_AGAIN: Final[frozenset[State]] = frozenset(
    ("processing", "completed", "failed", "under_review", "cancelled", "expired")
)


class OperationNotFound(TellerError):
    """No such operation for this customer; another customer's operation looks exactly the same."""

    code = "not_found"
    http_status = 404


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One thing the conversation is told. The receiver ignores a pair (operation_id, seq) that it has had.

    kind "result": the first answer to the call, with `arm`, `data` (declared return fields), `reason` (text id such as
    `error.insufficient_funds`) and `grant` ({"level", "customer", "name"}).
    kind "event": the truth after a result "pending" or "unknown": `name` is the declaration's `settles`, `data` holds
    {op, outcome: ok|refused, reason} and the return fields.
    """

    operation_id: str
    conversation: str
    seq: int
    kind: Literal["result", "event"]
    arm: Arm | Literal[""] = ""
    name: str = ""
    data: dict[str, Any] = {}
    reason: str = ""
    grant: dict[str, str] | None = None


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `operation`. Times are milliseconds since the epoch; `secrets` is the sealed envelope or "".

    `first_attempt_at` is when the first request may have left (None: none has). `unreadable` names the column
    whose JSON is not what it must be; such a row is ended by the rules instead of stopping its worker.
    """

    id: str
    conversation: str
    customer: str
    operation: str
    effect: Effect
    lang: str
    args: dict[str, Any]
    secrets: str
    seal: dict[str, Any] | None
    bank_ref: str
    state: State
    attempt: int
    inquiry: int
    not_found: int
    not_found_at: int | None
    outcomes: tuple[Outcome, ...]
    reason: str
    outcome_seq: int
    delivered_seq: int
    fence: int
    created_at: int
    updated_at: int
    first_attempt_at: int | None
    unreadable: str = ""

    def __repr__(self) -> str:
        return f"Operation({self.id!r}, {self.operation!r}, {self.state!r}, attempt={self.attempt}, fence={self.fence})"

    @property
    def undelivered(self) -> tuple[Outcome, ...]:
        return tuple(outcome for outcome in self.outcomes if outcome.seq > self.delivered_seq)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What one step writes: the whole new value of every column that a step may change.

    `next_at` (ms) is when the row is due again, None when nobody has to come back. `note` goes to the event row.
    """

    state: State
    note: str
    attempt: int
    inquiry: int
    not_found: int
    not_found_at: int | None
    next_at: int | None = None
    reason: str = ""
    outcome: Outcome | None = None


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """Every delay and bound of an operation's life (bank-operations §3 rule 4 and §2); seconds unless named otherwise.

    `resend_within_s` holds for every bank system: it is the tightest window of their idempotency profiles (a bill's
    reference is forgotten after 30 minutes), and a payment that old is better looked at than sent again.
    `hold_limit_s`: how long one attempt may keep renewing its lease before it is given up as hung.
    """

    lease_s: int = 30
    hold_limit_s: int = 180
    inquiry_after_s: tuple[int, ...] = (5, 10, 20, 40, 80, 160, 320, 640)
    inquiry_every_s: int = 900
    give_up_s: int = 24 * 3600
    resend_within_s: int = 25 * 60
    postpone_s: int = 900
    redeliver_after_s: int = 10
    poll_s: float = 1.0
    read_attempts: int = 3
    concurrency: int = 64
    # Reads that do something once in the world: after a crash they are not repeated, whatever their arguments.
    one_shot: frozenset[str] = frozenset(("send_code", "verify_code"))
