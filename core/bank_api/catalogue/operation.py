"""One operation of the catalogue: what it promises and what carries it out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from core.bank_api.bank import Bank
from core.bank_api.contracts import CallContext, Declaration, Inquiry, Reply

Handler = Callable[[Bank, dict[str, Any], CallContext], Awaitable[Reply]]
Inquirer = Callable[[Bank, dict[str, Any], CallContext], Awaitable[Inquiry]]


@dataclass(frozen=True, slots=True)
class Operation:
    """`system`: whose idempotency profile rules a resend. `of_customer`: refused without a customer in the context.

    A handler gets arguments that fit the declaration. It may raise `CallEnded`, or `ValidationFailed` before it sends.
    """

    declaration: Declaration
    system: str
    handle: Handler
    of_customer: bool = True
    inquire: Inquirer | None = None
