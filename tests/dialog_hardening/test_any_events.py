"""Anything may happen in any order, over every shipped flow: no error, no silence, no money unasked, no secret kept."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from core.dialog.compiler import compile_folder
from core.dialog.contracts import Contact, Grant, Media
from core.dialog.program import ProgramSet
from tests.dialog_hardening.bank_answers import answers
from tests.dialog_hardening.shipped import CATALOGUE, FLOWS
from tests.dialog_hardening.street import CODE, PANS, Street

WORDS = (
    "скасувати",
    "отмена",
    "адмяніць",
    "cancel",
    "назад",
    "вярнуцца",
    "back",
    "допомога",
    "справка",
    "help",
    "меню",
    "menu",
    "оператор",
    "чалавек",
    "human",
    "/menu",
    "/transfer",
    "/balance",
    "/language",
    "/start",
    "/nothing",
)
WISHES = ("переказ", "переведи 200", "перавядзі 300 грн", "send money", "баланс", "скільки грошей", "мова", "language")
ANSWERS = (
    "так",
    "нет",
    "yes",
    "ні, 50",
    "не, 120 грн",
    "1",
    "2",
    "100",
    "99,50",
    "дві тисячі",
    "0",
    "-5",
    "1e9",
    "99999999999",
    "0501234567",
    "+380671234567",
    "Visa ··1000",
    "UA213223130000026007233566001",
    "2026-01-01",
    "завтра",
    "Українська",
)
ODD = (
    "",
    " ",
    "\u200b",
    "{amount}",
    "b:12345678.0",
    "b:x",
    "x" * 5000,
    "🙂" * 300,
    "\x00\x07",
    "/",
    "٣٤",
    "\ud800",
    "0" * 400,
)
WITH_CARDS = (
    PANS[0],
    "4111 1111 1111 1111",
    "карта 5555-5555-5555-4444 дякую",
    "3782 822463 10005 100",
    f"так {PANS[1]}",
)
WITH_CODE = (CODE, f"код {CODE}", f"{CODE[:3]} {CODE[3:]}", f"my code is {CODE}")
CARD = {
    "id": "c1",
    "name": "Visa",
    "pan": "414949******1234",
    "currency": "UAH",
    "available": {"amount": 50_000, "currency": "UAH"},
}
FEE = {"amount": 500, "currency": "UAH"}
SIGN_IN_AND_QUOTE: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"otp": "o1"}, (CODE,)),
    ({"name": "Анна"}, ()),
    ({"items": [CARD]}, ("1",)),
    ({"items": []}, ("0501234567", "{amount}")),
    ({"fee": FEE, "total": FEE, "payee": "Olha K.", "quote": "q1"}, ()),
)
SILENT = ("edit", "delete", "reaction", "status", "blocked", "unblocked", "echo", "system", "ignored")


@cache
def programs() -> ProgramSet:
    compilation = compile_folder(FLOWS, [operation.signature for operation in CATALOGUE.values()])
    assert compilation.programs is not None
    return compilation.programs


class AnythingHappens(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.street = Street(programs())

    @initialize(lang=st.sampled_from(("uk", "ru", "be", "en", "de", "")))
    def first_contact(self, lang: str) -> None:
        self.street.inbound(kind="start", lang=lang)

    @rule(text=st.sampled_from(WORDS + WISHES + ANSWERS + ODD))
    def says(self, text: str) -> None:
        self.street.inbound(kind="text", text=text)

    @rule(text=st.text(max_size=30))
    def types_anything(self, text: str) -> None:
        self.street.inbound(kind="text", text=text)

    @rule(text=st.sampled_from(WITH_CARDS), kind=st.sampled_from(("text", "text", "media", "start")))
    def writes_a_card_number(self, text: str, kind: str) -> None:
        if kind == "media":
            self.street.inbound(kind="media", media=Media(kind="photo", ref="r", caption=text))
        else:
            self.street.inbound(kind=kind, text=text, payload=text)

    @precondition(lambda self: not self.street.asks_for_sum)
    @rule(text=st.sampled_from(WITH_CODE))
    def writes_a_code(self, text: str) -> None:
        self.street.inbound(kind="text", text=text)

    @rule(
        phone=st.sampled_from(("+380501112233", "0501112233", "", "x", PANS[0])),
        proof=st.sampled_from(("own", "own", "foreign", "unproven")),
        name=st.sampled_from(("Анна", "", PANS[1])),
    )
    def shares_a_contact(self, phone: str, proof: str, name: str) -> None:
        self.street.inbound(kind="contact", contact=Contact(phone=phone, proof=proof, name=name))  # type: ignore[arg-type]

    @rule(
        kind=st.sampled_from(("photo", "voice", "document", "sticker")), caption=st.sampled_from(("", "переказ", "100"))
    )
    def sends_media(self, kind: str, caption: str) -> None:
        self.street.inbound(kind="media", media=Media(kind=kind, ref="r", caption=caption))

    @rule(
        kind=st.sampled_from(("location", "referral", "unsupported", "start")),
        payload=st.sampled_from(("", "t", "b", "t_x", "?")),
    )
    def does_something_else(self, kind: str, payload: str) -> None:
        self.street.inbound(kind=kind, payload=payload)

    @rule(kind=st.sampled_from(SILENT), text=st.sampled_from(("", "переказ", CODE, PANS[0])))
    def nothing_to_answer(self, kind: str, text: str) -> None:
        self.street.inbound(kind=kind, text=text, should_reply=False)

    @precondition(lambda self: self.street.wait is not None and self.street.wait.options)
    @rule(data=st.data())
    def presses_a_button(self, data: st.DataObject) -> None:
        wait = self.street.wait
        assert wait is not None
        place = data.draw(st.integers(0, len(wait.options) - 1))
        self.street.inbound(kind="button", payload=f"{wait.nonce}.{place}")

    @precondition(lambda self: self.street.tokens)
    @rule(data=st.data(), twice=st.booleans())
    def presses_an_old_button(self, data: st.DataObject, twice: bool) -> None:
        token = data.draw(st.sampled_from([*self.street.tokens[-30:], "b:0.0", "", "b:.", "9" * 300]))
        for _ in range(2 if twice else 1):
            self.street.inbound(kind="button", payload=token)

    @precondition(lambda self: self.street.calls)
    @rule(data=st.data())
    def the_bank_answers(self, data: st.DataObject) -> None:
        call = self.street.calls[-1]
        self.street.answer(call, *data.draw(answers(call)))

    @precondition(lambda self: self.street.calls)
    @rule(data=st.data(), twice=st.booleans())
    def an_old_answer_comes(self, data: st.DataObject, twice: bool) -> None:
        call = data.draw(st.sampled_from(self.street.calls[-12:]))
        answer = data.draw(answers(call))
        for _ in range(2 if twice else 1):
            self.street.answer(call, *answer)

    @precondition(lambda self: self.street.calls)
    @rule(data=st.data(), outcome=st.sampled_from(("ok", "refused", "pending", "", None)), pan=st.booleans())
    def the_bank_makes_known(self, data: st.DataObject, outcome: str | None, pan: bool) -> None:
        call = data.draw(
            st.sampled_from([*(c for c in self.street.calls if c.effect != "none"), self.street.calls[-1]])
        )
        event = {"op": call.id, "reference": "R9", "at": "2026-11-22T10:00:00+00:00", "reason": "error.limit_exceeded"}
        if outcome is not None:
            event["outcome"] = outcome
        if pan:
            event["note"] = f"from {PANS[0]}"
        self.street.bank_event(event)

    @rule(seconds=st.sampled_from((1, 95, 120, 1000, 43_300, 90_000)), fires=st.sampled_from((True, True, False)))
    def time_passes(self, seconds: int, fires: bool) -> None:
        self.street.now += seconds * 1000
        if fires and self.street.wait is not None:
            self.street.timer(self.street.wait.nonce)

    @precondition(lambda self: self.street.nonces)
    @rule(data=st.data())
    def an_old_timer_fires(self, data: st.DataObject) -> None:
        self.street.timer(data.draw(st.sampled_from(self.street.nonces[-20:])))


class MoneyHappens(AnythingHappens):
    """The same, begun in front of a confirmation: most of what can go wrong with money lies behind it."""

    @initialize(lang=st.sampled_from(("uk", "ru", "be", "en")), amount=st.sampled_from(("100", "99,50")))
    def first_contact(self, lang: str, amount: str) -> None:
        street = self.street
        street.inbound(kind="start", lang=lang)
        street.inbound(kind="text", text="/transfer")
        street.inbound(kind="contact", contact=Contact(phone="+380501112233", proof="own"))
        for data, replies in SIGN_IN_AND_QUOTE:
            call = street.calls[-1]
            grant = Grant(level="otp", customer="anna", name="Анна") if call.operation.endswith("verify_code") else None
            street.answer(call, "ok", data, "", grant)
            for reply in replies:
                street.inbound(kind="text", text=reply.format(amount=amount))
        assert street.wait is not None
        assert street.wait.kind == "confirm"


def test_a_payment_is_seen_and_compared_with_what_was_shown() -> None:
    street = MoneyHappens()
    street.first_contact("uk", "100")

    street.says("так")

    assert [call.operation for call in street.street.calls if call.effect == "money"] == ["bank.transfer"]
    assert len(street.street.agreed) == 1


TestAnythingHappens = AnythingHappens.TestCase
TestMoneyHappens = MoneyHappens.TestCase
TestAnythingHappens.settings = settings(
    max_examples=120, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMoneyHappens.settings = settings(
    max_examples=120, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
