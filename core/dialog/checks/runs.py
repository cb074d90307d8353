"""Flows that run flows: in circles, deeper than a conversation goes, or through to their end without waiting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.dialog.problems import Problems
from core.dialog.program import Edge, Program, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import LOGIN_FLOW, AuthStep
from core.dialog.steps.end import EndStep
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
    called = {name: _called(program) for name, program in programs.items()}
    circles = False
    for name in called:
        circle = _circle(name, called)
        circles = circles or bool(circle)
        if circle and name == min(circle):
            sentence = f"the flows {' → '.join([*circle, name])} run each other for ever"
            problems.error("recursion", marks[name], sentence)
    if not circles:
        _check_chains(marks, called, problems)


def _called(program: Program) -> list[str]:
    login = {LOGIN_FLOW} if any(isinstance(step, AuthStep) for step in program.steps.values()) else set()
    return sorted({step.flow for step in runs(program)} | login)


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


def flows_that_pass(programs: Mapping[str, Program]) -> frozenset[str]:
    """The flows that can come to their end without waiting for anybody but the bank."""
    passing: frozenset[str] = frozenset()
    while True:
        found = frozenset(name for name, program in programs.items() if _passes(program, passing))
        if found == passing:
            return passing
        passing = found


def _passes(program: Program, passing: frozenset[str]) -> bool:
    queue = [program.first]
    for identity in queue:
        step = program.steps.get(identity)
        if isinstance(step, EndStep):
            return True
        if step is None:
            continue
        targets = [edge.target for edge in step.edges() if goes_at_once(step, edge, passing)]
        if None in targets:
            return True
        queue.extend(target for target in targets if target and target not in queue)
    return False


def goes_at_once(step: Step, edge: Edge, passing: frozenset[str]) -> bool:
    """Whether the engine may take this way without anybody but the bank having to do anything."""
    if isinstance(step, AskStep):
        return edge.arm == "none"
    if isinstance(step, AuthStep):
        return edge.arm == "pass"
    if isinstance(step, RunStep):
        return step.flow in passing
    return not step.waits or step.kind == "call"
