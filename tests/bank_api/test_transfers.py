"""What a transfer costs, the transfer itself, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.bank_api.catalogue.catalogue import BankCatalogue
from core.bank_api.contracts import CallContext, Inquiry, Reply, Resend
from core.kernel.errors import ValidationFailed
from tests.bank_api.conftest import Sleeps
from tests.bank_api.http_server import HANG_UP, Response, json_response
from tests.bank_api.scripted_bank import ScriptedBank, instead, rest_error

Make = Callable[..., CallContext]

REFERENCE = "R3FERENCE0R3FERENCE0"
CARD = {"id": "card_7", "name": "Everyday", "pan": "••••7007", "currency": "UAH"}
PHONE_PAYEE = {"name": "", "masked": "", "card_token": "", "card_id": "", "phone": "+380671112233"}
CARD_PAYEE = {"name": "IVAN P.", "masked": "••••9009", "card_token": "tok_9", "card_id": "", "phone": ""}
AMOUNT = {"amount": 12_345, "currency": "UAH"}
FEE = {"amount": 500, "currency": "UAH"}
TRANSFER_ARGS = {"source": CARD, "target": PHONE_PAYEE, "amount": AMOUNT, "fee": FEE, "quote": "quote_3"}
QUOTE_ARGS = {"source": CARD, "target": PHONE_PAYEE, "amount": AMOUNT}

SEND = ("TRANSFERS", "POST /transfers")
FIND = ("TRANSFERS", "GET /transfers")
QUOTE = ("TRANSFERS", "POST /quotes")


def transfer(**changes: Any) -> dict[str, Any]:
    document = {
        "transfer_id": "tr_1",
        "reference": REFERENCE,
        "state": "settled",
        "money": AMOUNT,
        "fee": FEE,
        "payee": {"phone": "+380671112233", "shown_name": "OLENA K."},
        "rrn": "632519004417",
        "auth_code": "A1B2C3",
        "created_at": "2026-11-20T21:59:58Z",
        **changes,
    }
    return {name: value for name, value in document.items() if value is not None}


def quote(**changes: Any) -> dict[str, Any]:
    return {
        "quote_id": "quote_3",
        "money": AMOUNT,
        "fee": FEE,
        "total": {"amount": 12_845, "currency": "UAH"},
        "payee_check": {"result": "match", "shown_name": "OLENA K.", "first_time": True},
        "expires_at": "2026-11-20T22:01:58Z",
        **changes,
    }


async def test_a_quote_is_asked_for_the_customer_of_the_context_and_shows_fee_total_and_payee(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[QUOTE] = json_response(201, quote())
    reply = await catalogue.call("bank.quote", QUOTE_ARGS, context())
    assert reply == Reply(
        cls="accepted",
        data={
            "fee": FEE,
            "total": {"amount": 12_845, "currency": "UAH"},
            "payee": "OLENA K.",
            "quote": "quote_3",
            "first_time": True,
        },
    )
    assert scripted.sent[QUOTE].json() == {
        "customer_id": "cust_501",
        "from": {"card_id": "card_7"},
        "to": {"phone": "+380671112233"},
        "money": AMOUNT,
        "side": "send",
    }


@pytest.mark.parametrize(
    ("payee", "to"),
    [
        (CARD_PAYEE, {"card": {"card_token": "tok_9"}}),
        ({"card_id": "card_8"}, {"card": {"card_id": "card_8"}}),
    ],
)
async def test_a_payee_by_card_goes_out_as_a_card(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, payee: dict[str, str], to: dict[str, Any]
) -> None:
    scripted.rest_answers[QUOTE] = json_response(201, quote())
    await catalogue.call("bank.quote", {**QUOTE_ARGS, "target": payee}, context())
    assert scripted.sent[QUOTE].json()["to"] == to


@pytest.mark.parametrize(
    ("payee", "shown"),
    [
        (PHONE_PAYEE, "+380•••33"),
        (CARD_PAYEE, "IVAN P."),
        ({**CARD_PAYEE, "name": ""}, "••••9009"),
    ],
)
async def test_a_payee_whose_name_the_bank_does_not_show_is_shown_by_what_we_know(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, payee: dict[str, str], shown: str
) -> None:
    check = {"result": "not_possible", "first_time": False}
    scripted.rest_answers[QUOTE] = json_response(201, quote(payee_check=check))
    reply = await catalogue.call("bank.quote", {**QUOTE_ARGS, "target": payee}, context())
    assert reply.data["payee"] == shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"money": {"amount": 12_346, "currency": "UAH"}},
        {"total": {"amount": 12_844, "currency": "UAH"}},
        {"total": {"amount": 12_845, "currency": "EUR"}},
        {"fee": {"amount": 500, "currency": "EUR"}},
        {"fee": {"amount": -500, "currency": "UAH"}, "total": {"amount": 11_845, "currency": "UAH"}},
        {"quote_id": ""},
        {"quote_id": None},
        {"fee": {"amount": 5.0, "currency": "UAH"}},
    ],
)
async def test_a_quote_that_does_not_add_up_is_no_answer(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, wrong: dict[str, Any]
) -> None:
    scripted.rest_answers[QUOTE] = json_response(201, quote(**wrong))
    reply = await catalogue.call("bank.quote", QUOTE_ARGS, context())
    assert (reply.cls, reply.code, reply.data) == ("unknown", "bank_unavailable", {})


async def test_a_settled_transfer_is_completed_with_the_banks_rrn(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[SEND] = json_response(201, transfer())
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert reply == Reply(cls="accepted", data={"reference": "632519004417", "at": "2026-11-20T21:59:58Z"})
    assert scripted.sent[SEND].json() == {
        "reference": REFERENCE,
        "customer_id": "cust_501",
        "quote_id": "quote_3",
        "money": AMOUNT,
        "fee": FEE,
    }


async def test_a_repeated_reference_answered_with_200_is_the_same_transfer(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[SEND] = json_response(200, transfer())
    assert (await catalogue.call("bank.transfer", TRANSFER_ARGS, context())).cls == "accepted"


async def test_a_settled_transfer_without_rrn_is_known_by_its_transfer_id(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[SEND] = json_response(201, transfer(rrn=None))
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.final, reply.data["reference"]) == ("accepted", True, "tr_1")


async def test_a_transfer_that_the_bank_still_works_on_is_accepted_but_not_final(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[SEND] = json_response(201, transfer(state="processing", rrn=None))
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.final, reply.data) == ("accepted", False, {})


@pytest.mark.parametrize(
    "wrong",
    [
        {"money": {"amount": 12_346, "currency": "UAH"}},
        {"money": {"amount": 12_345, "currency": "EUR"}},
        {"fee": {"amount": 0, "currency": "UAH"}},
        {"reference": "R3FERENCE0R3FERENCE1"},
        {"payee": {"phone": "+380671112234"}},
        {"payee": {"card": {"card_id": "card_7"}}},
        {"rrn": None, "transfer_id": ""},
        {"rrn": "6325 1900"},
        {"state": "done"},
        {"state": None},
        {"state": "rejected"},
        {"state": "rejected", "failure": {"code": "96"}},
        {"state": "rejected", "failure": {"code": "9999"}},
    ],
)
async def test_an_answer_that_is_not_about_our_transfer_proves_nothing(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, wrong: dict[str, Any]
) -> None:
    scripted.rest_answers[SEND] = json_response(201, transfer(**wrong))
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.code, reply.data) == ("unknown", "outcome_unknown", {})


@pytest.mark.parametrize(
    ("bank_code", "code"),
    [
        ("05", "do_not_honor"),
        ("13", "currency_unsupported"),
        ("14", "card_invalid"),
        ("51", "insufficient_funds"),
        ("54", "card_expired"),
        ("57", "do_not_honor"),
        ("61", "limit_exceeded"),
        ("62", "card_blocked"),
        ("65", "limit_exceeded"),
        ("3101", "quote_expired"),
        ("3102", "payee_not_found"),
        ("3103", "amount_invalid"),
        ("3104", "not_found"),
        ("3105", "quote_expired"),
    ],
)
async def test_a_business_code_is_a_definite_refusal_in_the_answer_and_in_the_inquiry(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, bank_code: str, code: str
) -> None:
    scripted.rest_answers[SEND] = rest_error(422, bank_code)
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.code) == ("refused", code)
    scripted.rest_answers[FIND] = json_response(
        200, {"items": [transfer(state="rejected", failure={"code": bank_code})]}
    )
    inquiry = await catalogue.inquire("bank.transfer", TRANSFER_ARGS, context())
    assert (inquiry.state, inquiry.code) == ("failed", code)


async def test_a_rejected_transfer_is_a_refusal(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[SEND] = json_response(201, transfer(state="rejected", rrn=None, failure={"code": "51"}))
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.code) == ("refused", "insufficient_funds")


@pytest.mark.parametrize(
    "answer",
    [
        *(rest_error(422, code) for code in ("06", "68", "91", "96", "3106", "77", "")),
        rest_error(409, "3106"),
        rest_error(500, "51"),
        rest_error(503, "51"),
        rest_error(302, "51"),
        Response(422, b"no JSON", "text/html"),
        Response(422, b'{"error": "51"}', "application/json"),
        Response(200, b"", "application/json"),
        Response(201, b"[]", "application/json"),
        Response(201, b'{"transfer_id": ' + b"[" * 5_000, "application/json"),
        Response(201, b"\x00\xff<{[", "application/json"),
        Response(201, b" " * (1024 * 1024 + 1), "application/json"),
        Response(201, b'{"transfer_id": "tr_1"', "application/json", announced=500),
        Response(201, b"\x1f\x8b", "application/json", headers={"Content-Encoding": "gzip"}),
        HANG_UP,
    ],
)
async def test_no_trustworthy_answer_to_a_transfer_is_unknown_and_sent_only_once(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, sleeps: Sleeps, answer: Response
) -> None:
    scripted.rest_answers[SEND] = answer
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.code) == ("unknown", "outcome_unknown")
    assert (scripted.calls[SEND], sleeps) == (1, [])


async def test_an_inquiry_finds_the_settled_transfer(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[FIND] = json_response(200, {"items": [transfer()]})
    inquiry = await catalogue.inquire("bank.transfer", TRANSFER_ARGS, context())
    assert inquiry == Inquiry(state="completed", data={"reference": "632519004417", "at": "2026-11-20T21:59:58Z"})
    assert scripted.sent[FIND].query == {"reference": REFERENCE}


async def test_an_inquiry_says_processing_while_the_bank_works(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[FIND] = json_response(200, {"items": [transfer(state="processing", rrn=None)]})
    assert (await catalogue.inquire("bank.transfer", TRANSFER_ARGS, context())).state == "processing"


async def test_an_inquiry_says_not_found_when_the_bank_knows_no_such_reference(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[FIND] = json_response(200, {"items": []})
    assert await catalogue.inquire("bank.transfer", TRANSFER_ARGS, context()) == Inquiry(state="not_found")


@pytest.mark.parametrize(
    "answer",
    [
        json_response(200, {"items": [transfer(), transfer()]}),
        json_response(200, {"items": [transfer(money={"amount": 12_346, "currency": "UAH"})]}),
        json_response(200, {"items": [transfer(reference="R3FERENCE0R3FERENCE1")]}),
        json_response(200, {"items": [transfer(fee={"amount": 0, "currency": "UAH"})]}),
        json_response(200, {"items": [transfer(payee={"phone": "+380500000000"})]}),
        json_response(200, {"items": None}),
        json_response(200, {}),
        json_response(404, {"error": {"code": "not_found"}}),
        rest_error(500, "TECH"),
        HANG_UP,
    ],
)
async def test_an_inquiry_without_a_clear_answer_proves_nothing(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, answer: Response
) -> None:
    scripted.rest_answers[FIND] = answer
    assert (await catalogue.inquire("bank.transfer", TRANSFER_ARGS, context())).state == "no_answer"


def test_a_transfer_may_be_sent_again_only_after_two_answers_of_not_found_a_minute_apart(
    catalogue: BankCatalogue,
) -> None:
    assert catalogue.resend("bank.transfer") == Resend(allowed=True, not_found_answers=2, not_found_apart_s=60)
    assert not catalogue.resend("bank.send_code").allowed
    assert catalogue.resend("bank.balance") == Resend(allowed=True, not_found_answers=0)


@pytest.mark.parametrize(
    ("args", "changes"),
    [
        ({"amount": {"amount": 0, "currency": "UAH"}}, {}),
        ({"amount": {"amount": -1, "currency": "UAH"}}, {}),
        ({"fee": {"amount": -1, "currency": "UAH"}}, {}),
        ({"fee": {"amount": 500, "currency": "EUR"}}, {}),
        ({}, {"bank_ref": "short"}),
        ({}, {"bank_ref": "r3ference0r3ference0"}),
    ],
)
async def test_a_transfer_that_could_not_be_right_is_not_sent(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, args: dict[str, Any], changes: dict[str, str]
) -> None:
    with pytest.raises(ValidationFailed, match=r"bank\.transfer"):
        await catalogue.call("bank.transfer", {**TRANSFER_ARGS, **args}, context(**changes))
    assert not scripted.calls


async def test_without_a_customer_nothing_is_asked_of_the_bank(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context(customer=""))
    assert (reply.cls, reply.code) == ("refused", "unauthenticated")
    assert not scripted.calls


async def test_a_transfer_that_never_left_is_not_sent_and_the_bank_was_unavailable(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist("TOKEN", "token", instead(Response(503, b"")))
    reply = await catalogue.call("bank.transfer", TRANSFER_ARGS, context())
    assert (reply.cls, reply.code, scripted.calls[SEND]) == ("not_sent", "bank_unavailable", 0)
