"""Time running out. A session has one timer: the earliest end of all its waits."""

from __future__ import annotations

from core.dialog.contracts import TimerFired
from core.dialog.session import Session, Wait
from core.dialog.turns.follow_ups import next_follow_up
from core.dialog.turns.persons import nobody_came
from core.dialog.turns.work import Work


def fired(work: Work, event: TimerFired) -> None:
    """A timer of an older wait, or one that came too early, changes nothing."""
    if nobody_came(work):
        return
    wait = work.session.wait
    if wait is None or wait.nonce != event.nonce or not wait.deadline or work.now < wait.deadline:
        work.journal.notes.append("old timer")
        return
    place = _due(work)
    if place is not None:
        work.pull(place)
        step = work.waiting
        if step is not None:
            step.expired(work)


def _due(work: Work) -> int | None:
    """The place in the stack whose wait is over, the top first; below it only waits for the bank count."""
    stack = work.session.stack
    for place in range(len(stack) - 1, -1, -1):
        wait = work.session.wait if place == len(stack) - 1 else _bank_wait(stack[place].held)
        if wait is not None and wait.until and work.now >= wait.until:
            return place
    return None


def _bank_wait(wait: Wait | None) -> Wait | None:
    return wait if wait is not None and wait.kind in ("wait", "call") else None


def wake_time(work: Work) -> int:
    """The one time at which the session must be woken (ms, 0 = never): for a wait, a person or a follow-up."""
    session = work.session
    ends = [session.wait.deadline] if session.wait is not None else []
    if session.muted and session.person is not None:
        ends.append(session.person.until)
    if session.scheduled:
        ends.append(next_follow_up(work))
    return min((end for end in ends if end), default=0)


def set_deadline(session: Session) -> None:
    """The earliest end of its waits."""
    wait = session.wait
    if wait is None:
        return
    ends = [wait.until] if wait.until else []
    for frame in session.stack[:-1]:
        held = _bank_wait(frame.held)
        if held is not None and held.until:
            ends.append(held.until)
    wait.deadline = min(ends, default=0)
