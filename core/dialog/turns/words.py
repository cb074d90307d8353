"""The engine's own words, which work at every wait: cancel, back, help, operator, menu."""

from __future__ import annotations

from typing import Final

from core.dialog.program import WaitingStep
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.corrections import back
from core.dialog.turns.persons import hand_over
from core.dialog.turns.work import Work

MENU_FLOW: Final = "menu"
HELP_FLOW: Final = "help"
OPERATOR_QUEUE: Final = "operator"
_UNDERWAY: Final = frozenset(("call", "wait"))


def obey(work: Work, word: str, step: WaitingStep | None) -> None:
    """Do what the word says. `step` is where the conversation stands, None when it stands nowhere."""
    work.journal.notes.append(f"word {word}")
    if word == "operator":
        hand_over(work, OPERATOR_QUEUE)
    elif word == "menu":
        _visit(work, MENU_FLOW)
    elif word == "help":
        _visit(work, HELP_FLOW)
    elif step is None:
        work.engine_say("nothing_back" if word == "back" else "cancelled")
    elif step.kind in _UNDERWAY:
        # What is with the bank can neither be cancelled nor undone by a word.
        step.show(work)
    elif word == "cancel":
        work.end_saying("cancel", "cancelled", "cancelled")
    elif not back(work):
        work.engine_say("nothing_back")
        step.show(work)


def _visit(work: Work, flow: str) -> None:
    """A system flow beside what is going on; one that is open already is shown again instead."""
    step = work.waiting
    if work.session.stack and work.frame.flow == flow and step is not None:
        step.show(work)
        return
    begin_anew(work, flow)
