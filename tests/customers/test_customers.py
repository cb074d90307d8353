"""The only door to a customer's row: to the customer's own, and with the phone sealed at rest."""

from __future__ import annotations

import asyncpg
import pytest

from core.customers.schema import Customer
from core.customers.service import CustomerNotFound, Customers
from core.kernel.clock import ManualClock, moment
from core.kernel.envelope import EnvelopeError, Keyring

OLENA = Customer(id="cust_1", name="Олена К.", phone="+380671110001", lang="uk")
TARAS = Customer(id="cust_2", name="Тарас Б.", phone="+380671110002", lang="uk")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def customers(database: asyncpg.Pool, clock: ManualClock) -> Customers:
    return Customers(database, Keyring({1: b"k" * 32}), clock)


async def test_a_customer_reads_their_own_row(customers: Customers) -> None:
    await customers.bind("telegram:1", OLENA, "otp")
    assert await customers.access_customer("cust_1", "cust_1") == OLENA


@pytest.mark.parametrize("actor", ["cust_2", "", "cust_1 ", "CUST_1", "cust_%"])
async def test_nobody_else_does_and_cannot_tell_it_from_a_row_that_is_not_there(
    customers: Customers, actor: str
) -> None:
    await customers.bind("telegram:1", OLENA, "otp")
    await customers.bind("telegram:2", TARAS, "otp")
    with pytest.raises(CustomerNotFound) as foreign:
        await customers.access_customer(actor, "cust_1")
    with pytest.raises(CustomerNotFound) as missing:
        await customers.access_customer("cust_9", "cust_9")
    assert (foreign.value.code, foreign.value.http_status) == (missing.value.code, missing.value.http_status)
    assert foreign.value.http_status == 404


async def test_the_phone_is_nowhere_in_the_tables(customers: Customers, database: asyncpg.Pool) -> None:
    await customers.bind("telegram:1", OLENA, "otp")
    for table in ("customer", "binding"):
        everything = await database.fetchval(f"SELECT json_agg(t)::text FROM {table} t")
        assert "671110001" not in everything


async def test_a_phone_copied_into_another_row_does_not_open(customers: Customers, database: asyncpg.Pool) -> None:
    await customers.bind("telegram:1", OLENA, "otp")
    await customers.bind("telegram:2", TARAS, "otp")
    await database.execute(
        "UPDATE customer SET phone_sealed = (SELECT phone_sealed FROM customer WHERE id = 'cust_1') WHERE id = 'cust_2'"
    )
    with pytest.raises(EnvelopeError):
        await customers.access_customer("cust_2", "cust_2")


async def test_a_conversation_never_seen_has_no_binding(customers: Customers) -> None:
    assert await customers.binding("telegram:1") is None


async def test_binding_again_refreshes_what_is_known_and_keeps_since_when(
    customers: Customers, clock: ManualClock
) -> None:
    first = moment(clock.now_ms())
    await customers.bind("telegram:1", OLENA, "otp")
    clock.advance(60_000)
    moved = Customer(id="cust_1", name="Олена Н.", phone="+380671110009", lang="en")
    await customers.bind("telegram:1", moved, "card")
    assert await customers.access_customer("cust_1", "cust_1") == moved
    binding = await customers.binding("telegram:1")
    assert binding is not None
    assert (binding.customer_id, binding.level, binding.bound_at) == ("cust_1", "card", first)


async def test_a_conversation_that_changes_hands_is_bound_anew_and_its_former_customer_stays(
    customers: Customers, clock: ManualClock
) -> None:
    await customers.bind("telegram:1", OLENA, "otp")
    clock.advance(60_000)
    await customers.bind("telegram:1", TARAS, "otp")
    binding = await customers.binding("telegram:1")
    assert binding is not None
    assert (binding.customer_id, binding.bound_at) == ("cust_2", moment(clock.now_ms()))
    assert await customers.access_customer("cust_1", "cust_1") == OLENA


async def test_one_customer_may_have_several_conversations(customers: Customers) -> None:
    await customers.bind("telegram:1", OLENA, "otp")
    await customers.bind("viber:x=", OLENA, "otp")
    bound = [await customers.binding(conversation) for conversation in ("telegram:1", "viber:x=")]
    assert [one.customer_id for one in bound if one is not None] == ["cust_1", "cust_1"]
