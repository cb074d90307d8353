"""What the tests of a folder went through, and which steps and arms no test has reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.dialog.flowtest.runner import TestOutcome
from core.dialog.program import ProgramSet
from core.dialog.steps.call import CallStep


@dataclass(frozen=True, slots=True)
class Coverage:
    """`steps` and `arms`: how many of all were reached. `effect_gaps`: arms of calls with an effect that none was."""

    steps: tuple[int, int]
    arms: tuple[int, int]
    missing_steps: tuple[str, ...]
    missing_arms: tuple[str, ...]
    effect_gaps: tuple[str, ...]


def coverage(outcomes: Iterable[TestOutcome], programs: ProgramSet) -> Coverage:
    """Steps as `flow.step`, arms as `flow.step:arm`; ways that only the engine takes do not count."""
    seen = list(outcomes)
    steps_seen = frozenset().union(*(outcome.steps for outcome in seen))
    arms_seen = frozenset().union(*(outcome.arms for outcome in seen))
    steps, arms, effects = [], [], []
    for program in programs.flows.values():
        for step in program.steps.values():
            name = f"{program.name}.{step.id}"
            steps.append(name)
            own = [f"{name}:{edge.arm}" for edge in step.edges() if not edge.engine and edge.target is not None]
            arms += own
            if isinstance(step, CallStep) and step.has_effect:
                effects += own
    missing_steps = tuple(step for step in steps if step not in steps_seen)
    missing_arms = tuple(arm for arm in arms if arm not in arms_seen)
    return Coverage(
        (len(steps) - len(missing_steps), len(steps)),
        (len(arms) - len(missing_arms), len(arms)),
        missing_steps,
        missing_arms,
        tuple(arm for arm in effects if arm not in arms_seen),
    )
