"""Asking which flow was meant, when what a customer wrote could mean one of a few."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar, Final

from core.dialog.contracts import InboundEvent
from core.dialog.program import Edge, Entry, Program, WaitingStep
from core.dialog.session import Option
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.heard import hear_sum
from core.dialog.turns.words import MENU_FLOW
from core.dialog.turns.work import Work
from core.dialog.understanding import match_choice
from core.kernel.strict_yaml import Mark

_FLOW: Final = "did_you_mean"
_STEP: Final = "which"
_LASTS_MS: Final = 60 * 60 * 1000
_HERE: Final = Mark("the engine", 1, 1)


def offer(work: Work, guesses: Iterable[str], heard: str) -> bool:
    """Ask which of these flows is meant; False when fewer than two have a title to be named by.

    Only where nothing or the menu is open: in the middle of a flow its own question matters more. `heard`: the words
    of a sum that was said already.
    """
    if work.session.stack and work.frame.flow not in (MENU_FLOW, _FLOW):
        return False
    flows = work.programs.flows
    named = [name for name in guesses if name in flows and flows[name].title is not None]
    if len(named) < 2:
        return False
    if work.session.stack and work.frame.flow == _FLOW:
        _leave(work)
    work.begin_program(DID_YOU_MEAN, {"flows": named, "heard": heard})
    return True


def _leave(work: Work) -> None:
    """Take the question away without coming back to what it was asked above."""
    session = work.session
    session.stack.pop()
    session.wait = None
    if session.stack:
        session.wait, session.stack[-1].held = session.stack[-1].held, None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuessStep(WaitingStep):
    """The question with a button for each flow and one for none of them."""

    kind: ClassVar[str] = "ask"

    def enter(self, work: Work) -> None:
        options = [Option(label, name) for name in work.frame.slots["flows"] if (label := _title(work, name))]
        options.append(Option(work.engine_text("none_of_these"), ""))
        work.begin_wait("ask", _LASTS_MS, options)
        self.show(work)

    def show(self, work: Work) -> None:
        work.say(work.engine_text("did_you_mean"), options=work.wait.options)

    def picked(self, work: Work, option: Option) -> None:
        work.took(option.value or "none")
        if not option.value:
            self._close(work)
            return
        heard = work.frame.slots["heard"]
        _leave(work)
        begin_anew(work, option.value)
        hear_sum(work, heard)

    def said(self, work: Work, event: InboundEvent) -> bool:
        options = work.wait.options
        place = match_choice(event.text, [option.label for option in options]) if event.kind == "text" else None
        if place is None:
            return False
        self.picked(work, options[place])
        return True

    def puzzled(self, work: Work, event: InboundEvent) -> None:
        self._close(work)

    def expired(self, work: Work) -> None:
        work.took("expired")
        alone = len(work.session.stack) == 1
        work.end("expired")
        if alone:
            work.engine_say("expired")

    def _close(self, work: Work) -> None:
        """Buttons are what is left: those of the menu."""
        work.end("cancelled")
        if not work.session.stack:
            work.begin(MENU_FLOW)

    def edges(self) -> Iterable[Edge]:
        return ()


def _title(work: Work, name: str) -> str:
    program = work.programs.flows.get(name)
    if program is None or program.title is None:
        return ""
    return program.title.render({}, work.session.lang)


DID_YOU_MEAN: Final = Program(
    name=_FLOW,
    revision=_FLOW,
    about="Which of a few flows is meant",
    file=_HERE.file,
    first=_STEP,
    steps={_STEP: GuessStep(id=_STEP, mark=_HERE)},
    slots={},
    entry=Entry(),
    auth=None,
    revisions="pin",
    takes=("flows", "heard"),
)
