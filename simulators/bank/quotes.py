"""Quotes: what a transfer would cost and to whom it would go, promised for 120 seconds."""

from __future__ import annotations

import json
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

import asyncpg
from msgspec import Meta, Struct, to_builtins

from simulators.bank.bank import Bank
from simulators.bank.clock import moment, rfc3339
from simulators.bank.errors import RestRefusal
from simulators.bank.faults import Fault
from simulators.bank.ledger import Connection
from simulators.bank.money import Money, check_transfer_amount, transfer_fee
from simulators.bank.payees import Payee, PayeeRef, find_payee
from simulators.bank.rest_system import ID, Answer

QUOTE_TTL_S: Final = 120


class PayerCard(Struct, frozen=True, forbid_unknown_fields=True):
    card_id: Annotated[str, Meta(pattern=ID)]


class CreateQuote(Struct, frozen=True, forbid_unknown_fields=True, rename={"payer": "from", "payee": "to"}):
    customer_id: Annotated[str, Meta(pattern=ID)]
    payer: PayerCard
    payee: PayeeRef
    money: Money
    side: Literal["send"]


async def create_quote(bank: Bank, form: CreateQuote, _: Fault | None) -> Answer:
    """Raises `RestRefusal` 422: 3104, 62, 54, 57 (payer), 3103, 13, 61 (sum), 3102, 57 (payee)."""
    now = moment(bank.clock.now_ms())
    async with bank.pool.acquire() as connection, connection.transaction():
        card = await payer_card(connection, form.customer_id, form.payer.card_id)
        refuse_unusable_card(card)
        check_transfer_amount(form.money, card["currency"])
        payee = await find_payee(connection, form.customer_id, form.payee, card["currency"])
        if payee.account == card["account_id"]:
            raise RestRefusal(422, "57", "payer and payee are one account")
        fee = transfer_fee(form.money.amount, between_own_cards=payee.owner == form.customer_id)
        quote_id = f"quote_{secrets.token_hex(12)}"
        expires_at = now + timedelta(seconds=QUOTE_TTL_S)
        first_time = await _never_paid(connection, form.customer_id, payee)
        await _store(connection, quote_id, form, payee, fee, expires_at)
    check = {"result": payee.result, "shown_name": payee.shown_name, "first_time": first_time}
    return Answer(201, _reply(quote_id, form.money, fee, check, expires_at))


def _reply(quote_id: str, money: Money, fee: int, check: dict[str, Any], expires_at: datetime) -> dict[str, Any]:
    return {
        "quote_id": quote_id,
        "money": money.json(),
        "fee": {"amount": fee, "currency": money.currency},
        "total": {"amount": money.amount + fee, "currency": money.currency},
        "payee_check": check,
        "expires_at": rfc3339(expires_at),
    }


async def payer_card(connection: Connection, customer_id: str, card_id: str) -> asyncpg.Record:
    """The card with its account and owner. Raises `RestRefusal` 3104 unless it is this customer's."""
    row = await connection.fetchrow(
        "SELECT card.card_id, card.status, card.account_id, account.currency, customer.status AS customer_status"
        " FROM card JOIN account USING (account_id) JOIN customer ON customer.customer_id = card.customer_id"
        " WHERE card_id = $1 AND card.customer_id = $2",
        card_id, customer_id,
    )  # fmt: skip
    if row is None:
        raise RestRefusal(422, "3104", "the payer's card is not this customer's")
    return row


def refuse_unusable_card(card: asyncpg.Record) -> None:
    """Raises `RestRefusal` 57 (customer blocked), 54 (expired) or 62 (blocked or closed card)."""
    if card["status"] == "expired":
        raise RestRefusal(422, "54", "the card is expired")
    if card["status"] != "active":
        raise RestRefusal(422, "62", "the card is restricted")
    if card["customer_status"] != "ACTIVE":
        raise RestRefusal(422, "57", "transfers are not permitted to this customer")


async def _never_paid(connection: Connection, customer_id: str, payee: Payee) -> bool:
    paid: bool = await connection.fetchval(
        "SELECT EXISTS (SELECT FROM transfer JOIN quote USING (quote_id)"
        " WHERE quote.customer_id = $1 AND payee_key = $2 AND state = 'settled')",
        customer_id, payee.key,
    )  # fmt: skip
    return not paid


async def _store(
    connection: Connection, quote_id: str, form: CreateQuote, payee: Payee, fee: int, expires_at: datetime
) -> None:
    shown = {**to_builtins(form.payee), "shown_name": payee.shown_name}
    await connection.execute(
        "INSERT INTO quote (quote_id, customer_id, card_id, payee, payee_key, payee_account, amount, fee, currency,"
        " expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        quote_id, form.customer_id, form.payer.card_id, json.dumps(shown), payee.key, payee.account,
        form.money.amount, fee, form.money.currency, expires_at,
    )  # fmt: skip
