"""What came of replaying many talks: how many end differently, and in which ways, each with a few examples."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from core.dialog.program import ProgramSet
from core.dialog.replay.compare import Kind, Verdict, compare
from core.dialog.replay.player import ready
from core.dialog.replay.talks import Talk

_MOST_GROUPS: Final = 200
_MOST_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Example:
    """`number` is the row of the journal where the ways part: `teller flows record <number>` shows the talk."""

    number: int
    then: str
    now: str


@dataclass(slots=True)
class Group:
    """Talks that part at the same step in the same way."""

    flow: str
    step: str
    kinds: tuple[Kind, ...]
    was: str
    now: str
    count: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class Report:
    """`unknown`: reasons why it cannot be told how a talk would end, with their counts. Its size does not grow with
    the number of talks: at most 200 groups are kept apart, further ones are counted in `more`."""

    talks: int = 0
    turns: int = 0
    same: int = 0
    other_way: int = 0
    different: int = 0
    more: int = 0
    groups: dict[tuple[Any, ...], Group] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        self.talks += 1
        self.turns += verdict.turns
        if verdict.unknown:
            self.unknown[verdict.unknown] = self.unknown.get(verdict.unknown, 0) + 1
        elif verdict.kinds:
            self.different += 1
            self._group(verdict)
        else:
            self.same += 1
            self.other_way += verdict.parting is not None

    def _group(self, verdict: Verdict) -> None:
        parting = verdict.parting
        flow, _, step = (parting.at if parting is not None else "").partition(".")
        was, now = (parting.was, parting.now) if parting is not None else ("", "")
        key = (flow, step, verdict.kinds, was, now)
        group = self.groups.get(key)
        if group is None:
            if len(self.groups) >= _MOST_GROUPS:
                self.more += 1
                return
            group = self.groups[key] = Group(flow, step, verdict.kinds, was, now)
        group.count += 1
        if len(group.examples) < _MOST_EXAMPLES and parting is not None:
            group.examples.append(Example(parting.number, verdict.then, verdict.now))

    @property
    def sorted_groups(self) -> list[Group]:
        """Flow by flow, the most frequent way first."""
        return sorted(self.groups.values(), key=lambda group: (group.flow, -group.count, group.step))


NOT_FAITHFUL: Final = "the recording cannot be played again faithfully"


class Replayer:
    """Plays talks through `new`. `published`: the flows of now; where a talk was recorded with exactly these and does
    not go as recorded through them either, what it would do in the new ones cannot be told."""

    def __init__(self, new: ProgramSet, published: ProgramSet | None = None) -> None:
        self._new = ready(new)
        self._published = ready(published) if published is not None else None
        self.report = Report()

    def play(self, talk: Talk) -> Verdict:
        verdict = compare(talk, self._new)
        if verdict.kinds and self._published is not None and not self._faithful(talk, self._published):
            verdict = Verdict(talk.conversation, verdict.turns, unknown=NOT_FAITHFUL)
        self.report.add(verdict)
        return verdict

    def _faithful(self, talk: Talk, published: ProgramSet) -> bool:
        if not all(revision in published.revisions for revision in _revisions(talk)):
            return True
        control = compare(talk, published)
        return control.parting is None and not control.unknown


def _revisions(talk: Talk) -> Iterable[str]:
    return {revision for recorded in talk.rows for revision in recorded.row.flows.values()}
