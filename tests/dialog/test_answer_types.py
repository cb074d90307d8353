"""Every type that can be asked for: what is taken, what counts as a try, the way out, and days by their words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

import pytest

from tests.dialog.compiled import problems_of, programs_with, replaced
from tests.dialog.conversation import Conversation
from tests.dialog.small_flows import begun

ASK: Final = """\
flow: asking
entry: {command: asking}
slots: {answer: TYPE, more: text}
steps:
  - {id: one, ask: answer, text: "Question?", wrong: Not this, tries: 3, else: lost}
  - {id: two, say: "Thank you, {answer}", end: done}
  - {id: lost, say: Let us leave it, end: failed}
"""
CHOICE: Final = replaced(
    "wrong: Not this", "wrong: Not this, choices: [{value: pay, label: Pay}, {value: wait, label: Wait a day}]", ASK
)
SECRET: Final = """\
flow: asking
entry: {command: asking}
slots: {answer: secret}
steps:
  - {id: one, ask: answer, text: "Code?", wrong: Not this, tries: 3, else: lost}
  - {id: check, call: bank.verify_code, with: {otp_id: '"o1"', code: answer}, on: {refused: lost, unknown: lost}}
  - {id: two, say: Thank you, end: done}
  - {id: lost, say: Let us leave it, end: failed}
"""


def flow_of(kind: str) -> str:
    if kind == "choice":
        return replaced("TYPE", kind, CHOICE)
    return SECRET if kind == "secret" else replaced("TYPE", kind, ASK)


RIGHT: Final[list[tuple[str, str, Any]]] = [
    ("text", "at noon", "at noon"),
    ("id", " R-77 ", "R-77"),
    ("int", "двадцять два", 22),
    ("bool", "ні", False),
    ("date", "31 березня 2027", "2027-03-31"),
    ("phone", "067 123 45 67", "+380671234567"),
    ("iban", "UA21 3223 1300 0002 6007 2335 6600 1", "UA213223130000026007233566001"),
    ("choice", "2", "wait"),
    ("choice", "wait a dya", "wait"),
]
WRONG: Final = [
    ("text", "\u200b"),
    ("id", "   "),
    ("int", "двадцять з половиною"),
    ("bool", "мабуть"),
    ("date", "31.02.2027"),
    ("phone", "0671"),
    ("iban", "UA21 3223 1300"),
    ("choice", "sell"),
    ("secret", "12"),
]


@pytest.mark.parametrize(("kind", "said", "stored"), RIGHT)
def test_an_answer_of_the_type_is_taken(kind: str, said: str, stored: Any) -> None:
    talk = begun(flow_of(kind).replace('say: "Thank you, {answer}", end: done', 'ask: more, text: "{answer}?"'))

    talk.says(said)

    assert talk.slots()["answer"] == stored


@pytest.mark.parametrize(("kind", "said"), WRONG)
def test_what_is_not_of_the_type_is_asked_for_again_until_the_way_out(kind: str, said: str) -> None:
    talk = begun(flow_of(kind))

    for _ in range(2):
        talk.says(said)
        assert "Not this" in talk.said
        assert talk.step == "asking.one"
    talk.says(said)

    assert "Let us leave it" in talk.said
    assert talk.session.stack == []


def test_a_secret_goes_into_the_call_and_the_flow_goes_on() -> None:
    talk = begun(SECRET)

    talk.says("402817")
    assert talk.calls[-1].secrets == {"code": "402817"}
    talk.bank_answers()

    assert talk.said == "Thank you"


DATE: Final = replaced("wrong: Not this", "wrong: Not this, hints: [today, tomorrow, 2026-12-31]", flow_of("date"))


def at(moment: str, lang: str = "uk") -> Conversation:
    """Asked for a day at this moment (UTC)."""
    talk = Conversation(programs_with(DATE.replace('say: "Thank you, {answer}", end: done', 'ask: more, text: "?"')))
    talk.welcomed()
    talk.now = int(datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp() * 1000)
    session = talk.session
    session.lang = lang
    talk.stands_at(session)
    talk.says("/asking")
    return talk


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        ("uk", ["Сьогодні, 18 листопада", "Завтра, 19 листопада", "31 грудня 2026\u202fр."]),
        ("ru", ["Сегодня, 18 ноября", "Завтра, 19 ноября", "31 декабря 2026\u202fг."]),
        ("be", ["Сёння, 18 лістапада", "Заўтра, 19 лістапада", "31 снежня 2026\u202fг."]),
        ("en", ["Today, November 18", "Tomorrow, November 19", "December 31, 2026"]),
    ],
)
def test_days_worth_one_tap_are_named_in_the_language_of_the_customer(lang: str, labels: list[str]) -> None:
    talk = at("2026-11-18T10:00:00", lang)

    assert [option.label.replace("\u00a0", "\u202f") for option in talk.wait.options] == labels
    talk.taps("2026-11-19")
    assert talk.slots()["answer"] == "2026-11-19"


@pytest.mark.parametrize(
    ("moment", "said", "day"),
    [
        ("2026-11-18T21:59:00", "сьогодні", "2026-11-18"),
        ("2026-11-18T22:00:00", "сьогодні", "2026-11-19"),
        ("2026-11-18T22:00:00", "завтра", "2026-11-20"),
        ("2026-07-31T21:00:00", "today", "2026-08-01"),
        ("2026-07-31T20:59:00", "сёння", "2026-07-31"),
    ],
)
def test_the_day_is_that_of_kyiv_in_winter_and_summer(moment: str, said: str, day: str) -> None:
    talk = at(moment)

    talk.says(said)

    assert talk.slots()["answer"] == day


def test_a_day_pressed_after_midnight_is_the_day_on_the_button() -> None:
    talk = at("2026-11-18T20:00:00")

    talk.time_passes(3 * 3_600_000)
    talk.taps("Сьогодні, 18 листопада")

    assert talk.slots()["answer"] == "2026-11-18"


@pytest.mark.parametrize("said", ["Завтра, 19 листопада", "2", "завтра"])
def test_a_day_on_a_button_can_be_typed(said: str) -> None:
    talk = at("2026-11-18T10:00:00")

    talk.says(said)

    assert talk.slots()["answer"] == "2026-11-19"


def test_yes_and_no_can_be_buttons() -> None:
    flow = replaced("wrong: Not this", "wrong: Not this, hints: [yes, no]", flow_of("bool"))
    talk = begun(flow.replace('say: "Thank you, {answer}", end: done', 'ask: more, text: "?"'))
    assert [option.label for option in talk.wait.options] == ["Так", "Ні"]

    talk.taps("Ні")

    assert talk.slots()["answer"] is False


@pytest.mark.parametrize(
    ("kind", "hint", "fix"),
    [
        ("date", "soon", "Write 2026-03-31, yesterday, today, tomorrow."),
        ("date", "20261231", "Write 2026-03-31, yesterday, today, tomorrow."),
        ("bool", "true", "Write yes or no."),
        ("{type: money, in: JPY}", "1.50", ""),
    ],
)
def test_a_hint_that_is_no_value_is_named(kind: str, hint: str, fix: str) -> None:
    [problem] = problems_of(replaced("wrong: Not this", f"wrong: Not this, hints: [{hint}]", flow_of(kind)))

    assert (problem.code, problem.fix) == ("type", fix)
    assert problem.sentence.startswith(f"'{hint}' is not a value of type")
