"""CORE: accounts, balances and statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

import asyncpg

from simulators.bank.bank import Bank
from simulators.bank.clock import kyiv_date, kyiv_text, moment, start_of_day
from simulators.bank.errors import SoapRefusal
from simulators.bank.money import decimal_text
from simulators.bank.settlement import settle_due
from simulators.bank.soap import Node
from simulators.bank.soap_system import DATE, ID, Action, SoapSystem

NAMESPACE: Final = "urn:demo-bank:core:v2"
STATEMENT_ENCODING: Final = "windows-1251"
_LONGEST_STATEMENT_DAYS: Final = 92
_MOST_ENTRIES: Final = 500
# ISO 18245: money transfer.
_MERCHANT_CATEGORY: Final = "4829"


def core_system(bank: Bank) -> SoapSystem:
    return SoapSystem(
        bank, "CORE", NAMESPACE,
        {
            "GetBalance": Action({"CardRef": ID}, _get_balance),
            "GetStatement": Action({"AccountRef": ID, "From": DATE, "To": DATE}, _get_statement, STATEMENT_ENCODING),
        },
    )  # fmt: skip


async def _get_balance(bank: Bank, fields: Mapping[str, str]) -> Sequence[Node]:
    await settle_due(bank)
    row = await bank.pool.fetchrow(
        "SELECT account.* FROM card JOIN account USING (account_id) WHERE card_id = $1", fields["CardRef"]
    )
    if row is None:
        raise SoapRefusal("NO_CARD", "no such card")
    return [_account(row), Node("AsOf", kyiv_text(moment(bank.clock.now_ms())))]


async def _get_statement(bank: Bank, fields: Mapping[str, str]) -> Sequence[Node]:
    first, last = _period(fields)
    await settle_due(bank)
    account = await bank.pool.fetchrow(
        "SELECT * FROM account WHERE kind = 'card' AND (account_id = $1 OR number = $1)", fields["AccountRef"]
    )
    if account is None:
        raise SoapRefusal("NO_ACC", "no such account")
    rows = await bank.pool.fetch(
        "SELECT entry_id, entry.amount AS moved, entry.currency, posting.* FROM entry JOIN posting USING (posting_id)"
        " WHERE account_id = $1 AND created_at >= $2 AND created_at < $3 ORDER BY entry_id LIMIT $4",
        account["account_id"], start_of_day(first), start_of_day(last + timedelta(days=1)), _MOST_ENTRIES + 1,
    )  # fmt: skip
    more = "Y" if len(rows) > _MOST_ENTRIES else "N"
    return [_account(account), *(_entry(row) for row in rows[:_MOST_ENTRIES]), Node("More", more)]


def _period(fields: Mapping[str, str]) -> tuple[date, date]:
    try:
        first, last = kyiv_date(fields["From"]), kyiv_date(fields["To"])
    except ValueError:
        raise SoapRefusal("BAD_REQUEST", "From and To must be days of the calendar") from None
    if not 0 <= (last - first).days <= _LONGEST_STATEMENT_DAYS or not 1990 <= first.year < 2200:
        raise SoapRefusal("BAD_REQUEST", f"To must be 0 to {_LONGEST_STATEMENT_DAYS} days after From, since 1990")
    return first, last


def _account(row: asyncpg.Record) -> Node:
    balances = {"BOOKED": row["balance"], "AVAILABLE": row["balance"] - row["held"]}
    return Node(
        "Account",
        attributes={"ccy": row["currency"], "type": row["kind"].upper()},
        children=[
            Node("IBAN", row["iban"]),
            *(Node("Bal", decimal_text(amount), {"kind": kind}) for kind, amount in balances.items()),
        ],
    )


def _entry(row: asyncpg.Record) -> Node:
    debit = row["moved"] < 0
    return Node(
        "Entry",
        attributes={"id": str(row["entry_id"]), "dc": "D" if debit else "C"},
        children=[
            Node("Sum", decimal_text(abs(row["moved"])), {"ccy": row["currency"]}),
            Node("Booked", kyiv_text(row["created_at"])),
            Node("Details", row["payer_details"] if debit else row["payee_details"]),
            Node("Ext", children=_extra(row, debit)),
        ],
    )


def _extra(row: asyncpg.Record, debit: bool) -> list[Node]:
    values: dict[str, Any] = {"ref": row["reference"]}
    if row["rrn"]:
        values |= {"mcc": _MERCHANT_CATEGORY, "rrn": row["rrn"]}
    if debit and row["fee"]:
        values["fee"] = decimal_text(row["fee"])
    return [Node("K", value, {"n": name}) for name, value in values.items()]
