"""Sessions that stand on a flow which has changed since: pinned, followed, begun again or, at last, retired."""

from __future__ import annotations

from core.dialog.program import Program, WaitingStep
from core.dialog.session import Frame
from core.dialog.turns.work import Work


def meet_revisions(work: Work) -> None:
    """Every frame stands on a program that is kept. Flows that cannot go on end, and the customer is told."""
    stack = work.session.stack
    if all(_is_met(work, frame) for frame in stack):
        return
    gone = next((place for place, frame in enumerate(stack) if not _meet(work, frame)), None)
    if gone is None:
        _reopen_top(work)
        return
    while stack[gone].sub:
        gone -= 1
    work.journal.notes.append(f"retired {stack[gone].flow}")
    del stack[gone:]
    work.session.wait = None
    work.session.seal = None
    work.engine_say("retired")
    if stack:
        work.resume()


def _is_met(work: Work, frame: Frame) -> bool:
    program = work.programs.revisions.get(frame.rev)
    if program is None or frame.step not in program.steps:
        return False
    return program.revisions == "pin" or _newer(work, frame, program) is None


def _newer(work: Work, frame: Frame, program: Program) -> Program | None:
    current = work.programs.flows.get(frame.flow)
    return current if current is not None and current.revision != program.revision else None


def _meet(work: Work, frame: Frame) -> bool:
    if _is_met(work, frame):
        return True
    current = work.programs.flows.get(frame.flow)
    if current is None or current.revisions == "pin":
        return False
    if current.revisions == "restart":
        frame.slots = {name: frame.slots.get(name, "") for name in current.takes}
        frame.step, frame.held, frame.trail = current.first, None, []
    else:
        frame.step = current.moved.get(frame.step, frame.step)
        if frame.step not in current.steps:
            return False
    frame.rev = current.revision
    return True


def _reopen_top(work: Work) -> None:
    """The top flow's step may be of another kind now, or asked anew: then its old wait means nothing."""
    session = work.session
    if session.wait is None:
        return
    step = work.step
    program = work.program
    if not isinstance(step, WaitingStep) or program.revisions == "restart":
        session.wait = None
