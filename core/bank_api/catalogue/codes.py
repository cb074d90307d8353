"""One-time codes by SMS. They prove a phone; the identity room turns that into a grant."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.bank_api.bank import Bank
from core.bank_api.catalogue.operation import Operation
from core.bank_api.contracts import CallContext, Declaration, Reply


class _Sent(msgspec.Struct):
    otp_id: str
    resend_after_s: int


class _Verified(msgspec.Struct):
    verified: bool
    attempts_left: int


async def _send_code(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    request = {"phone": args["phone"], "purpose": "login"}
    sent = await bank.fetch("ACCESS", "send_code", request, context, _Sent)
    return Reply(cls="accepted", data={"otp": sent.otp_id, "resend_after_s": sent.resend_after_s})


async def _verify_code(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    request = {"otp_id": args["otp"], "code": args["code"]}
    result = await bank.fetch("ACCESS", "verify_code", request, context, _Verified)
    if not result.verified:
        return Reply(cls="refused", code="confirmation_wrong", note=f"{result.attempts_left} attempts left")
    return Reply(cls="accepted")


OPERATIONS: Final = (
    Operation(
        Declaration(
            name="bank.send_code",
            about="Sends a one-time code by SMS to the phone",
            params={"phone": "phone"},
            returns={"otp": "id", "resend_after_s": "int"},
        ),
        system="ACCESS",
        handle=_send_code,
        of_customer=False,
    ),
    Operation(
        Declaration(
            name="bank.verify_code",
            about="Checks a one-time code: refused with confirmation_wrong, _expired or _locked",
            params={"otp": "id", "code": "secret", "phone": "phone"},
            returns={},
        ),
        system="ACCESS",
        handle=_verify_code,
        of_customer=False,
    ),
)
