"""The control-flow graph of a flow, and what is surely true at each step: a forward must-analysis."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from core.dialog.auth_levels import rank
from core.dialog.compiling.builder import ALWAYS_KNOWN
from core.dialog.program import Edge, Program, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import AuthStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.confirm import ConfirmStep
from core.dialog.steps.run import RunStep


@dataclass(frozen=True, slots=True)
class Facts:
    """`auth`: rank of the proven level. `assigned`: slots with a value. `sealed`: slots that the last confirmation
    sealed, and `shown` those that its text showed. Two ways meet in what holds on both."""

    auth: int
    assigned: frozenset[str]
    sealed: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    def meet(self, other: Facts) -> Facts:
        return Facts(
            min(self.auth, other.auth),
            self.assigned & other.assigned,
            self.sealed & other.sealed,
            self.shown & other.shown,
        )


@dataclass(frozen=True, slots=True)
class Graph:
    """`ways`: every edge with the step it leaves, the engine's own included. `facts`: what holds on entering a step."""

    program: Program
    ways: dict[str, list[tuple[Step, Edge]]]
    facts: dict[str, Facts]

    def into(self, step: str) -> list[tuple[Step, Edge]]:
        return [way for ways in self.ways.values() for way in ways if way[1].target == step]


def build_graph(program: Program) -> Graph:
    """The graph with its facts; steps that cannot be reached have none."""
    ways = {step.id: [(step, edge) for edge in step.edges()] for step in program.steps.values()}
    for step, edge in _back_edges(program):
        ways[step.id].append((step, edge))
    secrets = frozenset(name for name, slot in program.slots.items() if slot.type.kind == "secret")
    start = Facts(0, frozenset(program.takes) | ALWAYS_KNOWN)
    facts = {program.first: start}
    queue = deque([program.first])
    while queue:
        identity = queue.popleft()
        for step, edge in ways.get(identity, ()):
            if not edge.target or edge.target not in program.steps:
                continue
            after = passed(facts[identity], step, edge, secrets)
            known = facts.get(edge.target)
            met = after if known is None else known.meet(after)
            if met != known:
                facts[edge.target] = met
                queue.append(edge.target)
    return Graph(program, ways, facts)


def passed(facts: Facts, step: Step, edge: Edge, secrets: frozenset[str]) -> Facts:
    """What holds after the step when it is left by this edge."""
    assigned = facts.assigned
    if isinstance(step, AskStep):
        assigned = assigned - {step.slot}
    if step.waits or isinstance(step, RunStep | AuthStep):
        assigned = assigned - secrets
    sealed, shown = facts.sealed, facts.shown
    if edge.drops_seal or edge.assigns & sealed:
        sealed = shown = frozenset()
    if edge.sealed and isinstance(step, ConfirmStep):
        sealed, shown = edge.sealed, step.shown
    return Facts(max(facts.auth, rank(edge.grants)), assigned | edge.assigns, sealed, shown)


def _back_edges(program: Program) -> Iterator[tuple[Step, Edge]]:
    """From every question to the ones that may have been answered before it, with no effect in between."""
    everything = frozenset(program.slots) | ALWAYS_KNOWN
    for asked in _reached(program, program.first, past_effects=True):
        if not isinstance(asked, AskStep):
            continue
        for step in _reached(program, asked.id, past_effects=False):
            if step.id != asked.id and isinstance(step, AskStep | ConfirmStep) and not step.hold:
                # Going back keeps at least what was known there before, so only the seal can be lost on the way.
                yield step, Edge("back", asked.id, assigns=everything, drops_seal=True, grants="card", engine=True)


def _reached(program: Program, start: str, *, past_effects: bool) -> list[Step]:
    """The step and those that the ways from it lead to; calls with an effect end them or not."""
    found: dict[str, Step] = {}
    left: list[str | None] = [start]
    while left:
        step = program.steps.get(left.pop() or "")
        if step is None or step.id in found:
            continue
        if step.id != start and not past_effects and isinstance(step, CallStep) and step.has_effect:
            continue
        found[step.id] = step
        left.extend(edge.target for edge in step.edges())
    return list(found.values())


def spoken_way(step: Step, edge: Edge) -> str:
    """How a message names a way: the step that is left and by which arm."""
    return f"from step '{step.id}' by '{edge.arm}'"
