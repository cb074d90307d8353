"""One log line a call, with what engineers need and nothing that anybody could misuse."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import structlog.testing

from core.bank_api.bank import Bank
from core.bank_api.catalogue.catalogue import BankCatalogue
from core.bank_api.contracts import CallContext
from core.kernel.clock import ManualClock
from tests.bank_api.http_server import Request, Response, json_response
from tests.bank_api.scripted_bank import CLIENT, LOGINS, ScriptedBank, fault

FIND = ("PASSPORT", "FindByPhone")
VERIFY = ("ACCESS", "POST /otp/otp_1/verify")


async def test_a_call_is_one_line_with_its_class_code_time_and_request_id(
    bank: Bank, scripted: ScriptedBank, clock: ManualClock, context: Callable[..., CallContext]
) -> None:
    def slow(_: Request, answer: Response) -> Response:
        clock.advance(120)
        return answer

    scripted.soap_answers[FIND] = '<n:New card="4111111111111111"/>' * 12
    scripted.twist(*FIND, slow, fault("PASSPORT", "NO_CUST"))
    with structlog.testing.capture_logs() as lines:
        await bank.ask(*FIND, {"phone": "+380671112233"}, context())
        await bank.ask(*FIND, {"phone": "+380671112233"}, context())
    accepted = {
        "event": "bank_call",
        "log_level": "info",
        "system": "PASSPORT",
        "action": "FindByPhone",
        "reply_class": "accepted",
        "reply_code": "",
        "note": "",
        "duration_ms": 120,
        "request_id": "req-77",
        "unmapped": ["FindByPhoneResponse/New"] * 10,
        "unmapped_count": 12,
    }
    refused = {
        "reply_class": "refused",
        "reply_code": "not_found",
        "note": "SOAP fault NO_CUST",
        "duration_ms": 0,
        "unmapped": [],
        "unmapped_count": 0,
    }
    assert lines == [accepted, {**accepted, **refused}]


async def test_a_card_number_in_the_banks_code_is_masked_everywhere(
    bank: Bank, scripted: ScriptedBank, context: Callable[..., CallContext]
) -> None:
    scripted.soap_answers[FIND] = ""
    scripted.twist(*FIND, fault("PASSPORT", "4111111111111111"), fault("PASSPORT", "4111111111111111"))
    catalogue = BankCatalogue(bank)
    with structlog.testing.capture_logs() as lines:
        reply = await catalogue.call("bank.find_customer", {"phone": "+380671112233"}, context())
    assert "••••1111" in lines[0]["note"]
    assert "4111111111111111" not in f"{lines}{reply}"


async def test_no_secret_is_in_any_log_of_any_library(
    bank: Bank,
    scripted: ScriptedBank,
    context: Callable[..., CallContext],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    scripted.soap_answers[FIND] = ""
    scripted.rest_answers[VERIFY] = json_response(200, {"verified": True, "attempts_left": 3})
    catalogue = BankCatalogue(bank)
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as lines:
        await catalogue.call("bank.find_customer", {"phone": "+380671112233"}, context())
        args = {"otp": "otp_1", "phone": "+380671112233"}
        reply = await catalogue.call("bank.verify_code", args, context(secrets={"code": "918273"}))
    assert reply.cls == "accepted"
    told = f"{caplog.text}{lines}{capsys.readouterr()}"
    passwords = [password for _, password in LOGINS.values()]
    for secret in [*passwords, CLIENT[1], *scripted.tokens.values(), *scripted.sessions.values(), "918273"]:
        assert secret not in told
    assert len(lines) == 2
