"""How a talk went then and how it goes now: the first place where the ways part, and whether it ends differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from core.dialog.program import ProgramSet
from core.dialog.recording.row import Row, ends_in
from core.dialog.replay.player import Player, Step, Unrecorded, answered
from core.dialog.replay.talks import Talk

Kind = Literal["money", "calls", "breaks", "unanswered", "not offered", "outcome", "step"]
KINDS: Final[tuple[Kind, ...]] = ("money", "calls", "breaks", "unanswered", "not offered", "outcome", "step")
_NOWHERE: Final = "the beginning"


@dataclass(frozen=True, slots=True)
class Parting:
    """`at`: the last step that both ways share, as `flow.step`; `was` and `now`: how each goes on. `number`: the row of
    the journal in which they part."""

    at: str
    was: str
    now: str
    number: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kinds` is empty when the talk ends as it did. `unknown`: why it cannot be told, "" when it can.

    `then` and `now` say how it ended, in the words of the report.
    """

    conversation: str
    turns: int
    kinds: tuple[Kind, ...] = ()
    unknown: str = ""
    parting: Parting | None = None
    then: str = ""
    now: str = ""


@dataclass(slots=True)
class _Way:
    """What can be compared of a whole talk. `position` is the step entered last."""

    ends: list[str] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    money: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    position: str = ""

    def take(self, path: list[str], notes: list[str], calls: list[tuple[str, dict[str, Any]]]) -> None:
        if path:
            self.position = path[-1]
        if notes:
            self.ends += ends_in(notes)
        for operation, money in calls:
            self.calls.append(operation)
            if money:
                self.money.append((operation, money))

    def told(self) -> str:
        return ", ".join([*self.ends, f"last step {self.position or 'none'}"])


class _Comparison:
    def __init__(self, talk: Talk, programs: ProgramSet) -> None:
        self.talk = talk
        self.programs = programs
        self.then = _Way()
        self.now = _Way()
        self.parting: Parting | None = None
        self.kinds: set[Kind] = set()
        self.shared = ""
        self.turns = 0

    def look(self, step: Step) -> None:
        """One turn. Only until the ways part are turns compared one by one."""
        self.turns += 1
        journal = step.turned.journal
        path, arms = journal.get("path", []), journal.get("arms", [])
        notes = journal.get("notes", [])
        calls = [(call["op"], call.get("money", {})) for call in journal.get("calls", ())]
        self.now.take(path, notes, calls)
        row = step.recorded.row if step.recorded is not None else Row()
        number = step.recorded.number if step.recorded is not None else self.talk.rows[0].number
        if not answered(step):
            self.kinds.add("unanswered")
        if any(note.startswith("error ") for note in notes) and not any(n.startswith("error ") for n in row.notes):
            self.kinds.add("breaks")
        if not step.offered and row.event == "button":
            self.kinds.add("not offered")
        if self.parting is None:
            self.parting = self._parted(row, path, arms, calls, ends_in(notes), number)
        if path:
            self.shared = path[-1]

    def _parted(
        self, row: Row, path: list[str], arms: list[str], calls: list[tuple[str, Any]], ends: list[str], number: int
    ) -> Parting | None:
        if row.arms != arms or row.path != path:
            return self._at(way(row.path, row.arms), way(path, arms), number)
        if row.ends != ends:
            return self._at([*way(path, arms), *row.ends], [*way(path, arms), *ends], number)
        asked = [(call.op, call.money) for call in row.calls]
        if asked == calls:
            return None
        here = path[-1] if path else self.shared
        return Parting(here or _NOWHERE, _listed(asked), _listed(calls), number)

    def _at(self, was: list[str], now: list[str], number: int) -> Parting:
        shared = 0
        while shared < min(len(was), len(now)) and was[shared] == now[shared]:
            shared += 1
        at = was[shared - 1].partition(":")[0] if shared else self.shared
        return Parting(at or _NOWHERE, _named(was, shared), _named(now, shared), number)

    def verdict(self, unknown: str = "") -> Verdict:
        for recorded in self.talk.rows:
            row = recorded.row
            self.then.take(row.path, row.notes, [(call.op, call.money) for call in row.calls])
        if not unknown:
            self._compare()
        kinds = () if unknown else tuple(kind for kind in KINDS if kind in self.kinds)
        return Verdict(
            self.talk.conversation, self.turns, kinds, unknown, self.parting, self.then.told(), self.now.told()
        )

    def _compare(self) -> None:
        then, now = self.then, self.now
        if self.parting is None:
            return
        if sorted(then.calls) != sorted(now.calls):
            self.kinds.add("calls")
        if then.money != now.money:
            self.kinds.add("money")
        if then.ends != now.ends:
            self.kinds.add("outcome")
        if not same_place(then.position, now.position, self.programs):
            self.kinds.add("step")


def same_place(then: str, now: str, programs: ProgramSet) -> bool:
    """Whether the steps are the same, by the `moved` of their flow; what a step does in place counts as that step."""
    flow, _, step = then.partition(".")
    program = programs.flows.get(flow)
    renamed: Mapping[str, str] = program.moved if program is not None else {}
    base, dot, rest = step.partition(".")
    return then == now or now in (f"{flow}.{renamed.get(step, step)}", f"{flow}.{renamed.get(base, base)}{dot}{rest}")


def way(path: list[str], arms: list[str]) -> list[str]:
    """Steps and the arms that led out of them, in the order in which they were gone through."""
    gone: list[str] = []
    entered = 0
    for arm in arms:
        step = arm.partition(":")[0]
        if step in path[entered:]:
            until = path.index(step, entered) + 1
            gone += path[entered:until]
            entered = until
        gone.append(arm)
    return [*gone, *path[entered:]]


def _named(gone: list[str], place: int) -> str:
    return gone[place] if place < len(gone) else "nothing"


def _listed(calls: list[tuple[str, Any]]) -> str:
    return ", ".join(f"{operation} {_sums(money)}".strip() for operation, money in calls) or "nothing"


def _sums(money: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={value.get('amount')} {value.get('currency')}" for name, value in money.items())


def compare(talk: Talk, programs: ProgramSet) -> Verdict:
    """`programs` come from `player.ready`."""
    comparison = _Comparison(talk, programs)
    try:
        for step in Player(programs, talk).steps():
            comparison.look(step)
    except Unrecorded as missing:
        return comparison.verdict(f"{missing.operation} was not asked for then")
    return comparison.verdict()
