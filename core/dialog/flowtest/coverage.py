"""What the tests of a folder went through, and which steps and arms no test has reached, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from core.dialog.flowtest.runner import TestOutcome
from core.dialog.program import Program, ProgramSet, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.call import CallStep
from core.dialog.steps.confirm import ConfirmStep
from core.kernel.strict_yaml import Mark, Place, Source

_CASE: Final = re.compile(r"case (\d+)")


class Count(NamedTuple):
    """How many of all were reached."""

    reached: int
    all: int

    def __add__(self, other: object) -> Count:
        assert isinstance(other, Count)
        return Count(self.reached + other.reached, self.all + other.all)


class Gap(NamedTuple):
    """A step, or an arm as `flow.step:arm`, that no test reached."""

    mark: Mark
    name: str


@dataclass(frozen=True, slots=True)
class FlowCoverage:
    """`engine`: ways that only the engine takes: tries used up, time run out, back, cancel, edit."""

    flow: str
    steps: Count
    arms: Count
    engine: Count
    missing_steps: tuple[Gap, ...]
    missing_arms: tuple[Gap, ...]
    missing_engine: tuple[Gap, ...]
    effect_gaps: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    flows: tuple[FlowCoverage, ...]

    @property
    def steps(self) -> Count:
        return sum((flow.steps for flow in self.flows), Count(0, 0))

    @property
    def arms(self) -> Count:
        return sum((flow.arms for flow in self.flows), Count(0, 0))

    @property
    def engine(self) -> Count:
        return sum((flow.engine for flow in self.flows), Count(0, 0))

    @property
    def percent(self) -> float:
        """Of the steps and the arms that authors have written; 100 where there are none."""
        whole = self.steps + self.arms
        return 100.0 * whole.reached / whole.all if whole.all else 100.0

    @property
    def effect_gaps(self) -> tuple[Gap, ...]:
        """Arms of calls with an effect that no test has taken. Nothing may be here."""
        return tuple(gap for flow in self.flows for gap in flow.effect_gaps)


def coverage(
    outcomes: Iterable[TestOutcome], programs: ProgramSet, sources: Mapping[str, Source | None] | None = None
) -> Coverage:
    """Steps and arms count when a test went there as it is written; ways of the engine also in the free runs.

    `sources`: the flows' files by name, which know the lines of the arms; without them an arm is at its step's line.
    """
    seen = list(outcomes)
    steps = frozenset().union(*(outcome.steps for outcome in seen))
    arms = frozenset().union(*(outcome.arms for outcome in seen))
    free = arms.union(*(outcome.free_arms for outcome in seen))
    return Coverage(
        tuple(
            _flow(program, steps, arms, free, (sources or {}).get(program.name)) for program in programs.flows.values()
        )
    )


def _flow(
    program: Program, steps: frozenset[str], arms: frozenset[str], free: frozenset[str], source: Source | None
) -> FlowCoverage:
    places = _step_places(source)
    known = [Gap(step.mark, f"{program.name}.{step.id}") for step in program.steps.values()]
    own: list[Gap] = []
    engine: list[Gap] = []
    effects: list[Gap] = []
    for step in program.steps.values():
        name = f"{program.name}.{step.id}"
        written = [
            Gap(_arm_mark(step, edge.arm, source, places), f"{name}:{edge.arm}")
            for edge in step.edges()
            if not edge.engine and edge.target is not None
        ]
        own += written
        engine += [Gap(step.mark, f"{name}:{arm}") for arm in _engine_arms(step, program)]
        if isinstance(step, CallStep) and step.has_effect:
            effects += written
    return FlowCoverage(
        flow=program.name,
        steps=_count(known, steps),
        arms=_count(own, arms),
        engine=_count(engine, free),
        missing_steps=_missing(known, steps),
        missing_arms=_missing(own, arms),
        missing_engine=_missing(engine, free),
        effect_gaps=_missing(effects, arms),
    )


def _count(every: list[Gap], reached: frozenset[str]) -> Count:
    return Count(sum(one.name in reached for one in every), len(every))


def _missing(every: list[Gap], reached: frozenset[str]) -> tuple[Gap, ...]:
    return tuple(one for one in every if one.name not in reached)


def _engine_arms(step: Step, program: Program) -> Iterator[str]:
    yield from (edge.arm for edge in step.edges() if edge.engine)
    if not isinstance(step, AskStep | ConfirmStep) or step.hold:
        return
    yield "cancel"
    if program.known.get(step.id, frozenset()) & program.asked:
        yield "back"


def _step_places(source: Source | None) -> dict[str, int]:
    """Where in the list of steps each id is."""
    if source is None or not isinstance(source.data, dict):
        return {}
    steps = source.data.get("steps")
    return {step["id"]: place for place, step in enumerate(steps or ()) if isinstance(step, dict) and "id" in step}


def _arm_mark(step: Step, arm: str, source: Source | None, places: Mapping[str, int]) -> Mark:
    """The line where the arm is written, or that of its step."""
    if source is None or step.id not in places:
        return step.mark
    at: Place = ("steps", places[step.id])
    case = _CASE.fullmatch(arm)
    branch = [(*at, "branch", int(case[1]) - 1)] if case is not None else []
    return next(
        (source.mark(place) for place in [*branch, (*at, "on", arm), (*at, arm)] if source.written(place) == place),
        step.mark,
    )
