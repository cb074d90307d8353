"""The control-flow graph of a flow with the facts that hold at each step; flows that it runs stand in by summaries."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from core.dialog.auth_levels import rank
from core.dialog.checks.facts import UNTOUCHED, Facts, Proof, at_least, signed_in
from core.dialog.checks.summary import UNKNOWN, Summary
from core.dialog.compiling.builder import ALWAYS_KNOWN
from core.dialog.program import Edge, Program, Requirement, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import LOGIN_FLOW, AuthStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.confirm import ConfirmStep
from core.dialog.steps.run import RunStep

_NOTHING: Final[frozenset[str]] = frozenset()


class Way(NamedTuple):
    """An edge out of a step, and what it does to the facts. `proof`: to the auth level. `forgets`: slots that have no
    value any more before `edge.assigns` get theirs. `drops_seal`: what was confirmed may no longer hold. `shown`: what
    the confirmation showed that `edge.sealed` comes from. `stands_open`: the customer may do something else first."""

    step: Step
    edge: Edge
    proof: Proof = UNTOUCHED
    forgets: frozenset[str] = _NOTHING
    drops_seal: bool = False
    shown: frozenset[str] = _NOTHING
    stands_open: bool = False

    def passed(self, facts: Facts) -> Facts:
        """What holds after the step when it is left this way."""
        edge = self.edge
        auth = facts.auth if self.proof is UNTOUCHED else facts.auth.then(self.proof)
        assigned = facts.assigned
        if self.forgets:
            assigned = assigned - self.forgets
        if edge.assigns:
            assigned = assigned | edge.assigns
        if edge.sealed:
            return Facts(auth, assigned, edge.sealed, self.shown)
        written = edge.assigns | self.forgets
        if not facts.sealed or self.drops_seal or written & facts.sealed:
            return Facts(auth, assigned)
        return Facts(auth, assigned, facts.sealed, facts.shown, facts.aged or self.stands_open)

    def __str__(self) -> str:
        return f"from step '{self.step.id}' by '{self.edge.arm}'"


Ways = Mapping[str, list[Way]]


@dataclass(frozen=True, slots=True)
class Graph:
    """`ways`: by the step that they leave, the engine's own included. `facts`: what holds on entering a step; steps
    that cannot be reached have none. `run`: summaries of the flows that this one may run."""

    program: Program
    ways: Ways
    facts: Mapping[str, Facts]
    run: Mapping[str, Summary]

    def into(self, step: str) -> list[Way]:
        return [way for ways in self.ways.values() for way in ways if way.edge.target == step]


def build_graph(program: Program, run: Mapping[str, Summary]) -> Graph:
    secrets = frozenset(name for name, slot in program.slots.items() if slot.type.kind == "secret")
    ways = {step.id: _own_ways(step, program, run, secrets) for step in program.steps.values()}
    for way in _back_ways(program, ways):
        ways[way.step.id].append(way)
    return Graph(program, ways, _facts(program, ways), run)


def _own_ways(step: Step, program: Program, run: Mapping[str, Summary], secrets: frozenset[str]) -> list[Way]:
    """Without the outcomes that a flow which is run never has."""
    forgets = secrets if step.waits or step.kind in ("run", "auth") else _NOTHING
    if isinstance(step, AskStep):
        forgets = forgets | {step.slot}
    shown = step.shown if isinstance(step, ConfirmStep) else _NOTHING
    possible = run.get(step.flow, UNKNOWN).ends if isinstance(step, RunStep) else None
    opened = stands_open(step)
    return [
        Way(
            step=step,
            edge=edge,
            proof=_proof(step, edge, program, run),
            forgets=forgets,
            drops_seal=edge.drops_seal or _breaks_seal(step, edge, run),
            shown=shown if edge.sealed else _NOTHING,
            stands_open=opened,
        )
        for edge in step.edges()
        if possible is None or edge.arm in possible
    ]


def _facts(program: Program, ways: Ways) -> dict[str, Facts]:
    facts = {program.first: Facts(UNTOUCHED, frozenset(program.takes) | ALWAYS_KNOWN)}
    queue = deque([program.first])
    while queue:
        identity = queue.popleft()
        known_here = facts[identity]
        for way in ways.get(identity, ()):
            target = way.edge.target
            if not target or target not in ways:
                continue
            after = way.passed(known_here)
            known = facts.get(target)
            met = after if known is None else known.meet(after)
            if met != known:
                facts[target] = met
                queue.append(target)
    return facts


def _proof(step: Step, edge: Edge, program: Program, run: Mapping[str, Summary]) -> Proof:
    if isinstance(step, AuthStep):
        return _asked_for(step.requirement) if edge.arm == "pass" else run.get(LOGIN_FLOW, UNKNOWN).any_end
    if isinstance(step, RunStep):
        return run.get(step.flow, UNKNOWN).ends.get(edge.arm, UNTOUCHED)
    if edge.grants:
        return signed_in(rank(edge.grants))
    if isinstance(step, ConfirmStep) and program.auth is not None and rank(program.auth.level):
        # Where the login has grown old, `yes` runs it once more, and a higher level than the flow's is gone then.
        return Proof(0, rank(program.auth.level))
    return UNTOUCHED


def _asked_for(requirement: Requirement) -> Proof:
    """An `auth` step is passed with at least its level; a login that had grown old was done again for just that."""
    level = rank(requirement.level)
    return signed_in(level) if requirement.fresh_ms else at_least(level)


def _breaks_seal(step: Step, edge: Edge, run: Mapping[str, Summary]) -> bool:
    """Whether what was confirmed may no longer hold after the step: a sign-in, an effect or another confirmation."""
    if isinstance(step, RunStep):
        return not run.get(step.flow, UNKNOWN).keeps_seal
    if isinstance(step, CallStep):
        return step.has_effect or bool(edge.grants)
    return step.kind in ("auth", "confirm")


def stands_open(step: Step) -> bool:
    """Whether the customer, while the flow stands here, may do something else or just let time go by."""
    return step.waits and step.kind != "call" and not getattr(step, "hold", False)


def _back_ways(program: Program, ways: Ways) -> list[Way]:
    """From every question to the ones that may have been answered before it, with no effect in between.

    Going back keeps what was known there before, except for the seal and for an auth level in whose place a sign-in
    on the way has put a lower one; none of the flow's sign-ins leaves less than the lowest of them.
    """
    everything = frozenset(program.slots) | ALWAYS_KNOWN
    lowest = signed_in(min((way.proof.most for ways_out in ways.values() for way in ways_out), default=0))
    found = []
    for asked in _reached(program, program.first, ways, past_effects=True):
        if asked.kind != "ask":
            continue
        back = Edge("back", asked.id, assigns=everything, drops_seal=True, engine=True)
        for step in _reached(program, asked.id, ways, past_effects=False):
            if step.id != asked.id and step.kind in ("ask", "confirm") and not getattr(step, "hold", False):
                found.append(Way(step, back, lowest, drops_seal=True))
    return found


def _reached(program: Program, start: str, ways: Ways, *, past_effects: bool) -> list[Step]:
    """The step and those that the ways from it lead to; calls with an effect end them or not."""
    found: dict[str, Step] = {}
    left = [start]
    while left:
        identity = left.pop()
        if identity in found or identity not in program.steps:
            continue
        step = program.steps[identity]
        if identity != start and not past_effects and isinstance(step, CallStep) and step.has_effect:
            continue
        found[identity] = step
        left.extend(way.edge.target for way in ways[identity] if way.edge.target)
    return list(found.values())
