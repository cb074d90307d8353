"""SOAP systems: one session per login, one login for everybody who needs it, faults by their meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from core.bank_api.answer import Answer
from core.bank_api.bank import Bank
from core.bank_api.contracts import CallContext
from core.bank_api.opening import open_bank
from core.bank_api.settings import Login
from core.bank_api.soap.session import LoginSession, Session
from core.kernel.clock import ManualClock
from tests.bank_api.conftest import Sleeps, settings_for
from tests.bank_api.http_server import HANG_UP, Request, Response
from tests.bank_api.scripted_bank import LOGINS, ScriptedBank, fault, instead, soap_reply

Make = Callable[..., CallContext]

FIND = ("PASSPORT", "FindByPhone")
LOGIN = ("PASSPORT", "Login")
PHONE = {"phone": "+380671112233"}
OLENA = '<n:Customer id="cust_501" status="ACTIVE"><n:Name>Олена Коваль</n:Name></n:Customer>'


@pytest.fixture(autouse=True)
def _olena(scripted: ScriptedBank) -> None:
    scripted.soap_answers[FIND] = OLENA


async def find(bank: Bank, context: Make) -> Answer:
    return await bank.ask(*FIND, PHONE, context())


async def test_the_first_call_logs_in_and_the_next_uses_the_same_session(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    for _ in range(3):
        answer = await find(bank, context)
        assert answer.data["customer"] == {"id": "cust_501", "status": "active", "name": "Олена Коваль"}
    assert (scripted.calls[LOGIN], scripted.calls[FIND]) == (1, 3)


async def test_every_request_has_a_correlation_id_of_its_own(bank: Bank, scripted: ScriptedBank, context: Make) -> None:
    first, second = await find(bank, context), await find(bank, context)
    assert first.data["source"]["system"] == "PASSPORT"
    assert first.data["source"]["correlation_id"] != second.data["source"]["correlation_id"]


async def test_twenty_callers_whose_session_ended_log_in_once(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    # Given a session in use, which the bank has ended
    await find(bank, context)
    scripted.sessions.clear()
    # and a login that takes until all twenty have been refused
    all_refused = asyncio.Event()

    async def hold() -> None:
        await all_refused.wait()

    scripted.before_login = hold

    def count(_: Request, answer: Response) -> Response:
        if scripted.calls[FIND] == 21:
            all_refused.set()
        return answer

    scripted.twist(*FIND, *[count] * 20)
    # When twenty call at the same moment
    answers = await asyncio.gather(*(find(bank, context) for _ in range(20)))
    # Then each gets its answer, and there was one login
    assert [answer.cls for answer in answers] == ["accepted"] * 20
    assert scripted.calls[LOGIN] == 2
    assert scripted.calls[FIND] == 1 + 20 + 20


async def test_the_first_callers_share_one_login_too(bank: Bank, scripted: ScriptedBank, context: Make) -> None:
    answers = await asyncio.gather(*(find(bank, context) for _ in range(10)))
    assert {answer.cls for answer in answers} == {"accepted"}
    assert scripted.calls[LOGIN] == 1


async def test_a_caller_that_is_cancelled_does_not_take_the_login_away_from_the_others(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        arrived.set()
        await go_on.wait()

    scripted.before_login = hold
    impatient = asyncio.create_task(find(bank, context))
    await arrived.wait()
    patient = asyncio.create_task(find(bank, context))
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    go_on.set()
    assert (await patient).cls == "accepted"
    assert scripted.calls[LOGIN] == 1


async def test_closing_the_bank_ends_a_login_that_is_under_way(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    arrived = asyncio.Event()

    async def never() -> None:
        arrived.set()
        await asyncio.Event().wait()

    scripted.before_login = never
    waiting = asyncio.create_task(find(bank, context))
    await arrived.wait()
    await bank.aclose()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_a_caller_that_comes_back_late_with_an_ended_session_gets_the_current_one() -> None:
    brought: list[Session] = []

    async def log_in() -> Session:
        brought.append(Session(f"S-{len(brought)}", ends_ms=10**15))
        return brought[-1]

    sessions = LoginSession(log_in, ManualClock())
    first = await sessions.current()
    second = await sessions.after_expiry_of(first)
    assert await sessions.after_expiry_of(first) is second
    assert [session.id for session in brought] == ["S-0", "S-1"]


async def test_a_session_that_is_refused_again_after_the_login_was_not_sent(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist(*FIND, fault("PASSPORT", "SESSION_EXPIRED"), fault("PASSPORT", "SESSION_EXPIRED"))
    answer = await find(bank, context)
    assert (answer.cls, scripted.calls[FIND], scripted.calls[LOGIN]) == ("not_sent", 2, 2)


async def test_a_session_whose_time_is_over_is_renewed_before_the_call(
    bank: Bank, scripted: ScriptedBank, clock: ManualClock, context: Make
) -> None:
    await find(bank, context)
    clock.advance(899_999)
    await find(bank, context)
    assert scripted.calls[LOGIN] == 1
    clock.advance(1)
    await find(bank, context)
    assert (scripted.calls[LOGIN], scripted.calls[FIND]) == (2, 3)


@pytest.mark.parametrize(
    "login_answer",
    [
        HANG_UP,
        Response(500, b"oops"),
        Response(200, b"<not-soap/>"),
        Response(403, b""),
    ],
)
async def test_a_call_whose_login_fails_was_not_sent_and_the_next_one_tries_again(
    bank: Bank, scripted: ScriptedBank, context: Make, login_answer: Response
) -> None:
    scripted.twist(*LOGIN, instead(login_answer))
    assert (await find(bank, context)).cls == "not_sent"
    assert scripted.calls[FIND] == 0
    assert (await find(bank, context)).cls == "accepted"


@pytest.mark.parametrize(
    "content",
    [
        "<n:SessionId></n:SessionId><n:Ttl>900</n:Ttl>",
        "<n:SessionId>with space</n:SessionId><n:Ttl>900</n:Ttl>",
        "<n:SessionId>S-1</n:SessionId><n:Ttl>0</n:Ttl>",
        "<n:SessionId>S-1</n:SessionId>",
    ],
)
async def test_a_login_that_brings_no_usable_session_is_no_login(
    bank: Bank, scripted: ScriptedBank, context: Make, content: str
) -> None:
    def useless(request: object, answer: Response) -> Response:
        before, _, rest = answer.body.decode().partition("<n:SessionId>")
        return Response(
            200, (before + content + "</n:LoginResponse>" + rest.partition("</n:LoginResponse>")[2]).encode()
        )

    scripted.twist(*LOGIN, useless)
    answer = await find(bank, context)
    assert (answer.cls, scripted.calls[FIND]) == ("not_sent", 0)


async def test_a_wrong_password_is_not_sent_and_is_not_in_the_note(
    scripted: ScriptedBank, clock: ManualClock, sleeps: Sleeps, context: Make
) -> None:
    wrong = Login(login=LOGINS["PASSPORT"][0], password=SecretStr("wr0ng-pass"))
    settings = settings_for(scripted.server.url, logins={"passport": wrong, "core": wrong})
    bank = open_bank(settings, clock, sleep=sleeps)
    answer = await find(bank, context)
    await bank.aclose()
    assert (answer.cls, answer.note) == ("not_sent", "PASSPORT refused the login with the fault 'AUTH_FAILED'")


@pytest.mark.parametrize(
    ("system", "action", "arguments", "code", "meaning"),
    [
        ("PASSPORT", "FindByPhone", PHONE, "BAD_REQUEST", "validation_failed"),
        ("PASSPORT", "FindByPhone", PHONE, "NO_CUST", "not_found"),
        ("PASSPORT", "FindByPhone", PHONE, "NO_CARD", "not_found"),
        ("CORE", "GetBalance", {"card_id": "card_7"}, "NO_FUNDS", "insufficient_funds"),
        ("CORE", "GetBalance", {"card_id": "card_7"}, "LIMIT", "limit_exceeded"),
        ("CORE", "GetBalance", {"card_id": "card_7"}, "BLOCKED", "card_blocked"),
        ("CORE", "GetBalance", {"card_id": "card_7"}, "NO_ACC", "not_found"),
    ],
)
async def test_a_known_fault_is_a_definite_refusal(
    bank: Bank, scripted: ScriptedBank, context: Make, system: str, action: str, arguments: dict[str, str], code: str,
    meaning: str,
) -> None:  # fmt: skip
    scripted.soap_answers[system, action] = ""
    scripted.twist(system, action, fault(system, code))
    answer = await bank.ask(system, action, arguments, context())
    assert (answer.cls, answer.code, answer.note) == ("refused", meaning, f"SOAP fault {code}")


@pytest.mark.parametrize("code", ["TECH", "DUP_REF", "AUTH_FAILED", "", "no_cust"])
async def test_a_fault_whose_meaning_is_not_known_proves_nothing(
    bank: Bank, scripted: ScriptedBank, context: Make, code: str
) -> None:
    scripted.twist(*FIND, fault("PASSPORT", code))
    assert (await find(bank, context)).cls == "unknown"


@pytest.mark.parametrize(
    "answer",
    [
        Response(500, b"Internal Server Error", "text/plain"),
        Response(502, b"", "text/html"),
        Response(200, b"", "text/xml"),
        Response(200, b"\x00\xff<{[", "text/xml"),
        Response(404, b"<a/>"),
        Response(200, b" " * (1024 * 1024 + 1)),
        Response(200, b"<soap", announced=900),
        soap_reply("PASSPORT", "FindByPhone", OLENA, "00000000-0000-0000-0000-000000000000"),
        Response(200, b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>'),
        HANG_UP,
    ],
)
async def test_no_readable_answer_proves_nothing_and_is_not_asked_again(
    bank: Bank, scripted: ScriptedBank, context: Make, sleeps: Sleeps, answer: Response
) -> None:
    scripted.twist(*FIND, instead(answer))
    assert (await find(bank, context)).cls == "unknown"
    assert (scripted.calls[FIND], sleeps) == (1, [])


async def test_a_fault_of_another_request_proves_nothing(bank: Bank, scripted: ScriptedBank, context: Make) -> None:
    scripted.twist(*FIND, fault("PASSPORT", "NO_CUST"))
    real = scripted.twists[FIND].pop()

    def others(request: object, answer: Response) -> Response:
        body = real(request, answer).body  # type: ignore[arg-type]
        head, _, tail = body.partition(b'corr="')
        return Response(500, head + b'corr="00000000-0000-0000-0000-000000000000' + tail[36:])

    scripted.twist(*FIND, others)
    assert (await find(bank, context)).cls == "unknown"


async def test_a_fault_may_come_without_the_banks_header(bank: Bank, scripted: ScriptedBank, context: Make) -> None:
    bare = (
        b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Server'
        b'</faultcode><faultstring/><detail><x:Error xmlns:x="urn:demo-bank:passport:v1" code="NO_CUST"/></detail>'
        b"</e:Fault></e:Body></e:Envelope>"
    )
    scripted.twist(*FIND, instead(Response(500, bare)))
    assert (await find(bank, context)).code == "not_found"


async def test_an_ordinary_reply_with_status_500_proves_nothing(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    scripted.twist(*FIND, lambda _, answer: Response(500, answer.body))
    assert (await find(bank, context)).cls == "unknown"


async def test_a_request_id_that_could_break_a_header_is_left_out(
    bank: Bank, scripted: ScriptedBank, context: Make
) -> None:
    answer = await bank.ask(*FIND, PHONE, context(request_id="a\r\nX-Evil: 1"))
    assert answer.cls == "accepted"
    assert not {"x-request-id", "x-evil"} & scripted.sent[FIND].headers.keys()
