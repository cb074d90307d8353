"""ACCESS: one-time codes by SMS."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct
from starlette.routing import Route

from simulators.bank.bank import Bank
from simulators.bank.clock import moment, rfc3339
from simulators.bank.faults import Fault
from simulators.bank.one_time_codes import DEFAULT_TTL_S, RESEND_AFTER_S
from simulators.bank.rest_system import ID, PHONE, Answer, RestSystem


class SendOtp(Struct, frozen=True, forbid_unknown_fields=True):
    phone: Annotated[str, Meta(pattern=PHONE)]
    purpose: Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_.-]{0,31}\Z")]
    ttl_s: Annotated[int, Meta(ge=30, le=600)] = DEFAULT_TTL_S


class VerifyOtp(Struct, frozen=True, forbid_unknown_fields=True):
    otp_id: Annotated[str, Meta(pattern=ID)]
    code: Annotated[str, Meta(pattern=r"\A[0-9]{6}\Z")]


def access_routes(bank: Bank) -> list[Route]:
    system = RestSystem(bank, "ACCESS", "bank-access")
    return [
        system.route("POST", "/rest/access/otp", "SendOtp", SendOtp, _send_otp),
        system.route("POST", "/rest/access/otp/{otp_id}/verify", "VerifyOtp", VerifyOtp, _verify_otp),
    ]


async def _send_otp(bank: Bank, form: SendOtp, _: Fault | None) -> Answer:
    otp_id, expires_ms = bank.codes.send(form.phone, form.purpose, form.ttl_s)
    expires_at = rfc3339(moment(expires_ms))
    return Answer(201, {"otp_id": otp_id, "expires_at": expires_at, "resend_after_s": RESEND_AFTER_S})


async def _verify_otp(bank: Bank, form: VerifyOtp, _: Fault | None) -> Answer:
    verified, attempts_left = bank.codes.verify(form.otp_id, form.code)
    return Answer(200, {"verified": verified, "attempts_left": attempts_left})
