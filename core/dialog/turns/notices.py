"""System flows that the engine begins in the middle of something, and what follows when they are over."""

from __future__ import annotations

from typing import Any

from core.dialog.program import WaitingStep
from core.dialog.session import Frame
from core.dialog.system_flows import CANCELLED, DID_YOU_MEAN, EXPIRED, MENU
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.corrections import walk_anew
from core.dialog.turns.heard import hear
from core.dialog.turns.journal import MEANT
from core.dialog.turns.pending import Pending
from core.dialog.turns.work import Work


def settle(work: Work) -> None:
    """Between two steps: first what the notice that has ended decides, then the flow that is to begin."""
    ended, work.ended = work.ended, None
    if ended is not None:
        _over(work, ended.frame, ended.outcome)
    pending, work.pending = work.pending, None
    if pending is None:
        return
    if not pending.notice:
        begin_anew(work, pending.flow, pending.slots)
        hear(work, pending.heard)
    elif pending.flow in work.skipped:
        _pass_over(work)
    else:
        begin_anew(work, pending.flow, pending.slots, notice=True)


def _pass_over(work: Work) -> None:
    """The notice would break: what it would have stood in front of is shown without it."""
    step = work.waiting
    if step is not None and not work.wait.call:
        step.show(work)


def _over(work: Work, frame: Frame, outcome: str) -> None:
    if frame.flow == EXPIRED and frame.sub:
        _go_on(work) if outcome == "done" else work.drop_segment("expired")
        return
    if frame.flow == DID_YOU_MEAN and work.pending is None:
        work.pending = _chosen(work, frame, outcome)
    if work.session.stack:
        work.resume()


def _go_on(work: Work) -> None:
    """The question that was open too long is asked again; nothing that was confirmed before still holds.

    A confirmation is not shown as it was: the way to it is walked anew with the answers that are known, so that the
    bank prices them again. Where nothing was answered since the last effect, and where a step holds, it is only shown
    anew: then there is no way back that the verifier has seen.
    """
    frame, session, step = work.frame, work.session, work.step
    work.took("continued")
    frame.tries = 0
    agreed = session.seal is not None and session.seal.flow == frame.flow
    if agreed:
        session.seal = None
    holds = isinstance(step, WaitingStep) and step.hold
    if not (agreed or step.kind == "confirm") or holds or not walk_anew(work):
        work.enter(frame.step)


def _chosen(work: Work, frame: Frame, outcome: str) -> Pending | None:
    """The flow that was meant. Where none was and nothing else is open, buttons are left: those of the menu."""
    chosen: Any = frame.slots.get("chosen")
    name = str(chosen.get("name")) if outcome == "done" and isinstance(chosen, dict) else ""
    if outcome != "expired":
        work.journal.notes.append(f"{MEANT} {name or 'none'}")
    if name in work.programs.flows:
        return Pending(name, heard=frame.carried)
    return Pending(MENU) if outcome != "expired" and not work.session.stack else None


def leave_guesses(work: Work) -> None:
    """Take an open "did you mean" away without coming back to what it was asked above."""
    session = work.session
    if not session.stack or work.frame.flow != DID_YOU_MEAN or not work.frame.notice:
        return
    work.taken_away(session.stack[-1:], "anew")
    session.stack.pop()
    session.wait = None
    if session.stack:
        session.wait, session.stack[-1].held = session.stack[-1].held, None


def inside_cancelled(work: Work) -> bool:
    """Whether what is going on is the notice of a cancellation, or something that it runs."""
    for frame in reversed(work.session.stack):
        if not frame.sub:
            return frame.notice and frame.flow == CANCELLED
    return False
