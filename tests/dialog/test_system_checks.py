"""A system flow that could trap a customer, or mean nothing, is refused with its place and a way to mend it."""

from __future__ import annotations

from typing import Final

import pytest

from tests.dialog.compiled import codes, compile_with, problems_of

ASKING: Final = "flow: {name}\nslots: {{a: text}}\nsteps:\n  - {{id: q, ask: a, text: Why?}}\n"
ASKING_ON: Final = ASKING + "  - {{id: t, say: '{{a}}', end: done}}\n"
HOLDING: Final = """\
flow: {name}
slots: {{a: choice}}
steps:
  - id: q
    ask: a
    text: Why?
    choices: [{{value: x, label: X}}]
    hold: true
    else: t
  - {{id: t, say: Over, end: done}}
"""
MEANT: Final = """\
flow: did_you_mean
takes: [guesses]
RETURNS
slots: {guesses: list of flow, chosen: flow}
steps:
  - {id: which, ask: chosen, text: Which?, choices: {of: guesses, label: "{it.title}"}}
  - {id: over, end: done}
"""
PAYING: Final = """\
flow: cancelled
auth: {level: otp, fresh: 5m}
slots: {source: card, target: payee, amount: {type: money, in: source.currency}, fee: money}
steps:
  - {id: from, ask: source, text: Which?, choices: {of: bank.my_cards, label: "{it.name}"}}
  - {id: to, ask: target, text: Whom?}
  - {id: sum, ask: amount, text: How much?}
  - id: quote
    call: bank.quote
    with: {source: source, target: target, amount: amount}
    save: {fee: fee}
  - id: pay
    call: bank.transfer
    effect: money
    with: {source: source, target: target, amount: amount, fee: fee}
    on: {ok: over, refused: over, pending: over, unknown: over}
  - {id: over, end: done}
"""


@pytest.mark.parametrize("name", ["resumed", "corrected", "nothing_back", "handed_over"])
def test_what_is_said_in_passing_may_not_ask(name: str) -> None:
    problems = problems_of(ASKING_ON.format(name=name))

    (problem,) = [one for one in problems if one.code == "system_step"]
    assert problem.sentence.startswith(f"a step of '{name}' may be branch, end, go, say, set, but 'q' is ask")
    assert (problem.file, problem.line) == (f"{name}.yaml", 4)
    assert problem.fix == "It must be over by itself."


@pytest.mark.parametrize("name", ["resumed", "corrected", "nothing_back", "handed_over"])
@pytest.mark.parametrize("step", ["{id: s, run: menu, end: done}", "{id: s, handoff: operator}", "{id: s, auth: otp}"])
def test_what_is_said_in_passing_may_not_lead_away(name: str, step: str) -> None:
    flow = f"flow: {name}\nsteps:\n  - {step}\n  - {{id: t, end: done}}\n"

    assert "system_step" in codes(problems_of(flow))


@pytest.mark.parametrize("name", ["expired", "did_you_mean"])
def test_a_question_in_passing_may_not_run_other_flows(name: str) -> None:
    assert "system_step" in codes(problems_of(f"flow: {name}\nsteps:\n  - {{id: s, run: menu, end: done}}\n"))


@pytest.mark.parametrize("name", ["cancelled", "expired"])
def test_nothing_in_passing_may_hold_the_customer(name: str) -> None:
    (problem,) = [one for one in problems_of(HOLDING.format(name=name)) if one.code == "system_hold"]

    assert "'q' may not hold them" in problem.sentence
    assert problem.fix == "Remove `hold`."


def test_a_system_flow_moves_no_money_however_well_it_is_proven() -> None:
    problems = [one for one in problems_of(PAYING) if one.code == "system_effect"]

    assert [one.line for one in problems] == [12]
    assert "'cancelled' is begun by the engine, so its step 'pay' may have no effect" in problems[0].sentence


def test_nobody_but_the_engine_begins_a_notice() -> None:
    flow = "flow: resumed\nentry: {command: resumed}\nsteps:\n  - {id: t, say: Back, end: done}\n"

    assert codes(problems_of(flow)) == {"system_entry"}


@pytest.mark.parametrize("returns", ["about: none", "returns: [guesses]"])
def test_the_flow_that_was_meant_must_come_back(returns: str) -> None:
    (problem,) = [one for one in problems_of(MEANT.replace("RETURNS", returns)) if one.code == "system_return"]

    assert problem.fix == "Write `returns: [chosen]`."


def test_the_flow_that_was_meant_is_a_flow() -> None:
    flow = MEANT.replace("RETURNS", "returns: [chosen]").replace("chosen: flow", "chosen: card")

    assert {"system_return", "type"} <= codes(problems_of(flow))


def test_an_offer_that_cannot_be_taken_up_is_warned_about() -> None:
    compilation = compile_with("flow: expired\nsteps:\n  - {id: t, say: Too late, end: expired}\n")

    assert [one.code for one in compilation.problems if one.file == "expired.yaml"] == ["system_offer"]
    assert compilation.programs is not None


@pytest.mark.parametrize(
    ("flow", "code"),
    [
        (
            "flow: resumed\ntakes: [who]\nslots: {who: text}\nsteps:\n  - {id: t, say: '{who}', end: done}\n",
            "unknown_take",
        ),
        (
            "flow: resumed\ntakes: [title]\nslots: {title: int}\nsteps:\n  - {id: t, say: '{title}', end: done}\n",
            "type",
        ),
        ("flow: resumed\nsteps:\n  - {id: a, say: Round, go: b}\n  - {id: b, go: a}\n", "loop_without_wait"),
        ("flow: cancelled\nsteps:\n  - {id: a, run: loop, end: done}\n", "recursion"),
    ],
)
def test_what_is_wrong_with_any_flow_is_wrong_with_a_system_flow(flow: str, code: str) -> None:
    loop = "flow: loop\nsteps:\n  - {id: a, run: cancelled, end: done}\n"

    assert code in codes(problems_of(flow, *([loop] if code == "recursion" else [])))


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("of: rows", "of: count", "type"),
        ("of: rows", "of: rowz", "unknown_operation"),
        ("rows: list of card", "rows: list of payee", "type"),
        ('label: "{it.name}"}', 'label: "{it.name}", with: {a: count}}', "unknown_argument"),
        ('choices: {of: rows, label: "{it.name}"}', "other: {label: X, go: over}", "other_without_choices"),
        ("go: over}", "go: nowhere}", "unknown_step"),
        ("  - {id: read, set: {count: 1}}\n", "  - {id: read, set: {count: 1}, go: which}\n", "unassigned"),
    ],
)
def test_choices_from_a_slot_must_fit(old: str, new: str, code: str) -> None:
    flow = """\
flow: pick
entry: {command: pick}
slots: {rows: list of card, one: card, count: int}
steps:
  - {id: read, set: {count: 1}}
  - {id: fetch, call: bank.my_cards, save: {rows: cards}}
  - {id: which, ask: one, text: "Of {count}?", choices: {of: rows, label: "{it.name}"}, other: {label: X, go: over}}
  - {id: over, say: Over, end: done}
"""
    if code == "other_without_choices":
        flow = flow.replace(", other: {label: X, go: over}", "")
    assert old in flow

    assert code in codes(problems_of(flow.replace(old, new)))
