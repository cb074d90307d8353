"""Ways through a flow: steps that nothing leads to, ends that are none, circles that never wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.dialog.checks.graph import Graph
from core.dialog.checks.runs import goes_at_once
from core.dialog.problems import Problems
from core.dialog.steps.ask import AskStep


def check_ways(graph: Graph, problems: Problems) -> None:
    for step in graph.program.steps.values():
        if step.id not in graph.facts and "." not in step.id:
            sentence = f"no way leads to step '{step.id}'"
            problems.error("unreachable", step.mark, sentence, "Lead a way to it or remove it.")
        if any(way.edge.target == "" for way in graph.ways[step.id]):
            sentence = f"after step '{step.id}' nothing follows"
            problems.error("dead_end", step.mark, sentence, "Write `end: done` beside it, or where it goes.")
        if isinstance(step, AskStep) and step.hold and step.otherwise in (None, step.id):
            sentence = f"'{step.id}' holds the customer and has no way out"
            problems.error("no_way_out", step.mark, sentence, "Add `else:`.")
    _check_circles(graph, problems)


def _check_circles(graph: Graph, problems: Problems) -> None:
    at_once = {
        identity: [way.edge.target for way in ways if way.edge.target and goes_at_once(way, graph.run)]
        for identity, ways in graph.ways.items()
    }
    for circle in _circles(graph.facts, at_once):
        first = graph.program.steps[circle[0]]
        sentence = f"the steps {' → '.join([*circle, circle[0]])} go round without ever waiting for the customer"
        problems.error("loop_without_wait", first.mark, sentence, "Put an `ask` or a `wait` into the circle.")


def _circles(starts: Iterable[str], ways: Mapping[str, list[str]]) -> Iterator[list[str]]:
    """At least one circle of every group of steps that has any. A search with a stack of its own: flows are long."""
    done: set[str] = set()
    for start in starts:
        path, left = [start], [iter(ways.get(start, ()))]
        while left:
            following = next(left[-1], None)
            if following is None:
                left.pop()
                done.add(path.pop())
            elif following in path:
                yield path[path.index(following) :]
                done.update(path)
                break
            elif following not in done:
                path.append(following)
                left.append(iter(ways.get(following, ())))
