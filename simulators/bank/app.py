"""The simulated bank as an ASGI application."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Lifespan

from simulators.bank.access import access_routes
from simulators.bank.bank import Bank
from simulators.bank.cards import cards_routes
from simulators.bank.clock import Clock
from simulators.bank.control import Control
from simulators.bank.core_system import core_system
from simulators.bank.credentials import Credentials
from simulators.bank.errors import RestRefusal
from simulators.bank.passport import passport
from simulators.bank.rest_system import refusal_response
from simulators.bank.tokens import TokenEndpoint
from simulators.bank.transfers import transfers_routes


def create_app(
    dsn: str, clock: Clock | None = None, credentials: Credentials | None = None,
    chance: Callable[[], float] = random.random,
) -> Starlette:  # fmt: skip
    """An application that opens its bank when it starts (ASGI lifespan).

    `dsn`: a PostgreSQL database whose schema `bank` is ours. `chance` draws numbers in [0, 1) for the fault dial.
    Faults that cut the connection need the protocol of `simulators.bank.server`.
    """
    bank = Bank(dsn, clock, credentials, chance)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await bank.start()
        yield
        await bank.stop()

    return application(bank, lifespan=lifespan)


def application(bank: Bank, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """Every system of an opened bank under its path."""
    soap = [
        Route("/soap/passport", passport(bank).endpoint, methods=["POST"]),
        Route("/soap/core", core_system(bank).endpoint, methods=["POST"]),
    ]
    rest = [*access_routes(bank), *cards_routes(bank), *transfers_routes(bank)]
    return Starlette(
        routes=[*soap, *rest, *TokenEndpoint(bank).routes(), *Control(bank).routes()],
        exception_handlers={HTTPException: _not_served},
        lifespan=lifespan,
    )


async def _not_served(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    code = {404: "not_found", 405: "method_not_allowed"}.get(status, "bad_request")
    return refusal_response(RestRefusal(status, code, "the bank serves no such path or method"))
