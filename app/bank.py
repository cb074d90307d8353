"""One catalogue of operations for the flows: the bank's own and those of the identity room."""

from __future__ import annotations

from typing import Any

from core.bank_api.catalogue.catalogue import DECLARATIONS
from core.bank_api.contracts import BankApi, CallContext, Declaration, Inquiry, Reply, Resend
from core.kernel.errors import ValidationFailed


class Catalogue:
    """Sends each call to the room that declared its operation. Fulfils BankApi."""

    def __init__(self, rooms: list[BankApi]) -> None:
        self._rooms = {declared.name: room for room in rooms for declared in room.declarations()}
        self._declarations = [declared for room in rooms for declared in room.declarations()]

    def declarations(self) -> list[Declaration]:
        return list(self._declarations)

    def resend(self, operation: str) -> Resend:
        return self._room(operation).resend(operation)

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        return await self._room(operation).call(operation, args, context)

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        return await self._room(operation).inquire(operation, args, context)

    def _room(self, operation: str) -> BankApi:
        room = self._rooms.get(operation)
        if room is None:
            raise ValidationFailed(f"no operation {operation!r} in the catalogue")
        return room


class AbsentBank:
    """Stands where no bank is configured: conversations go on, and every operation says that the bank is away.

    Fulfils BankApi. Nothing is ever sent, so nothing is ever unknown.
    """

    def declarations(self) -> list[Declaration]:
        return list(DECLARATIONS)

    def resend(self, operation: str) -> Resend:
        return Resend(allowed=False)

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        return Reply(cls="refused", code="bank_unavailable", note="no bank is configured")

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        return Inquiry(state="no_answer", note="no bank is configured")
