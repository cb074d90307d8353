"""ACCESS: codes by SMS, three attempts, one use. CARDS: what a customer holds, never a card number."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from core.kernel.clock import ManualClock
from tests.simulated_bank.driver import DMITRY, OLENA, PHONES, BankDriver, refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
OTP = "/rest/access/otp"


async def send(bank: BankDriver, phone: str = PHONES[OLENA], purpose: str = "login", **more: Any) -> httpx.Response:
    return await bank.rest("POST", OTP, json={"phone": phone, "purpose": purpose, **more})


async def verify(bank: BankDriver, otp_id: str, code: str) -> httpx.Response:
    return await bank.rest("POST", f"{OTP}/{otp_id}/verify", json={"code": code})


async def sent_code(bank: BankDriver, phone: str = PHONES[OLENA]) -> str:
    items = (await bank.http.get("/control/sms", params={"phone": phone})).json()["items"]
    found = re.search(r"[0-9]{6}", items[-1]["text"])
    assert found
    return found.group()


def another(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


async def test_a_code_is_sent_by_sms_and_never_in_the_reply(bank: BankDriver) -> None:
    response = await send(bank)
    code = await sent_code(bank)
    (sms,) = (await bank.http.get("/control/sms", params={"phone": PHONES[OLENA]})).json()["items"]
    assert response.status_code == 201
    assert sms["text"] == f"Teller: {code} - код для входу. Нікому його не кажіть."
    assert response.json() == {
        "otp_id": response.json()["otp_id"],
        "expires_at": "2026-11-18T11:09:40Z",
        "resend_after_s": 30,
    }
    assert code not in response.text


async def test_the_right_code_is_verified_once(bank: BankDriver) -> None:
    otp_id = (await send(bank)).json()["otp_id"]
    code = await sent_code(bank)
    first = await verify(bank, otp_id, code)
    assert (first.status_code, first.json()) == (200, {"verified": True, "attempts_left": 3})
    assert refusal(await verify(bank, otp_id, code)) == (410, "expired")


async def test_three_wrong_codes_lock_even_the_right_one(bank: BankDriver) -> None:
    otp_id = (await send(bank)).json()["otp_id"]
    code = await sent_code(bank)
    answers = [(await verify(bank, otp_id, another(code))).json() for _ in range(3)]
    assert answers == [{"verified": False, "attempts_left": left} for left in (2, 1, 0)]
    assert refusal(await verify(bank, otp_id, code)) == (423, "locked")


@pytest.mark.parametrize(("ttl", "lives_ms"), [({}, 180_000), ({"ttl_s": 30}, 30_000)])
async def test_a_code_ends_with_its_time(
    bank: BankDriver, clock: ManualClock, ttl: dict[str, Any], lives_ms: int
) -> None:
    otp_id = (await send(bank, **ttl)).json()["otp_id"]
    code = await sent_code(bank)
    clock.advance(lives_ms - 1)
    assert (await verify(bank, otp_id, another(code))).status_code == 200
    clock.advance(1)
    assert refusal(await verify(bank, otp_id, code)) == (410, "expired")


async def test_a_new_code_comes_only_after_30_seconds_and_replaces_the_old(
    bank: BankDriver, clock: ManualClock
) -> None:
    first = (await send(bank)).json()["otp_id"]
    code = await sent_code(bank)
    clock.advance(20_001)
    early = await send(bank)
    clock.advance(9_999)
    late = await send(bank)
    assert (refusal(early), early.headers["retry-after"]) == ((429, "too_many_requests"), "10")
    assert late.status_code == 201
    assert refusal(await verify(bank, first, code)) == (410, "expired")


async def test_another_purpose_or_a_used_code_does_not_make_anyone_wait(bank: BankDriver) -> None:
    otp_id = (await send(bank)).json()["otp_id"]
    assert (await verify(bank, otp_id, await sent_code(bank))).json()["verified"] is True
    assert (await send(bank)).status_code == 201
    assert (await send(bank, purpose="confirm")).status_code == 201


async def test_an_unknown_code_id_is_not_found(bank: BankDriver) -> None:
    assert refusal(await verify(bank, "otp_none", "123456")) == (404, "not_found")


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"phone": PHONES[OLENA]},
        {"phone": "0671110001", "purpose": "login"},
        {"phone": PHONES[OLENA], "purpose": "Login!"},
        {"phone": PHONES[OLENA], "purpose": "login", "ttl_s": 29},
        {"phone": PHONES[OLENA], "purpose": "login", "ttl_s": "60"},
        {"phone": PHONES[OLENA], "purpose": "login", "ttl_s": 60.5},
        {"phone": PHONES[OLENA], "purpose": "login", "extra": None},
    ],
)
async def test_a_wrong_form_is_a_bad_request(bank: BankDriver, form: dict[str, Any]) -> None:
    assert refusal(await bank.rest("POST", OTP, json=form)) == (400, "bad_request")


@pytest.mark.parametrize(
    "form",
    [{"code": "12345"}, {"code": "1234567"}, {"code": 123456}, {"code": "١٢٣٤٥٦"}, {"code": "123456", "otp_id": "x"}],
)
async def test_a_code_is_exactly_six_digits(bank: BankDriver, form: dict[str, Any]) -> None:
    assert refusal(await bank.rest("POST", f"{OTP}/otp_none/verify", json=form)) == (400, "bad_request")


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b'{"phone": NaN}', "application/json", 400),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=windows-1251", 415),
        (b" " * 65_537, "application/json", 413),
    ],
)
async def test_a_body_that_is_no_json_object_is_refused(
    bank: BankDriver, body: bytes, content_type: str, status: int
) -> None:
    response = await bank.rest("POST", OTP, content=body, headers={"Content-Type": content_type})
    assert response.status_code == status
    assert set(response.json()["error"]) == {"code", "message"}


async def test_cards_of_a_customer_have_every_field_and_no_number(bank: BankDriver) -> None:
    response = await bank.rest("GET", "/rest/cards/cards", params={"customer_id": DMITRY})
    first, second = response.json()["items"]
    assert first == {
        "card_id": "card_1002",
        "product_code": "everyday",
        "title": "Картка для життя",
        "kind": "virtual",
        "status": "active",
        "masked": "414949******1002",
        "exp_month": 9,
        "exp_year": 2031,
        "currency": "UAH",
        "account_id": "acc_1002",
        "created_at": "2025-03-03T09:00:00Z",
    }
    assert (second["card_id"], second["kind"]) == ("card_2002", "physical")


async def test_saved_foreign_cards_belong_to_one_customer(bank: BankDriver) -> None:
    mine = await bank.rest("GET", "/rest/cards/card-tokens", params={"customer_id": OLENA})
    other = await bank.rest("GET", "/rest/cards/card-tokens", params={"customer_id": DMITRY})
    assert mine.json()["items"][0] == {
        "card_token": "ctok_7101",
        "masked": "516875******7101",
        "brand": "mastercard",
        "holder": "TARAS SAVCHUK",
        "issuer_country": "UA",
    }
    assert other.json() == {"items": []}


@pytest.mark.parametrize("query", ["", "?customer_id=", "?customer_id=a&customer_id=b", "?customer_id=a&x=1"])
async def test_a_wrong_query_is_a_bad_request(bank: BankDriver, query: str) -> None:
    assert refusal(await bank.rest("GET", f"/rest/cards/cards{query}")) == (400, "bad_request")
