"""Payees: customers of this bank by phone or card, and foreign cards that a customer saved."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from simulators.bank.errors import RestRefusal
from simulators.bank.ledger import Connection, house_account
from simulators.bank.rest_system import ID, PHONE


class CardRef(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    card_id: Annotated[str, Meta(pattern=ID)] | UnsetType = UNSET
    card_token: Annotated[str, Meta(pattern=ID)] | UnsetType = UNSET


class PayeeRef(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one of `phone` and `card`; a card exactly one of `card_id` and `card_token`."""

    phone: Annotated[str, Meta(pattern=PHONE)] | UnsetType = UNSET
    card: CardRef | UnsetType = UNSET

    def __post_init__(self) -> None:
        if (self.phone is UNSET) == (self.card is UNSET):
            raise ValueError("exactly one of phone and card")
        if isinstance(self.card, CardRef) and (self.card.card_id is UNSET) == (self.card.card_token is UNSET):
            raise ValueError("exactly one of card_id and card_token")


class Payee(Struct, frozen=True):
    """Where money would go. `key` tells payees apart; `account` is the bank's clearing account for foreign cards."""

    key: str
    account: str
    currency: str
    owner: str
    shown_name: str
    result: Literal["match", "not_possible"]


async def find_payee(connection: Connection, customer_id: str, to: PayeeRef, currency: str) -> Payee:
    """Raises `RestRefusal` 3102 (nobody there who could receive) or 13 (the payee's card is in another currency)."""
    if isinstance(to.phone, str):
        return await _own_payee(connection, currency, phone=to.phone)
    if not isinstance(to.card, CardRef):
        raise RestRefusal(400, "bad_request", "to must name a phone or a card")
    if isinstance(to.card.card_id, str):
        return await _own_payee(connection, currency, card_id=to.card.card_id)
    row = await connection.fetchrow(
        "SELECT * FROM card_token WHERE card_token = $1 AND customer_id = $2",
        to.card.card_token, customer_id,
    )  # fmt: skip
    if row is None:
        raise _not_found()
    clearing = await house_account(connection, "clearing", currency)
    return Payee(row["card_token"], clearing, currency, "", shown_name(row["holder"]), "not_possible")


async def _own_payee(
    connection: Connection, currency: str, phone: str | None = None, card_id: str | None = None
) -> Payee:
    """A customer of this bank by phone (the first active card in the currency gets the money) or by card."""
    row = await connection.fetchrow(
        "SELECT account_id, account.currency, card.customer_id, customer.name FROM card"
        " JOIN account USING (account_id) JOIN customer ON customer.customer_id = card.customer_id"
        " WHERE (phone = $1 OR card_id = $2) AND card.status = 'active' AND customer.status = 'ACTIVE'"
        " ORDER BY account.currency <> $3, card_id LIMIT 1",
        phone, card_id, currency,
    )  # fmt: skip
    if row is None:
        raise _not_found()
    if row["currency"] != currency:
        raise RestRefusal(422, "13", "payer and payee have different currencies")
    name = shown_name(row["name"])
    return Payee(row["account_id"], row["account_id"], currency, row["customer_id"], name, "match")


def _not_found() -> RestRefusal:
    return RestRefusal(422, "3102", "the payee is not found")


def shown_name(name: str) -> str:
    """`Олена Коваль` -> `ОЛЕНА К.`: enough to recognise a person, not enough to learn who it is."""
    first, _, last = name.partition(" ")
    return f"{first} {last[:1]}.".upper() if last else first.upper()
