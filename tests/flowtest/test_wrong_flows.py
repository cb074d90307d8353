"""Flows that are wrong on purpose, each in one way: their tests find it, and so does a walk by chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.channel_looks import LOOKS
from core.dialog.flowtest.runner import run_compiled
from core.dialog.flowtest.walk.hunt import hunt
from core.dialog.source import read_source
from tests.flowtest.folders import WRONG, wrong

LOOK = {look.name: look for look in LOOKS}
# The flow, by what its test fails, at which of its lines, and what a walk finds.
FOUND = [
    ("pays_again", "second_money_call", 10, "second_money_call"),
    ("silent_end", "late_answer", 5, "silence"),
    ("breaks", "exception", 5, "exception"),
    ("breaks_when_cancelled", "cancel", 5, "exception"),
    ("breaks_when_silent", "silence", 6, "exception"),
    ("breaks_when_late", "late_answer", 4, "exception"),
    ("breaks_when_not_understood", "not_understood", 5, "exception"),
    ("waits_for_ever", "silence", 6, "stuck"),
    ("hole_in_a_text", "placeholder", 5, "placeholder"),
    ("alike_when_cut", "limit", 5, "limit"),
]


def test_every_wrong_flow_is_looked_for() -> None:
    assert {path.name.partition(".")[0] for path in WRONG.glob("*.test.yaml")} == {name for name, *_ in FOUND}


@pytest.mark.parametrize(("name", "rule", "line", "_"), FOUND)
def test_the_test_of_a_wrong_flow_fails_by_name_at_its_line(name: str, rule: str, line: int, _: str) -> None:
    outcomes = run_compiled(wrong(name), LOOKS)

    assert outcomes
    for outcome in outcomes:
        assert rule in {failure.code for failure in outcome.failures}, [str(failure) for failure in outcome.failures]
        assert next(failure.line for failure in outcome.failures if failure.code == rule) == line
        assert outcome.conversation[0] == "me: /wrong"


@pytest.mark.parametrize(("name", "_", "__", "rule"), FOUND)
def test_a_walk_finds_it_and_prints_a_test_that_fails_the_same(name: str, _: str, __: int, rule: str) -> None:
    compilation = wrong(name)
    assert compilation.programs is not None
    look = LOOK["whatsapp" if rule == "limit" else "telegram"]

    # Given walks by chance from the beginning of the wrong flow
    found = hunt(compilation.programs, look, turns=4_000, seed=3, flow=name).found
    walked = next((one for one in found if one.finding is not None and one.finding.rule == rule), None)
    assert walked is not None, [one.finding for one in found]

    # Then what is printed is short, can be read, and fails when it is run
    printed = walked.path.as_test("found", look.name)
    source = read_source(printed, f"{name}.test.yaml", compilation.folder.problems)
    assert source is not None
    assert len(walked.path.lines) <= 8, printed
    files = compilation.folder.flows[name]
    compilation.folder.flows[name] = replace(files, tests=source)
    (outcome,) = run_compiled(compilation, LOOKS)
    assert not outcome.passed, printed


def test_the_same_seed_walks_the_same() -> None:
    programs = wrong("silent_end").programs
    assert programs is not None

    once, again = (hunt(programs, LOOK["sms"], turns=500, seed=7) for _ in range(2))

    assert once == again
