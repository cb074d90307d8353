"""The control API: what people and tests see of the bank, without any secret."""

from __future__ import annotations

import re

import pytest

from core.kernel.clock import ManualClock
from core.kernel.masking import find_card_numbers
from tests.simulated_bank.driver import CLIENT, LOGINS, OLENA, PHONES, TOKEN_PATH, BankDriver, refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_seeded_people_cover_the_cases_that_tests_need(bank: BankDriver) -> None:
    customers = (await bank.http.get("/control/customers")).json()["items"]
    assert len(customers) >= 4
    assert len({customer["phone"] for customer in customers}) == len(customers)
    assert all(customer["phone"].startswith("+38067") for customer in customers)
    assert [customer["status"] for customer in customers].count("BLOCKED") == 1
    assert sorted(len(customer["cards"]) for customer in customers) == [1, 1, 1, 2, 2]
    assert min(card["balance"]["amount"] for customer in customers for card in customer["cards"]) < 2_000
    assert customers[0]["card_tokens"] == ["ctok_7101", "ctok_7102"]


async def test_a_reset_brings_the_seeded_state_again(bank: BankDriver) -> None:
    before = (await bank.http.get("/control/customers")).json()
    await bank.transfer(await bank.transfer_form(1))
    await bank.fault("CORE", "*", "delay")
    await bank.rest("POST", "/rest/access/otp", json={"phone": PHONES[OLENA], "purpose": "login"})
    assert (await bank.http.post("/control/reset")).status_code == 200
    assert (await bank.http.get("/control/customers")).json() == before
    assert await bank.postings(1) == []
    assert (await bank.http.get("/control/faults")).json() == {"items": []}
    assert (await bank.http.get("/control/sms")).json() == {"items": []}


async def test_texts_are_listed_by_phone_and_after_a_number(bank: BankDriver, clock: ManualClock) -> None:
    for purpose in ("login", "confirm"):
        await bank.rest("POST", "/rest/access/otp", json={"phone": PHONES[OLENA], "purpose": purpose})
        clock.advance(1000)
    first, second = (await bank.http.get("/control/sms", params={"phone": PHONES[OLENA]})).json()["items"]
    after = await bank.http.get("/control/sms", params={"after": first["seq"]})
    other = await bank.http.get("/control/sms", params={"phone": "+380671110002"})
    assert set(first) == {"seq", "phone", "text", "sent_at"}
    assert after.json()["items"] == [second]
    assert other.json() == {"items": []}


@pytest.mark.parametrize(
    "path",
    ["/control/sms?after=x", "/control/sms?phone=1", "/control/ledger?reference=x", "/control/ledger?what=1",
     "/control/calls?a=b"],
)  # fmt: skip
async def test_a_wrong_query_is_a_bad_request(bank: BankDriver, path: str) -> None:
    assert refusal(await bank.http.get(path)) == (400, "bad_request")


async def test_unknown_paths_and_methods_are_answered_in_json(bank: BankDriver) -> None:
    assert refusal(await bank.http.get("/rest/cards/none")) == (404, "not_found")
    assert refusal(await bank.http.get("/soap/core")) == (405, "method_not_allowed")


async def test_calls_are_counted_with_masked_bodies(bank: BankDriver) -> None:
    token = (await bank.http.post(TOKEN_PATH, auth=CLIENT, data={
        "grant_type": "client_credentials", "scope": "bank-cards", "client_secret": "client-words",
    })).json()["access_token"]  # fmt: skip
    session = await bank.login("passport")
    await bank.soap("passport", "FindByPhone", session, Phone=PHONES[OLENA])
    await bank.soap("passport", "FindByPhone", "S-none", Phone=PHONES[OLENA])
    otp = (await bank.rest("POST", "/rest/access/otp", json={"phone": PHONES[OLENA], "purpose": "login"})).json()
    await bank.rest("POST", f"/rest/access/otp/{otp['otp_id']}/verify", json={"code": "135790"})
    await bank.rest("GET", "/rest/cards/cards", params={"customer_id": "4149497000000012"})
    calls = await bank.http.get("/control/calls")
    found = {(item["system"], item["operation"]): item for item in calls.json()["items"]}
    assert found["PASSPORT", "FindByPhone"]["count"] == 2
    assert found["PASSPORT", "FindByPhone"]["last"] == [{"Phone": PHONES[OLENA]}]
    assert found["ACCESS", "VerifyOtp"]["last"] == [{"otp_id": otp["otp_id"], "code": "•••"}]
    assert found["CARDS", "ListCards"]["last"] == [{"customer_id": "••••0012"}]
    for secret in (token, session, LOGINS["passport"][1], "client-words", CLIENT[1], "135790"):
        assert secret not in calls.text


async def test_calls_can_be_asked_for_one_operation(bank: BankDriver) -> None:
    await bank.login("passport")
    await bank.login("core")
    query = {"system": "CORE", "operation": "Login"}
    (item,) = (await bank.http.get("/control/calls", params=query)).json()["items"]
    assert (item["system"], item["count"]) == ("CORE", 1)


async def test_no_card_number_is_anywhere_in_what_the_bank_shows(bank: BankDriver) -> None:
    await bank.transfer(await bank.transfer_form(1))
    shown = [
        (await bank.http.get("/control/customers")).text,
        (await bank.rest("GET", "/rest/cards/cards", params={"customer_id": OLENA})).text,
        (await bank.rest("GET", "/rest/cards/card-tokens", params={"customer_id": OLENA})).text,
    ]
    for text in shown:
        numbers = [text[start:end] for start, end in find_card_numbers(re.sub(r"UA[0-9]{27}", "", text))]
        assert numbers == []
