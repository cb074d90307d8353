"""Ways through a flow: steps that nothing leads to, ends that are none, circles that never wait."""

from __future__ import annotations

from core.dialog.checks.facts import Graph
from core.dialog.problems import Problems
from core.dialog.program import Edge, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import AuthStep
from core.dialog.steps.run import RunStep
from core.dialog.steps.wait import WaitStep


def check_ways(graph: Graph, problems: Problems) -> None:
    for step in graph.program.steps.values():
        if step.id not in graph.facts and "." not in step.id:
            sentence = f"no way leads to step '{step.id}'"
            problems.error("unreachable", step.mark, sentence, "Lead a way to it or remove it.")
        if any(edge.target == "" for _, edge in graph.ways[step.id]):
            sentence = f"after step '{step.id}' nothing follows"
            problems.error("dead_end", step.mark, sentence, "Write `end: done` beside it, or where it goes.")
        if isinstance(step, AskStep) and step.hold and step.otherwise is None:
            sentence = f"'{step.id}' holds the customer and has no way out"
            problems.error("no_way_out", step.mark, sentence, "Add `else:`.")
    _check_circles(graph, problems)


def _goes_at_once(step: Step, edge: Edge) -> bool:
    """Whether the engine takes this way without anybody having to do anything."""
    if isinstance(step, AskStep):
        return edge.arm == "none"
    if isinstance(step, RunStep | AuthStep | WaitStep):
        return False
    return not step.waits or step.kind == "call"


def _check_circles(graph: Graph, problems: Problems) -> None:
    done: set[str] = set()
    for start in graph.facts:
        circle = _circle(graph, start, [], done)
        if circle:
            first = graph.program.steps[circle[0]]
            sentence = f"the steps {' → '.join([*circle, circle[0]])} go round without ever waiting for the customer"
            problems.error("loop_without_wait", first.mark, sentence, "Put an `ask` or a `wait` into the circle.")


def _circle(graph: Graph, step: str, path: list[str], done: set[str]) -> list[str]:
    if step in path:
        return path[path.index(step) :]
    if step in done:
        return []
    path.append(step)
    for origin, edge in graph.ways.get(step, ()):
        if edge.target and _goes_at_once(origin, edge):
            circle = _circle(graph, edge.target, path, done)
            if circle:
                done.update(circle)
                return circle
    path.pop()
    done.add(step)
    return []
