"""Sessions that stand on a flow which has changed since: pinned, followed, begun again or, at last, retired."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from core.dialog.program import Program, ProgramSet, WaitingStep
from core.dialog.session import Frame, Wait
from core.dialog.turns.work import Work

Fate = Literal["stays", "follows", "restarts", "ends"]


def fate_of(policy: str, step: str, current: Program | None) -> tuple[Fate, str]:
    """What becomes of somebody who stands at `step` of a kept revision with this policy, and at which step they go on.

    `current` is the revision that is published now, None when the flow is not published any more.
    """
    if policy == "pin" or current is None or current.revisions == "pin":
        return "stays", step
    return _newest(step, current)


def _newest(step: str, current: Program) -> tuple[Fate, str]:
    if current.revisions == "restart":
        return "restarts", current.first
    place = current.moved.get(step, step)
    return ("follows", place) if place in current.steps else ("ends", "")


def meet_revisions(work: Work) -> None:
    """Every frame stands on a program that is kept. Flows that cannot go on end, and the customer is told."""
    session = work.session
    programs, stack = work.programs, session.stack
    if all(_is_met(programs, frame) for frame in stack):
        return
    top, stood = stack[-1], stack[-1].rev
    lost = [frames for frames in _segments(stack) if not _meet_segment(work, frames)]
    if lost:
        _end(work, lost)
    if session.stack and session.stack[-1] is top and top.rev != stood:
        _reopen_top(work)


def _is_met(programs: ProgramSet, frame: Frame) -> bool:
    program = programs.revisions.get(frame.rev)
    if program is None or frame.step not in program.steps or frame.rev in programs.retired:
        return False
    if program.revisions == "pin":
        return True
    current = programs.flows.get(frame.flow)
    return current is None or current.revision == program.revision or current.revisions == "pin"


def _segments(stack: list[Frame]) -> Iterator[list[Frame]]:
    """Each flow of the stack together with the flows that it runs."""
    start = 0
    for place in range(1, len(stack) + 1):
        if place == len(stack) or not stack[place].sub:
            yield stack[start:place]
            start = place


def _meet_segment(work: Work, frames: list[Frame]) -> bool:
    """False when these flows cannot go on. One that is retired goes on only while it owes the truth about money."""
    met = all([_meet(work.programs, frame) for frame in frames])
    retired = any(frame.rev in work.programs.retired for frame in frames)
    return met and not (retired and not _owes_outcome(work, frames))


def _owes_outcome(work: Work, frames: list[Frame]) -> bool:
    ids = {frame.id for frame in frames}
    return any(call.frame in ids and not call.given_up for call in work.session.open.values())


def _meet(programs: ProgramSet, frame: Frame) -> bool:
    kept, current = programs.revisions.get(frame.rev), programs.flows.get(frame.flow)
    if kept is not None and frame.step in kept.steps:
        if current is not None and current.revision == kept.revision:
            return True
        fate, step = fate_of(kept.revisions, frame.step, current)
    elif current is None or current.revisions == "pin":
        return False
    else:
        fate, step = _newest(frame.step, current)
    if fate == "stays" or current is None:
        return True
    if fate == "ends":
        return False
    _move(frame, current, step)
    return True


def _move(frame: Frame, current: Program, step: str) -> None:
    if current.revisions == "restart":
        frame.slots = {name: frame.slots.get(name, "") for name in current.takes}
        frame.held, frame.trail = None, []
    frame.rev, frame.step = current.revision, step
    if frame.held is not None and not _fits(frame.held, current, step):
        frame.held = None


def _end(work: Work, lost: list[list[Frame]]) -> None:
    """These flows are taken out of the stack; what they interrupted goes on."""
    session = work.session
    gone = {frame.id for frames in lost for frame in frames}
    revisions = {frame.rev for frames in lost for frame in frames}
    work.journal.notes.extend(f"retired {frames[0].flow}" for frames in lost)
    work.taken_away([frame for frame in session.stack if frame.id in gone], "retired")
    top_is_gone = session.stack[-1].id in gone
    session.stack[:] = [frame for frame in session.stack if frame.id not in gone]
    if top_is_gone:
        session.wait = None
    if session.seal is not None and (top_is_gone or session.seal.revision in revisions):
        session.seal = None
    work.engine_say("retired")
    work.asked_anew = top_is_gone
    if top_is_gone and session.stack:
        work.resume()


def _reopen_top(work: Work) -> None:
    """The top flow's step may be of another kind now, or asked anew: then its old wait means nothing."""
    session, program = work.session, work.program
    if session.wait is None:
        return
    if program.revisions == "restart" or not _fits(session.wait, program, work.frame.step):
        session.wait = None
        work.asked_anew = True


def _fits(wait: Wait, program: Program, step: str) -> bool:
    """Whether the wait that was begun at an older revision is one that this step would begin."""
    found = program.steps.get(step)
    return isinstance(found, WaitingStep) and wait.kind in (found.kind, "choices" if found.kind == "ask" else "")
