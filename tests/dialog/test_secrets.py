"""No card number and no one-time code in a session or in the journal, whatever a customer does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.dialog.contracts import Grant, TimerFired
from core.dialog.program import ProgramSet
from core.kernel.masking import find_card_numbers
from tests.dialog.compiled import programs_with
from tests.dialog.conversation import CARDS, QUOTE, Conversation

PROGRAMS: ProgramSet = programs_with()
PANS = ["4111 1111 1111 1111", "5555555555554444", "моя картка 4012-8888-8888-1881 ось", "6011 0009 9013 9424"]
CODE = "739154"


@pytest.mark.parametrize("text", PANS)
def test_a_card_number_in_the_chat_is_deleted_and_stored_nowhere(text: str) -> None:
    talk = Conversation(PROGRAMS).at_amount()

    talk.says(text)

    assert talk.messages[0].delete == str(talk._count)
    assert "номери карток не можна писати в чат" in talk.said
    assert talk.step == "card_transfer.sum"
    assert talk.session.stack[-1].tries == 0
    assert not _digits_of(text) & _numbers(talk)


def test_a_card_number_as_the_first_message_is_not_kept_either() -> None:
    talk = Conversation(PROGRAMS)

    talk.says(PANS[0])

    assert talk.messages[0].delete == "1"
    assert talk.step == "welcome.language"
    assert not _digits_of(PANS[0]) & _numbers(talk)


def test_a_code_goes_to_the_bank_and_nowhere_else() -> None:
    talk = Conversation(PROGRAMS).welcomed()
    talk.starts("t")
    talk.shares("+380501112233")
    talk.bank_answers(data={"otp_id": "o1"})

    talk.says(CODE)

    call = talk.calls[-1]
    assert call.secrets == {"code": CODE}
    assert call.args == {"otp_id": "o1"}
    assert talk.messages[0].delete == str(talk._count)
    assert all(CODE not in stored for stored in talk.history)


@pytest.mark.parametrize("wrong", ["hello", "12", "1234567890"])
def test_what_is_typed_for_a_secret_is_deleted_even_when_it_is_wrong(wrong: str) -> None:
    talk = Conversation(PROGRAMS).welcomed()
    talk.starts("t")
    talk.shares("+380501112233")
    talk.bank_answers(data={"otp_id": "o1"})

    talk.says(wrong)

    assert talk.messages[0].delete == str(talk._count)
    assert talk.said == "Код складається з цифр"
    assert all(f'"{wrong}"' not in stored and f"'{wrong}'" not in stored for stored in talk.history)


@pytest.mark.parametrize("after", ["while the bank checks it", "when nobody asks for it any more"])
def test_a_code_typed_a_second_time_stays_out_of_the_journal_too(after: str) -> None:
    talk = Conversation(PROGRAMS).welcomed()
    talk.starts("t")
    talk.shares("+380501112233")
    talk.bank_answers(data={"otp_id": "o1"})
    talk.says(CODE)
    if after.startswith("when"):
        talk.bank_answers(grant=Grant(level="otp", customer="cust_1"))
        talk.bank_answers(data={"cards": []})

    talk.says(CODE)

    assert all(CODE not in stored for stored in talk.history)


def test_a_card_number_that_the_bank_says_in_plain_text_is_masked_before_it_is_stored() -> None:
    talk = Conversation(PROGRAMS).at_amount()
    talk.says("200")

    talk.bank_answers(data={**QUOTE, "payee": "Olha 4111111111111111"})

    assert "4111111111111111" not in talk.history[-1]
    assert talk.slots()["payee"] == "Olha ••••1111"


def _digits_of(text: str) -> set[str]:
    return {"".join(re.findall(r"\d", text))}


def _numbers(talk: Conversation) -> set[str]:
    found = set()
    for stored in talk.history:
        for start, end in find_card_numbers(stored):
            found.add("".join(re.findall(r"\d", stored[start:end])))
    return found


WORDS = ["так", "ні", "назад", "скасувати", "меню", "оператор", "допомога", "200", "0501234567", "/card", ""]
MOVES = st.one_of(
    st.tuples(st.just("says"), st.sampled_from([*WORDS, *PANS])),
    st.tuples(st.just("says"), st.text(max_size=30)),
    st.tuples(st.just("code"), st.just(CODE)),
    st.tuples(st.just("starts"), st.sampled_from(["", "t", "4111111111111111", "t_5555555555554444"])),
    st.tuples(st.just("shares"), st.sampled_from(["+380501112233", "4111111111111111", "nonsense"])),
    st.tuples(st.just("media"), st.sampled_from(["photo 4111111111111111", ""])),
    st.tuples(st.just("presses"), st.integers(0, 5)),
    st.tuples(st.just("old"), st.integers(0, 30)),
    st.tuples(st.just("bank"), st.sampled_from(["ok", "refused", "pending", "unknown"])),
    st.tuples(st.just("settles"), st.sampled_from(["ok", "refused"])),
    st.tuples(st.just("timer"), st.just(0)),
    st.tuples(st.just("time"), st.integers(1, 10**8)),
)
SUMS = ("card_transfer.sum", "card_transfer.review")
DATA: dict[str, dict[str, Any]] = {
    "my_cards": CARDS,
    "quote": QUOTE,
    "send_code": {"otp_id": "o1"},
    "transfer": {"reference": "R1"},
}


class Walk:
    """A customer who does anything at all, with a bank that answers anything at all."""

    def __init__(self) -> None:
        self.talk = Conversation(PROGRAMS)
        self.answered: set[str] = set()
        self.tokens: list[str] = []

    def is_asked_for_the_code(self) -> None:
        self.talk.welcomed().starts("t")
        self.talk.shares("+380501112233")
        self.talk.bank_answers(data={"otp_id": "o1"})

    def move(self, kind: str, value: Any) -> None:
        getattr(self, f"_{kind}")(value)

    def _says(self, text: str) -> None:
        self.talk.says(text)

    def _code(self, code: str) -> None:
        """Typed too early, too late or where it is asked for; where a sum may be said the six digits are a sum."""
        stack = self.talk.session.stack if self.talk.history else []
        if not stack or self.talk.step not in SUMS:
            self.talk.says(code)

    def _starts(self, payload: str) -> None:
        self.talk.starts(payload)

    def _shares(self, phone: str) -> None:
        self.talk.shares(phone, name=phone)

    def _media(self, caption: str) -> None:
        self.talk.inbound(kind="media", text=caption)

    def _old(self, place: int) -> None:
        if place < len(self.tokens):
            self.talk.presses(self.tokens[place])

    def _settles(self, outcome: str) -> None:
        if self.talk.called("transfer"):
            self.talk.bank_settles(outcome)

    def _timer(self, _: int) -> None:
        if self.talk.history and self.talk.session.wait is not None:
            self.talk.timer_fires()

    def _time(self, milliseconds: int) -> None:
        self.talk.time_passes(milliseconds)
        if self.talk.history:
            self.talk.happens(TimerFired("AAAAAAAA"))

    def _presses(self, place: int) -> None:
        wait = self.talk.session.wait if self.talk.history else None
        if wait is not None and wait.options:
            token = f"{wait.nonce}.{place % len(wait.options)}"
            self.tokens.append(token)
            self.talk.presses(token)

    def _bank(self, arm: str) -> None:
        waiting = [call for call in self.talk.calls if call.id not in self.answered]
        if waiting:
            call = waiting[-1]
            self.answered.add(call.id)
            self.talk.calls.remove(call)
            self.talk.calls.append(call)
            grant = Grant(level="otp", customer="cust_1") if call.operation == "verify_code" and arm == "ok" else None
            self.talk.bank_answers(arm, DATA.get(call.operation, {}), "error.other", grant)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 7), st.lists(MOVES, max_size=25))
def test_whatever_a_customer_does_money_is_confirmed_and_secrets_are_not_kept(
    start: int, moves: list[tuple[str, Any]]
) -> None:
    walk = Walk()
    ways = [
        lambda: None,
        walk.talk.welcomed,
        walk.talk.at_cards,
        walk.talk.at_amount,
        walk.talk.at_review,
        walk.talk.at_pay,
        walk.talk.at_settle,
        walk.is_asked_for_the_code,
    ]
    ways[start]()
    for kind, value in moves:
        walk.move(kind, value)

    assert not {"4111111111111111", "5555555555554444", "4012888888881881", "6011000990139424"} & _numbers(walk.talk)
    assert all(CODE not in stored for stored in walk.talk.history)
    money = walk.talk.called("transfer")
    assert len({call.id for call in money}) == len(money)
    assert all(call.seal is not None and call.customer == "cust_1" for call in money)
