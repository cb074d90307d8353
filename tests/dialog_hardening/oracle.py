"""A second opinion on the verifier: every way of walking through a program, one by one.

It shares no idea with the verifier. The verifier computes what surely holds at each step and meets it where ways join;
this walks each way with exactly what holds on it, reading the steps' own fields and not the edges that they declare.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from core.dialog.auth_levels import rank
from core.dialog.program import Program, Step
from core.dialog.schema import OUTCOMES
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import AuthStep
from core.dialog.steps.branch import BranchStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.confirm import ConfirmStep
from core.dialog.steps.go import GoStep
from core.dialog.steps.run import RunStep
from core.dialog.steps.say import SayStep
from core.dialog.steps.set import SetStep
from core.dialog.steps.wait import WaitStep

MOST_STATES: Final = 200_000
_NOTHING: Final[frozenset[str]] = frozenset()


class State(NamedTuple):
    """`agreed`: slots whose present value the customer has said yes to; `seen` those that were shown with them.
    `trail`: the questions answered so far, the last one at the end."""

    step: str | None
    auth: int = 0
    agreed: frozenset[str] = _NOTHING
    seen: frozenset[str] = _NOTHING
    trail: tuple[str, ...] = ()

    def at(self, step: str | None, *, written: frozenset[str] = _NOTHING) -> State:
        return self._replace(step=step, agreed=self.agreed - written)

    def undone(self, step: str | None, trail: tuple[str, ...]) -> State:
        return self._replace(step=step, agreed=_NOTHING, seen=_NOTHING, trail=trail)


def unproven_way(program: Program) -> list[str]:
    """The shortest way of steps to an effect that nobody agreed to; empty when there is none."""
    start = State(program.first)
    before: dict[State, State | None] = {start: None}
    queue = [start]
    for state in queue:
        step = program.steps.get(state.step or "")
        if step is None:
            continue
        if isinstance(step, CallStep) and step.has_effect and not _is_proven(program, step, state):
            return _way(state, before)
        for following in _following(program, step, state):
            if following not in before:
                assert len(before) < MOST_STATES, f"{program.name} has too many states to walk"
                before[following] = state
                queue.append(following)
    return []


def _way(state: State, before: dict[State, State | None]) -> list[str]:
    way: list[str] = []
    current: State | None = state
    while current is not None:
        way.append(str(current.step))
        current = before[current]
    return way[::-1]


def _is_proven(program: Program, step: CallStep, state: State) -> bool:
    if program.auth is None or rank(program.auth.level) == 0 or state.auth < rank(program.auth.level):
        return False
    slots = [expression.source.strip() for expression in step.args.values()]
    if any(slot not in program.slots for slot in slots):
        return False
    kinds = {slot: program.slots[slot].type.kind for slot in slots}
    agreed = all(slot in state.agreed for slot in slots if kinds[slot] != "secret")
    return agreed and all(slot in state.seen for slot in slots if kinds[slot] not in ("secret", "id", "card"))


def _following(program: Program, step: Step, state: State) -> Iterator[State]:
    if isinstance(step, AskStep | ConfirmStep) and not step.hold and state.trail:
        yield state.undone(state.trail[-1], state.trail[:-1])
    if isinstance(step, AskStep):
        yield from _asked(step, state)
    elif isinstance(step, ConfirmStep):
        yield from _confirmed(program, step, state)
    elif isinstance(step, CallStep):
        yield from _called(step, state)
    else:
        yield from _moved(step, state)


def _asked(step: AskStep, state: State) -> Iterator[State]:
    trail = state.trail if step.id in state.trail else (*state.trail, step.id)
    for target in (step.then, *step.routes.values()):
        yield state.at(target, written=frozenset((step.slot,)))._replace(trail=trail)
    yield state.at(step.none, written=frozenset((step.slot,)))
    if step.other is not None:
        yield state.at(step.other[1], written=frozenset((step.slot,)))
    yield state.at(step.otherwise, written=frozenset((step.slot,)))


def _confirmed(program: Program, step: ConfirmStep, state: State) -> Iterator[State]:
    shown = step.text.base
    seen = frozenset(
        slot
        for slot in shown.reads
        if slot in program.slots and (program.slots[slot].type.kind != "money" or slot in shown.open_reads)
    )
    yield state._replace(step=step.yes, agreed=frozenset(step.slots), seen=seen)
    yield state.undone(step.no, state.trail)
    yield state.undone(step.late, state.trail)
    for asker in step.askers.values():
        place = state.trail.index(asker) if asker in state.trail else len(state.trail)
        yield state.undone(asker, state.trail[:place])


def _called(step: CallStep, state: State) -> Iterator[State]:
    if step.has_effect:
        state = state.undone(state.step, ())
    for arm, target in step.arms.items():
        written = frozenset(step.save) if arm == "ok" else _NOTHING
        proven = rank(step.operation.signature.grants) if arm == "ok" else 0
        yield state.at(target, written=written)._replace(auth=max(state.auth, proven))


def _moved(step: Step, state: State) -> Iterator[State]:
    if isinstance(step, AuthStep):
        yield state.at(step.then)._replace(auth=max(state.auth, rank(step.requirement.level)))
        yield state.at(step.otherwise)
    elif isinstance(step, BranchStep):
        yield from (state.at(target) for target in (*(go for _, _, go in step.cases), step.otherwise))
    elif isinstance(step, SetStep):
        yield state.at(step.then, written=frozenset(step.values))
    elif isinstance(step, RunStep):
        yield from _ran(step, state)
    elif isinstance(step, WaitStep):
        for arm, target in step.arms.items():
            yield state.at(target, written=frozenset(step.awaited.save) if arm == "ok" else _NOTHING)
    elif isinstance(step, SayStep | GoStep):
        yield state.at(step.then)


def _ran(step: RunStep, state: State) -> Iterator[State]:
    for outcome in OUTCOMES:
        usual = step.then if outcome == "done" or step.otherwise is None else step.otherwise
        written = frozenset(step.save) if outcome == "done" else _NOTHING
        yield state.at(step.arms.get(outcome, usual), written=written)
