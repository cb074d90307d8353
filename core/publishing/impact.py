"""What becomes of the people who are in conversations when other flows are published: counted, pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from core.dialog.changes.model import Change
from core.dialog.program import Program
from core.dialog.turns.revisions import Fate, fate_of
from core.publishing.schema import Impact, PeopleStranded, Standing

# The hardest fate is read first.
_ORDER: Final[tuple[Fate, ...]] = ("ends", "restarts", "follows", "stays")


def impacts_of(
    standing: Iterable[Standing], flows: Mapping[str, Program], changes: Iterable[Change] = ()
) -> tuple[Impact, ...]:
    """For everybody on a revision that is not the one of `flows`. Steps in `changes` are those that were touched."""
    touched = {(change.flow, change.step) for change in changes if change.step}
    found = [_impact(one, flows.get(one.flow), touched) for one in standing if _concerns(one, flows)]
    return tuple(sorted(found, key=lambda impact: (_ORDER.index(impact.fate), not impact.touched)))


def _concerns(standing: Standing, flows: Mapping[str, Program]) -> bool:
    """A kept revision that is not the current one; or a flow that shall begin later and is not there any more."""
    current = flows.get(standing.flow)
    if not standing.step:
        return current is None
    return bool(standing.policy) and (current is None or current.revision != standing.revision)


def _impact(standing: Standing, current: Program | None, touched: set[tuple[str, str]]) -> Impact:
    if not standing.step:
        return Impact(standing, "ends")
    fate, step = fate_of(standing.policy, standing.step, current)
    gone = current is None or standing.step not in current.steps
    place = step if step != standing.step else ""
    return Impact(standing, fate, place, gone or (standing.flow, standing.step) in touched)


def refuse_stranded(impacts: Iterable[Impact]) -> None:
    """Raises `PeopleStranded` naming each step that people stand on and that leads nowhere any more.

    A flow that shall begin later may go: nobody is in it yet.
    """
    ends = [impact.standing for impact in impacts if impact.fate == "ends" and impact.standing.step]
    if not ends:
        return
    lines = [
        f"{one.flow}.{one.step}: {one.people} live sessions stand on this step, which is not there any more; "
        f"write `moved: {{{one.step}: <the step where they go on>}}` in {one.flow}.yaml"
        for one in ends
    ]
    raise PeopleStranded("\n".join(lines))
