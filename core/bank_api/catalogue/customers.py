"""Who is behind a phone."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from core.bank_api.bank import Bank
from core.bank_api.catalogue.operation import Operation
from core.bank_api.catalogue.shown import shown_name
from core.bank_api.contracts import CallContext, Declaration, Reply


class _Customer(msgspec.Struct):
    id: str
    status: Literal["active", "blocked"]
    name: str


class _Found(msgspec.Struct):
    customer: _Customer | None = None


async def _find_customer(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    found = await bank.fetch("PASSPORT", "FindByPhone", {"phone": args["phone"]}, context, _Found)
    if found.customer is None:
        return Reply(cls="refused", code="not_found", note="no customer has this phone")
    customer = found.customer
    data = {"customer": customer.id, "name": shown_name(customer.name), "status": customer.status}
    return Reply(cls="accepted", data=data)


OPERATIONS: Final = (
    Operation(
        Declaration(
            name="bank.find_customer",
            about="Finds the customer whose phone it is; refused with not_found when there is none",
            params={"phone": "phone"},
            returns={"customer": "id", "name": "text", "status": "text"},
        ),
        system="PASSPORT",
        handle=_find_customer,
        of_customer=False,
    ),
)
