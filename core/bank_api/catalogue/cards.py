"""The customer's cards, what is on them, and the payees saved with consent."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import msgspec

from core.bank_api.bank import Bank, CallEnded, unknown
from core.bank_api.catalogue.operation import Operation
from core.bank_api.catalogue.shown import shown_card
from core.bank_api.contracts import CallContext, Declaration, Reply

# So many balances are asked for at the same time; CORE is one system for all customers.
_AT_ONCE: Final = 4


class _Card(msgspec.Struct):
    card_id: str
    title: str
    status: str
    masked: str
    currency: str


class _Cards(msgspec.Struct):
    items: list[_Card]


class _SavedCard(msgspec.Struct):
    card_token: str
    masked: str
    holder: str


class _SavedCards(msgspec.Struct):
    items: list[_SavedCard]


class _Balance(msgspec.Struct):
    kind: str
    amount: int
    currency: str


class _Account(msgspec.Struct):
    balances: list[_Balance]


class _Balances(msgspec.Struct):
    account: _Account
    as_of: str

    def money(self, kind: str) -> dict[str, Any]:
        """Raises `CallEnded` unless the bank gave exactly one balance of the kind."""
        found = [balance for balance in self.account.balances if balance.kind == kind]
        if len(found) != 1:
            raise CallEnded(unknown(f"CORE GetBalance: {len(found)} balances of the kind {kind}"))
        return {"amount": found[0].amount, "currency": found[0].currency}


class _Ownership(msgspec.Struct):
    owner: bool


async def _my_cards(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    cards = await bank.fetch("CARDS", "list_cards", {"customer_id": context.customer}, context, _Cards)
    turn = asyncio.Semaphore(_AT_ONCE)

    async def shown(card: _Card) -> dict[str, Any]:
        async with turn:
            balances = await bank.fetch("CORE", "GetBalance", {"card_id": card.card_id}, context, _Balances)
        return {
            "id": card.card_id,
            "name": card.title,
            "pan": shown_card(card.masked),
            "currency": card.currency,
            "available": balances.money("available"),
        }

    active = [shown(card) for card in cards.items if card.status == "active"]
    items = []
    for outcome in await asyncio.gather(*active, return_exceptions=True):
        if isinstance(outcome, BaseException):
            raise outcome
        items.append(outcome)
    return Reply(cls="accepted", data={"items": items})


async def _balance(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    """CORE answers for any card, so PASSPORT is asked first whose it is."""
    card_id = args["card"]["id"]
    asked = {"customer_id": context.customer, "card_id": card_id}
    ownership = await bank.fetch("PASSPORT", "CheckCard", asked, context, _Ownership)
    if not ownership.owner:
        return Reply(cls="refused", code="not_found", note="the card is not this customer's")
    balances = await bank.fetch("CORE", "GetBalance", {"card_id": card_id}, context, _Balances)
    data = {"booked": balances.money("booked"), "available": balances.money("available"), "as_of": balances.as_of}
    return Reply(cls="accepted", data=data)


async def _saved_payees(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    saved = await bank.fetch("CARDS", "list_card_tokens", {"customer_id": context.customer}, context, _SavedCards)
    items = [
        {
            "name": card.holder,
            "masked": shown_card(card.masked),
            "card_token": card.card_token,
            "card_id": "",
            "phone": "",
        }
        for card in saved.items
    ]
    return Reply(cls="accepted", data={"items": items})


OPERATIONS: Final = (
    Operation(
        Declaration(
            name="bank.my_cards",
            about="The customer's active cards with what is available on each",
            params={},
            returns={"items": "list of card"},
        ),
        system="CARDS",
        handle=_my_cards,
    ),
    Operation(
        Declaration(
            name="bank.balance",
            about="What is booked and available on one card of the customer, and since when (UTC)",
            params={"card": "card"},
            returns={"booked": "money", "available": "money", "as_of": "text"},
        ),
        system="CORE",
        handle=_balance,
    ),
    Operation(
        Declaration(
            name="bank.saved_payees",
            about="Foreign cards that the customer saved to send money to",
            params={},
            returns={"items": "list of payee"},
        ),
        system="CARDS",
        handle=_saved_payees,
    ),
)
