"""The control API: the fault dial, the ledger, the simulated phone. For tests, the demo and people; no bank has one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from simulators.bank import ledger
from simulators.bank.bank import Bank
from simulators.bank.cards import card_json
from simulators.bank.errors import BodyRefused, RestRefusal
from simulators.bank.faults import FaultOrder
from simulators.bank.rest_system import PHONE, REFERENCE, json_response, read_form, refusal_response
from simulators.bank.settlement import settle_due

Handler = Callable[[Request], Awaitable[Response]]


class ByReference(Struct, frozen=True, forbid_unknown_fields=True):
    reference: Annotated[str, Meta(pattern=REFERENCE)] | None = None


class BySms(Struct, frozen=True, forbid_unknown_fields=True):
    phone: Annotated[str, Meta(pattern=PHONE)] | None = None
    after: Annotated[str, Meta(pattern=r"\A[0-9]{1,18}\Z")] = "0"


class ByOperation(Struct, frozen=True, forbid_unknown_fields=True):
    system: str | None = None
    operation: str | None = None


class Control:
    def __init__(self, bank: Bank) -> None:
        self._bank = bank

    def routes(self) -> list[Route]:
        table: list[tuple[str, str, Handler]] = [
            ("GET", "/healthz", self._health),
            ("POST", "/control/faults", self._add_fault),
            ("GET", "/control/faults", self._faults),
            ("DELETE", "/control/faults", self._clear_faults),
            ("GET", "/control/faults/{fault_id}", self._fault),
            ("DELETE", "/control/faults/{fault_id}", self._remove_fault),
            ("GET", "/control/ledger", self._ledger),
            ("GET", "/control/ledger/check", self._ledger_check),
            ("GET", "/control/sms", self._sms),
            ("GET", "/control/customers", self._customers),
            ("POST", "/control/reset", self._reset),
            ("POST", "/control/keys/rotate", self._rotate_keys),
            ("GET", "/control/calls", self._calls),
        ]
        return [Route(path, _answering(handler), methods=[method]) for method, path, handler in table]

    async def _health(self, _: Request) -> Response:
        await self._bank.pool.fetchval("SELECT 1")
        return json_response(200, {"status": "ok"})

    async def _add_fault(self, request: Request) -> Response:
        fault = self._bank.dial.add(await read_form(request, FaultOrder))
        return json_response(201, {"id": fault.id})

    async def _faults(self, _: Request) -> Response:
        return json_response(200, {"items": self._bank.dial.items()})

    async def _clear_faults(self, _: Request) -> Response:
        self._bank.dial.clear()
        return Response(status_code=204)

    async def _fault(self, request: Request) -> Response:
        return json_response(200, self._bank.dial.get(request.path_params["fault_id"]).json())

    async def _remove_fault(self, request: Request) -> Response:
        self._bank.dial.remove(request.path_params["fault_id"])
        return Response(status_code=204)

    async def _ledger(self, request: Request) -> Response:
        form = await read_form(request, ByReference)
        await settle_due(self._bank)
        async with self._bank.pool.acquire() as connection:
            return json_response(200, {"postings": await ledger.postings(connection, form.reference)})

    async def _ledger_check(self, _: Request) -> Response:
        await settle_due(self._bank)
        # One snapshot for all its queries, or a transfer between two of them would look like a mistake.
        async with self._bank.pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            return json_response(200, await ledger.check(connection))

    async def _sms(self, request: Request) -> Response:
        form = await read_form(request, BySms)
        return json_response(200, {"items": self._bank.network.items(form.phone, int(form.after))})

    async def _customers(self, _: Request) -> Response:
        await settle_due(self._bank)
        customers = await self._bank.pool.fetch("SELECT * FROM customer ORDER BY customer_id")
        cards = await self._bank.pool.fetch(
            "SELECT card.*, account.currency, balance, held, iban"
            " FROM card JOIN account USING (account_id) ORDER BY card_id"
        )
        tokens = await self._bank.pool.fetch("SELECT * FROM card_token ORDER BY card_token")
        items = []
        for customer in customers:
            own = customer["customer_id"]
            items.append(
                {
                    "customer_id": own, "phone": customer["phone"], "name": customer["name"],
                    "status": customer["status"],
                    "cards": [_card_with_balance(card) for card in cards if card["customer_id"] == own],
                    "card_tokens": [token["card_token"] for token in tokens if token["customer_id"] == own],
                }
            )  # fmt: skip
        return json_response(200, {"items": items})

    async def _reset(self, _: Request) -> Response:
        await self._bank.reset()
        return json_response(200, {"status": "reset"})

    async def _rotate_keys(self, _: Request) -> Response:
        return json_response(200, {"kid": self._bank.keys.rotate()})

    async def _calls(self, request: Request) -> Response:
        form = await read_form(request, ByOperation)
        return json_response(200, {"items": self._bank.calls.items(form.system, form.operation)})


def _card_with_balance(row: ledger.Row) -> dict[str, object]:
    money = {"amount": row["balance"], "currency": row["currency"]}
    available = {"amount": row["balance"] - row["held"], "currency": row["currency"]}
    return {**card_json(row), "iban": row["iban"], "balance": money, "available": available}


def _answering(handler: Handler) -> Handler:
    async def endpoint(request: Request) -> Response:
        try:
            return await handler(request)
        except (RestRefusal, BodyRefused) as refusal:
            return refusal_response(refusal)

    return endpoint
