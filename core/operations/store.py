"""All SQL of operations. Every method is one statement, so it is one transaction; none is open during a bank call.

A change is compare-and-set on state and fence: a worker whose row was taken over (fence raised) can write nothing more.
Statements are built of the constants below only.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from core.kernel.clock import moment
from core.operations.model import NEVER_SENT_AGAIN, Change, Operation
from core.operations.rows import operation_of, optional_moment, record_json, stored_note

_COLUMNS: Final = """
    o.id, o.conversation, o.customer, o.operation, o.effect, o.lang, o.args::text AS args, o.secrets,
    o.seal::text AS seal, o.bank_ref, o.state, o.attempt, o.inquiry, o.not_found, o.not_found_at,
    o.result::text AS result, o.reason, o.outcome_seq, o.delivered_seq, o.fence, o.created_at, o.updated_at,
    (SELECT min(e.at) FROM operation_event e
     WHERE e.operation_id = o.id AND e.to_state = 'submitting') AS first_attempt_at"""

_UNBEGUN: Final = "(state = 'confirmed' OR (state = 'created' AND effect = 'none'))"
_WORKABLE: Final = f"(state IN ('submitting', 'unknown', 'processing') OR {_UNBEGUN})"

_FRESH: Final = f"""
    SELECT {_COLUMNS} FROM operation o
    WHERE id = ANY($1) AND lease_owner = $2 AND attempt = 0 AND {_UNBEGUN}"""  # noqa: S608

_CLAIM_DUE: Final = f"""
    WITH due AS MATERIALIZED (
        SELECT id FROM operation WHERE next_at <= $1 AND lease_until <= $1 AND {_WORKABLE}
        ORDER BY next_at LIMIT $4 FOR UPDATE SKIP LOCKED)
    UPDATE operation o SET lease_owner = $2, lease_until = $3, fence = fence + 1
    FROM due WHERE o.id = due.id RETURNING {_COLUMNS}"""  # noqa: S608

# Raising `updated_at` is the claim: until it is old again no other sweep delivers the same outcomes.
_CLAIM_UNDELIVERED: Final = f"""
    WITH late AS MATERIALIZED (
        SELECT id FROM operation WHERE delivered_seq < outcome_seq AND updated_at <= $2
        ORDER BY updated_at LIMIT $3 FOR UPDATE SKIP LOCKED)
    UPDATE operation o SET updated_at = $1 FROM late WHERE o.id = late.id RETURNING {_COLUMNS}"""  # noqa: S608

_APPLY: Final = """
    WITH changed AS (
        UPDATE operation SET state = $4, attempt = $5, inquiry = $6, not_found = $7, not_found_at = $8, next_at = $9,
            reason = $10, result = coalesce($11::text::json, result), outcome_seq = $12,
            secrets = CASE WHEN $13 THEN '' ELSE secrets END,
            lease_owner = CASE WHEN $14::timestamptz IS NULL THEN '' ELSE lease_owner END,
            lease_until = coalesce($14, $15), updated_at = $15
        WHERE id = $1 AND state = $2 AND fence = $3 RETURNING delivered_seq),
    event AS (
        INSERT INTO operation_event (operation_id, seq, from_state, to_state, note, at)
        SELECT $1, 1 + coalesce((SELECT max(seq) FROM operation_event WHERE operation_id = $1), 0), $2, $4, $16, $15
        FROM changed)
    SELECT delivered_seq FROM changed"""

_RENEW: Final = "UPDATE operation SET lease_until = $3 WHERE id = $1 AND fence = $2 RETURNING 1"

# Not fenced on purpose: that an outcome was delivered stays true whoever holds the row now.
_DELIVERED: Final = "UPDATE operation SET delivered_seq = $2 WHERE id = $1 AND delivered_seq = $2 - 1"

_FIND: Final = f"SELECT {_COLUMNS} FROM operation o WHERE id = $1 AND customer = $2 AND customer <> ''"  # noqa: S608


class OperationStore:
    """`pool` is an asyncpg pool. Times are milliseconds since the epoch."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def fresh(self, ids: Iterable[str], owner: str) -> list[Operation]:
        """Rows of this owner that nobody has begun; rows in other hands are left out."""
        return [operation_of(row) for row in await self._pool.fetch(_FRESH, list(ids), owner)]

    async def claim_due(self, now: int, owner: str, lease_until: int, limit: int) -> list[Operation]:
        """Take rows that are due and whose lease has run out; each gets a new fence."""
        rows = await self._pool.fetch(_CLAIM_DUE, moment(now), owner, moment(lease_until), limit)
        return [operation_of(row) for row in rows]

    async def claim_undelivered(self, now: int, older_than: int, limit: int) -> list[Operation]:
        """Rows with outcomes that nobody has delivered since `older_than`."""
        rows = await self._pool.fetch(_CLAIM_UNDELIVERED, moment(now), moment(older_than), limit)
        return [operation_of(row) for row in rows]

    async def apply(
        self, operation: Operation, change: Change, now: int, lease_until: int | None = None
    ) -> Operation | None:
        """Write the change, its event row and its outcome; the row as it is now, or None when it is in other hands.

        Without `lease_until` the lease ends here, and whoever finds the row due may take it.
        """
        outcomes = (*operation.outcomes, change.outcome) if change.outcome else operation.outcomes
        wiped = change.state in NEVER_SENT_AGAIN
        delivered = await self._pool.fetchval(
            _APPLY,
            operation.id,
            operation.state,
            operation.fence,
            change.state,
            change.attempt,
            change.inquiry,
            change.not_found,
            optional_moment(change.not_found_at),
            optional_moment(change.next_at),
            change.reason,
            record_json(outcomes) if change.outcome else None,
            change.outcome.seq if change.outcome else operation.outcome_seq,
            wiped,
            optional_moment(lease_until),
            moment(now),
            stored_note(change.note),
        )
        if delivered is None:
            return None
        first_attempt_at = operation.first_attempt_at
        if first_attempt_at is None and change.state == "submitting":
            first_attempt_at = now
        return msgspec.structs.replace(
            operation,
            state=change.state,
            attempt=change.attempt,
            inquiry=change.inquiry,
            not_found=change.not_found,
            not_found_at=change.not_found_at,
            reason=change.reason,
            outcomes=outcomes,
            outcome_seq=change.outcome.seq if change.outcome else operation.outcome_seq,
            delivered_seq=delivered,
            secrets="" if wiped else operation.secrets,
            updated_at=now,
            first_attempt_at=first_attempt_at,
        )

    async def renew(self, operation: Operation, lease_until: int) -> bool:
        """Whether the row is still in this worker's hands, with the lease now longer."""
        return bool(await self._pool.fetchval(_RENEW, operation.id, operation.fence, moment(lease_until)))

    async def delivered(self, operation_id: str, seq: int) -> None:
        await self._pool.execute(_DELIVERED, operation_id, seq)

    async def of_customer(self, operation_id: str, customer: str) -> Operation | None:
        row = await self._pool.fetchrow(_FIND, operation_id, customer)
        return None if row is None else operation_of(row)
