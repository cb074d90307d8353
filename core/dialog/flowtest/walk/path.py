"""One way through a conversation, as the lines and answers of a test; it can be walked again and printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from core.dialog.flowtest.conversation import conversation
from core.dialog.flowtest.disturbances import CANCEL, kept_waiting, write
from core.dialog.flowtest.given import session_given
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.model import LineModel
from core.dialog.flowtest.plays import CARD_NUMBER
from core.dialog.flowtest.talk import Unexpected, play_line
from core.dialog.flowtest.twists import Twist
from core.dialog.flowtest.universe import Broken, Universe
from core.dialog.flowtest.values import ValueUnreadable
from core.dialog.flowtest.walk.bank import WalkBank
from core.dialog.flowtest.walk.customer import Line
from core.dialog.flowtest.watch import Finding
from core.dialog.flowtest.yaml_edits import written
from core.dialog.program import ProgramSet
from core.dialog.system_flows import MENU

MOST_TURNS_OUT: Final = 12


@dataclass(frozen=True, slots=True)
class Path:
    """`flow`: where it begins."""

    flow: str
    lang: str
    given: Mapping[str, Any]
    lines: Sequence[Line] = ()
    answers: Mapping[str, list[Any]] = field(default_factory=dict)

    def as_test(self, name: str, channel: str) -> str:
        """YAML, ready to be put into `<flow>.test.yaml`."""
        text = [f"- test: {written(name)}", f"  channel: {channel}", f"  lang: {self.lang}"]
        if self.given:
            text.append(f"  given: {written(self.given)}")
        if self.answers:
            text.append("  bank:")
        for operation, answers in self.answers.items():
            text.append(f"    {operation}: {written(answers[0] if len(answers) == 1 else answers)}")
        text.append("  talk:")
        text += [f"    - {key}: {written(value)}" for line in self.lines for key, value in line.items()]
        return "\n".join(text) + "\n"


@dataclass(slots=True)
class Walked:
    """What came of a walk. `path` has only the lines that could be played and the answers that were asked for."""

    path: Path
    finding: Finding | None
    turns: int
    conversation: tuple[str, ...]


class Walker:
    """Walks one path, line by line, until something is found. `chance` None: what the path does not say goes well."""

    def __init__(self, programs: ProgramSet, look: Look, path: Path, chance: Random | None) -> None:
        self.bank = WalkBank(programs.operations, path.given, chance, path.answers)
        self.world = Universe(programs, self.bank, look, path.lang, Twist(), secrets=(CARD_NUMBER,))
        self._programs = programs
        self._path = path
        self._played: list[Line] = []
        self.finding: Finding | None = None
        now = self.world.clock.now_ms()
        session = session_given(path.given, path.flow, f"{look.name}:1", path.lang, programs, now)
        if session is not None:
            self.world.stand(session)
        if session is not None and session.stack:
            self._do(self.world.wake)

    def step(self, line: Line) -> None:
        """A line that cannot happen here is left out."""
        model = LineModel.model_validate(line)
        try:
            self._do(lambda: play_line(self.world, model, self._programs))
        except (Unexpected, ValueUnreadable):
            return
        self._played.append(line)

    def finish(self) -> Walked:
        """Looks for a way out of where the conversation stands, and gives account."""
        turns = len(self.world.trace.turns)
        if self.finding is None:
            self.finding = _stuck(self.world)
        lines = conversation(self.world.trace.turns, self.world.look)
        path = Path(self._path.flow, self._path.lang, self._path.given, self._played, self.bank.used())
        return Walked(path, self.finding, turns, tuple(lines))

    def _do(self, act: Any) -> None:
        try:
            act()
        except Broken as error:
            cause = f": {error.__cause__}" if error.__cause__ is not None else ""
            self.finding = Finding("exception", f"{error.detail}{cause}")
        if self.finding is None and self.world.trace.findings:
            self.finding = self.world.trace.findings[0]


def walk_again(programs: ProgramSet, look: Look, path: Path) -> Walked:
    walker = Walker(programs, look, path, None)
    for line in path.lines:
        if walker.finding is not None:
            break
        walker.step(line)
    return walker.finish()


def _stuck(world: Universe) -> Finding | None:
    """Neither words nor time lead out of where the customer is."""
    lang = world.session.lang if world.session is not None else "uk"
    talking, silent = world.fork(Twist()), world.fork(Twist())
    try:
        if not any(_leads_out(talking, lang) for _ in range(MOST_TURNS_OUT)):
            return Finding("stuck", f"{MOST_TURNS_OUT} times cancelling and waiting lead nowhere")
    except Broken as error:
        return Finding("exception", error.detail)
    try:
        kept_waiting(silent)
    except Broken as error:
        return Finding("endless", error.detail)
    found = [*talking.trace.findings, *silent.trace.findings]
    return found[0] if found else None


def _leads_out(world: Universe, lang: str) -> bool:
    for word in (CANCEL.get(lang, "cancel"), "menu"):
        if _is_out(world):
            return True
        write(world, word)
        world.settle()
    if world.wake_at and not _is_out(world):
        world.let_pass(max(world.wake_at - world.clock.now_ms(), 0))
    return _is_out(world)


def _is_out(world: Universe) -> bool:
    session = world.session
    return session is None or session.muted or not session.stack or session.stack[-1].flow == MENU
