"""Flows that run flows: in circles, or deeper than a conversation goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.dialog.auth_levels import rank
from core.dialog.checks.graph import Way
from core.dialog.checks.summary import UNKNOWN, Summary
from core.dialog.problems import Problems
from core.dialog.program import Program
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import LOGIN_FLOW, AuthStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.follow_up import FollowUpStep
from core.dialog.steps.run import RunStep
from core.dialog.turns.work import DEEPEST
from core.kernel.strict_yaml import Mark


def runs(program: Program) -> Iterator[RunStep]:
    return (step for step in program.steps.values() if isinstance(step, RunStep))


def begun(program: Program) -> Iterator[RunStep | FollowUpStep]:
    """The steps that begin another flow, now or later."""
    return (step for step in program.steps.values() if isinstance(step, RunStep | FollowUpStep))


def check_depth(marks: Mapping[str, Mark], programs: Mapping[str, Program], problems: Problems) -> None:
    """`marks`: for each flow the place that a problem of it is shown at."""
    called = {name: called_by(program) for name, program in programs.items()}
    circles = False
    for name in called:
        circle = _circle(name, called)
        circles = circles or bool(circle)
        if circle and name == min(circle):
            sentence = f"the flows {' → '.join([*circle, name])} run each other for ever"
            problems.error("recursion", marks[name], sentence)
    if not circles:
        _check_chains(marks, called, problems)


def called_by(program: Program) -> list[str]:
    """The flows that it runs; the login is run by an `auth` step, and by a `confirm` when the last one grew old."""
    kinds = {step.kind for step in program.steps.values()}
    proves = "auth" in kinds or ("confirm" in kinds and program.auth is not None and rank(program.auth.level) > 0)
    return sorted({step.flow for step in runs(program)} | ({LOGIN_FLOW} if proves else set()))


def _circle(start: str, called: Mapping[str, list[str]]) -> list[str]:
    """The shortest way of runs from the flow back to itself; empty when there is none."""
    before: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for other in called.get(name, ()):
            if other == start:
                path = [name]
                while path[-1] != start:
                    path.append(before[path[-1]])
                return path[::-1]
            if other not in before:
                before[other] = name
                queue.append(other)
    return []


def _check_chains(marks: Mapping[str, Mark], called: Mapping[str, list[str]], problems: Problems) -> None:
    """A flow at the head of too long a chain; the engine would refuse to go down so far."""
    depth = dict.fromkeys(called, 1)
    for _ in range(DEEPEST):
        depth = {name: 1 + max((depth.get(other, 0) for other in others), default=0) for name, others in called.items()}
    run = {other for others in called.values() for other in others}
    for name, deep in depth.items():
        if deep > DEEPEST and name not in run:
            sentence = f"'{name}' runs flows that run flows, more than {DEEPEST} deep"
            problems.error("runs_too_deep", marks[name], sentence, "Let fewer flows run each other.")


def flows_that_pay(programs: Mapping[str, Program]) -> frozenset[str]:
    """The flows that move money, themselves or by a flow that they run."""
    paying = {name for name, program in programs.items() if _pays(program)}
    while more := {name for name, one in programs.items() if name not in paying and paying & set(called_by(one))}:
        paying |= more
    return frozenset(paying)


def _pays(program: Program) -> bool:
    return any(
        isinstance(step, CallStep) and step.operation.signature.effect == "money" for step in program.steps.values()
    )


def goes_at_once(way: Way, run: Mapping[str, Summary]) -> bool:
    """Whether the engine may go this way without anybody but the bank having to do anything."""
    step, edge = way.step, way.edge
    if isinstance(step, AskStep):
        return edge.arm == "none"
    if isinstance(step, AuthStep):
        return edge.arm == "pass"
    if isinstance(step, RunStep):
        return run.get(step.flow, UNKNOWN).passes
    return not step.waits or step.kind == "call"
