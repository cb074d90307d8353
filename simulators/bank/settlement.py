"""Settling a transfer: the moment at which money moves, at once or when its time in processing is over."""

from __future__ import annotations

import json
import secrets
import string
from datetime import datetime
from typing import Any, Final

import asyncpg

from simulators.bank.bank import Bank
from simulators.bank.clock import moment, rfc3339
from simulators.bank.ledger import Connection, Posting, hold, house_account, lock_accounts, post
from simulators.bank.payees import shown_name

_AUTH_ALPHABET: Final = string.ascii_uppercase + string.digits

# One row of everything that a transfer is: the transfer, its quote, and the accounts and names of both sides.
SELECT_TRANSFER: Final = (
    "SELECT transfer.*, quote.amount, quote.fee, quote.currency, quote.payee, quote.payee_account,"
    " card.account_id AS payer_account, customer.name AS payer_name"
    " FROM transfer JOIN quote USING (quote_id) JOIN card USING (card_id)"
    " JOIN customer ON customer.customer_id = transfer.customer_id "
)


async def settle_due(bank: Bank) -> None:
    """Finish every transfer whose time in processing is over. Called before anybody looks."""
    # One transaction each, because a transaction that locks accounts for two transfers could wait in a circle.
    while await _settle_one(bank):
        pass


async def _settle_one(bank: Bank) -> bool:
    now = moment(bank.clock.now_ms())
    async with bank.pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(
            SELECT_TRANSFER + "WHERE state = 'processing' AND settles_at <= $1 ORDER BY settles_at, transfer_id"
            " LIMIT 1 FOR UPDATE OF transfer SKIP LOCKED",
            now,
        )
        if row is None:
            return False
        await lock_accounts(connection, await accounts_of(connection, row))
        await hold(connection, row["payer_account"], -(row["amount"] + row["fee"]))
        if row["settles_with"]:
            await _reject(connection, row["transfer_id"], row["settles_with"])
        else:
            await settle(connection, row, now)
        return True


async def accounts_of(connection: Connection, row: asyncpg.Record) -> list[str]:
    """Every account that the transfer's posting touches."""
    return [row["payer_account"], row["payee_account"], await house_account(connection, "fees", row["currency"])]


async def settle(connection: Connection, row: asyncpg.Record, now: datetime) -> None:
    """Post the transfer of this row of `SELECT_TRANSFER` and give it its bank ids; its accounts are locked already."""
    rrn = _retrieval_number(await connection.fetchval("SELECT nextval('retrieval_number')"), now)
    payee_name = json.loads(row["payee"])["shown_name"]
    await post(
        connection,
        Posting(
            reference=row["reference"], kind="transfer", payer=row["payer_account"], payee=row["payee_account"],
            fees=await house_account(connection, "fees", row["currency"]), amount=row["amount"], fee=row["fee"],
            currency=row["currency"], payer_details=f"Переказ: {payee_name}",
            payee_details=f"Переказ від: {shown_name(row['payer_name'])}", rrn=rrn, created_at=now,
        ),
    )  # fmt: skip
    auth_code = "".join(secrets.choice(_AUTH_ALPHABET) for _ in range(6))
    await connection.execute(
        "UPDATE transfer SET state = 'settled', rrn = $2, auth_code = $3, settles_at = NULL WHERE transfer_id = $1",
        row["transfer_id"], rrn, auth_code,
    )  # fmt: skip


async def _reject(connection: Connection, transfer_id: str, code: str) -> None:
    await connection.execute(
        "UPDATE transfer SET state = 'rejected', failure_code = $2, settles_at = NULL WHERE transfer_id = $1",
        transfer_id, code,
    )  # fmt: skip


def _retrieval_number(number: int, now: datetime) -> str:
    """Twelve digits: year, day of the year, hour and a running number (ISO 8583 field 37, as acquirers fill it)."""
    return f"{now.year % 10}{now.timetuple().tm_yday:03d}{now.hour:02d}{number % 1_000_000:06d}"


def transfer_json(row: asyncpg.Record) -> dict[str, Any]:
    """`transfer` of WIRE.md, from a row of `SELECT_TRANSFER`."""
    document = {
        "transfer_id": row["transfer_id"],
        "reference": row["reference"],
        "state": row["state"],
        "money": {"amount": row["amount"], "currency": row["currency"]},
        "fee": {"amount": row["fee"], "currency": row["currency"]},
        "payee": json.loads(row["payee"]),
        "created_at": rfc3339(row["created_at"]),
    }
    if row["state"] == "settled":
        document |= {"rrn": row["rrn"], "auth_code": row["auth_code"]}
    if row["state"] == "rejected":
        document["failure"] = {"code": row["failure_code"]}
    return document
