"""A second opinion on the verifier: every way of walking through a flow and the flows that it runs, one by one.

It shares no idea with the verifier. The verifier computes what surely holds at each step, meets it where ways join and
knows a flow that is run by a summary; this walks each way with exactly what holds on it, down into the flows that are
run and back, reading the steps' own fields and not the edges that they declare.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from core.dialog.auth_levels import rank
from core.dialog.program import Program, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.auth import AuthStep
from core.dialog.steps.branch import BranchStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.confirm import ConfirmStep
from core.dialog.steps.end import EndStep
from core.dialog.steps.follow_up import FollowUpStep
from core.dialog.steps.go import GoStep
from core.dialog.steps.handoff import ReturningHandoffStep
from core.dialog.steps.run import RunStep
from core.dialog.steps.say import SayStep
from core.dialog.steps.set import SetStep
from core.dialog.steps.unschedule import UnscheduleStep
from core.dialog.steps.wait import WaitStep
from core.dialog.steps.wait_several import SeveralStep

MOST_STATES: Final = 200_000
_NOTHING: Final[frozenset[str]] = frozenset()


class Place(NamedTuple):
    """`trail`: the questions answered so far in this flow, the last one at the end."""

    flow: str
    step: str | None
    trail: tuple[str, ...] = ()


class State(NamedTuple):
    """`agreed`: slots of the flow `owner` whose present value the customer has said yes to; `seen` those that were
    shown with them. `auth`: the level of the last sign-in on this way."""

    stack: tuple[Place, ...]
    auth: int = 0
    owner: str = ""
    agreed: frozenset[str] = _NOTHING
    seen: frozenset[str] = _NOTHING

    @property
    def place(self) -> Place:
        return self.stack[-1]

    def at(self, step: str | None, *, written: frozenset[str] = _NOTHING) -> State:
        moved = self._replace(stack=(*self.stack[:-1], self.place._replace(step=step)))
        if self.owner == self.place.flow and written & self.agreed:
            return moved.unsealed()
        return moved

    def unsealed(self) -> State:
        return self._replace(owner="", agreed=_NOTHING, seen=_NOTHING)

    def undone(self, step: str | None, trail: tuple[str, ...]) -> State:
        place = self.place._replace(step=step, trail=trail)
        return self._replace(stack=(*self.stack[:-1], place)).unsealed()

    def below(self, flow: str, first: str) -> State:
        return self._replace(stack=(*self.stack, Place(flow, first)))

    def above(self) -> State:
        state = self.unsealed() if self.owner == self.place.flow else self
        return state._replace(stack=self.stack[:-1])


def unproven_way(program: Program, programs: Mapping[str, Program]) -> list[str]:
    """The shortest way of steps to an effect that nobody agreed to; empty when there is none."""
    start = State((Place(program.name, program.first),))
    before: dict[State, State | None] = {start: None}
    queue = [start]
    walk = _Walk({**programs, program.name: program})
    for state in queue:
        step = walk.step(state)
        if step is None:
            continue
        if isinstance(step, CallStep) and step.has_effect and not walk.is_proven(step, state):
            return _way(state, before)
        for following in walk.following(step, state):
            if following.stack and following not in before:
                assert len(before) < MOST_STATES, f"{program.name} has too many states to walk"
                before[following] = state
                queue.append(following)
    return []


def _way(state: State, before: dict[State, State | None]) -> list[str]:
    way: list[str] = []
    current: State | None = state
    while current is not None:
        own = len(current.stack) == 1
        way.append(str(current.place.step) if own else f"{current.place.flow}.{current.place.step}")
        current = before[current]
    return way[::-1]


class _Walk:
    def __init__(self, programs: Mapping[str, Program]) -> None:
        self._programs = programs

    def step(self, state: State) -> Step | None:
        return self._programs[state.place.flow].steps.get(state.place.step or "")

    def is_proven(self, step: CallStep, state: State) -> bool:
        program = self._programs[state.place.flow]
        if program.auth is None or rank(program.auth.level) == 0 or state.auth < rank(program.auth.level):
            return False
        slots = [expression.source.strip() for expression in step.args.values()]
        if any(slot not in program.slots for slot in slots) or (slots and state.owner != program.name):
            return False
        kinds = {slot: program.slots[slot].type.kind for slot in slots}
        agreed = all(slot in state.agreed for slot in slots if kinds[slot] != "secret")
        return agreed and all(slot in state.seen for slot in slots if kinds[slot] not in ("secret", "id", "card"))

    def following(self, step: Step, state: State) -> Iterator[State]:
        if isinstance(step, AskStep | ConfirmStep) and not step.hold:
            yield from self._ended(state, "cancelled")
            if state.place.trail:
                yield state.undone(state.place.trail[-1], state.place.trail[:-1])
        if isinstance(step, AskStep):
            yield from self._asked(step, state)
        elif isinstance(step, ConfirmStep):
            yield from self._confirmed(step, state.unsealed())
        elif isinstance(step, CallStep):
            yield from self._called(step, state)
        else:
            yield from self._moved(step, state)

    def _begun(self, flow: str, state: State) -> Iterator[State]:
        assert len(state.stack) < 12, "the flows run each other for ever"
        yield state.below(flow, self._programs[flow].first)

    def _ended(self, state: State, outcome: str) -> Iterator[State]:
        """Back in the flow that ran this one; its step goes on by the outcome."""
        back = state.above()
        step = self.step(back) if back.stack else None
        if isinstance(step, RunStep):
            usual = step.then if outcome == "done" or step.otherwise is None else step.otherwise
            written = frozenset(step.save) if outcome == "done" else _NOTHING
            yield back.at(step.arms.get(outcome, usual), written=written)
        elif isinstance(step, AuthStep):
            if back.auth >= rank(step.requirement.level):
                yield back.at(step.then)
            if outcome in ("cancelled", "expired"):
                yield from self._ended(back, outcome)
            else:
                yield from self._targeted(back, step.otherwise, "failed")
        elif isinstance(step, ConfirmStep):
            if outcome == "done":
                yield back
            else:
                yield from self._ended(back, outcome if outcome in ("cancelled", "expired") else "failed")

    def _targeted(self, state: State, target: str | None, outcome: str) -> Iterator[State]:
        """To the step, or without one to the end of the flow."""
        if target is not None:
            yield state.at(target)
        else:
            yield from self._ended(state, outcome)

    def _asked(self, step: AskStep, state: State) -> Iterator[State]:
        trail = state.place.trail if step.id in state.place.trail else (*state.place.trail, step.id)
        written = frozenset((step.slot,))
        for target in (step.then, *step.routes.values()):
            answered = state.at(target, written=written)
            yield answered._replace(stack=(*answered.stack[:-1], answered.place._replace(trail=trail)))
        if step.none is not None:
            yield state.at(step.none, written=written)
        if step.other is not None:
            yield state.at(step.other[1], written=written)
        yield from self._targeted(state.at(step.id, written=written), step.otherwise, "failed")

    def _confirmed(self, step: ConfirmStep, state: State) -> Iterator[State]:
        program, trail = self._programs[state.place.flow], state.place.trail
        texts = (step.text, *step.text.variants.values())
        seen = frozenset(
            slot
            for slot, about in program.slots.items()
            if all(slot in (text.base.open_reads if about.type.kind == "money" else text.base.reads) for text in texts)
        )
        yield state.at(step.yes)._replace(owner=program.name, agreed=frozenset(step.slots), seen=seen)
        if program.auth is not None and rank(program.auth.level):
            yield from self._begun("login", state)
        yield from self._targeted(state, step.no, "cancelled")
        yield from self._targeted(state, step.late, "expired")
        for asker in step.askers.values():
            yield state.undone(asker, trail[: trail.index(asker)] if asker in trail else trail)

    def _called(self, step: CallStep, state: State) -> Iterator[State]:
        if step.has_effect:
            state = state.undone(state.place.step, ())
        for arm in dict.fromkeys((*step.operation.signature.arms, *step.arms, "unknown")):
            after = state
            grants = rank(step.operation.signature.grants) if arm == "ok" else 0
            if grants:
                after = state.unsealed()._replace(auth=grants)
            target = step.arms.get(arm)
            if target is not None:
                yield after.at(target, written=frozenset(step.save) if arm == "ok" else _NOTHING)
            else:
                yield from self._ended(after, "refused" if arm == "refused" else "failed")

    def _moved(self, step: Step, state: State) -> Iterator[State]:
        if isinstance(step, AuthStep):
            yield from self._asked_who(step, state)
        elif isinstance(step, RunStep):
            yield from self._begun(step.flow, state)
        elif isinstance(step, EndStep):
            yield from self._ended(state, step.outcome)
        else:
            yield from _led(step, state)

    def _asked_who(self, step: AuthStep, state: State) -> Iterator[State]:
        """Passed with a level that is there, maybe from before the flow began; or the login is run."""
        level = rank(step.requirement.level)
        yield state.at(step.then)._replace(auth=max(state.auth, level))
        if state.auth < level or step.requirement.fresh_ms:
            yield from self._begun("login", state)


def _led(step: Step, state: State) -> Iterator[State]:
    if isinstance(step, BranchStep):
        yield from (state.at(target) for target in (*(go for _, _, go in step.cases), step.otherwise))
    elif isinstance(step, SetStep):
        yield state.at(step.then, written=frozenset(step.values))
    elif isinstance(step, WaitStep):
        for arm, target in step.arms.items():
            yield state.at(target, written=frozenset(step.awaited.save) if arm == "ok" else _NOTHING)
    elif isinstance(step, SeveralStep):
        saved = frozenset(slot for entry in step.entries for slot in entry.save)
        yield from (state.at(target, written=saved) for target in (*step.arms.values(), *step.ways))
    elif isinstance(step, ReturningHandoffStep):
        yield state.undone(step.back, state.place.trail)
    elif isinstance(step, SayStep | GoStep | FollowUpStep | UnscheduleStep):
        yield state.at(step.then)
