"""Each fault of the dial does what its name says, seen from the wire and from the ledger."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lxml import etree

from core.kernel.clock import ManualClock
from tests.simulated_bank.conftest import ScriptedChance
from tests.simulated_bank.driver import (
    CLIENT,
    CORRELATION,
    OLENA,
    PHONES,
    TOKEN_PATH,
    BankDriver,
    envelope,
    reference,
    refusal,
    uah,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
BRIEFLY = {"seconds": 0.05}


async def transfer_under(bank: BankDriver, fault: str, **more: Any) -> httpx.Response:
    form = await bank.transfer_form(1)
    await bank.fault("TRANSFERS", "CreateTransfer", fault, **more)
    return await bank.transfer(form)


async def test_timeout_before_apply_leaves_no_answer_and_no_posting(bank: BankDriver) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await transfer_under(bank, "timeout_before_apply", **BRIEFLY)
    assert await bank.postings(1) == []
    assert await bank.find(1) == []


async def test_timeout_after_apply_leaves_no_answer_and_one_posting(bank: BankDriver) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        await transfer_under(bank, "timeout_after_apply", **BRIEFLY)
    assert len(await bank.postings(1)) == 1
    assert (await bank.find(1))[0]["state"] == "settled"


async def test_a_timeout_really_holds_the_connection(bank: BankDriver) -> None:
    form = await bank.transfer_form(1)
    await bank.fault("TRANSFERS", "CreateTransfer", "timeout_after_apply", seconds=60)
    with pytest.raises(httpx.ReadTimeout):
        await bank.transfer(form, timeout=0.3)
    assert len(await bank.postings(1)) == 1


@pytest.mark.parametrize(("fault", "postings"), [("http_500_before_apply", 0), ("http_500_after_apply", 1)])
async def test_http_500_tells_nothing_about_the_ledger(bank: BankDriver, fault: str, postings: int) -> None:
    assert (await transfer_under(bank, fault)).status_code == 500
    assert len(await bank.postings(1)) == postings


async def test_garbage_is_a_success_that_nobody_can_read(bank: BankDriver) -> None:
    response = await transfer_under(bank, "garbage_body")
    assert (response.status_code, response.headers["content-type"]) == (201, "application/json")
    with pytest.raises(ValueError):  # noqa: PT011  Unreadable as text and as JSON, whichever is met first.
        response.json()
    assert len(await bank.postings(1)) == 1


async def test_a_dropped_body_ends_half_way_after_the_posting(bank: BankDriver) -> None:
    form = await bank.transfer_form(1)
    await bank.fault("TRANSFERS", "CreateTransfer", "drop_mid_body")
    token = await bank.token("bank-transfers")
    headers = {"Authorization": f"Bearer {token}"}
    async with bank.http.stream("POST", "/rest/transfers/transfers", json=form, headers=headers) as response:
        assert response.status_code == 201
        with pytest.raises(httpx.RemoteProtocolError):
            await response.aread()
    assert len(await bank.postings(1)) == 1


async def test_a_duplicate_inside_the_bank_still_posts_once(bank: BankDriver) -> None:
    response = await transfer_under(bank, "duplicate_reply")
    assert response.status_code == 201
    assert len(await bank.postings(1)) == 1


async def test_a_delay_is_answered_in_the_end(bank: BankDriver) -> None:
    response = await transfer_under(bank, "delay", delay_ms=20)
    assert (response.status_code, response.json()["state"]) == (201, "settled")


async def test_a_business_refusal_moves_nothing_and_is_remembered(bank: BankDriver) -> None:
    assert refusal(await transfer_under(bank, "fault_business", code="05")) == (422, "05")
    (found,) = await bank.find(1)
    assert (found["state"], found["failure"]) == ("rejected", {"code": "05"})
    assert await bank.postings(1) == []


@pytest.mark.parametrize(("code", "status"), [("3101", 422), ("3106", 409)])
async def test_a_refusal_of_the_request_itself_is_not_remembered(bank: BankDriver, code: str, status: int) -> None:
    assert refusal(await transfer_under(bank, "fault_business", code=code)) == (status, code)
    assert await bank.find(1) == []


async def test_processing_holds_the_money_and_settles_by_the_banks_clock(bank: BankDriver, clock: ManualClock) -> None:
    response = await transfer_under(bank, "processing", seconds=30)
    session = await bank.login("core")
    assert (response.status_code, response.json()["state"]) == (201, "processing")
    assert "rrn" not in response.json()
    assert await bank.postings(1) == []
    held = await bank.soap("core", "GetBalance", session, CardRef="card_1001")
    assert held.text("//n:Bal[@kind='BOOKED']") == "25000.00"
    assert held.text("//n:Bal[@kind='AVAILABLE']") == "24895.00"
    clock.advance(29_999)
    assert (await bank.find(1))[0]["state"] == "processing"
    clock.advance(1)
    (found,) = await bank.find(1)
    assert (found["state"], len(found["rrn"])) == ("settled", 12)
    settled = await bank.soap("core", "GetBalance", session, CardRef="card_1001")
    assert settled.text("//n:Bal[@kind='BOOKED']") == settled.text("//n:Bal[@kind='AVAILABLE']") == "24895.00"
    assert len(await bank.postings(1)) == 1


async def test_processing_with_a_code_ends_rejected_and_gives_the_money_back(
    bank: BankDriver, clock: ManualClock
) -> None:
    await transfer_under(bank, "processing", seconds=30, code="05")
    clock.advance(30_000)
    (found,) = await bank.find(1)
    assert (found["state"], found["failure"]) == ("rejected", {"code": "05"})
    check = await bank.ledger_check()
    assert {account["held"] for account in check["accounts"]} == {0}
    assert await bank.postings(1) == []


async def test_money_in_processing_cannot_be_spent_again(bank: BankDriver) -> None:
    assert (await bank.balance("card_1001")) == 2_500_000
    await bank.fault("TRANSFERS", "CreateTransfer", "processing")
    await bank.transfer(await bank.transfer_form(1, 2_400_000))
    assert refusal(await bank.transfer(await bank.transfer_form(2, 100_000))) == (422, "51")


async def test_an_inquiry_finds_nothing_until_its_time(bank: BankDriver, clock: ManualClock) -> None:
    await bank.transfer(await bank.transfer_form(1))
    await bank.transfer(await bank.transfer_form(2))
    await bank.fault("TRANSFERS", "FindTransfer", "status_not_found_until", seconds=70, reference=reference(1))
    assert [len(await bank.find(1)), len(await bank.find(1)), len(await bank.find(2))] == [0, 0, 1]
    clock.advance(70_000)
    assert len(await bank.find(1)) == 1


async def test_a_wrong_amount_is_only_in_the_echo(bank: BankDriver) -> None:
    response = await transfer_under(bank, "wrong_amount_echo")
    assert response.json()["money"] == uah(10_001)
    assert (await bank.postings(1))[0]["money"] == uah(10_000)
    await bank.fault("TRANSFERS", "FindTransfer", "wrong_amount_echo")
    assert (await bank.find(1))[0]["money"] == uah(10_001)
    assert (await bank.find(1))[0]["money"] == uah(10_000)


async def test_a_wrong_correlation_names_another_request(bank: BankDriver) -> None:
    await bank.fault("PASSPORT", "FindByPhone", "wrong_correlation")
    soap = await bank.soap("passport", "FindByPhone", await bank.login("passport"), Phone=PHONES[OLENA])
    rest = await transfer_under(bank, "wrong_correlation")
    assert soap.correlation != CORRELATION
    assert rest.json()["reference"] != reference(1)


@pytest.mark.parametrize(("system", "action"), [("passport", "FindByPhone"), ("core", "GetStatement")])
async def test_a_doctype_attack_carries_a_doctype_before_a_right_envelope(
    bank: BankDriver, system: str, action: str
) -> None:
    session = await bank.login(system)
    await bank.fault(system.upper(), action, "doctype_attack")
    fields = "<n:Phone>+380671110001</n:Phone>"
    if system == "core":
        fields = "<n:AccountRef>acc_1001</n:AccountRef><n:From>01.11.2026</n:From><n:To>02.11.2026</n:To>"
    response = await bank.soap_raw(system, action, envelope(system, action, session, fields))
    parsed = etree.fromstring(response.content, etree.XMLParser(resolve_entities=False, load_dtd=False))
    assert response.status_code == 200
    assert parsed.getroottree().docinfo.internalDTD is not None
    assert b"file:///" in response.content


async def test_a_doctype_attack_on_a_json_system_answers_xml(bank: BankDriver) -> None:
    response = await transfer_under(bank, "doctype_attack")
    assert response.headers["content-type"].startswith("application/xml")
    assert b"<!DOCTYPE" in response.content


async def test_an_oversized_reply_is_right_but_for_its_two_mebibytes(bank: BankDriver) -> None:
    response = await transfer_under(bank, "oversized")
    assert len(response.content) > 2 * 1024 * 1024
    assert response.json()["reference"] == reference(1)


async def test_an_expired_session_is_said_before_any_work_and_is_really_over(bank: BankDriver) -> None:
    session = await bank.login("passport")
    await bank.fault("PASSPORT", "FindByPhone", "session_expired")
    for _ in range(2):
        answer = await bank.soap("passport", "FindByPhone", session, Phone=PHONES[OLENA])
        assert (answer.code, answer.correlation) == ("SESSION_EXPIRED", CORRELATION)
    renewed = await bank.soap("passport", "FindByPhone", await bank.login("passport"), Phone=PHONES[OLENA])
    assert renewed.code == ""


async def test_a_rejected_token_is_said_before_any_work(bank: BankDriver) -> None:
    assert refusal(await transfer_under(bank, "token_rejected")) == (401, "token_rejected")
    assert await bank.postings(1) == []
    assert (await bank.transfer(await bank.transfer_form(1))).status_code == 201


async def test_a_soap_fault_with_any_code_can_be_ordered(bank: BankDriver) -> None:
    session = await bank.login("core")
    await bank.fault("CORE", "GetBalance", "fault_business", code="TECH")
    answer = await bank.soap("core", "GetBalance", session, CardRef="card_1001")
    assert (answer.code, answer.text("//faultcode")) == ("TECH", "soapenv:Server")


async def test_the_token_endpoint_has_faults_too(bank: BankDriver) -> None:
    form = {"grant_type": "client_credentials", "scope": "bank-cards"}
    await bank.fault("KEYCLOAK", "Token", "http_500_before_apply")
    await bank.fault("KEYCLOAK", "Token", "fault_business", code="temporarily_unavailable")
    answers = [await bank.http.post(TOKEN_PATH, data=form, auth=CLIENT) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [500, 400, 200]


async def test_a_fault_strikes_only_its_reference_and_only_so_often(bank: BankDriver) -> None:
    forms = [await bank.transfer_form(number) for number in (1, 2)]
    fault = await bank.fault("TRANSFERS", "*", "http_500_before_apply", reference=reference(2), times=2)
    statuses = [(await bank.transfer(form)).status_code for form in (forms[0], forms[1], forms[1], forms[1])]
    assert statuses == [201, 500, 500, 201]
    assert (await bank.http.get(f"/control/faults/{fault}")).json()["hits"] == 2


async def test_a_fault_strikes_with_its_probability(bank: BankDriver, chance: ScriptedChance) -> None:
    await bank.fault("CARDS", "ListCards", "http_500_before_apply", probability=0.3, times=None)
    chance.numbers[:] = [0.29, 0.3, 0.99, 0.0]
    answers = [await bank.rest("GET", "/rest/cards/cards", params={"customer_id": OLENA}) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [500, 200, 200, 500]


async def test_a_request_that_is_refused_anyway_uses_no_fault_up(bank: BankDriver) -> None:
    await bank.fault("TRANSFERS", "CreateTransfer", "http_500_before_apply")
    assert refusal(await bank.transfer({"reference": "x"})) == (400, "bad_request")
    assert (await bank.transfer(await bank.transfer_form(1))).status_code == 500


@pytest.mark.parametrize(
    "order",
    [
        {"system": "BILLING", "operation": "Pay", "fault": "delay"},
        {"system": "CORE", "operation": "Transfer", "fault": "delay"},
        {"system": "CORE", "operation": "GetBalance", "fault": "explode"},
        {"system": "CORE", "operation": "GetBalance", "fault": "token_rejected"},
        {"system": "CORE", "operation": "Login", "fault": "session_expired"},
        {"system": "CARDS", "operation": "ListCards", "fault": "session_expired"},
        {"system": "CARDS", "operation": "*", "fault": "wrong_amount_echo"},
        {"system": "TRANSFERS", "operation": "CreateQuote", "fault": "processing"},
        {"system": "TRANSFERS", "operation": "CreateTransfer", "fault": "fault_business"},
        {"system": "CORE", "operation": "GetBalance", "fault": "delay", "times": 0},
        {"system": "CORE", "operation": "GetBalance", "fault": "delay", "probability": 1.5},
        {"system": "CORE", "operation": "GetBalance", "fault": "delay", "reference": "short"},
        {"system": "CORE", "operation": "GetBalance", "fault": "delay", "extra": 1},
        {"system": "CORE", "operation": "GetBalance"},
    ],
)
async def test_an_order_that_could_never_happen_is_refused(bank: BankDriver, order: dict[str, Any]) -> None:
    response = await bank.http.post("/control/faults", json=order)
    assert refusal(response) == (400, "bad_request")
    assert (await bank.http.get("/control/faults")).json() == {"items": []}


async def test_faults_are_listed_and_taken_off_the_dial(bank: BankDriver) -> None:
    first = await bank.fault("CORE", "*", "delay", delay_ms=5)
    second = await bank.fault("CARDS", "ListCards", "oversized")
    listed = (await bank.http.get("/control/faults")).json()["items"]
    assert [fault["id"] for fault in listed] == [first, second]
    assert (await bank.http.delete(f"/control/faults/{first}")).status_code == 204
    assert refusal(await bank.http.delete(f"/control/faults/{first}")) == (404, "not_found")
    assert (await bank.http.delete("/control/faults")).status_code == 204
    assert (await bank.http.get("/control/faults")).json() == {"items": []}
