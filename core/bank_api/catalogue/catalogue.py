"""The door to the bank for everything above: `BankApi` over the operations of this folder."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from core.bank_api.bank import Bank, CallEnded
from core.bank_api.catalogue import cards, codes, customers, transfers
from core.bank_api.catalogue.arguments import checked_arguments
from core.bank_api.catalogue.operation import Operation
from core.bank_api.contracts import CallContext, Declaration, Inquiry, Reply, Resend
from core.bank_api.opening import open_bank
from core.bank_api.settings import BankSettings
from core.bank_api.transport import Sleeper
from core.kernel.clock import Clock
from core.kernel.errors import ValidationFailed

OPERATIONS: Final = (*customers.OPERATIONS, *codes.OPERATIONS, *cards.OPERATIONS, *transfers.OPERATIONS)
# What flows are checked against where no bank is opened.
DECLARATIONS: Final = tuple(operation.declaration for operation in OPERATIONS)


class BankCatalogue:
    """Implements `BankApi`. Make one per process with `open` and close it with `aclose`."""

    def __init__(self, bank: Bank, operations: Iterable[Operation] = OPERATIONS) -> None:
        self._bank = bank
        self._operations = {operation.declaration.name: operation for operation in operations}

    @classmethod
    def open(cls, settings: BankSettings, clock: Clock, *, sleep: Sleeper = asyncio.sleep) -> BankCatalogue:
        """Connects to nothing yet. Raises `ConfigurationError` for a wrong system file or a login that is not set."""
        return cls(open_bank(settings, clock, sleep=sleep))

    async def aclose(self) -> None:
        await self._bank.aclose()

    def declarations(self) -> list[Declaration]:
        return [operation.declaration for operation in self._operations.values()]

    def resend(self, operation: str) -> Resend:
        """Raises `ValidationFailed` for an operation that the catalogue does not have."""
        return self._bank.resend(self._operation(operation).system)

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        """One attempt. Raises `ValidationFailed` for arguments that do not fit, before anything is sent."""
        found = self._operation(operation)
        checked = checked_arguments(operation, found.declaration.params, args, context.secrets)
        if found.of_customer and not context.customer:
            return Reply(cls="refused", code="unauthenticated", note="nobody is logged in")
        try:
            reply = await found.handle(self._bank, checked, context)
        except CallEnded as ended:
            reply = ended.reply
        return _settled_for(found.declaration, reply)

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        """What became of `context.bank_ref`. Raises `ValidationFailed` as `call` does."""
        found = self._operation(operation)
        if found.inquire is None:
            return Inquiry(state="no_answer", note=f"{operation} has no inquiry")
        # Secrets are gone by the time of an inquiry, and no inquiry needs one.
        params = {name: kind for name, kind in found.declaration.params.items() if kind != "secret"}
        return await found.inquire(self._bank, checked_arguments(operation, params, args, {}), context)

    def _operation(self, name: str) -> Operation:
        found = self._operations.get(name)
        if found is None:
            raise ValidationFailed(f"the bank has no operation {name[:64]!r}")
        return found


def _settled_for(declaration: Declaration, reply: Reply) -> Reply:
    """The code of an outcome without an answer. A read may simply be repeated, so to it both classes are one."""
    if reply.cls not in ("not_sent", "unknown"):
        return reply
    if declaration.effect == "none":
        return msgspec.structs.replace(reply, cls="unknown", code="bank_unavailable")
    return msgspec.structs.replace(reply, code="bank_unavailable" if reply.cls == "not_sent" else "outcome_unknown")
