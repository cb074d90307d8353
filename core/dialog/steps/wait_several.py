"""A `wait` for several events at once: for all of them, or for the first that comes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from core.dialog.contracts import BankEvent
from core.dialog.program import Edge, Read
from core.dialog.steps.awaited import Awaited, is_refused, keep_reason
from core.dialog.steps.call import REASON_SLOTS
from core.dialog.steps.wait import EventWaitStep
from core.dialog.turns.outcomes import masked_event
from core.dialog.turns.work import Work

_ALWAYS_KEPT: Final = frozenset(("op", "outcome", "reason", "reference"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SeveralStep(EventWaitStep):
    """`every`: all must come; otherwise the first one decides and leads to its place in `ways`.

    In a wait for all nothing is saved and nobody is told before the last one has come: in which order they come then
    makes no difference.
    """

    every: bool
    entries: tuple[Awaited, ...]
    ways: tuple[str, ...]

    def wants(self, work: Work, event: BankEvent) -> bool:
        return bool(self._places(work, event))

    def _places(self, work: Work, event: BankEvent) -> list[str]:
        return [str(place) for place, entry in enumerate(self.entries) if entry.is_met(work, event)]

    def gathers(self, work: Work, event: BankEvent) -> bool:
        if not self.every:
            return False
        came = work.wait.came
        fresh = [place for place in self._places(work, event) if place not in came]
        if not fresh:
            work.journal.notes.append("came already")
            return True
        if is_refused(event) or len(came) + len(fresh) == len(self.entries):
            return False
        work.journal.notes.append(f"came {len(came) + len(fresh)} of {len(self.entries)}")
        kept = self._kept(work, event)
        work.wait.came = {**came, **dict.fromkeys(fresh, kept)}
        return True

    def _kept(self, work: Work, event: BankEvent) -> BankEvent:
        """What is needed of the event later, and no more."""
        names = _ALWAYS_KEPT.union(*(entry.save.values() for entry in self.entries))
        data = {name: value for name, value in masked_event(work, event).data.items() if name in names}
        return msgspec.structs.replace(event, data={"outcome": "ok", **data})

    def happened(self, work: Work, event: BankEvent) -> None:
        places = self._places(work, event)
        if is_refused(event):
            work.close(str(event.data.get("op", "")))
            self._leave_open(work)
            keep_reason(work, event)
            work.go("refused", self.arms["refused"])
        elif self.every:
            self._all_came(work, {**work.wait.came, **dict.fromkeys(places, self._kept(work, event))})
        else:
            self._first_came(work, int(places[0]), event)

    def _all_came(self, work: Work, came: Mapping[str, BankEvent]) -> None:
        work.wait.came = dict(came)
        events = [came[str(place)] for place in range(len(self.entries))]
        found = [entry.values(work, event) for entry, event in zip(self.entries, events, strict=True)]
        if None in found:
            self.expired(work)
            return
        for event in events:
            work.close(str(event.data.get("op", "")))
        for values in found:
            for slot, value in (values or {}).items():
                work.assign(slot, value)
        work.go("ok", self.arms["ok"])

    def _first_came(self, work: Work, place: int, event: BankEvent) -> None:
        work.close(str(event.data.get("op", "")))
        self._leave_open(work)
        values = self.entries[place].values(work, event)
        if values is None:
            work.go("timeout", self.arms["timeout"])
            return
        for slot, value in values.items():
            work.assign(slot, value)
        work.go(arm_of(place), self.ways[place])

    def expired(self, work: Work) -> None:
        self._leave_open(work)
        work.go("timeout", self.arms["timeout"])

    def _leave_open(self, work: Work) -> None:
        """How the other calls end is told late, also where it is known already."""
        for entry in self.entries:
            entry.give_up(work)
        session = work.session
        known = {event.data.get("op"): event for event in work.wait.came.values()}
        session.early = [*session.early, *(event for op, event in known.items() if op in session.open)]

    def edges(self) -> Iterable[Edge]:
        saved = [frozenset(entry.save) for entry in self.entries]
        if self.every:
            yield Edge("ok", self.arms.get("ok"), assigns=frozenset().union(*saved))
        else:
            for place, way in enumerate(self.ways):
                yield Edge(arm_of(place), way, assigns=saved[place])
        yield Edge("refused", self.arms.get("refused"), assigns=REASON_SLOTS)
        yield Edge("timeout", self.arms.get("timeout"))

    def reads(self) -> Iterable[Read]:
        yield from EventWaitStep.reads(self)
        for entry in self.entries:
            yield from entry.reads()


def arm_of(place: int) -> str:
    return f"of {place + 1}"
