"""Login by phone and code: who gets in, who does not, and what a thief could try."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest
from redis.asyncio import Redis
from structlog.testing import capture_logs

from core.bank_api.contracts import CallContext, Reply
from core.customers.schema import Customer
from core.customers.service import CustomerNotFound, Customers
from core.kernel.clock import ManualClock
from core.kernel.envelope import Keyring
from core.kernel.errors import ValidationFailed
from identity.limits import CODES_SENT_MAX, WRONG_CODES_MAX, Attempts
from identity.service import Identity
from tests.identity.bank import CodeBank

OLENA, TARAS, IRYNA = "+380671110001", "+380671110002", "+380671110003"
NOBODY = "+380671119999"
MINE, THEIRS = "telegram:1", "telegram:2"


class Desk:
    def __init__(self, database: asyncpg.Pool, redis: Redis, answer_s: float = 10) -> None:
        self.bank = CodeBank()
        self.clock = ManualClock()
        keyring = Keyring({1: b"k" * 32})
        self.redis = redis
        self.customers = Customers(database, keyring, self.clock)
        self.identity = Identity(
            bank=self.bank,
            customers=self.customers,
            attempts=Attempts(redis, answer_s),
            keyring=keyring,
            clock=self.clock,
        )

    async def ask(self, phone: str = "", conversation: str = MINE, customer: str = "") -> Reply:
        args = {"phone": phone} if phone else {}
        return await self.identity.call("identity.send_code", args, _context(conversation, customer))

    async def handle(self, phone: str, conversation: str = MINE) -> str:
        reply = await self.ask(phone, conversation)
        assert reply.cls == "accepted"
        return str(reply.data["otp"])

    async def enter(self, handle: object, code: str, conversation: str = MINE) -> Reply:
        context = _context(conversation, code=code)
        return await self.identity.call("identity.verify_code", {"otp": handle, "code": ""}, context)


def _context(conversation: str, customer: str = "", code: str = "") -> CallContext:
    secrets = {"code": code} if code else {}
    return CallContext(
        call_id="c", bank_ref="r", request_id="q", conversation=conversation, customer=customer, secrets=secrets
    )


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Redis]:
    client = Redis.from_url(redis_url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def desk(database: asyncpg.Pool, redis: Redis) -> Desk:
    return Desk(database, redis)


@pytest.fixture
async def desk_without_redis(database: asyncpg.Pool) -> AsyncIterator[Desk]:
    client = Redis.from_url("redis://127.0.0.1:1")
    yield Desk(database, client, answer_s=0.05)
    await client.aclose()


async def test_the_right_code_proves_whose_phone_it_is_and_binds_the_conversation(desk: Desk) -> None:
    reply = await desk.enter(await desk.handle(OLENA), "110001")
    assert (reply.cls, reply.data) == ("accepted", {"name": "Олена К."})
    assert reply.grant == {"level": "otp", "customer": "cust_1", "name": "Олена К."}
    binding = await desk.customers.binding(MINE)
    assert binding is not None
    assert (binding.customer_id, binding.level) == ("cust_1", "otp")


async def test_a_code_is_sent_before_anybody_learns_whether_the_phone_is_known(desk: Desk) -> None:
    known, unknown = await desk.ask(OLENA), await desk.ask(NOBODY, THEIRS)
    assert known.cls == unknown.cls == "accepted"
    assert set(known.data) == set(unknown.data)
    assert desk.bank.names() == ["bank.send_code", "bank.send_code"]


async def test_an_unknown_customer_is_told_so_only_behind_the_code(desk: Desk) -> None:
    handle = await desk.handle(NOBODY)
    assert (await desk.enter(handle, "000000")).code == "confirmation_wrong"
    reply = await desk.enter(handle, "119999")
    assert (reply.cls, reply.code, reply.grant) == ("refused", "customer_not_found", None)
    assert await desk.customers.binding(MINE) is None


async def test_a_blocked_customer_does_not_get_in(desk: Desk) -> None:
    reply = await desk.enter(await desk.handle(IRYNA), "110003")
    assert (reply.cls, reply.code, reply.grant) == ("refused", "customer_blocked", None)
    assert await desk.customers.binding(MINE) is None


async def test_a_wrong_code_does_not_get_in(desk: Desk) -> None:
    reply = await desk.enter(await desk.handle(OLENA), "999999")
    assert (reply.cls, reply.code, reply.grant) == ("refused", "confirmation_wrong", None)
    assert "bank.find_customer" not in desk.bank.names()


async def test_the_handle_of_one_conversation_is_useless_in_another(desk: Desk) -> None:
    # Given a thief who has seen the victim's handle and knows the code
    handle = await desk.handle(OLENA, MINE)
    reply = await desk.enter(handle, "110001", THEIRS)
    assert (reply.cls, reply.code) == ("refused", "confirmation_expired")
    assert "bank.verify_code" not in desk.bank.names()


async def test_a_code_for_one_phone_never_opens_another_customer(desk: Desk) -> None:
    # Given somebody with two handles, one of a phone of their own
    own, victims = await desk.handle(TARAS), await desk.handle(OLENA)
    assert (await desk.enter(victims, "110002")).code == "confirmation_wrong"
    reply = await desk.enter(own, "110002")
    assert reply.grant is not None
    assert reply.grant["customer"] == "cust_2"


@pytest.mark.parametrize(
    "forged", ["", "otp_1", "v1.AAAA", "v1." + "A" * 100_000, "v9.AAAA", "v².QUFB", None, 5, {"a": 1}]
)
async def test_a_forged_handle_is_only_an_expired_one(desk: Desk, forged: object) -> None:
    await desk.handle(OLENA)
    assert (await desk.enter(forged, "110001")).code == "confirmation_expired"


async def test_a_handle_is_good_for_ten_minutes(desk: Desk) -> None:
    handle = await desk.handle(OLENA)
    desk.clock.advance(10 * 60 * 1000)
    assert (await desk.enter(handle, "999999")).code == "confirmation_wrong"
    desk.clock.advance(1)
    assert (await desk.enter(handle, "110001")).code == "confirmation_expired"


async def test_one_conversation_gets_five_codes_in_a_window(desk: Desk) -> None:
    for n in range(CODES_SENT_MAX):
        assert (await desk.ask(f"+38067222000{n}")).cls == "accepted"
    reply = await desk.ask(OLENA)
    assert (reply.cls, reply.code) == ("refused", "too_many_requests")
    assert len(desk.bank.calls) == CODES_SENT_MAX
    assert (await desk.ask(OLENA, THEIRS)).cls == "accepted"


async def test_one_phone_gets_five_codes_in_a_window_whoever_asks(desk: Desk) -> None:
    for n in range(CODES_SENT_MAX):
        assert (await desk.ask(OLENA, f"telegram:{n}")).cls == "accepted"
    assert (await desk.ask(OLENA, "viber:x=")).code == "too_many_requests"


async def test_the_windows_end_after_fifteen_minutes_and_name_no_phone(desk: Desk) -> None:
    await desk.ask(OLENA)
    keys = [key.decode() for key in await desk.redis.keys("*")]
    assert len(keys) == 2
    assert not any("671110001" in key for key in keys)
    assert [await desk.redis.ttl(key) for key in keys] == [900, 900]
    # And a later request does not move their end.
    await desk.redis.expire(keys[0], 60)
    await desk.ask(OLENA)
    assert await desk.redis.ttl(keys[0]) <= 60


async def test_five_wrong_codes_lock_even_for_the_right_one_and_a_new_handle(desk: Desk) -> None:
    handle = await desk.handle(OLENA)
    for _ in range(WRONG_CODES_MAX):
        assert (await desk.enter(handle, "999999")).code == "confirmation_wrong"
    asked = len(desk.bank.calls)
    assert (await desk.enter(handle, "110001")).code == "confirmation_locked"
    assert len(desk.bank.calls) == asked
    assert (await desk.enter(await desk.handle(OLENA), "110001")).code == "confirmation_locked"


async def test_the_right_code_forgives_the_wrong_ones_before_it(desk: Desk) -> None:
    for _ in range(2):
        handle = await desk.handle(OLENA)
        for _ in range(WRONG_CODES_MAX - 1):
            await desk.enter(handle, "999999")
        assert (await desk.enter(handle, "110001")).cls == "accepted"


async def test_without_redis_people_still_get_in(desk_without_redis: Desk) -> None:
    desk = desk_without_redis
    assert (await desk.enter(await desk.handle(OLENA), "999999")).code == "confirmation_wrong"
    assert (await desk.enter(await desk.handle(OLENA), "110001")).cls == "accepted"


async def test_a_known_customer_needs_not_say_their_phone(desk: Desk) -> None:
    await desk.enter(await desk.handle(OLENA), "110001")
    assert (await desk.ask(customer="cust_1")).cls == "accepted"
    assert desk.bank.calls[-1] == ("bank.send_code", {"phone": OLENA})


async def test_a_known_customer_without_a_phone_must_say_it(desk: Desk) -> None:
    await desk.customers.bind(MINE, Customer(id="cust_1", name="Олена К.", phone="", lang="uk"), "otp")
    reply = await desk.ask(customer="cust_1")
    assert (reply.cls, reply.code) == ("refused", "phone_needed")


async def test_without_phone_and_customer_the_phone_is_asked_for(desk: Desk) -> None:
    assert (await desk.ask()).code == "phone_needed"
    assert desk.bank.calls == []


async def test_a_customer_who_was_never_bound_here_must_say_their_phone(desk: Desk) -> None:
    assert (await desk.ask(customer="cust_77")).code == "phone_needed"


@pytest.mark.parametrize("cls", ["refused", "not_sent", "unknown"])
async def test_what_the_bank_could_not_do_is_passed_on(desk: Desk, cls: str) -> None:
    desk.bank.next_reply = Reply(cls=cls, code="system_unavailable")  # type: ignore[arg-type]
    reply = await desk.ask(OLENA)
    assert (reply.cls, reply.code, reply.data) == (cls, "system_unavailable", {})
    handle = await desk.handle(OLENA)
    desk.bank.next_reply = Reply(cls=cls, code="system_unavailable")  # type: ignore[arg-type]
    assert (await desk.enter(handle, "110001")).cls == cls
    # An outage is no wrong code.
    assert await desk.redis.get(f"attempts:code_wrong:{MINE}") is None


async def test_the_handle_shows_neither_phone_nor_the_banks_id(desk: Desk) -> None:
    handle = await desk.handle(OLENA)
    assert "671110001" not in handle
    assert "otp_1" not in handle


async def test_nothing_secret_in_reprs_and_logs(desk: Desk) -> None:
    with capture_logs() as logs:
        handle = await desk.handle(OLENA)
        await desk.enter(handle, "999999")
        reply = await desk.enter(handle, "110001")
    written = f"{logs} {desk.identity!r} {desk.identity.__dict__['_keyring']!r} {reply!r}"
    for secret in (OLENA, "999999", "110001", "kkkk"):
        assert secret not in written


async def test_the_code_itself_travels_only_among_the_secrets(desk: Desk) -> None:
    await desk.enter(await desk.handle(OLENA), "110001")
    assert all("110001" not in {str(value) for value in args.values()} for _, args in desk.bank.calls)


async def test_what_is_declared_is_what_can_be_called(desk: Desk) -> None:
    declared = {one.name: one.grants for one in desk.identity.declarations()}
    assert declared == {"identity.send_code": "", "identity.verify_code": "otp"}
    assert not desk.identity.resend("identity.send_code").allowed
    assert (await desk.identity.inquire("identity.send_code", {}, _context(MINE))).state == "no_answer"
    with pytest.raises(ValidationFailed, match=r"identity\.none"):
        await desk.identity.call("identity.none", {}, _context(MINE))


async def test_the_row_behind_the_door_is_only_ever_the_actors(desk: Desk) -> None:
    await desk.enter(await desk.handle(OLENA), "110001")
    with pytest.raises(CustomerNotFound):
        await desk.customers.access_customer("cust_2", "cust_1")
