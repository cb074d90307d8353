"""What every test is played with besides: things that happen to real customers and must change nothing, or no money.

`same` runs must ask the bank the same, end the same and stand at the same place. The others may end otherwise; in them
as in all of them nothing breaks, nobody is left without an answer and no money moves twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, NamedTuple

from msgspec.structs import replace

from core.dialog.flowtest.disturbances import (
    BankIsTooLate,
    Busy,
    DoubledTaps,
    EarlyEvents,
    Killed,
    Redelivered,
    cancelled,
    card_number_typed,
    kept_waiting,
    not_understood,
    old_button_pressed,
    went_back,
)
from core.dialog.flowtest.plays import Play, PlayError, begin, end_of, problem
from core.dialog.flowtest.reading import ReadTest
from core.dialog.flowtest.talk import play_line
from core.dialog.flowtest.twists import Twist
from core.dialog.flowtest.universe import Universe
from core.dialog.problems import FlowProblem
from core.dialog.program import ProgramSet

MOST_PLACES: Final = 24


class Whole(NamedTuple):
    """A run from the beginning to the end with a twist in it."""

    name: str
    what: str
    twist: Callable[[Play, ProgramSet], Twist | None]
    same: bool = True


class Placed(NamedTuple):
    """A run that goes on from before a line, with something in between. `rest`: the rest of the talk follows."""

    name: str
    what: str
    disturb: Callable[[Universe], bool]
    rest: bool


WHOLE: Final = (
    Whole(
        "double_tap",
        "with every button pressed twice",
        lambda play, _: DoubledTaps() if play.look.has_buttons else None,
    ),
    Whole("redelivery", "with everything delivered twice", lambda play, _: Redelivered()),
    Whole("killed", "with the process killed around every turn", lambda play, _: Killed()),
    Whole("busy", "with the customer writing while the bank is asked", lambda play, _: Busy()),
    Whole("early_event", "with the bank's event before its wait", EarlyEvents.of),
    Whole("early_event_busy", "with the bank's event early and the customer writing", EarlyEvents.of_busy),
)
PLACED: Final = (
    Placed("old_button", "with an old button pressed before this line", old_button_pressed, rest=True),
    Placed("card_number", "with a card number typed before this line", card_number_typed, rest=True),
    Placed("cancel", "when the customer cancels before this line", cancelled, rest=False),
    Placed("back", "when the customer goes back before this line", went_back, rest=False),
    Placed("not_understood", "when nothing can be read any more before this line", not_understood, rest=False),
    Placed("silence", "when the customer is silent before this line", kept_waiting, rest=False),
)
LATE: Final = "late_answer"


@dataclass(slots=True)
class FreeRuns:
    """`runs`: how many were made. `arms`: the ways that they went, as `flow.step:arm`."""

    read: ReadTest
    programs: ProgramSet
    play: Play
    runs: int = 0
    arms: frozenset[str] = frozenset()

    def whole(self) -> list[FlowProblem]:
        """The runs from beginning to end; the first failure of each."""
        failures: list[FlowProblem] = []
        for run in WHOLE:
            twist = run.twist(self.play, self.programs)
            if twist is not None:
                failures += self._whole(run, twist)
        return failures

    def placed(self) -> list[FlowProblem]:
        """The runs that go on from each line; the first failure of each kind."""
        failures: list[FlowProblem] = []
        for run in PLACED:
            failures += next((found for at in self._places() if (found := self._placed(run, *at))), [])
        failures += next((found for at in self._places() if (found := self._late(*at))), [])
        return failures

    def _places(self) -> Sequence[tuple[int, Universe]]:
        """Before each line and after the last one, at most 24 of them; nothing comes between the files of an album."""
        lines = self.play.model.talk
        said = [place for place, line in enumerate(lines) if line.bot is None]
        files = [place for place in said if lines[place].media is not None]
        inside = {at for before, at in pairwise(said) if before in files and at in files}
        places = [one for one in self.play.before if one[0] not in inside]
        places.append((len(lines), self.play.world))
        stride = -(-len(places) // MOST_PLACES)
        return places[::stride]

    def _whole(self, run: Whole, twist: Twist) -> list[FlowProblem]:
        self.runs += 1
        world = begin(self.read, self.play.model, self.programs, self.play.look, twist)
        return self._finished(world, 0, run.name, run.what, same=run.same, mark_at=None)

    def _placed(self, run: Placed, place: int, before: Universe) -> list[FlowProblem]:
        if before.session is None or (not run.rest and before.wait is None):
            return []
        world = before.fork(Twist())
        try:
            happened = run.disturb(world)
        except PlayError as error:
            return [self._problem(place, run.what, error.detail, run.name)]
        if not happened:
            return []
        self.runs += 1
        found = self._found(world, place, run.what, run.name)
        if found or not run.rest or _same_place(world, before):
            self.arms |= world.trace.arms
            return found
        return self._finished(world, place, run.name, run.what, same=True, mark_at=place)

    def _late(self, place: int, before: Universe) -> list[FlowProblem]:
        """The bank answers only when its time is over, and the customer says nothing more."""
        if place == len(self.play.model.talk):
            return []
        twist = BankIsTooLate()
        world = before.fork(twist)
        try:
            play_line(world, self.play.model.talk[place], self.programs)
            if not twist.calls:
                return []
            kept_waiting(world)
        except PlayError as error:
            return [self._problem(place, "when the bank answers too late", error.detail, LATE)]
        self.runs += 1
        self.arms |= world.trace.arms
        return self._found(world, place, "when the bank answers too late", LATE)

    def _finished(
        self, world: Universe, start: int, name: str, what: str, *, same: bool, mark_at: int | None
    ) -> list[FlowProblem]:
        """The rest of the talk, and what is otherwise than in the plain one."""
        for place in range(start, len(self.play.model.talk)):
            line = self.play.model.talk[place]
            at = place if mark_at is None else mark_at
            if line.bot is not None:
                continue
            try:
                play_line(world, line, self.programs)
            except PlayError as error:
                return [self._problem(at, what, error.detail, name)]
            if found := self._found(world, at, what, name):
                return found
        self.arms |= world.trace.arms
        return list(self._differences(world, mark_at, what, name)) if same else []

    def _found(self, world: Universe, place: int, what: str, name: str) -> list[FlowProblem]:
        return [self._problem(place, what, one.sentence, name) for one in dict.fromkeys(world.trace.findings)]

    def _differences(self, world: Universe, place: int | None, what: str, name: str) -> Iterator[FlowProblem]:
        plain = self.play.world
        asked, usual = world.bank.calls, plain.bank.calls
        if asked != usual:
            sentence = f"the bank is asked {_listed(asked)} instead of {_listed(usual)}"
            yield self._problem(place, what, sentence, name)
        opened, usually = (len(one.trace.tickets) for one in (world, plain))
        if opened != usually:
            yield self._problem(place, what, f"it opens {opened} tickets instead of {usually}", name)
        end, usual_end = end_of(world, self.read.flow), self.play.end()
        if end != usual_end:
            yield self._problem(place, what, f"it ends '{end}', not '{usual_end}'", name)
        here, there = _standing(world), _standing(plain)
        if here != there:
            yield self._problem(place, what, f"it stands at {here}, not at {there}", name)

    def _problem(self, place: int | None, what: str, sentence: str, name: str) -> FlowProblem:
        inside = place is not None and place < len(self.play.model.talk)
        mark = self.read.mark("talk", place) if inside and place is not None else self.read.mark()
        return problem(mark, f"{what}, {sentence}", name)


def _same_place(world: Universe, before: Universe) -> bool:
    """Whether the rest would go as it does anyway: sessions that differ in nothing but their count of turns."""
    if world.session is None or before.session is None or world.bank.calls != before.bank.calls:
        return False
    return replace(world.session, seq=0) == replace(before.session, seq=0)


def _standing(world: Universe) -> str:
    session = world.session
    if session is None or not session.stack:
        return "the end"
    return " > ".join(f"{frame.flow}.{frame.step}" for frame in session.stack)


def _listed(calls: Sequence[tuple[str, object]]) -> str:
    return ", ".join(name for name, _ in calls) or "nothing"
