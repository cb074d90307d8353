"""What is looked at in every turn, rule by rule, on turns that no sound engine makes."""

from __future__ import annotations

from typing import Any

import pytest

from core.dialog.contracts import (
    BankEvent,
    Call,
    CallResult,
    Event,
    InboundEvent,
    OutboundMessage,
    Send,
    TicketClosed,
    TimerFired,
)
from core.dialog.engine import Turned
from core.dialog.flowtest.watch import MOST_BYTES, Watch
from core.dialog.session import Frame, OpenCall, Person, Session, Wait

FRAME = Frame(id="F1", flow="small", rev="r1", step="ask")
CONFIRM = Wait(nonce="b:AAAAAAAA", kind="confirm", until=50, deadline=50)
HELLO = Send(OutboundMessage(text="Hello"))


def standing(**more: Any) -> Session:
    return Session(**{"id": "sms:1", "stack": [FRAME], "wait": CONFIRM, **more})


def text(**more: Any) -> InboundEvent:
    fields: dict[str, Any] = {"channel": "sms", "conversation": "1", "user": "1", "message_id": "1", "dedupe_key": "1"}
    return InboundEvent(**{**fields, "kind": "text", "sent_at": 0, **more})


def seen(
    before: Session | None, event: Event, session: Session, *effects: Any, wake_at: int = 50, **journal: Any
) -> list[str]:
    turned = Turned(
        session=session, effects=effects, journal=journal, said_by=((),) * len(effects), wake_at=wake_at
    )  # fmt: skip
    return [finding.rule for finding in Watch().saw(before, event, turned)]


def pay(identity: str) -> Call:
    return Call(id=identity, operation="transfer", args={}, effect="money")


def test_a_turn_that_answers_is_sound() -> None:
    assert seen(standing(), text(), standing(), HELLO) == []


@pytest.mark.parametrize(
    "event",
    [
        CallResult(call="C1", arm="ok"),
        BankEvent(name="bank.settled", data={}),
        TimerFired("b:AAAAAAAA"),
        TicketClosed("T1"),
    ],
)
def test_whoever_waited_hears_what_ended_the_wait(event: Event) -> None:
    wait = Wait(nonce="b:AAAAAAAA", kind="call", until=50, deadline=50, call="C1")
    person = Person(ticket="T1", queue="experts", frames=[FRAME])
    before = standing(wait=wait, person=person)

    assert seen(before, event, Session(id="sms:1"), arms=["small.ask:ok"]) == ["silence"]
    assert seen(before, event, Session(id="sms:1"), HELLO, arms=["small.ask:ok"]) == []


def test_a_flow_that_begins_by_itself_may_end_without_a_word() -> None:
    assert seen(Session(id="sms:1"), TimerFired(""), Session(id="sms:1"), arms=["survey.how:else"]) == []


def test_only_people_answer_where_they_have_the_conversation_and_albums_are_answered_once() -> None:
    muted = Session(id="sms:1", muted=True)

    assert seen(muted, text(), muted) == []
    assert seen(standing(), text(kind="media"), standing(), notes=["rest of an album"]) == []
    assert seen(standing(), text(), standing()) == ["silence"]
    assert seen(standing(), text(should_reply=False), standing(), HELLO) == ["silence"]


@pytest.mark.parametrize(
    ("session", "wake_at"),
    [
        (standing(wait=None), 50),
        (standing(), 0),
        (standing(wait=Wait(nonce="b:AAAAAAAA", kind="ask", until=50, deadline=60)), 60),
        (Session(id="sms:1", muted=True), 0),
    ],
)
def test_nothing_is_waited_for_without_an_end(session: Session, wake_at: int) -> None:
    assert seen(None, text(), session, HELLO, wake_at=wake_at) == ["deadline"]


def test_a_session_stays_small_and_readable() -> None:
    large = standing(name="x" * MOST_BYTES)
    unlike = standing(customer=7)
    other = standing(stack=[Frame(id="F1", flow="small", rev="r1", step="ask", slots={"pair": (1, 2)})])

    assert seen(None, text(), large, HELLO) == ["session"]
    assert seen(None, text(), unlike, HELLO) == ["session"]
    assert seen(None, text(), other, HELLO) == ["session"]


def test_one_yes_is_one_payment() -> None:
    agreed = {"arms": ["small.ask:yes"]}

    assert seen(standing(), text(), standing(), pay("C1"), **agreed) == []
    assert seen(standing(), text(), standing(), pay("C1"), pay("C2"), **agreed) == ["second_money_call"]
    assert seen(standing(), text(), standing(), pay("C1")) == ["second_money_call"]


def test_what_has_not_ended_is_not_tried_again_by_the_same_flow() -> None:
    def after(frame: str) -> Session:
        return standing(
            open={
                "C1": OpenCall(operation="transfer", flow="small", frame="F1"),
                "C2": OpenCall(operation="transfer", flow="small", frame=frame),
            }
        )

    assert seen(standing(), text(), after("F1"), pay("C2"), arms=["small.ask:yes"]) == ["second_money_call"]
    assert seen(standing(), text(), after("F2"), pay("C2"), arms=["small.ask:yes"]) == []
