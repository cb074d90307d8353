"""Login by a phone number and a one-time code: the operations `identity.*` of the catalogue.

The code goes to the phone before anybody learns whether the phone has an account, and the handle of a sent code is
an envelope that holds its phone and conversation: a code for one phone can never open another customer.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.bank_api.contracts import BankApi, CallContext, Declaration, Inquiry, Reply, Resend
from core.customers.schema import Customer
from core.customers.service import CustomerNotFound, Customers
from core.kernel.clock import Clock
from core.kernel.envelope import EnvelopeError, Keyring
from core.kernel.errors import ValidationFailed
from core.kernel.ids import derived_id
from identity.limits import CODES_SENT_MAX, WRONG_CODES_MAX, Attempts

_HANDLE_MS: Final = 10 * 60 * 1000
DECLARATIONS: Final = [
    Declaration(
        name="identity.send_code",
        about="Sends a one-time code by SMS; without a phone, to the phone of the customer already known here",
        params={"phone?": "phone"},
        returns={"otp": "id"},
    ),
    Declaration(
        name="identity.verify_code",
        about="Checks the one-time code and finds out whose phone it was; proves level otp",
        params={"otp": "id", "code": "secret"},
        returns={"name": "text"},
        grants="otp",
    ),
]


class _Handle(msgspec.Struct, frozen=True):
    otp: str
    phone: str
    conversation: str
    expires_at: int


class Identity:
    """Fulfils BankApi for `identity.*`; the codes themselves are the bank's."""

    def __init__(
        self, *, bank: BankApi, customers: Customers, attempts: Attempts, keyring: Keyring, clock: Clock
    ) -> None:
        self._bank = bank
        self._customers = customers
        self._attempts = attempts
        self._keyring = keyring
        self._clock = clock

    def declarations(self) -> list[Declaration]:
        return list(DECLARATIONS)

    def resend(self, operation: str) -> Resend:
        return Resend(allowed=False)

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        return Inquiry(state="no_answer", note=f"{operation} has no later outcome")

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        if operation == "identity.send_code":
            return await self._send_code(args, context)
        if operation == "identity.verify_code":
            return await self._verify_code(args, context)
        raise ValidationFailed(f"no operation {operation!r} in the identity room")

    async def _send_code(self, args: dict[str, Any], context: CallContext) -> Reply:
        phone = args.get("phone") or await self._known_phone(context)
        if not phone:
            return Reply(cls="refused", code="phone_needed")
        for whose in (context.conversation, _pseudonym(phone)):
            if await self._attempts.add("code_sent", whose) > CODES_SENT_MAX:
                return Reply(cls="refused", code="too_many_requests")
        reply = await self._bank.call("bank.send_code", {"phone": phone}, context)
        if reply.cls != "accepted":
            return reply
        handle = _Handle(reply.data["otp"], phone, context.conversation, self._clock.now_ms() + _HANDLE_MS)
        sealed = self._keyring.seal(msgspec.json.encode(handle), "identity", "otp", context.conversation)
        return Reply(cls="accepted", data={"otp": sealed})

    async def _verify_code(self, args: dict[str, Any], context: CallContext) -> Reply:
        handle = self._open(str(args.get("otp", "")), context)
        if handle is None:
            return Reply(cls="refused", code="confirmation_expired")
        if await self._attempts.count("code_wrong", context.conversation) >= WRONG_CODES_MAX:
            return Reply(cls="refused", code="confirmation_locked")
        reply = await self._bank.call("bank.verify_code", {"otp": handle.otp, "phone": handle.phone}, context)
        if reply.cls != "accepted":
            if reply.code == "confirmation_wrong":
                await self._attempts.add("code_wrong", context.conversation)
            return reply
        await self._attempts.clear("code_wrong", context.conversation)
        return await self._recognise(handle, context)

    async def _recognise(self, handle: _Handle, context: CallContext) -> Reply:
        found = await self._bank.call("bank.find_customer", {"phone": handle.phone}, context)
        if found.cls != "accepted":
            code = "customer_not_found" if found.code == "not_found" else found.code
            return Reply(cls=found.cls, code=code, note=found.note)
        if found.data.get("status") != "active":
            return Reply(cls="refused", code="customer_blocked")
        customer = Customer(id=found.data["customer"], name=found.data["name"], phone=handle.phone, lang=context.lang)
        await self._customers.bind(context.conversation, customer, "otp")
        return Reply(
            cls="accepted",
            data={"name": customer.name},
            grant={"level": "otp", "customer": customer.id, "name": customer.name},
        )

    def _open(self, sealed: str, context: CallContext) -> _Handle | None:
        try:
            plain = self._keyring.open(sealed, "identity", "otp", context.conversation)
        except EnvelopeError:
            return None
        handle = msgspec.json.decode(plain, type=_Handle)
        if handle.conversation != context.conversation or handle.expires_at < self._clock.now_ms():
            return None
        return handle

    async def _known_phone(self, context: CallContext) -> str:
        if not context.customer:
            return ""
        try:
            return (await self._customers.access_customer(context.customer, context.customer)).phone
        except CustomerNotFound:
            return ""


def _pseudonym(phone: str) -> str:
    """Phones are not written into Redis; their digest counts as well."""
    return derived_id(16, "phone", phone)
