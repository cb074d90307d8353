"""The engine's own words, which work at every wait: cancel, back, help, operator, menu."""

from __future__ import annotations

from typing import Final

from core.dialog.program import WaitingStep
from core.dialog.system_flows import CANCELLED, HELP, MENU, NOTHING_BACK
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.corrections import back
from core.dialog.turns.notices import inside_cancelled
from core.dialog.turns.pending import Pending
from core.dialog.turns.persons import hand_over
from core.dialog.turns.work import Work

OPERATOR_QUEUE: Final = "operator"
_UNDERWAY: Final = frozenset(("call", "wait"))


def obey(work: Work, word: str, step: WaitingStep | None) -> None:
    """Do what the word says. `step` is where the conversation stands, None when it stands nowhere."""
    work.journal.notes.append(f"word {word}")
    work.journal.heard.word = word
    if word == "operator":
        hand_over(work, OPERATOR_QUEUE)
    elif word == "menu":
        _visit(work, MENU)
    elif word == "help":
        _visit(work, HELP)
    elif step is not None and step.kind in _UNDERWAY:
        _not_now(work, word, step)
    elif word == "cancel":
        _cancel(work, step)
    elif step is None or not back(work):
        _no_way(work, word, "idle" if step is None else "first")


def _not_now(work: Work, word: str, step: WaitingStep) -> None:
    """What is with the bank can neither be cancelled nor undone by a word; a mere question to it is soon over."""
    if step.kind == "wait" or getattr(step, "has_effect", False):
        _no_way(work, word, "bank")
    else:
        step.show(work)


def _no_way(work: Work, word: str, why: str) -> None:
    work.pending = Pending(NOTHING_BACK, {"word": word, "why": why}, notice=True)


def _cancel(work: Work, step: WaitingStep | None) -> None:
    """The flow ends, and the customer is told; a cancellation of that telling only ends it."""
    if step is None:
        work.pending = Pending(CANCELLED, notice=True)
        return
    work.took("cancel")
    if inside_cancelled(work):
        work.drop_segment("cancelled")
        if not work.session.stack:
            work.pending = Pending(MENU)
        return
    work.cancelled()


def _visit(work: Work, flow: str) -> None:
    """A system flow beside what is going on; one that is open already is shown again instead."""
    step = work.waiting
    if work.session.stack and work.frame.flow == flow and step is not None:
        step.show(work)
        return
    begin_anew(work, flow)
