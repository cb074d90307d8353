"""A file that means harm costs little: what is done for it is counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from tests.dialog.compiled import codes, compile_with, problems_of

MOST_CALLS = 8_000_000
HEAD = "flow: big\nentry: {command: big}\nslots: {n: int}\n"


class TooMuchWork(BaseException):
    """Not an Exception, so that nothing between here and the loop takes it for its own."""


def counted(work: Callable[[], Any]) -> Any:
    calls = 0

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += 1
        if calls > MOST_CALLS:
            raise TooMuchWork

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        return work()
    finally:
        sys.setprofile(before)


def ladder(length: int) -> list[str]:
    """Flows of which each runs the next two: there are more ways down than anybody could walk."""
    return [
        f"flow: f{n}\nentry: {{command: f{n}}}\nsteps:\n"
        + "".join(f"  - {{id: r{m}, run: f{m}}}\n" for m in (n + 1, n + 2) if m < length)
        + "  - {id: e, end: done}\n"
        for n in range(length)
    ]


HOSTILE = {
    "steps that are none": (HEAD + "steps: [" + ",".join("1" for _ in range(60_000)) + "]\n", "step_form"),
    "steps without a verb": (HEAD + "steps:\n" + "  - {a: b}\n" * 20_000, "no_verb"),
    "slots of no type": (
        "flow: big\nslots: {" + ", ".join(f"s{n}: x" for n in range(20_000)) + "}\nsteps: [{id: a, end: done}]\n",
        "too_many_slots",
    ),
    "targets that are nowhere": (
        HEAD
        + "steps:\n"
        + "".join(
            f"  - {{id: s{n}, branch: [{', '.join(f'{{if: n > {m}, go: x{n}_{m}}}' for m in range(40))}], else: s0}}\n"
            for n in range(200)
        ),
        "too_many_problems",
    ),
    "names that are unknown": (
        HEAD
        + "steps:\n"
        + "".join(
            f"  - {{id: s{n}, branch: [{', '.join(f'{{if: x{n}_{m} > 1, go: s0}}' for m in range(40))}], else: s0}}\n"
            for n in range(200)
        ),
        "too_many_problems",
    ),
    "keys that are unknown": (HEAD + "".join(f"k{n}: 1\n" for n in range(20_000)) + "steps: []\n", "too_many_problems"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_full_of_errors_is_refused_with_bounded_work(name: str) -> None:
    text, code = HOSTILE[name]

    problems = counted(lambda: problems_of(text))

    assert code in codes(problems)
    assert len(problems) < 500


def test_flows_that_run_flows_in_many_ways_are_checked_with_bounded_work() -> None:
    compilation = counted(lambda: compile_with(*ladder(40)))

    assert {problem.code for problem in compilation.errors} == {"runs_too_deep"}


def test_a_flow_as_long_as_may_be_is_checked_to_its_end() -> None:
    steps = "".join(
        f"  - {{id: s{n}, branch: [{{if: n > {n}, go: {{say: x, run: brief, go: s{n + 1}}}}}], else: s{n + 1}}}\n"
        for n in range(298)
    )
    flow = f"{HEAD}takes: [n]\nsteps:\n{steps}  - {{id: s298, say: x, end: done}}\n"
    starts = (
        "flow: starts\nentry: {command: st}\nslots: {n: int}\nsteps:\n"
        "  - {id: a, set: {n: 1}}\n  - {id: b, run: big, with: {n: n}, end: done}\n"
    )
    brief = "flow: brief\nsteps: [{id: over, say: Brief, end: done}]\n"

    problems = counted(lambda: problems_of(flow.replace("entry: {command: big}\n", ""), starts, brief))

    assert [str(problem) for problem in problems] == []
