"""What every test is played with besides: a broken engine is noticed by the run that is there for it."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from app.channel_looks import LOOKS
from core.dialog.compiler import compile_folder
from core.dialog.contracts import InboundEvent
from core.dialog.flowtest.runner import TestOutcome, run_compiled, run_flow_tests
from core.dialog.session import Option
from core.dialog.steps.call import CallStep
from core.dialog.turns import inbound, outcomes, words, work
from core.dialog.turns.work import Work
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS, UK
from tests.flowtest.folders import HEAD, proven, unproven


def played() -> list[TestOutcome]:
    """The tests of the fixture flows."""
    return run_compiled(compile_folder(FLOWS, SIGNATURES, UK), LOOKS)


def rules(found: list[TestOutcome]) -> set[str]:
    return {failure.code for outcome in found for failure in outcome.failures}


def test_a_sound_engine_passes_every_run_on_every_channel() -> None:
    found = played()

    assert [str(failure) for outcome in found for failure in outcome.failures] == []
    assert sum(outcome.runs for outcome in found) > 10 * len(found)


def _any_button_counts(work: Work, token: str) -> Option | None:
    wait, place = work.session.wait, int(token.rpartition(".")[2])
    return wait.options[place] if wait is not None and place < len(wait.options) else None


def _never_told(work: Work, call: str) -> None:
    work.session.open.pop(call, None)
    work.money_told = True


def _busy_gives_up(step: CallStep, work: Work) -> None:
    step.expired(work)


def _says_nothing(work: Work, event: InboundEvent) -> None:
    """Nothing is put in the place of silence."""


_NUMBERS = itertools.count()


def _never_the_same(length: int, *parts: object) -> str:
    return f"N{next(_NUMBERS):09}"


DEFECTS: list[tuple[str, Any, str, Callable[..., Any]]] = [
    ("double_tap", inbound, "_option", _any_button_counts),
    ("old_button", inbound, "_option", _any_button_counts),
    ("redelivery", work.Work, "close", _never_told),
    ("killed", work, "derived_id", _never_the_same),
    ("busy", CallStep, "show", _busy_gives_up),
    ("early_event", outcomes, "_will_wait", lambda work, open_call: False),
    ("card_number", inbound, "_has_card_number", lambda event, step: False),
]


@pytest.mark.parametrize(("rule", "place", "name", "broken"), DEFECTS, ids=[defect[0] for defect in DEFECTS])
def test_a_defect_of_the_engine_is_found_by_its_run(
    monkeypatch: pytest.MonkeyPatch, rule: str, place: Any, name: str, broken: Callable[..., Any]
) -> None:
    monkeypatch.setattr(place, name, broken)

    assert rule in rules(played())


def test_a_customer_who_is_left_without_an_answer_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given an engine that obeys "cancel" by doing nothing and does not notice
    monkeypatch.setattr(words, "obey", _says_nothing)
    monkeypatch.setattr(inbound, "obey", lambda *_: None)
    monkeypatch.setattr("core.dialog.engine.break_silence", _says_nothing)

    failures = [failure for outcome in played() for failure in outcome.failures if failure.code == "cancel"]

    assert failures
    assert "gets no answer" in failures[0].sentence


FLOW = (
    HEAD
    + """\
slots: {name: text, cards: list of card}
steps:
  - {id: name, ask: name, text: Your name?}
  - {id: read, call: bank.my_cards, save: {cards: cards}}
  - {id: told, say: "Thank you, {name}", end: done}
"""
)
TEST = """\
- test: a name
  given: {customer: anna}
  bank: {bank.my_cards: ANSWER}
  talk:
    - me: /small
    - me: Anna
    - bot: {step: told}
"""


def test_an_answer_may_come_late_and_more_than_once() -> None:
    late = TEST.replace("ANSWER", "{cards: [], after: 5s, times: 2}").replace(
        "    - bot: {step: told}", "    - bot: {reads: Вже питаю}\n    - after: 5s\n    - bot: {step: told}"
    )

    found = run_compiled(proven(FLOW, TEST.replace("ANSWER", "{cards: [], times: 2}")), LOOKS)
    impatient = run_compiled(proven(FLOW, late.replace("    - bot: {reads: Вже питаю}\n", "")), LOOKS)

    assert [str(failure) for outcome in [*found, *impatient] for failure in outcome.failures] == []


def test_the_failure_tells_who_said_what_without_secrets() -> None:
    tests = """\
- test: a code in the wrong place
  channel: telegram
  given: {customer: anna}
  talk:
    - me: /small
    - me: "код 739164"
    - me: 4111 1111 1111 1111
    - bot: {step: nowhere}
"""
    flow = (
        HEAD
        + "slots: {name: text}\nsteps: [{id: name, ask: name, text: Your name?}, {id: told, say: Hi., end: done}]\n"
    )

    (outcome,) = run_compiled(proven(flow, tests), LOOKS)

    told = "\n".join(outcome.conversation)
    assert "me: /small" in told
    assert "bot: Your name?" in told
    assert "739164" not in told
    assert "4111" not in told.replace(" ", "").replace("••••1111", "")


def test_an_engine_that_raises_fails_the_test_at_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def raises(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(CallStep, "enter", raises)

    tests = TEST.replace("ANSWER", "{cards: []}").replace("  given", "  channel: sms\n  given")

    (outcome,) = run_compiled(proven(FLOW, tests), LOOKS)

    assert [(failure.code, failure.line) for failure in outcome.failures] == [("exception", 7)]
    assert "ZeroDivisionError" in outcome.failures[0].sentence


def test_a_test_may_begin_in_the_middle_of_a_flow() -> None:
    tests = """\
- test: from the confirmation
  given:
    customer: anna
    cards: [{id: c1, name: Visa, available: 500.00 UAH}]
    at: review
    slots: {source: c1, target: {phone: "+380501112233"}, amount: 20.00 UAH, fee: 1.00 UAH, payee: Olha}
  bank: {bank.transfer: {reference: R1}}
  talk:
    - bot: {step: review, reads: "20,00 ₴ to Olha"}
    - tap: yes
    - bot: {step: receipt}
  then: {calls: {bank.quote: 0, bank.transfer: 1}, end: done}
"""
    flow = (FLOWS / "card_transfer.yaml").read_text(encoding="utf-8")

    found = run_compiled(proven(flow, tests), LOOKS)

    assert [str(failure) for outcome in found for failure in outcome.failures] == []


def test_a_test_may_begin_with_an_operation_whose_end_is_not_known() -> None:
    tests = """\
- test: told late
  given: {customer: anna, open: {OP1: {operation: bank.transfer, amount: 20.00 UAH}}}
  talk:
    - event: {bank.settled: {op: OP1, outcome: ok}}
    - bot: {step: done, reads: "20,00 ₴ виконано"}
  then: {end: done}
"""
    flow = (FLOWS / "system" / "late_outcome.yaml").read_text(encoding="utf-8")

    found = run_compiled(proven(flow, tests), LOOKS)

    assert [str(failure) for outcome in found for failure in outcome.failures] == []


def test_the_fixture_tests_run_on_all_six_channels() -> None:
    assert {outcome.channel for outcome in run_flow_tests(FLOWS, SIGNATURES, UK, LOOKS)} >= {
        look.name for look in LOOKS
    }


def test_a_flow_that_calls_for_money_without_a_yes_moves_none() -> None:
    # Given what the verifier would refuse: no confirmation before the call
    flow = (FLOWS / "card_transfer.yaml").read_text(encoding="utf-8").replace("ok: review,", "ok: pay,")
    tests = """\
- test: no question
  channel: telegram
  given: {customer: anna, cards: [{id: c1, available: 500.00 UAH}]}
  bank: {bank.quote: {fee: 5.00 UAH, payee: Olha K.}}
  talk: [{start: t}, {tap: c1}, {me: "0501234567"}, {me: "20"}]
  then: {calls: {bank.transfer: 0}, end: failed}
"""
    (outcome,) = run_compiled(unproven(flow, tests), LOOKS)

    assert [str(failure) for failure in outcome.failures] == []
