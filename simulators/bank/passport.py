"""PASSPORT: customers, their phones, and who owns which card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import asyncpg

from simulators.bank.bank import Bank
from simulators.bank.errors import SoapRefusal
from simulators.bank.soap import Node
from simulators.bank.soap_system import ID, PHONE, Action, SoapSystem

NAMESPACE: Final = "urn:demo-bank:passport:v1"


def passport(bank: Bank) -> SoapSystem:
    return SoapSystem(
        bank, "PASSPORT", NAMESPACE,
        {
            "FindByPhone": Action({"Phone": PHONE}, _find_by_phone),
            "CheckPhone": Action({"CustomerRef": ID, "Phone": PHONE}, _check_phone),
            "CheckCard": Action({"CustomerRef": ID, "CardRef": ID}, _check_card),
        },
    )  # fmt: skip


async def _find_by_phone(bank: Bank, fields: Mapping[str, str]) -> Sequence[Node]:
    row = await bank.pool.fetchrow("SELECT customer_id, status, name FROM customer WHERE phone = $1", fields["Phone"])
    if row is None:
        return []
    attributes = {"id": row["customer_id"], "status": row["status"]}
    return [Node("Customer", attributes=attributes, children=[Node("Name", row["name"])])]


async def _check_phone(bank: Bank, fields: Mapping[str, str]) -> Sequence[Node]:
    customer = await _customer(bank, fields["CustomerRef"])
    if customer["phone"] != fields["Phone"]:
        return [Node("Owner", "N")]
    return [Node("Owner", "Y"), Node("Since", customer["since"].strftime("%d.%m.%Y"))]


async def _check_card(bank: Bank, fields: Mapping[str, str]) -> Sequence[Node]:
    customer = await _customer(bank, fields["CustomerRef"])
    card = await bank.pool.fetchrow("SELECT customer_id, status FROM card WHERE card_id = $1", fields["CardRef"])
    if card is None:
        raise SoapRefusal("NO_CARD", "no such card")
    owner = "Y" if card["customer_id"] == customer["customer_id"] else "N"
    return [Node("Owner", owner), Node("CardStatus", card["status"].upper())]


async def _customer(bank: Bank, customer_id: str) -> asyncpg.Record:
    row = await bank.pool.fetchrow("SELECT * FROM customer WHERE customer_id = $1", customer_id)
    if row is None:
        raise SoapRefusal("NO_CUST", "no such customer")
    return row
