"""The double-entry ledger. Its laws (zero sums, one posting a reference, no overdraft) are also the database's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeAlias

import asyncpg
from msgspec import Struct

from simulators.bank.clock import rfc3339

Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy
Row: TypeAlias = asyncpg.Record


class Posting(Struct, frozen=True, kw_only=True):
    """Money from `payer` to `payee`, the fee from `payer` to `fees`. Sums in minor units, accounts by id."""

    reference: str
    kind: str
    payer: str
    payee: str
    fees: str
    amount: int
    fee: int
    currency: str
    payer_details: str
    payee_details: str
    rrn: str | None
    created_at: datetime

    def entries(self) -> list[tuple[str, int]]:
        moves = [(self.payer, -self.amount - self.fee), (self.payee, self.amount), (self.fees, self.fee)]
        return [(account, amount) for account, amount in moves if amount]


async def lock_accounts(connection: Connection, accounts: Sequence[str]) -> dict[str, Any]:
    """Lock the rows in the order of their ids, so that transfers between the same accounts never wait in a circle."""
    rows = await connection.fetch(
        "SELECT * FROM account WHERE account_id = ANY($1) ORDER BY account_id FOR UPDATE", sorted(accounts)
    )
    return {row["account_id"]: row for row in rows}


async def post(connection: Connection, posting: Posting) -> int:
    """Write one posting with its entries inside the caller's transaction; returns its id.

    Raises asyncpg's UniqueViolationError when the reference is already posted and CheckViolationError when a
    customer's account would go below what it holds.
    """
    posting_id: int = await connection.fetchval(
        "INSERT INTO posting (reference, kind, payer, payee, amount, fee, currency, payer_details, payee_details, rrn,"
        " created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) RETURNING posting_id",
        posting.reference, posting.kind, posting.payer, posting.payee, posting.amount, posting.fee, posting.currency,
        posting.payer_details, posting.payee_details, posting.rrn, posting.created_at,
    )  # fmt: skip
    await connection.executemany(
        "INSERT INTO entry (posting_id, account_id, currency, amount) VALUES ($1, $2, $3, $4)",
        [(posting_id, account, posting.currency, amount) for account, amount in posting.entries()],
    )
    return posting_id


async def hold(connection: Connection, account: str, amount: int) -> None:
    """Promise a sum of the account to a transfer in processing; a negative amount takes the promise back."""
    await connection.execute("UPDATE account SET held = held + $2 WHERE account_id = $1", account, amount)


async def house_account(connection: Connection, kind: str, currency: str) -> str:
    """The bank's own account of the kind `fees`, `clearing` or `treasury` in the currency."""
    account: str = await connection.fetchval(
        "SELECT account_id FROM account WHERE kind = $1 AND currency = $2", kind, currency
    )
    return account


async def postings(connection: Connection, reference: str | None, limit: int = 1000) -> list[dict[str, Any]]:
    """The newest postings with their entries as JSON, oldest first; of one reference, or of all."""
    rows = await connection.fetch(
        "SELECT * FROM posting WHERE $1::text IS NULL OR reference = $1 ORDER BY posting_id DESC LIMIT $2",
        reference,
        limit,
    )
    entries = await connection.fetch(
        "SELECT * FROM entry WHERE posting_id = ANY($1) ORDER BY entry_id", [row["posting_id"] for row in rows]
    )
    return [_posting_json(row, entries) for row in reversed(rows)]


def _posting_json(row: Any, entries: Sequence[Any]) -> dict[str, Any]:
    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": row["currency"]}

    own = [
        {"account": entry["account_id"], "amount": entry["amount"], "currency": entry["currency"]}
        for entry in entries
        if entry["posting_id"] == row["posting_id"]
    ]
    return {
        "posting_id": row["posting_id"], "reference": row["reference"], "kind": row["kind"], "entries": own,
        "payer": row["payer"], "payee": row["payee"], "money": money(row["amount"]), "fee": money(row["fee"]),
        "rrn": row["rrn"], "created_at": rfc3339(row["created_at"]),
    }  # fmt: skip


async def check(connection: Connection) -> dict[str, Any]:
    """Whether every posting and the whole ledger sum to zero and every balance is the sum of its entries."""
    sums = await connection.fetch("SELECT currency, sum(amount)::bigint AS total FROM entry GROUP BY currency")
    crooked = await connection.fetchval(
        "SELECT count(*) FROM (SELECT FROM posting LEFT JOIN entry USING (posting_id) GROUP BY posting_id,"
        " entry.currency HAVING coalesce(sum(entry.amount), 1) <> 0) AS unequal"
    )
    accounts = await connection.fetch(
        "SELECT account_id, kind, account.currency, balance, held, coalesce(sum(amount), 0)::bigint AS entries_sum"
        " FROM account LEFT JOIN entry USING (account_id) GROUP BY account.account_id ORDER BY account_id"
    )
    total = {row["currency"]: row["total"] for row in sums}
    straight = all(row["balance"] == row["entries_sum"] for row in accounts)
    return {
        "balanced": crooked == 0 and straight and not any(total.values()),
        "sums": total,
        "accounts": [dict(row) for row in accounts],
        "postings": await connection.fetchval("SELECT count(*) FROM posting"),
    }
