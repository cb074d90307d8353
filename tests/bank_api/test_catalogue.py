"""Customers, codes, cards and balances: what flows get, and what they get when the bank does not answer well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.bank_api.catalogue.arguments import fits
from core.bank_api.catalogue.catalogue import DECLARATIONS, OPERATIONS, BankCatalogue
from core.bank_api.contracts import BankApi, CallContext, Inquiry, Reply
from core.kernel.errors import ValidationFailed
from tests.bank_api.conftest import Sleeps
from tests.bank_api.http_server import Response, json_response
from tests.bank_api.scripted_bank import ScriptedBank, fault, instead, rest_error

Make = Callable[..., CallContext]

FIND = ("PASSPORT", "FindByPhone")
CHECK = ("PASSPORT", "CheckCard")
BALANCE = ("CORE", "GetBalance")
CARDS = ("CARDS", "GET /cards")
SAVED = ("CARDS", "GET /card-tokens")
SEND = ("ACCESS", "POST /otp")
VERIFY = ("ACCESS", "POST /otp/otp_1/verify")

PHONE = {"phone": "+380671112233"}
CARD = {"id": "card_7", "name": "Everyday", "pan": "••••7007", "currency": "UAH"}
VERIFY_ARGS = {"otp": "otp_1", "phone": "+380671112233"}


def account(booked: str = "1050.10", available: str = "0980.00") -> str:
    return (
        '<n:Account ccy="UAH" type="CARD"><n:IBAN>UA923999990000026201234567890</n:IBAN>'
        f'<n:Bal kind="BOOKED">{booked}</n:Bal><n:Bal kind="AVAILABLE">{available}</n:Bal></n:Account>'
        "<n:AsOf>20.11.2026 23:59:58</n:AsOf>"
    )


def card(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "card_id": f"card_{number}",
        "product_code": "everyday",
        "title": "На щодень",
        "kind": "virtual",
        "status": "active",
        "masked": f"414949******700{number}",
        "exp_month": 12,
        "exp_year": 2031,
        "currency": "UAH",
        "account_id": f"acc_{number}",
        "created_at": "2026-01-02T03:04:05Z",
        **changes,
    }


@pytest.fixture(autouse=True)
def _ordinary_day(scripted: ScriptedBank) -> None:
    scripted.soap_answers |= {
        FIND: '<n:Customer id="cust_501" status="ACTIVE"><n:Name>Олена Коваль</n:Name></n:Customer>',
        CHECK: "<n:Owner>Y</n:Owner><n:CardStatus>ACTIVE</n:CardStatus>",
        BALANCE: account(),
    }
    saved = {"card_token": "tok_9", "masked": "535353******9009", "brand": "visa", "holder": "IVAN PETRENKO"}
    scripted.rest_answers |= {
        CARDS: json_response(200, {"items": [card(1), card(2, status="blocked"), card(3, title="Подорожі")]}),
        SAVED: json_response(200, {"items": [{**saved, "issuer_country": "UA"}]}),
        SEND: json_response(201, {"otp_id": "otp_1", "expires_at": "2026-11-20T22:01:58Z", "resend_after_s": 30}),
        VERIFY: json_response(200, {"verified": True, "attempts_left": 3}),
    }


async def test_a_customer_is_found_by_phone_and_the_name_is_masked(catalogue: BankCatalogue, context: Make) -> None:
    reply = await catalogue.call("bank.find_customer", PHONE, context(customer=""))
    data = {"customer": "cust_501", "name": "Олена К.", "status": "active"}
    assert reply == Reply(cls="accepted", data=data)


@pytest.mark.parametrize(
    ("full", "shown"),
    [
        ("Олена Коваль", "Олена К."),
        ("Anna Maria van Dijk", "Anna D."),
        ("Олена", "Олена"),
        ("  Олена \n Коваль ", "Олена К."),
        ("", ""),
        ("4111111111111111", "••••1111"),
    ],
)
async def test_a_name_is_shown_by_first_name_and_one_letter(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, full: str, shown: str
) -> None:
    scripted.soap_answers[FIND] = f'<n:Customer id="c" status="ACTIVE"><n:Name>{full}</n:Name></n:Customer>'
    reply = await catalogue.call("bank.find_customer", PHONE, context())
    assert reply.data["name"] == shown


async def test_a_phone_that_nobody_has_is_refused_with_not_found(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.soap_answers[FIND] = ""
    reply = await catalogue.call("bank.find_customer", PHONE, context())
    assert (reply.cls, reply.code) == ("refused", "not_found")


@pytest.mark.parametrize(
    "content",
    [
        '<n:Customer id="a" status="ACTIVE"><n:Name>A</n:Name></n:Customer>' * 2,
        '<n:Customer id="a" status="SOLD"><n:Name>A</n:Name></n:Customer>',
        '<n:Customer status="ACTIVE"><n:Name>A</n:Name></n:Customer>',
        '<n:Customer id="a" status="ACTIVE"><n:Name xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:nil="1"/></n:Customer>',
    ],
)
async def test_a_customer_who_is_not_clearly_one_is_no_answer(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, content: str
) -> None:
    scripted.soap_answers[FIND] = content
    reply = await catalogue.call("bank.find_customer", PHONE, context())
    assert (reply.cls, reply.code) == ("unknown", "bank_unavailable")


async def test_my_cards_are_the_active_ones_with_what_is_available(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    reply = await catalogue.call("bank.my_cards", {}, context())
    available = {"amount": 98_000, "currency": "UAH"}
    assert reply.data == {
        "items": [
            {"id": "card_1", "name": "На щодень", "pan": "••••7001", "currency": "UAH", "available": available},
            {"id": "card_3", "name": "Подорожі", "pan": "••••7003", "currency": "UAH", "available": available},
        ]
    }
    assert scripted.sent[CARDS].query == {"customer_id": "cust_501"}
    assert scripted.calls[BALANCE] == 2


async def test_many_cards_keep_their_order(catalogue: BankCatalogue, scripted: ScriptedBank, context: Make) -> None:
    scripted.rest_answers[CARDS] = json_response(200, {"items": [card(n) for n in range(9)]})
    reply = await catalogue.call("bank.my_cards", {}, context())
    assert [item["id"] for item in reply.data["items"]] == [f"card_{n}" for n in range(9)]


async def test_one_balance_without_an_answer_leaves_no_list_half_true(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist(*BALANCE, fault("CORE", "TECH"))
    reply = await catalogue.call("bank.my_cards", {}, context())
    assert (reply.cls, reply.code, reply.data) == ("unknown", "bank_unavailable", {})


@pytest.mark.parametrize("masked", ["4149490000001234", "414949******", "", "******12345"])
async def test_a_card_number_that_is_not_masked_is_never_passed_on(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, masked: str
) -> None:
    scripted.rest_answers[CARDS] = json_response(200, {"items": [card(1, masked=masked)]})
    reply = await catalogue.call("bank.my_cards", {}, context())
    assert (reply.cls, reply.data) == ("unknown", {})


async def test_a_customer_without_cards_has_an_empty_list(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.rest_answers[CARDS] = json_response(200, {"items": []})
    assert (await catalogue.call("bank.my_cards", {}, context())).data == {"items": []}


async def test_the_balance_of_an_own_card(catalogue: BankCatalogue, context: Make) -> None:
    reply = await catalogue.call("bank.balance", {"card": CARD}, context())
    assert reply.data == {
        "booked": {"amount": 105_010, "currency": "UAH"},
        "available": {"amount": 98_000, "currency": "UAH"},
        "as_of": "2026-11-20T21:59:58Z",
    }


async def test_the_balance_of_somebody_elses_card_is_not_even_asked_for(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.soap_answers[CHECK] = "<n:Owner>N</n:Owner>"
    reply = await catalogue.call("bank.balance", {"card": CARD}, context())
    assert (reply.cls, reply.code, scripted.calls[BALANCE]) == ("refused", "not_found", 0)


async def test_a_balance_without_the_available_sum_is_no_balance(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.soap_answers[BALANCE] = account().replace("AVAILABLE", "CREDIT_LIMIT")
    reply = await catalogue.call("bank.balance", {"card": CARD}, context())
    assert (reply.cls, reply.note) == ("unknown", "CORE GetBalance: 0 balances of the kind available")


async def test_saved_payees_are_reached_by_their_card_token(catalogue: BankCatalogue, context: Make) -> None:
    payee = {"name": "IVAN PETRENKO", "masked": "••••9009", "card_token": "tok_9", "card_id": "", "phone": ""}
    reply = await catalogue.call("bank.saved_payees", {}, context())
    assert reply == Reply(cls="accepted", data={"items": [payee]})
    assert fits("list of payee", reply.data["items"])


async def test_a_code_is_sent_for_a_login(catalogue: BankCatalogue, scripted: ScriptedBank, context: Make) -> None:
    reply = await catalogue.call("bank.send_code", PHONE, context(customer=""))
    assert reply == Reply(cls="accepted", data={"otp": "otp_1", "resend_after_s": 30})
    assert scripted.sent[SEND].json() == {"phone": "+380671112233", "purpose": "login"}


async def test_the_right_code_is_accepted_and_travels_with_the_secrets(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    reply = await catalogue.call("bank.verify_code", VERIFY_ARGS, context(secrets={"code": "123456"}))
    assert reply == Reply(cls="accepted")
    assert scripted.sent[VERIFY].json() == {"code": "123456"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (json_response(200, {"verified": False, "attempts_left": 2}), "confirmation_wrong"),
        (rest_error(410, "expired"), "confirmation_expired"),
        (rest_error(423, "locked"), "confirmation_locked"),
        (rest_error(404, "not_found"), "confirmation_expired"),
        (rest_error(429, "too_many_requests"), "too_many_requests"),
    ],
)
async def test_a_code_that_does_not_pass_is_refused_with_the_reason(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, answer: Response, code: str
) -> None:
    scripted.rest_answers[VERIFY] = answer
    reply = await catalogue.call("bank.verify_code", VERIFY_ARGS, context(secrets={"code": "123456"}))
    assert (reply.cls, reply.code) == ("refused", code)


async def test_an_id_cannot_climb_out_of_its_place_in_a_path(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    strange = ("ACCESS", "POST /otp/..%2Fcards%3Fx/verify")
    scripted.rest_answers[strange] = json_response(200, {"verified": True, "attempts_left": 3})
    args = {**VERIFY_ARGS, "otp": "../cards?x"}
    await catalogue.call("bank.verify_code", args, context(secrets={"code": "1"}))
    assert scripted.calls[strange] == 1
    with pytest.raises(ValidationFailed, match="the path needs the argument otp_id"):
        await catalogue.call("bank.verify_code", {**args, "otp": ".."}, context(secrets={"code": "1"}))


async def test_a_token_that_the_bank_refuses_is_renewed_and_the_call_repeated_once(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist(*SAVED, instead(rest_error(401, "token_rejected")))
    assert (await catalogue.call("bank.saved_payees", {}, context())).cls == "accepted"
    assert (scripted.calls[SAVED], scripted.calls["TOKEN", "token"]) == (2, 2)


async def test_a_token_that_is_refused_twice_is_the_banks_trouble_and_asked_no_third_time(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist(*SAVED, *[instead(rest_error(401, "token_rejected"))] * 3)
    reply = await catalogue.call("bank.saved_payees", {}, context())
    assert (reply.cls, reply.code, scripted.calls[SAVED]) == ("unknown", "bank_unavailable", 2)


async def test_another_401_is_not_about_the_token(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist(*SAVED, instead(Response(401, b"<html>", "text/html")))
    reply = await catalogue.call("bank.saved_payees", {}, context())
    assert (reply.cls, scripted.calls[SAVED], scripted.calls["TOKEN", "token"]) == ("unknown", 1, 1)


async def test_a_read_without_a_bank_is_bank_unavailable(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, sleeps: Sleeps
) -> None:
    await scripted.server.__aexit__()
    reply = await catalogue.call("bank.find_customer", PHONE, context())
    assert (reply.cls, reply.code, sleeps) == ("unknown", "bank_unavailable", [0.2, 1.0, 3.0])


@pytest.mark.parametrize("name", ["bank.my_cards", "bank.saved_payees", "bank.balance"])
async def test_nobody_sees_cards_without_being_somebody(
    catalogue: BankCatalogue, scripted: ScriptedBank, context: Make, name: str
) -> None:
    args = {"card": CARD} if name == "bank.balance" else {}
    reply = await catalogue.call(name, args, context(customer=""))
    assert (reply.cls, reply.code) == ("refused", "unauthenticated")
    assert not scripted.calls


async def test_an_operation_that_does_not_exist_is_named(catalogue: BankCatalogue, context: Make) -> None:
    with pytest.raises(ValidationFailed, match=r"no operation 'bank\.rob'"):
        await catalogue.call("bank.rob", {}, context())
    with pytest.raises(ValidationFailed, match=r"no operation 'bank\.rob'"):
        catalogue.resend("bank.rob")


async def test_a_read_has_no_inquiry(catalogue: BankCatalogue, context: Make) -> None:
    inquiry = await catalogue.inquire("bank.balance", {"card": CARD}, context())
    assert inquiry == Inquiry(state="no_answer", note="bank.balance has no inquiry")


def test_the_catalogue_is_a_bank_api_whose_money_moving_operations_have_an_inquiry_and_a_settling_event(
    catalogue: BankCatalogue,
) -> None:
    api: BankApi = catalogue
    assert len({declaration.name for declaration in api.declarations()}) == len(OPERATIONS)
    assert api.declarations() == list(DECLARATIONS)
    for operation in OPERATIONS:
        moves = operation.declaration.effect != "none"
        assert (operation.inquire is not None) is moves
        assert bool(operation.declaration.settles) is moves
        assert "unknown" in operation.declaration.arms
