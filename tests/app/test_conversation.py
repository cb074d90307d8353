"""Where the engine meets the rooms: sessions round trip, outcomes become events, the seal is checked once more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.bank import AbsentBank, Catalogue
from app.conversation import Conversation, FixedFlows, bring_outcome, seal_guard, wait_nonce
from app.declarations import catalogue_signatures
from app.flow_folder import WrittenFlows
from core.bank_api.contracts import CallContext
from core.dialog.contracts import BankEvent, CallResult, Event, Grant, InboundEvent, Send
from core.dialog.seal import bind_seal, make_seal
from core.kernel.clock import ManualClock
from core.kernel.errors import ValidationFailed
from core.operations.model import Operation, Outcome
from tests.identity.bank import CodeBank

FLOWS = Path(__file__).resolve().parents[2] / "flows"
NOW = ManualClock().now_ms()
ARGS = {"amount": {"amount": 25000, "currency": "UAH"}, "to": "card_9"}
CONTEXT = CallContext(call_id="c", bank_ref="r", request_id="q")


@pytest.fixture(scope="module")
def conversation() -> Conversation:
    return Conversation(FixedFlows(WrittenFlows(FLOWS, catalogue_signatures()).programs()))


def start(user: str = "1") -> InboundEvent:
    return InboundEvent(
        channel="telegram", conversation=user, user=user, message_id="1", dedupe_key="1", kind="start", sent_at=NOW
    )


def test_a_first_word_makes_a_session_that_goes_on_from_its_stored_form(conversation: Conversation) -> None:
    first = conversation("telegram:1", "", start(), NOW)
    assert any(isinstance(effect, Send) for effect in first.effects)
    assert msgspec.json.decode(first.state)
    second = conversation("telegram:1", first.state, start(), NOW + 1000)
    assert msgspec.json.decode(second.state)["seq"] > msgspec.json.decode(first.state)["seq"]


def test_the_nonce_of_a_wait_is_read_from_the_stored_session(conversation: Conversation) -> None:
    asked = conversation("telegram:1", conversation("telegram:1", "", start(), NOW).state, said("баланс"), NOW)
    nonce = wait_nonce(asked.state)
    assert nonce
    assert f'"nonce":"{nonce}"' in asked.state


def test_the_same_input_always_gives_the_same_decision(conversation: Conversation) -> None:
    assert conversation("telegram:1", "", start(), NOW) == conversation("telegram:1", "", start(), NOW)


def said(text: str) -> InboundEvent:
    return msgspec.structs.replace(start(), kind="text", text=text, dedupe_key=text)


class Inbox:
    def __init__(self) -> None:
        self.brought: list[tuple[str, str, Event]] = []

    async def proceed(self, conversation: str, dedupe_key: str, event: Event) -> None:
        self.brought.append((conversation, dedupe_key, event))


async def bring(**fields: Any) -> tuple[str, str, Event]:
    inbox = Inbox()
    await bring_outcome(inbox)(Outcome(operation_id="op1", conversation="telegram:1", seq=2, **fields))  # type: ignore[arg-type]
    [brought] = inbox.brought
    return brought


async def test_a_result_comes_back_to_its_call_once_for_each_step_of_the_operation() -> None:
    grant = {"level": "otp", "customer": "cust_1", "name": "Олена К."}
    where, key, event = await bring(kind="result", arm="ok", data={"name": "x"}, grant=grant)
    assert (where, key) == ("telegram:1", "op:op1:2")
    assert event == CallResult(
        call="op1", arm="ok", data={"name": "x"}, grant=Grant(level="otp", customer="cust_1", name="Олена К.")
    )


async def test_an_answer_without_an_arm_is_an_unknown_one() -> None:
    _, _, event = await bring(kind="result", reason="error.x")
    assert event == CallResult(call="op1", arm="unknown", reason="error.x")


async def test_later_news_come_as_the_event_that_the_flow_waits_for() -> None:
    data = {"op": "op1", "outcome": "ok"}
    _, _, event = await bring(kind="event", name="bank.settled", data=data)
    assert event == BankEvent(name="bank.settled", data=data)


def operation(seal: Any, args: dict[str, Any] | None = None) -> Operation:
    return Operation(
        id="op1", conversation="telegram:1", customer="cust_1", operation="bank.transfer", effect="money", lang="uk",
        args=args or ARGS, secrets="", seal=seal, bank_ref="r", state="confirmed", attempt=0, inquiry=0, not_found=0,
        not_found_at=None, outcomes=(), reason="", outcome_seq=0, delivered_seq=0, fence=1, created_at=NOW,
        updated_at=NOW, first_attempt_at=None,
    )  # fmt: skip


def sealed(**changes: Any) -> dict[str, Any]:
    seal = make_seal(ARGS, level="otp", auth_at=NOW, flow="card_transfer", revision="r1", now_ms=NOW, ttl_ms=60_000)
    return {**msgspec.to_builtins(bind_seal(seal, {"amount": "amount", "to": "to"})), **changes}


def test_what_was_confirmed_passes() -> None:
    assert seal_guard(ManualClock(NOW))(operation(sealed())) is None


@pytest.mark.parametrize(
    "refused",
    [
        operation(None),
        operation(sealed(digest="0" * 64)),
        operation(sealed(level="none")),
        operation(sealed(values={**ARGS, "to": "card_thief"})),
        operation(sealed(), {**ARGS, "to": "card_thief"}),
        operation(sealed(), {**ARGS, "amount": {"amount": 2500000, "currency": "UAH"}}),
        operation(sealed(), {"amount": ARGS["to"], "to": ARGS["amount"]}),
        operation(sealed(), {"amount": ARGS["amount"]}),
        operation(sealed(args={"amount": "amount", "to": "amount"})),
        operation({"no": "seal"}),
        operation({**sealed(), "values": "text"}),
    ],
    ids=[
        "none",
        "digest",
        "level",
        "values",
        "payee",
        "amount",
        "changed places",
        "left out",
        "bound anew",
        "garbage",
        "type",
    ],
)
def test_anything_else_is_refused_before_it_is_sent(refused: Operation) -> None:
    assert seal_guard(ManualClock(NOW))(refused) == "seal_mismatch"


def test_a_confirmation_that_grew_old_is_refused() -> None:
    guard = seal_guard(ManualClock(NOW + 60_001))
    assert guard(operation(sealed())) == "confirmation_expired"


async def test_the_catalogue_sends_each_call_to_the_room_that_declared_it() -> None:
    catalogue = Catalogue([AbsentBank()])
    assert {one.name for one in catalogue.declarations()} >= {"bank.send_code", "bank.balance"}
    reply = await catalogue.call("bank.balance", {}, CONTEXT)
    assert (reply.cls, reply.code) == ("refused", "bank_unavailable")
    assert (await catalogue.inquire("bank.balance", {}, CONTEXT)).state == "no_answer"
    assert not catalogue.resend("bank.balance").allowed


async def test_an_operation_nobody_declared_is_refused_in_words() -> None:
    catalogue = Catalogue([CodeBank()])
    with pytest.raises(ValidationFailed, match=r"bank\.nothing"):
        await catalogue.call("bank.nothing", {}, CONTEXT)
    with pytest.raises(ValidationFailed):
        await catalogue.inquire("bank.nothing", {}, CONTEXT)
    with pytest.raises(ValidationFailed):
        catalogue.resend("bank.nothing")
