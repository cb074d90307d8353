"""PASSPORT and CORE: strict SOAP 1.1, one session a login, and what each action answers."""

from __future__ import annotations

import pytest

from core.kernel.clock import ManualClock
from tests.simulated_bank.driver import (
    ALESYA,
    BLOCKED,
    CORRELATION,
    LOGINS,
    NAMESPACES,
    OLENA,
    PHONES,
    SOAPENV,
    BankDriver,
    SoapAnswer,
    envelope,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
PASSPORT = NAMESPACES["passport"]


async def test_login_opens_a_session_of_900_seconds_and_repeats_the_correlation(bank: BankDriver) -> None:
    answer = await bank.soap("passport", "Login", None, Login=LOGINS["passport"][0], Password=LOGINS["passport"][1])
    assert answer.http.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.text("/e:Envelope/e:Body/n:LoginResponse/n:SessionId").startswith("S-")
    assert answer.text("/e:Envelope/e:Body/n:LoginResponse/n:Ttl") == "900"
    assert (answer.correlation, answer.all("//n:Reply/@code")) == (CORRELATION, ["0"])


@pytest.mark.parametrize("login", [("teller-passport", "wrong"), ("nobody", "passport-demo-word"), LOGINS["core"]])
async def test_a_wrong_login_or_password_is_auth_failed(bank: BankDriver, login: tuple[str, str]) -> None:
    answer = await bank.soap("passport", "Login", None, Login=login[0], Password=login[1])
    assert (answer.code, answer.correlation) == ("AUTH_FAILED", CORRELATION)


async def test_a_second_login_ends_the_session_before_it(bank: BankDriver) -> None:
    first = await bank.login("passport")
    second = await bank.login("passport")
    assert (await bank.soap("passport", "FindByPhone", first, Phone=PHONES[OLENA])).code == "SESSION_EXPIRED"
    assert (await bank.soap("passport", "FindByPhone", second, Phone=PHONES[OLENA])).code == ""


async def test_a_session_ends_after_900_seconds(bank: BankDriver, clock: ManualClock) -> None:
    session = await bank.login("core")
    clock.advance(899_999)
    assert (await bank.soap("core", "GetBalance", session, CardRef="card_1001")).code == ""
    clock.advance(1)
    assert (await bank.soap("core", "GetBalance", session, CardRef="card_1001")).code == "SESSION_EXPIRED"


async def test_a_session_of_one_system_opens_no_other(bank: BankDriver) -> None:
    await bank.login("core")
    session = await bank.login("passport")
    assert (await bank.soap("core", "GetBalance", session, CardRef="card_1001")).code == "SESSION_EXPIRED"


async def test_the_session_is_checked_before_the_request_is_read(bank: BankDriver) -> None:
    assert (await bank.soap("core", "GetBalance", "S-none", Nonsense="x")).code == "SESSION_EXPIRED"


def in_envelope(header: str, body: str, after: str = "") -> str:
    return (
        f'<e:Envelope xmlns:e="{SOAPENV}" xmlns:n="{PASSPORT}"><e:Header>{header}</e:Header>'
        f"<e:Body>{body}</e:Body>{after}</e:Envelope>"
    )


CORR = f"<n:Corr>{CORRELATION}</n:Corr>"
AUTH = f"<n:Auth><n:SessionId>%s</n:SessionId>{CORR}</n:Auth>"
FIND = "<n:FindByPhone><n:Phone>+380671110001</n:Phone></n:FindByPhone>"


@pytest.mark.parametrize(
    "body",
    [
        in_envelope(AUTH, "<n:FindByPhone></n:FindByPhone>"),
        in_envelope(AUTH, "<n:FindByPhone><n:Phone>0671110001</n:Phone></n:FindByPhone>"),
        in_envelope(AUTH, "<n:FindByPhone><n:Phone><n:X/></n:Phone></n:FindByPhone>"),
        in_envelope(AUTH, FIND.replace("</n:FindByPhone>", "<n:More/></n:FindByPhone>")),
        in_envelope(AUTH, FIND.replace("<n:Phone>", '<n:Phone kind="x">')),
        in_envelope(AUTH, FIND.replace("<n:Phone>", "words<n:Phone>")),
        in_envelope(AUTH, FIND.replace("n:Phone>", "Phone>")),
        in_envelope(AUTH, FIND + FIND),
        in_envelope(AUTH, ""),
        in_envelope(AUTH, FIND, after="<e:Body/>"),
        in_envelope(AUTH, FIND, after="words"),
        in_envelope(AUTH + AUTH, FIND),
        in_envelope("", FIND),
        in_envelope(AUTH.replace(CORR, "") + CORR, FIND),
        in_envelope(AUTH.replace(CORRELATION, "not-a-uuid"), FIND),
        in_envelope(f"<n:Auth>{CORR}<n:SessionId>%s</n:SessionId></n:Auth>", FIND),
        in_envelope(AUTH, FIND).replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope"),
        f'<e:Envelope xmlns:e="{SOAPENV}" xmlns:n="{PASSPORT}"><e:Body>{FIND}</e:Body></e:Envelope>',
        "<!DOCTYPE x [<!ENTITY a 'b'>]>" + in_envelope(AUTH, FIND),
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x>' + in_envelope(AUTH, FIND),
        in_envelope(AUTH, FIND)[:-4],
        "<" * 1000,
        "<a>" * 20_000,
        "",
        "\x00",
    ],
)
async def test_any_other_envelope_is_a_bad_request(bank: BankDriver, body: str) -> None:
    session = await bank.login("passport")
    response = await bank.soap_raw("passport", "FindByPhone", body.replace("%s", session))
    assert SoapAnswer(response, PASSPORT).code == "BAD_REQUEST"


async def test_a_doctype_hidden_in_another_encoding_is_a_bad_request(bank: BankDriver) -> None:
    hidden = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")
    assert SoapAnswer(await bank.soap_raw("passport", "Login", hidden), PASSPORT).code == "BAD_REQUEST"


async def test_elements_in_another_order_are_a_bad_request(bank: BankDriver) -> None:
    session = await bank.login("passport")
    answer = await bank.soap("passport", "CheckPhone", session, Phone=PHONES[OLENA], CustomerRef=OLENA)
    assert (answer.code, answer.correlation) == ("BAD_REQUEST", CORRELATION)


@pytest.mark.parametrize(
    "action",
    [
        "",
        f"{PASSPORT}/FindByPhone",
        f'"{PASSPORT}/CheckPhone"',
        f'"{NAMESPACES["core"]}/FindByPhone"',
        '"FindByPhone"',
    ],
)
async def test_another_soap_action_than_the_body_is_a_bad_request(bank: BankDriver, action: str) -> None:
    session = await bank.login("passport")
    body = envelope("passport", "FindByPhone", session, f"<n:Phone>{PHONES[OLENA]}</n:Phone>")
    response = await bank.soap_raw("passport", "FindByPhone", body, SOAPAction=action)
    assert SoapAnswer(response, PASSPORT).code == "BAD_REQUEST"


async def test_an_action_of_the_other_system_is_a_bad_request(bank: BankDriver) -> None:
    session = await bank.login("passport")
    assert (await bank.soap("passport", "GetBalance", session, CardRef="card_1001")).code == "BAD_REQUEST"


@pytest.mark.parametrize("content_type", ["application/soap+xml", "application/json", "text/xml; charset=windows-1251"])
async def test_another_content_type_is_415(bank: BankDriver, content_type: str) -> None:
    body = envelope("passport", "Login", None, "")
    assert (await bank.soap_raw("passport", "Login", body, Content_Type=content_type)).status_code == 415


async def test_a_body_over_64_kib_is_413_and_the_bank_goes_on(bank: BankDriver) -> None:
    assert (await bank.soap_raw("passport", "Login", b"<" + b"a" * 65_536)).status_code == 413
    assert await bank.login("passport")


async def test_a_customer_is_found_by_phone_with_id_status_and_full_name(bank: BankDriver) -> None:
    session = await bank.login("passport")
    found = await bank.soap("passport", "FindByPhone", session, Phone=PHONES[OLENA])
    blocked = await bank.soap("passport", "FindByPhone", session, Phone=PHONES[BLOCKED])
    assert found.all("//n:Customer/@id") == [OLENA]
    assert found.all("//n:Customer/@status") == ["ACTIVE"]
    assert found.text("//n:Customer/n:Name") == "Олена Коваль"
    assert blocked.all("//n:Customer/@status") == ["BLOCKED"]


async def test_an_unknown_phone_is_an_empty_reply_and_no_fault(bank: BankDriver) -> None:
    answer = await bank.soap("passport", "FindByPhone", await bank.login("passport"), Phone="+380679999999")
    assert answer.code == ""
    assert len(answer.all("//n:FindByPhoneResponse")) == 1
    assert answer.all("//n:FindByPhoneResponse/*") == []


async def test_whose_phone_it_is_and_since_when(bank: BankDriver) -> None:
    session = await bank.login("passport")
    own = await bank.soap("passport", "CheckPhone", session, CustomerRef=OLENA, Phone=PHONES[OLENA])
    other = await bank.soap("passport", "CheckPhone", session, CustomerRef=OLENA, Phone=PHONES[ALESYA])
    nobody = await bank.soap("passport", "CheckPhone", session, CustomerRef="cust_none", Phone=PHONES[ALESYA])
    assert (own.text("//n:Owner"), own.text("//n:Since")) == ("Y", "12.04.2021")
    assert (other.text("//n:Owner"), other.all("//n:Since")) == ("N", [])
    assert nobody.code == "NO_CUST"


async def test_whose_card_it_is_and_in_which_status(bank: BankDriver) -> None:
    session = await bank.login("passport")
    own = await bank.soap("passport", "CheckCard", session, CustomerRef=OLENA, CardRef="card_1001")
    other = await bank.soap("passport", "CheckCard", session, CustomerRef=OLENA, CardRef="card_1005")
    unknown = await bank.soap("passport", "CheckCard", session, CustomerRef=OLENA, CardRef="card_none")
    assert (own.text("//n:Owner"), own.text("//n:CardStatus")) == ("Y", "ACTIVE")
    assert (other.text("//n:Owner"), other.text("//n:CardStatus")) == ("N", "BLOCKED")
    assert unknown.code == "NO_CARD"


async def test_a_balance_has_booked_and_available_and_the_time_in_kyiv(bank: BankDriver) -> None:
    answer = await bank.soap("core", "GetBalance", await bank.login("core"), CardRef="card_1003")
    assert (answer.all("//n:Account/@ccy"), answer.all("//n:Account/@type")) == (["UAH"], ["CARD"])
    assert answer.text("//n:Account/n:IBAN").startswith("UA")
    assert answer.text("//n:Bal[@kind='BOOKED']") == "12.34"
    assert answer.text("//n:Bal[@kind='AVAILABLE']") == "12.34"
    assert answer.text("//n:AsOf") == "18.11.2026 13:06:40"


async def test_an_unknown_card_or_account_is_a_fault(bank: BankDriver) -> None:
    session = await bank.login("core")
    period = {"From": "01.11.2026", "To": "20.11.2026"}
    assert (await bank.soap("core", "GetBalance", session, CardRef="card_none")).code == "NO_CARD"
    assert (await bank.soap("core", "GetStatement", session, AccountRef="acc_none", **period)).code == "NO_ACC"
    assert (await bank.soap("core", "GetStatement", session, AccountRef="bank_fees", **period)).code == "NO_ACC"


async def test_a_statement_comes_from_the_ledger_in_windows_1251(bank: BankDriver) -> None:
    transfer = (await bank.transfer(await bank.transfer_form(7, 200_000))).json()
    session = await bank.login("core")
    answer = await bank.soap("core", "GetStatement", session, AccountRef="acc_1001", From="18.11.2026", To="18.11.2026")
    assert answer.http.headers["content-type"] == "text/xml; charset=windows-1251"
    assert b"windows-1251" in answer.http.content.splitlines()[0]
    assert "Переказ: ДМИТРИЙ Ж.".encode("windows-1251") in answer.http.content
    assert answer.all("//n:Entry/@dc") == ["C", "D"]
    assert answer.all("//n:Entry/n:Sum/text()") == ["25000.00", "2010.00"]
    assert answer.text("//n:Entry[@dc='D']/n:Booked") == "18.11.2026 13:06:40"
    extra = dict(zip(answer.all("//n:Entry[2]//n:K/@n"), answer.all("//n:Entry[2]//n:K/text()"), strict=True))
    assert extra == {"ref": transfer["reference"], "mcc": "4829", "rrn": transfer["rrn"], "fee": "10.00"}
    assert answer.text("//n:Bal[@kind='BOOKED']") == "22990.00"
    assert answer.text("//n:More") == "N"


async def test_the_payee_sees_the_sum_without_the_fee_and_who_sent_it(bank: BankDriver) -> None:
    await bank.transfer(await bank.transfer_form(7, 200_000))
    session = await bank.login("core")
    # The account number at the end of the IBAN names the account too.
    answer = await bank.soap(
        "core", "GetStatement", session, AccountRef="26200000001002", From="18.11.2026", To="19.11.2026"
    )
    assert answer.text("//n:Entry[2]/n:Sum") == "2000.00"
    assert answer.text("//n:Entry[2]/n:Details") == "Переказ від: ОЛЕНА К."


async def test_a_statement_covers_whole_days_of_kyiv(bank: BankDriver) -> None:
    session = await bank.login("core")

    async def entries(first: str, last: str) -> int:
        answer = await bank.soap("core", "GetStatement", session, AccountRef="acc_1001", From=first, To=last)
        assert answer.code == ""
        return len(answer.all("//n:Entry"))

    assert await entries("17.11.2026", "17.11.2026") == 0
    assert await entries("17.11.2026", "18.11.2026") == 1
    assert await entries("19.11.2026", "20.11.2026") == 0


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("31.02.2026", "01.03.2026"),
        ("02.03.2026", "01.03.2026"),
        ("01.01.2026", "04.04.2026"),
        ("2026-01-01", "2026-01-02"),
        ("1.1.2026", "2.1.2026"),
        ("01.01.0001", "02.01.0001"),
        ("٠١.01.2026", "02.01.2026"),
    ],
)
async def test_a_period_that_is_none_or_over_92_days_is_a_bad_request(bank: BankDriver, first: str, last: str) -> None:
    session = await bank.login("core")
    answer = await bank.soap("core", "GetStatement", session, AccountRef="acc_1001", From=first, To=last)
    assert answer.code == "BAD_REQUEST"
