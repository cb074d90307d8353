"""CARDS: a customer's own cards, and the foreign cards saved with consent."""

from __future__ import annotations

from typing import Annotated, Any, Final

import asyncpg
from msgspec import Meta, Struct
from starlette.routing import Route

from simulators.bank.bank import Bank
from simulators.bank.clock import rfc3339
from simulators.bank.faults import Fault
from simulators.bank.rest_system import ID, Answer, RestSystem

_CARD_FIELDS: Final = (
    "card_id", "product_code", "title", "kind", "status", "masked", "exp_month", "exp_year", "currency",
    "account_id",
)  # fmt: skip


class ByCustomer(Struct, frozen=True, forbid_unknown_fields=True):
    customer_id: Annotated[str, Meta(pattern=ID)]


def cards_routes(bank: Bank) -> list[Route]:
    system = RestSystem(bank, "CARDS", "bank-cards")
    return [
        system.route("GET", "/rest/cards/cards", "ListCards", ByCustomer, _list_cards),
        system.route("GET", "/rest/cards/card-tokens", "ListCardTokens", ByCustomer, _list_card_tokens),
    ]


async def _list_cards(bank: Bank, form: ByCustomer, _: Fault | None) -> Answer:
    rows = await bank.pool.fetch(
        "SELECT card.*, account.currency FROM card JOIN account USING (account_id)"
        " WHERE card.customer_id = $1 ORDER BY card_id",
        form.customer_id,
    )
    return Answer(200, {"items": [card_json(row) for row in rows]})


async def _list_card_tokens(bank: Bank, form: ByCustomer, _: Fault | None) -> Answer:
    rows = await bank.pool.fetch(
        "SELECT card_token, masked, brand, holder, issuer_country FROM card_token"
        " WHERE customer_id = $1 ORDER BY card_token",
        form.customer_id,
    )
    return Answer(200, {"items": [dict(row) for row in rows]})


def card_json(row: asyncpg.Record) -> dict[str, Any]:
    """`Card` of WIRE.md, from a row of card joined with its account's currency."""
    return {**{name: row[name] for name in _CARD_FIELDS}, "created_at": rfc3339(row["created_at"])}
