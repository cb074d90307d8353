"""The ledger's laws: zero sums, one posting a reference, no overdraft, nothing rewritten; by property and by force."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.kernel.clock import ManualClock
from tests.simulated_bank.driver import ALESYA, DMITRY, OLENA, PHONES, BankDriver, reference

pytestmark = pytest.mark.asyncio(loop_scope="module")

HIDDEN_ENDINGS = ("timeout_before_apply", "timeout_after_apply", "drop_mid_body")
FAULTS = (
    *HIDDEN_ENDINGS,
    "http_500_before_apply",
    "http_500_after_apply",
    "duplicate_reply",
    "garbage_body",
    "processing",
)

steps = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from([100, 700, 1_800_000]),
        st.sampled_from([(OLENA, "card_1001", DMITRY), (DMITRY, "card_1002", OLENA), (ALESYA, "card_1003", OLENA)]),
        st.sampled_from([None, *FAULTS]),
        st.integers(0, 40_000),
    ),
    min_size=1,
    max_size=6,
)


async def send(
    bank: BankDriver, number: int, amount: int, way: tuple[str, str, str], fault: str | None
) -> dict[str, Any]:
    payer, card, payee = way
    quote = (await bank.quote(payer, card, {"phone": PHONES[payee]}, amount)).json()
    form = {"reference": reference(number), "customer_id": payer, "quote_id": quote["quote_id"]}
    form |= {"money": quote["money"], "fee": quote["fee"]}
    if fault is not None:
        await bank.fault("TRANSFERS", "CreateTransfer", fault, seconds=30 if fault == "processing" else 0.001)
    try:
        await bank.transfer(form)
    except httpx.RemoteProtocolError:
        assert fault in HIDDEN_ENDINGS
    return form


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=steps)
async def test_any_transfers_and_faults_sum_to_zero_and_never_double_a_reference(
    bank: BankDriver, clock: ManualClock, plan: list[tuple[int, int, tuple[str, str, str], str | None, int]]
) -> None:
    await bank.http.post("/control/reset")
    bank.forget_tokens()
    forms: dict[int, list[dict[str, Any]]] = {}
    for number, amount, way, fault, later_ms in plan:
        forms.setdefault(number, []).append(await send(bank, number, amount, way, fault))
        clock.advance(later_ms)
    bank.forget_tokens()
    check = await bank.ledger_check()
    assert check["balanced"] is True
    assert check["sums"] == {"UAH": 0}
    assert all(account["balance"] >= account["held"] for account in check["accounts"] if account["kind"] == "card")
    for number, sent in forms.items():
        postings = await bank.postings(number)
        settled = [found for found in await bank.find(number) if found["state"] == "settled"]
        assert len(postings) == len(settled) <= 1
        assert all((p["money"], p["fee"]) in [(form["money"], form["fee"]) for form in sent] for p in postings)


@pytest_asyncio.fixture(loop_scope="module")
async def connection(bank: BankDriver, ledger_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A way round the bank's own code, straight into its tables."""
    opened = await asyncpg.connect(ledger_url, server_settings={"search_path": "bank"})
    yield opened
    await opened.close()


async def insert_posting(connection: asyncpg.Connection, number: int, *entries: tuple[str, int]) -> None:
    async with connection.transaction():
        posting = await connection.fetchval(
            "INSERT INTO posting (reference, kind, payer, payee, amount, fee, currency, payer_details, payee_details,"
            " created_at) VALUES ($1, 'transfer', 'acc_1001', 'acc_1002', 1, 0, 'UAH', '', '', now())"
            " RETURNING posting_id",
            reference(number),
        )
        await connection.executemany(
            "INSERT INTO entry (posting_id, account_id, currency, amount) VALUES ($1, $2, 'UAH', $3)",
            [(posting, account, amount) for account, amount in entries],
        )


@pytest.mark.parametrize(
    "entries",
    [
        [],
        [("acc_1001", -100)],
        [("acc_1001", -100), ("acc_1002", 99)],
        [("acc_1001", -2_500_001), ("acc_1002", 2_500_001)],
        [("acc_1001", 0), ("acc_1002", 0)],
    ],
)
async def test_the_database_refuses_a_posting_that_breaks_a_law(
    connection: asyncpg.Connection, bank: BankDriver, entries: list[tuple[str, int]]
) -> None:
    with pytest.raises(asyncpg.CheckViolationError):
        await insert_posting(connection, 1, *entries)
    assert await bank.postings(1) == []
    assert (await bank.ledger_check())["balanced"] is True


async def test_the_database_keeps_balances_and_refuses_a_second_posting_of_a_reference(
    connection: asyncpg.Connection, bank: BankDriver
) -> None:
    await insert_posting(connection, 1, ("acc_1001", -100), ("acc_1002", 100))
    assert await bank.balance("card_1001") == 2_499_900
    with pytest.raises(asyncpg.UniqueViolationError):
        await insert_posting(connection, 1, ("acc_1001", -100), ("acc_1002", 100))


@pytest.mark.parametrize(
    "statement",
    ["UPDATE entry SET amount = amount + 1", "DELETE FROM entry", "UPDATE posting SET fee = 1", "DELETE FROM posting"],
)
async def test_the_database_never_lets_the_ledger_be_rewritten(connection: asyncpg.Connection, statement: str) -> None:
    with pytest.raises(asyncpg.RestrictViolationError):
        await connection.execute(statement)


async def test_a_broken_ledger_is_a_technical_fault_in_soap_and_500_in_rest(
    connection: asyncpg.Connection, bank: BankDriver
) -> None:
    session = await bank.login("core")
    await connection.execute("ALTER TABLE card RENAME TO card_elsewhere")
    try:
        soap = await bank.soap("core", "GetBalance", session, CardRef="card_1001")
        rest = await bank.rest("GET", "/rest/cards/cards", params={"customer_id": OLENA})
    finally:
        await connection.execute("ALTER TABLE card_elsewhere RENAME TO card")
    assert soap.code == "TECH"
    assert rest.status_code == 500
    assert (await bank.soap("core", "GetBalance", session, CardRef="card_1001")).code == ""


async def test_the_check_tells_a_crooked_balance(connection: asyncpg.Connection, bank: BankDriver) -> None:
    await connection.execute("UPDATE account SET balance = balance + 1 WHERE account_id = 'acc_1001'")
    assert (await bank.ledger_check())["balanced"] is False
