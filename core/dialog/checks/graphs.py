"""The graphs of all flows, bottom up: a flow comes after those that it runs, so that their summaries are there.

What a flow that is run needs, it proves itself: nothing of its caller flows into it, for it may be begun otherwise.
What it proves flows back by its outcomes. That takes no repetition, since flows that run each other are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from core.dialog.auth_levels import rank
from core.dialog.checks.facts import Proof
from core.dialog.checks.graph import Graph, build_graph
from core.dialog.checks.runs import called_by, goes_at_once
from core.dialog.checks.summary import Summary
from core.dialog.program import Program, Step
from core.dialog.schema import OUTCOMES
from core.dialog.steps.call import CallStep
from core.dialog.steps.end import EndStep
from core.dialog.steps.handoff import HandoffStep
from core.dialog.steps.run import RunStep

_OTHER_ENDS = tuple(outcome for outcome in OUTCOMES if outcome != "done")


def build_graphs(programs: Mapping[str, Program]) -> dict[str, Graph]:
    """One graph for each flow, by its name."""
    return _graphs(programs, programs)


def graph_beside(program: Program, programs: Mapping[str, Program]) -> Graph:
    """The graph of one program among others, which may hold another revision of the same flow."""
    return _graphs({**programs, program.name: program}, (program.name,))[program.name]


def _graphs(programs: Mapping[str, Program], wanted: Iterable[str]) -> dict[str, Graph]:
    """Those of the wanted flows and of the ones that they run."""
    called: dict[str, list[str]] = {}
    left = list(wanted)
    while left:
        name = left.pop()
        if name not in called and name in programs:
            called[name] = called_by(programs[name])
            left.extend(called[name])
    graphs: dict[str, Graph] = {}
    summaries: dict[str, Summary] = {}
    for name in _callees_first(called):
        if name in programs:
            run = {other: summaries[other] for other in called[name] if other in summaries}
            graphs[name] = build_graph(programs[name], run)
            summaries[name] = summarise(graphs[name])
    return graphs


def _callees_first(called: Mapping[str, list[str]]) -> Iterator[str]:
    """Every flow after the ones that it runs; in a circle anyhow. With a stack of its own: chains may be long."""
    done: set[str] = set()
    for start in called:
        left = [(start, iter(called[start]))]
        seen = {start}
        while left:
            name, others = left[-1]
            following = next((one for one in others if one not in done and one not in seen), None)
            if following is not None:
                seen.add(following)
                left.append((following, iter(called.get(following, ()))))
                continue
            left.pop()
            if name not in done:
                done.add(name)
                yield name


def summarise(graph: Graph) -> Summary:
    reached = [step for step in graph.program.steps.values() if step.id in graph.facts]
    ways = [way for step in reached for way in graph.ways[step.id]]
    effect = any(isinstance(step, CallStep) and step.has_effect for step in reached)
    return Summary(
        ends=_ends(graph, reached),
        keeps_seal=not any(way.drops_seal or way.stands_open for way in ways),
        passes=_passes(graph),
        grants=_grants(graph, reached),
        moves_money=effect or any(summary.moves_money for summary in graph.run.values()),
    )


def _ends(graph: Graph, reached: list[Step]) -> dict[str, Proof]:
    """What each outcome proves. Where the flow waits, the engine may end it with any outcome but `done`: by a word of
    the customer's, when no tries or no time is left, or when the bank does not answer."""
    ends: dict[str, Proof] = {}
    broken: set[Proof] = set()
    for step in reached:
        facts = graph.facts[step.id]
        if isinstance(step, EndStep):
            known = ends.get(step.outcome, facts.auth)
            ends[step.outcome] = known.meet(facts.auth)
        elif step.waits or step.kind == "auth":
            broken.update((facts.auth, *(facts.auth.then(way.proof) for way in graph.ways[step.id])))
    for proof in broken:
        for outcome in _OTHER_ENDS:
            ends[outcome] = ends.get(outcome, proof).meet(proof)
    return ends


def _grants(graph: Graph, reached: list[Step]) -> frozenset[str]:
    own = (step.operation.signature.grants for step in reached if isinstance(step, CallStep))
    run = (graph.run[step.flow].grants for step in reached if isinstance(step, RunStep) and step.flow in graph.run)
    return frozenset(level for level in own if rank(level)).union(*run)


def _passes(graph: Graph) -> bool:
    steps = graph.program.steps
    queue, seen = [graph.program.first], {graph.program.first}
    for identity in queue:
        step = steps.get(identity)
        if isinstance(step, EndStep):
            return True
        for way in graph.ways.get(identity, ()):
            target = way.edge.target
            if not goes_at_once(way, graph.run):
                continue
            if target is None and not isinstance(step, HandoffStep):
                return True
            if target and target not in seen:
                seen.add(target)
                queue.append(target)
    return False
