"""The runner of product owners' tests: what it accepts, and what it says when something is otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.dialog.compiler import compile_folder
from core.dialog.flowtest.coverage import coverage
from core.dialog.flowtest.model import CHANNELS
from core.dialog.flowtest.runner import TestOutcome, run_flow_tests
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS, UK

HEAD = """\
- test: one
  channel: telegram
  given: {customer: anna, cards: [{id: c1, available: 500.00 UAH}]}
"""
QUOTE = "  bank: {bank.quote: {fee: 5.00 UAH, payee: Olha K.}}\n"


def _run(folder: Path, tests: str) -> list[TestOutcome]:
    (folder / "card_transfer.test.yaml").write_text(tests, encoding="utf-8")
    return run_flow_tests(folder, SIGNATURES, UK)


def test_the_tests_of_the_fixture_flows_pass_on_every_channel() -> None:
    outcomes = run_flow_tests(FLOWS, SIGNATURES, UK)

    assert [(one.test, [str(failure) for failure in one.failures]) for one in outcomes if not one.passed] == []
    assert {one.channel for one in outcomes} == {*CHANNELS}


def test_a_flow_of_files_places_documents_variants_and_shares_passes_its_tests(folder: Path) -> None:
    for file in (FLOWS.parent / "delivery").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())

    outcomes = [one for one in run_flow_tests(folder, SIGNATURES, UK) if one.flow == "delivery"]

    assert [(one.test, [str(failure) for failure in one.failures]) for one in outcomes if not one.passed] == []
    assert {one.channel for one in outcomes} == {*CHANNELS}
    arms = frozenset().union(*(one.arms for one in outcomes))
    assert arms >= {"delivery.greeting:case 1", "delivery.greeting:long_words", "delivery.greeting:else"}


def test_coverage_names_the_arms_of_effects_that_no_test_took() -> None:
    programs = compile_folder(FLOWS, SIGNATURES, UK).programs
    assert programs is not None

    whole = coverage(run_flow_tests(FLOWS, SIGNATURES, UK), programs)
    nothing = coverage([], programs)

    assert whole.effect_gaps == ()
    assert "card_transfer.pay:unknown" in [gap.name for gap in nothing.effect_gaps]
    assert "help.tell" in [gap.name for flow in whole.flows for gap in flow.missing_steps]
    assert nothing.steps.reached == 0


FAILING = [
    ("  talk: [{start: t}, {tap: c9}]\n", 4, "'c9' cannot be tapped; offered is:  "),
    ("  talk: [{start: t}, {bot: {step: nowhere}}]\n", 4, "nothing came from step 'nowhere'"),
    ("  talk:\n    - start: t\n    - bot: {reads: Hello}\n", 6, "the bot should say 'Hello'"),
    ("  talk:\n    - start: t\n    - bot: {step: from, choices: [c1, c2]}\n", 6, "'c2' should be offered"),
    ("  talk:\n    - start: t\n    - bot: {step: from, image: x}\n", 6, "the picture should be 'x', but is 'none'"),
    ("  talk: [{start: t}]\n  then:\n    end: done\n", 6, "should end 'done', but it has not ended"),
    ("  talk: [{start: t}]\n  then:\n    calls:\n      bank.quote: 1\n", 7, "should be called 1 times, but was 0"),
    (QUOTE + "  talk: [{start: t}]\n", 4, "the answer of bank.quote was never asked for"),
    ("  talk:\n    - start: t\n    - tap: c1\n    - me: '0501234567'\n    - me: '5'\n", 8, "no answer under `bank`"),
    ("  talk: [{tap: c1}]\n", 4, "nothing is offered"),
    ("  talk: [{timer: fires}]\n", 4, "no timer is set"),
]


@pytest.mark.parametrize(("rest", "line", "sentence"), FAILING)
def test_a_talk_that_goes_otherwise_fails_at_its_line(folder: Path, rest: str, line: int, sentence: str) -> None:
    (outcome,) = _run(folder, HEAD + rest)

    assert not outcome.passed
    assert [failure.line for failure in outcome.failures] == [line]
    assert sentence in outcome.failures[0].sentence


UNREADABLE = [
    ("{}", "a file of tests is a list of tests"),
    ("- {test: x}\n", "a test needs 'talk'"),
    ("- {test: x, talk: [{mee: hi}]}\n", "'mee' is not a part of a test"),
    ("- {test: x, talk: [{timer: soon}]}\n", "must be 'fires'"),
]


@pytest.mark.parametrize(("tests", "sentence"), UNREADABLE)
def test_a_test_that_cannot_be_read_is_a_failed_test(folder: Path, tests: str, sentence: str) -> None:
    (outcome,) = _run(folder, tests)

    assert not outcome.passed
    assert sentence in outcome.failures[0].sentence


@pytest.mark.parametrize("answer", ["{fee: 5.00, payee: x}", "{fee: 5.00 UAH, payer: x}", "{arm: maybe}", "five"])
def test_an_answer_that_the_bank_cannot_give_is_refused(folder: Path, answer: str) -> None:
    talk = "  talk: [{start: t}, {tap: c1}, {me: '0501234567'}, {me: '5'}]\n"

    (outcome,) = _run(folder, f"{HEAD}  bank: {{bank.quote: {answer}}}\n{talk}")

    assert not outcome.passed


def test_flows_that_do_not_compile_are_one_failed_test(folder: Path) -> None:
    (folder / "order_card.yaml").write_text("flow: order_card\nsteps: []\n", encoding="utf-8")

    (outcome,) = run_flow_tests(folder, SIGNATURES, UK)

    assert outcome.test == "the flows compile"
    assert not outcome.passed


ADVICE = """\
flow: advice
entry: {command: advice}
slots: {topic: text}
steps:
  - {id: what, ask: topic, text: About what?}
  - {id: later, run: survey, with: {about: topic}, after: 23h}
  - {id: person, handoff: experts, back: bye}
  - {id: bye, say: Back again, end: done}
"""
SURVEY = """\
flow: survey
takes: [about]
slots: {about: text}
steps: [{id: how, say: "How was {about}?", end: done}]
"""
WITH_PERSON = """\
- test: a person helps
  given: {customer: anna}
  talk:
    - me: /advice
    - me: loans
    - bot: {reads: Вам відповість людина}
    - me: hello?
    - bot: silent
    - person: done
    - bot: {step: bye}
    - after: 22h
    - bot: silent
    - after: 1h
    - bot: {step: how, reads: loans}
  then: {end: done, tickets: [experts]}
"""


def _advice(folder: Path, tests: str) -> list[TestOutcome]:
    for name, text in (("advice", ADVICE), ("survey", SURVEY)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "card_transfer.test.yaml").unlink()
    (folder / "advice.test.yaml").write_text(tests, encoding="utf-8")
    return run_flow_tests(folder, SIGNATURES, UK)


def test_a_test_has_words_for_a_person_for_silence_and_for_a_flow_that_begins_by_itself(folder: Path) -> None:
    outcomes = _advice(folder, WITH_PERSON)

    assert [(one.channel, [str(failure) for failure in one.failures]) for one in outcomes] == [
        (channel, []) for channel in CHANNELS
    ]


OTHERWISE = [
    ("    - bot: silent\n    - person", "    - bot: {step: bye}\n    - person", "nothing came from step 'bye'"),
    ("    - bot: {step: bye}", "    - bot: silent", "the bot should be silent, but says 'Back again'"),
    ("    - me: /advice\n", "    - person: done\n", "no ticket has been opened"),
    ("tickets: [experts]", "tickets: []", "tickets should be opened for nobody, but were for ['experts']"),
    ("end: done, tickets: [experts]", "tickets: [experts, others]", "but were for ['experts']"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), OTHERWISE)
def test_what_goes_otherwise_between_bot_and_person_is_said(folder: Path, old: str, new: str, sentence: str) -> None:
    assert old in WITH_PERSON

    outcome = _advice(folder, WITH_PERSON.replace(old, new))[0]

    assert sentence in outcome.failures[0].sentence
