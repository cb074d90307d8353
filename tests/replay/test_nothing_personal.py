"""A law: whatever a customer types or shares and whatever the bank answers, no row of the journal holds it."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from core.dialog.contracts import Call, CallResult, Contact, Grant, InboundEvent, Media
from core.dialog.engine import turn
from core.dialog.recording.words import Words
from core.dialog.replay.compare import compare
from core.dialog.replay.player import ready
from core.dialog.session import Session, decode_session, encode_session
from core.kernel.masking import luhn
from tests.dialog_hardening.test_any_events import programs
from tests.replay.recorder import Recorder

NOW = 1_795_000_000_000
NAMES = ("Оксана Петренко", "Rostyslav", "Зоряна", "MYKOLA HRYHORENKO", "Янка Купала", "ośka")
FIRST_WORDS = ("мене звати {}", "{}", "переказ для {}", "{} 200 грн", "this is {}", "перекажи 150 {}", "код {}", "/{}")


@cache
def prepared() -> Any:
    return ready(programs())


class Person:
    """One customer with one bank, and the journal that they leave."""

    def __init__(self) -> None:
        self.recorder = Recorder()
        self.session: Session | None = None
        self.calls: list[Call] = []

    def happens(self, event: Any) -> None:
        turned = turn(programs(), self.session, event, NOW)
        self.session = decode_session(encode_session(turned.session))
        self.calls += [effect for effect in turned.effects if isinstance(effect, Call)]
        self.recorder.keep(turned, NOW)

    def does(self, kind: str, **fields: Any) -> None:
        self.happens(
            InboundEvent(
                channel="telegram", conversation="7", user="7", message_id="1", dedupe_key="1", sent_at=NOW,
                kind=kind, **fields,  # type: ignore[arg-type]
            )
        )  # fmt: skip

    def says(self, text: str) -> None:
        self.does("text", text=text)

    def hears(self, data: dict[str, Any], grant: Grant | None = None, arm: Any = "ok", reason: str = "") -> None:
        self.happens(CallResult(call=self.calls[-1].id, arm=arm, data=data, reason=reason, grant=grant))

    def presses(self, place: int) -> None:
        assert self.session is not None
        assert self.session.wait is not None
        self.does("button", payload=f"{self.session.wait.nonce}.{place}")


def played_again(person: Person) -> list[Any]:
    verdicts = [compare(talk, prepared()) for talk in person.recorder.talks()]
    return [verdict for verdict in verdicts if verdict.parting or verdict.unknown or verdict.kinds]


def digits(text: str) -> str:
    return "".join(re.findall(r"\d", text))


@st.composite
def cards(draw: st.DrawFn) -> str:
    """A number that satisfies Luhn's check, written as people write them."""
    body = draw(st.text("123456789", min_size=14, max_size=14))
    number = "4" + body
    number += next(figure for figure in "0123456789" if luhn(number + figure))
    gap = draw(st.sampled_from(("", " ", "-")))
    return gap.join(number[n : n + 4] for n in range(0, 16, 4))


phones = st.builds(lambda rest: f"+38067{rest}", st.text("123456789", min_size=7, max_size=7))
codes = st.text("123456789", min_size=6, max_size=6)


# Moments of the bank, and ids of calls and revisions: they may look like anything by chance, and are nobody's.
_NOBODYS = re.compile(r'\d{4}-\d\d-\d\dT[\d:]*Z?|"(?=[0-9]*[A-Z])[0-9A-Z]{8}(?:[0-9A-Z]{4})?"')


def assert_absent(written: str, *secrets: str) -> None:
    """No group of five figures, and no word of a name, is in the text."""
    figures = re.sub(r"[\s.\-]", "", _NOBODYS.sub("", written))
    for secret in secrets:
        for group in re.findall(r"\d{5,}", digits(secret)):
            for start in range(len(group) - 4):
                assert group[start : start + 5] not in figures, f"{secret!r} is in the journal"
        for word in re.findall(r"[^\W\d_]{4,}", secret):
            assert word.casefold() not in written.casefold(), f"{secret!r} is in the journal"


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    phone=phones,
    target=phones,
    code=codes,
    card=cards(),
    name=st.sampled_from(NAMES),
    first=st.sampled_from(FIRST_WORDS),
)
def test_law_a_whole_transfer_leaves_nothing_of_the_people_in_it(
    phone: str, target: str, code: str, card: str, name: str, first: str
) -> None:
    assume(digits(code) not in digits(phone + target + card))
    person = Person()
    person.does("start", payload=f"t_{phone[1:]}")
    person.says(first.format(name))
    person.says(f"моя картка {card}")
    person.says("скасувати")
    person.says("/transfer")
    person.says(code)
    person.does("contact", contact=Contact(phone=phone, name=name, proof="own"))
    person.hears({"otp": "o1"})
    person.says(code)
    person.hears({"name": name}, Grant(level="otp", customer="cust_1", name=name))
    pan = digits(card)
    person.hears(
        {
            "items": [
                {"id": "c1", "name": name, "pan": f"{pan[:6]}******{pan[-4:]}", "currency": "UAH",
                 "available": {"amount": 50_000, "currency": "UAH"}},
            ]
        }
    )  # fmt: skip
    person.says(code)
    person.presses(0)
    saved = {"name": name, "phone": target, "masked": pan[-8:], "card_token": "t1", "card_id": ""}
    person.hears({"items": [saved]})
    person.says(f"{name} {target}")
    person.says(target)
    person.says(f"{name}!")
    person.does("media", media=Media(kind="photo", ref=f"file-{phone}", caption=name))
    person.says("100")
    fee = {"amount": 500, "currency": "UAH"}
    person.hears({"fee": fee, "total": fee, "payee": name, "quote": "q1", "first_time": False, "note": target})
    person.says(f"код {code}")
    person.says("так")
    person.hears({"reference": "R1", "at": "2026-11-22T10:00:00Z"}, arm="refused", reason=f"{name} {target}")

    assert_absent(person.recorder.text, phone, target, code, card, name)
    assert played_again(person) == []


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(texts=st.lists(st.one_of(phones, codes, cards(), st.sampled_from(NAMES), st.text(max_size=40)), max_size=6))
def test_law_words_of_any_kind_are_masked_and_mean_the_same_when_they_are_played_again(texts: list[str]) -> None:
    person = Person()
    person.does("start")
    for text in texts:
        person.says(text)

    # Where a sum is asked for figures are a sum; nowhere here was one.
    assert_absent(person.recorder.text, *(text for text in texts if not re.search(r"[^\W\d_]", text)))
    assert_absent(person.recorder.text, *(text for text in texts if text in NAMES))
    assert played_again(person) == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("переказ", ("переказ", True)),
        ("Покажи баланс!", ("покажи баланс!", True)),
        ("перекажи Зоряні", ("перекажи хххххх", False)),
        ("call me Rostyslav", ("call me xxxxxxxxx", False)),
        ("0671234567", ("0000000000", False)),
        ("/transfer", ("/transfer", True)),
        ("/zoryana", ("/xxxxxxx", False)),
    ],
)
def test_only_words_that_the_bank_knows_are_kept(said: str, kept: tuple[str, bool]) -> None:
    assert programs().words.kept(said) == kept


@pytest.mark.parametrize(
    ("said", "sum_words", "kept"),
    [
        ("перекажи 2500", "2500", ("перекажи 2500", True)),
        ("перекажи 2500 Зоряні", "2500", ("перекажи 2500 хххххх", False)),
        ("переказ 5к", "5к", ("переказ 5к", True)),
        ("переказ 067 123 45 67", "067 123 45 67", ("переказ 000 000 00 00", False)),
        ("перекажи 2500", "", ("перекажи 0000", False)),
    ],
)
def test_figures_are_kept_only_as_a_sum_that_was_asked_for(said: str, sum_words: str, kept: tuple[str, bool]) -> None:
    assert programs().words.kept(said, sum_words) == kept


def test_a_word_that_a_flow_compares_with_is_kept() -> None:
    words = Words(literals=frozenset(("blocked",)))
    assert "blocked" in words.literals
    assert {"uk", "none"} & programs().words.literals
