"""TRANSFERS: money from a customer's card, at most one posting for each reference."""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

import asyncpg
import msgspec
from msgspec import Meta, Struct
from starlette.routing import Route

from simulators.bank.bank import Bank
from simulators.bank.clock import moment
from simulators.bank.errors import RestRefusal, refused_by_dial
from simulators.bank.faults import Fault
from simulators.bank.ledger import Connection, hold, lock_accounts
from simulators.bank.money import Money
from simulators.bank.quotes import CreateQuote, create_quote, payer_card, refuse_unusable_card
from simulators.bank.rest_system import ID, REFERENCE, Answer, RestSystem
from simulators.bank.settlement import SELECT_TRANSFER, accounts_of, settle, settle_due, transfer_json

_REFERENCE_LIVES: Final = timedelta(hours=24)
# Refusals of the request itself: nothing was accepted, so nothing is remembered under the reference.
_OWN_CODES: Final = frozenset({"3101", "3102", "3103", "3104", "3105", "3106"})


class CreateTransfer(Struct, frozen=True, forbid_unknown_fields=True):
    reference: Annotated[str, Meta(pattern=REFERENCE)]
    customer_id: Annotated[str, Meta(pattern=ID)]
    quote_id: Annotated[str, Meta(pattern=ID)]
    money: Money
    fee: Money

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


class FindTransfer(Struct, frozen=True, forbid_unknown_fields=True):
    reference: Annotated[str, Meta(pattern=REFERENCE)]


def transfers_routes(bank: Bank) -> list[Route]:
    system = RestSystem(bank, "TRANSFERS", "bank-transfers")
    path = "/rest/transfers/transfers"
    return [
        system.route("POST", "/rest/transfers/quotes", "CreateQuote", CreateQuote, create_quote),
        system.route("POST", path, "CreateTransfer", CreateTransfer, _create_transfer),
        system.route("GET", path, "FindTransfer", FindTransfer, _find_transfer),
    ]


async def _find_transfer(bank: Bank, form: FindTransfer, fault: Fault | None) -> Answer:
    if fault is not None and fault.kind == "status_not_found_until":
        return Answer(200, {"items": []})
    await settle_due(bank)
    rows = await bank.pool.fetch(
        SELECT_TRANSFER + "WHERE reference = $1 AND transfer.created_at > $2",
        form.reference, moment(bank.clock.now_ms()) - _REFERENCE_LIVES,
    )  # fmt: skip
    return Answer(200, {"items": [transfer_json(row) for row in rows]})


async def _create_transfer(bank: Bank, form: CreateTransfer, fault: Fault | None) -> Answer:
    """Raises `RestRefusal` with the bank's own codes 31xx; an ISO refusal is remembered and answered."""
    now = moment(bank.clock.now_ms())
    await settle_due(bank)
    async with bank.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", form.reference)
        earlier = await connection.fetchrow("SELECT * FROM transfer WHERE reference = $1", form.reference)
        if earlier is not None:
            return _first_answer(earlier, form, now)
        card = await _checked_card(connection, form, now)
        transfer_id = await _accept(connection, form, now, fault)
        row = await connection.fetchrow(SELECT_TRANSFER + "WHERE transfer_id = $1", transfer_id)
        try:
            await _move_money(connection, row, card, fault, now)
        except RestRefusal as refusal:
            return await _refused(connection, transfer_id, refusal)
        row = await connection.fetchrow(SELECT_TRANSFER + "WHERE transfer_id = $1", transfer_id)
        return await _answered(connection, transfer_id, Answer(201, transfer_json(row)))


def _first_answer(earlier: asyncpg.Record, form: CreateTransfer, now: datetime) -> Answer:
    if earlier["fingerprint"] != form.fingerprint or earlier["created_at"] <= now - _REFERENCE_LIVES:
        raise RestRefusal(409, "3106", "the reference was used with another body or more than 24 hours ago")
    status = 200 if earlier["first_status"] == 201 else earlier["first_status"]
    return Answer(status, json.loads(earlier["first_answer"]))


async def _checked_card(connection: Connection, form: CreateTransfer, now: datetime) -> asyncpg.Record:
    """The payer's card of the quote. Raises `RestRefusal` 3101, 3104 or 3105."""
    quote = await connection.fetchrow("SELECT * FROM quote WHERE quote_id = $1", form.quote_id)
    if quote is None or quote["expires_at"] <= now:
        raise RestRefusal(422, "3101", "the quote is unknown or expired")
    card = await payer_card(connection, form.customer_id, quote["card_id"])
    currency = quote["currency"]
    if form.money != Money(quote["amount"], currency) or form.fee != Money(quote["fee"], currency):
        raise RestRefusal(422, "3105", "sum or fee differs from the quote")
    return card


async def _accept(connection: Connection, form: CreateTransfer, now: datetime, fault: Fault | None) -> str:
    """Write the transfer down as in processing, which it leaves in the same transaction unless the dial holds it."""
    transfer_id = f"tr_{secrets.token_hex(12)}"
    held = fault is not None and fault.kind == "processing"
    seconds = fault.order.seconds if fault is not None and held else 0
    await connection.execute(
        "INSERT INTO transfer (transfer_id, reference, fingerprint, customer_id, quote_id, state, settles_at,"
        " settles_with, created_at) VALUES ($1, $2, $3, $4, $5, 'processing', $6, $7, $8)",
        transfer_id, form.reference, form.fingerprint, form.customer_id, form.quote_id,
        now + timedelta(seconds=seconds), fault.order.code if fault is not None and held else "", now,
    )  # fmt: skip
    return transfer_id


async def _move_money(
    connection: Connection, row: asyncpg.Record, card: asyncpg.Record, fault: Fault | None, now: datetime
) -> None:
    """Settle, or hold the sum while the dial keeps the transfer in processing. Raises `RestRefusal`."""
    if fault is not None and fault.kind == "fault_business":
        raise refused_by_dial(fault.order.code)
    refuse_unusable_card(card)
    accounts = await lock_accounts(connection, await accounts_of(connection, row))
    payer = accounts[row["payer_account"]]
    total = row["amount"] + row["fee"]
    if payer["balance"] - payer["held"] < total:
        raise RestRefusal(422, "51", "insufficient funds")
    if fault is not None and fault.kind == "processing":
        await hold(connection, row["payer_account"], total)
    else:
        await settle(connection, row, now)


async def _refused(connection: Connection, transfer_id: str, refusal: RestRefusal) -> Answer:
    """Remember an ISO refusal under the reference; one of the bank's own codes undoes the acceptance."""
    if refusal.code in _OWN_CODES:
        raise refusal
    await connection.execute(
        "UPDATE transfer SET state = 'rejected', failure_code = $2, settles_at = NULL WHERE transfer_id = $1",
        transfer_id, refusal.code,
    )  # fmt: skip
    error: dict[str, Any] = {"error": {"code": refusal.code, "message": refusal.text}}
    return await _answered(connection, transfer_id, Answer(refusal.status, error))


async def _answered(connection: Connection, transfer_id: str, answer: Answer) -> Answer:
    await connection.execute(
        "UPDATE transfer SET first_status = $2, first_answer = $3 WHERE transfer_id = $1",
        transfer_id, answer.status, json.dumps(answer.document),
    )  # fmt: skip
    return answer
