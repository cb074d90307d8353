"""What each fault of the dial does to one call. `apply` really does the bank's work; what follows only hides it."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from msgspec import Struct
from starlette.responses import PlainTextResponse, Response

from simulators.bank.bank import Bank
from simulators.bank.connection import HalfAnswer, NoAnswer
from simulators.bank.fault_kinds import Kind
from simulators.bank.faults import Fault

_OVERSIZE: Final = 2 * 1024 * 1024
_DOCTYPE: Final = b'<!DOCTYPE soapenv:Envelope [<!ENTITY word "bank"><!ENTITY file SYSTEM "file:///etc/hostname">]>'


class Call(Struct, frozen=True, kw_only=True):
    """One authenticated, well-formed call. `correlation` is what the reply must repeat; `work` never raises a refusal:
    it answers with it, as `refuse` does for a code that the dial names."""

    system: str
    operation: str
    reference: str | None
    correlation: str
    work: Callable[[Fault | None], Awaitable[Response]]
    refuse: Callable[[str], Response]


class Strike(Struct, frozen=True):
    """A fault that hits a call."""

    bank: Bank
    call: Call
    fault: Fault

    async def apply(self) -> Response:
        return await self.call.work(None)


async def perform(bank: Bank, call: Call) -> Response:
    """Do the call's work, or what the dial makes of it."""
    fault = bank.dial.take(call.system, call.operation, call.reference)
    if fault is None:
        return await call.work(None)
    return await _ACTS[fault.kind](Strike(bank, call, fault))


async def _delay(strike: Strike) -> Response:
    with suppress(TimeoutError):
        await asyncio.wait_for(strike.bank.closing.wait(), strike.fault.order.delay_ms / 1000)
    return await strike.apply()


async def _timeout_before_apply(strike: Strike) -> Response:
    return NoAnswer(strike.fault.order.seconds, strike.bank.closing)


async def _timeout_after_apply(strike: Strike) -> Response:
    await strike.apply()
    return NoAnswer(strike.fault.order.seconds, strike.bank.closing)


async def _http_500_before_apply(strike: Strike) -> Response:
    return _internal_error()


async def _http_500_after_apply(strike: Strike) -> Response:
    await strike.apply()
    return _internal_error()


def _internal_error() -> Response:
    return PlainTextResponse("Internal Server Error", 500)


async def _garbage_body(strike: Strike) -> Response:
    done = await strike.apply()
    return Response(b"\x00\xff<{[ neither one nor the other \x1b", done.status_code, media_type=_content_type(done))


async def _drop_mid_body(strike: Strike) -> Response:
    return HalfAnswer(await strike.apply())


async def _duplicate_reply(strike: Strike) -> Response:
    first = await strike.apply()
    await strike.apply()
    return first


async def _session_expired(strike: Strike) -> Response:
    strike.bank.sessions[strike.call.system].end()
    return strike.call.refuse("SESSION_EXPIRED")


async def _token_rejected(strike: Strike) -> Response:
    return strike.call.refuse("token_rejected")


async def _fault_business(strike: Strike) -> Response:
    # A refused transfer is a fact of its own that an inquiry finds later, so the system itself must refuse it.
    if strike.call.operation == "CreateTransfer":
        return await _by_the_system(strike)
    return strike.call.refuse(strike.fault.order.code)


async def _by_the_system(strike: Strike) -> Response:
    return await strike.call.work(strike.fault)


async def _wrong_amount_echo(strike: Strike) -> Response:
    done = await strike.apply()
    document = json.loads(bytes(done.body))
    for item in document.get("items", [document]):
        if "money" in item:
            item["money"]["amount"] += 1
    return _with_body(done, json.dumps(document, ensure_ascii=False).encode())


async def _wrong_correlation(strike: Strike) -> Response:
    done = await strike.apply()
    right = strike.call.correlation
    wrong = str(uuid.uuid4()) if "-" in right else right[:-1] + ("B" if right.endswith("A") else "A")
    return _with_body(done, bytes(done.body).replace(right.encode(), wrong.encode()))


async def _doctype_attack(strike: Strike) -> Response:
    done = await strike.apply()
    if "xml" not in _content_type(done):
        return Response(
            b'<?xml version="1.0"?>' + _DOCTYPE + b"<soapenv:Envelope>&file;</soapenv:Envelope>",
            media_type="application/xml",
        )
    declaration, envelope = bytes(done.body).split(b"?>", 1)
    return _with_body(done, declaration + b"?>" + _DOCTYPE + envelope)


async def _oversized(strike: Strike) -> Response:
    # White space after the document is right in XML and in JSON, so only its size is wrong.
    done = await strike.apply()
    return _with_body(done, bytes(done.body) + b" " * _OVERSIZE)


def _content_type(response: Response) -> str:
    return response.headers.get("content-type", "")


def _with_body(response: Response, body: bytes) -> Response:
    return Response(body, response.status_code, media_type=_content_type(response))


_ACTS: Final[dict[Kind, Callable[[Strike], Awaitable[Response]]]] = {
    "delay": _delay,
    "timeout_before_apply": _timeout_before_apply,
    "timeout_after_apply": _timeout_after_apply,
    "http_500_before_apply": _http_500_before_apply,
    "http_500_after_apply": _http_500_after_apply,
    "garbage_body": _garbage_body,
    "drop_mid_body": _drop_mid_body,
    "duplicate_reply": _duplicate_reply,
    "session_expired": _session_expired,
    "token_rejected": _token_rejected,
    "fault_business": _fault_business,
    "status_not_found_until": _by_the_system,
    "processing": _by_the_system,
    "wrong_amount_echo": _wrong_amount_echo,
    "wrong_correlation": _wrong_correlation,
    "doctype_attack": _doctype_attack,
    "oversized": _oversized,
}
