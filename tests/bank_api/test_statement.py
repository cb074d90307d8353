"""The statement of CORE: the XML that the bank documents and the JSON that it must become."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from core.bank_api.bank import Bank
from core.bank_api.contracts import CallContext
from core.bank_api.opening import open_bank
from core.kernel.clock import ManualClock
from tests.bank_api.conftest import settings_for
from tests.bank_api.http_server import Request, Response
from tests.bank_api.scripted_bank import ScriptedBank

CORRELATION = "7f3c1e52-0b1d-4f0e-9a86-1f5f4f6f2a11"
ASKED = {"account": "26201234567890", "from": "2026-11-01", "to": "2026-11-20"}
REPLY = f"""<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:demo-bank:core:v2">
  <soapenv:Header><c:Reply code="0" corr="{CORRELATION}"/></soapenv:Header>
  <soapenv:Body>
    <c:GetStatementResponse>
      <c:Account ccy="UAH" type="CARD">
        <c:IBAN>UA923999990000026201234567890</c:IBAN>
        <c:Bal kind="BOOKED">1050.10</c:Bal>
        <c:Bal kind="AVAILABLE">0980.00</c:Bal>
      </c:Account>
      <c:Entry id="900017" dc="D">
        <c:Sum ccy="UAH">70.10</c:Sum>
        <c:Booked>20.11.2026 23:59:58</c:Booked>
        <c:Details>Mobile top-up &amp; fee</c:Details>
        <c:Ext><c:K n="mcc">4814</c:K><c:K n="rrn">632519004417</c:K></c:Ext>
      </c:Entry>
      <c:More>N</c:More>
    </c:GetStatementResponse>
  </soapenv:Body>
</soapenv:Envelope>"""
STATEMENT: dict[str, Any] = {
    "account": {
        "iban": "UA923999990000026201234567890",
        "currency": "UAH",
        "kind": "card",
        "balances": [
            {"kind": "booked", "amount": 105010, "currency": "UAH"},
            {"kind": "available", "amount": 98000, "currency": "UAH"},
        ],
    },
    "entries": [
        {
            "id": "900017",
            "direction": "debit",
            "money": {"amount": 7010, "currency": "UAH"},
            "booked_at": "2026-11-20T21:59:58Z",
            "description": "Mobile top-up & fee",
            "extra": [{"name": "mcc", "value": "4814"}, {"name": "rrn", "value": "632519004417"}],
        }
    ],
    "has_more": False,
    "source": {"system": "CORE", "correlation_id": CORRELATION},
}
CYRILLIC = REPLY.replace("Mobile top-up", "Поповнення мобільного: ґанок")

# The same document as other banks' software would write it.
SPELLINGS = {
    "as documented": REPLY.encode(),
    "with a declaration": b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n' + REPLY.encode(),
    "with a byte order mark": b"\xef\xbb\xbf" + REPLY.encode(),
    "in UTF-16": ('<?xml version="1.0" encoding="UTF-16"?>' + REPLY).encode("utf-16"),
    "with other prefixes": REPLY.replace("soapenv", "S").replace("c:", "ns2:").replace(":c=", ":ns2=").encode(),
    "with a default namespace": REPLY.replace("<c:", "<").replace("</c:", "</").replace("xmlns:c=", "xmlns=").encode(),
    "with two prefixes of one namespace": REPLY.replace("<c:Sum ccy", '<x:Sum xmlns:x="urn:demo-bank:core:v2" ccy')
    .replace("</c:Sum>", "</x:Sum>")
    .encode(),
    "with comments and instructions": REPLY.replace("70.10", "70<!-- a -->.1<?b c?>0")
    .replace("<c:More>", "<!-- <!DOCTYPE x> --><c:More>")
    .encode(),
    "with CDATA": REPLY.replace("Mobile top-up &amp; fee", "<![CDATA[Mobile top-up & fee]]>").encode(),
    "with white space around values": REPLY.replace("70.10", "\n 70.10\t").replace(">N<", "> N\n<").encode(),
    "with xsi:nil=false": REPLY.replace(
        "<c:More>", '<c:More xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="false">'
    ).encode(),
}


def answering(raw: bytes) -> Callable[[Request, Response], Response]:
    return lambda _request, _answer: Response(200, raw)


@pytest.fixture
async def statement_bank(scripted: ScriptedBank, clock: ManualClock) -> Bank:
    """A bank whose correlation id is the one of the documented reply."""
    scripted.soap_answers["CORE", "GetStatement"] = ""
    return open_bank(settings_for(scripted.server.url), clock, new_uuid=lambda: UUID(CORRELATION))


@pytest.mark.parametrize("spelling", SPELLINGS)
async def test_the_documented_statement_becomes_the_documented_json(
    statement_bank: Bank, scripted: ScriptedBank, context: Callable[..., CallContext], spelling: str
) -> None:
    scripted.twist("CORE", "GetStatement", answering(SPELLINGS[spelling]))
    answer = await statement_bank.ask("CORE", "GetStatement", ASKED, context())
    await statement_bank.aclose()
    assert (answer.cls, answer.note) == ("accepted", "")
    assert answer.data == STATEMENT
    assert answer.unmapped == ()


async def test_the_request_is_the_documented_one(
    statement_bank: Bank, scripted: ScriptedBank, context: Callable[..., CallContext]
) -> None:
    scripted.twist("CORE", "GetStatement", answering(REPLY.encode()))
    await statement_bank.ask("CORE", "GetStatement", ASKED, context())
    await statement_bank.aclose()
    sent = scripted.sent["CORE", "GetStatement"]
    assert sent.headers["soapaction"] == '"urn:demo-bank:core:v2/GetStatement"'
    assert sent.headers["x-request-id"] == "req-77"
    assert sent.body.decode().split("?>\n", 1)[1] == (
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n="urn:demo-bank:core:v2" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<soapenv:Header><n:Auth><n:SessionId>S-CORE-0</n:SessionId><n:Corr>{CORRELATION}</n:Corr></n:Auth>"
        "</soapenv:Header><soapenv:Body><n:GetStatement><n:AccountRef>26201234567890</n:AccountRef>"
        "<n:From>01.11.2026</n:From><n:To>20.11.2026</n:To></n:GetStatement></soapenv:Body></soapenv:Envelope>"
    )


@pytest.mark.parametrize("encoding", ["windows-1251", "koi8-u", "utf-8", "iso-8859-5"])
async def test_the_encoding_is_the_one_that_the_declaration_names(
    statement_bank: Bank, scripted: ScriptedBank, context: Callable[..., CallContext], encoding: str
) -> None:
    written = CYRILLIC if encoding != "iso-8859-5" else CYRILLIC.replace("ґ", "г")
    raw = f'<?xml version="1.0" encoding="{encoding}"?>{written}'.encode(encoding)
    scripted.twist("CORE", "GetStatement", answering(raw))
    answer = await statement_bank.ask("CORE", "GetStatement", ASKED, context())
    await statement_bank.aclose()
    assert answer.data["entries"][0]["description"].startswith("Поповнення мобільного: ")


@pytest.mark.parametrize(
    ("found", "instead_of_it"),
    [
        (CORRELATION, "7f3c1e52-0b1d-4f0e-9a86-1f5f4f6f2a12"),
        (f'corr="{CORRELATION}"', ""),
        ('code="0"', 'code="17"'),
        ("GetStatementResponse", "GetBalanceResponse"),
        ("urn:demo-bank:core:v2", "urn:demo-bank:core:v3"),
        ("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"),
        (">70.10<", ">70.101<"),
        (">70.10<", ">70.100<"),
        (">70.10<", ">70,10<"),
        (">70.10<", ">7e1<"),
        (">70.10<", "><"),
        (">70.10<", ">٧٠.١٠<"),
        (">70.10<", ">70<c:X/>.10<"),
        ('<c:Sum ccy="UAH">', "<c:Sum>"),
        ('<c:Sum ccy="UAH">', '<c:Sum ccy="uah">'),
        ("<c:Booked>20.11.2026 23:59:58", "<c:Booked>20.11.2026"),
        ("<c:Booked>20.11.2026 23:59:58", "<c:Booked>31.11.2026 23:59:58"),
        ("<c:Booked>20.11.2026 23:59:58", "<c:Booked>29.03.2026 03:30:00"),
        ("<c:Booked>20.11.2026 23:59:58", "<c:Booked>01.01.0001 00:00:00"),
        ('dc="D"', 'dc="X"'),
        ("<c:More>N</c:More>", ""),
        ("<c:More>N</c:More>", "<c:More>N</c:More><c:More>N</c:More>"),
        ("<c:More>N</c:More>", "<c:More>maybe</c:More>"),
        ("</soapenv:Body>", ""),
        ("<soapenv:Envelope", "<!DOCTYPE x><soapenv:Envelope"),
    ],
)
async def test_a_statement_that_is_wrong_in_one_place_is_no_answer(
    statement_bank: Bank,
    scripted: ScriptedBank,
    context: Callable[..., CallContext],
    found: str,
    instead_of_it: str,
) -> None:
    assert found in REPLY
    scripted.twist("CORE", "GetStatement", answering(REPLY.replace(found, instead_of_it).encode()))
    answer = await statement_bank.ask("CORE", "GetStatement", ASKED, context())
    await statement_bank.aclose()
    assert (answer.cls, answer.data) == ("unknown", {})
    assert answer.note


async def test_what_the_mapping_does_not_know_is_reported_by_its_path_and_counted(
    statement_bank: Bank, scripted: ScriptedBank, context: Callable[..., CallContext]
) -> None:
    raw = (
        REPLY.replace('ccy="UAH" type="CARD"', 'ccy="UAH" type="CARD" branch="17"')
        .replace("<c:More>", '<c:Next page="2"><c:Token>t</c:Token></c:Next>loose text<c:More>')
        .replace("<c:Ext>", "<c:Ext><c:Z/>")
    )
    scripted.twist("CORE", "GetStatement", answering(raw.encode()))
    answer = await statement_bank.ask("CORE", "GetStatement", ASKED, context())
    await statement_bank.aclose()
    assert answer.data == STATEMENT
    assert answer.unmapped == (
        "GetStatementResponse/text()",
        "GetStatementResponse/Account/@branch",
        "GetStatementResponse/Entry/Ext/Z",
        "GetStatementResponse/Next",
    )
    assert answer.unmapped_count == 4


async def test_a_long_statement_is_read_whole(
    statement_bank: Bank, scripted: ScriptedBank, context: Callable[..., CallContext]
) -> None:
    start, end = REPLY.index("<c:Entry "), REPLY.index("<c:More>")
    long = REPLY[:start] + REPLY[start:end] * 500 + REPLY[end:]
    scripted.twist("CORE", "GetStatement", answering(long.encode()))
    answer = await statement_bank.ask("CORE", "GetStatement", ASKED, context())
    await statement_bank.aclose()
    assert answer.data["entries"] == STATEMENT["entries"] * 500
