"""When a flow breaks in the middle of a turn: the turn is done again, and in it the broken flow only ends.

A notice that breaks as soon as it begins is done without: what it would have told is lost, nothing else is.
"""

from __future__ import annotations

from core.dialog.contracts import BankEvent, CallResult, Event
from core.dialog.session import Session
from core.dialog.turns.outcomes import late_event, tell_late
from core.dialog.turns.persons import take_back
from core.dialog.turns.running import advance
from core.dialog.turns.work import Work
from core.kernel.errors import TellerError


def next_session(session: Session) -> Session:
    """The working copy of a turn."""
    copy = session.copy()
    copy.seq += 1
    return copy


def without_notice(broken: Work, session: Session) -> Work | None:
    """The turn to be done again without the notice that broke it; None when the flow that broke is no notice that this
    turn began."""
    top = next((frame for frame in reversed(broken.session.stack) if not frame.sub or frame.notice), None)
    if top is None or not top.notice or top.id not in broken.begun or top.flow in broken.skipped:
        return None
    work = Work(broken.programs, next_session(session), broken.now)
    work.skipped = broken.skipped | {top.flow}
    work.journal.notes.append(f"skipped {top.flow}")
    return work


def recovered(broken: Work, session: Session, event: Event, error: TellerError) -> Work:
    """Nothing of the broken turn has happened. How money moved is told all the same; other flows go on."""
    stack = broken.session.stack
    culprit = stack[-1].id if stack else ""
    work = _begun(broken, session, culprit, error)
    try:
        outcome = _outcome(work, event)
        if outcome is not None:
            # No word of a failure here: it says that nothing was done, but money has moved or was refused.
            tell_late(work, outcome, work.session.open.get(str(outcome.data["op"])))
        else:
            work.engine_say("failed")
            if work.session.stack:
                work.resume()
        advance(work)
    except TellerError as again:
        work = _begun(broken, session, culprit, again)
        work.engine_say("failed")
        work.taken_away(work.session.stack, "broke")
        work.session.stack.clear()
    return work


def _begun(broken: Work, session: Session, culprit: str, error: TellerError) -> Work:
    work = Work(broken.programs, next_session(session), broken.now)
    work.journal.notes.append(f"error {error.code}: {error.detail}")
    work.journal.hidden = broken.journal.hidden
    work.journal.heard = broken.journal.heard
    work.journal.operation = broken.journal.operation
    state = work.session
    if state.stack:
        state.stack[-1].held, state.wait = state.wait, None
    state.seal = None
    if state.muted and not broken.session.muted:
        # The bot came back in this turn. It is back all the same, without the flow that was to go on.
        take_back(work)
        if broken.session.person is None:
            state.person = None
    _drop(work, culprit)
    return work


def _drop(work: Work, culprit: str) -> None:
    """The flow that broke, with the flows that ran it and those that it ran."""
    stack = work.session.stack
    place = next((place for place, frame in enumerate(stack) if frame.id == culprit), None)
    if place is None:
        return
    start, end = place, place + 1
    while stack[start].sub:
        start -= 1
    while end < len(stack) and stack[end].sub:
        end += 1
    work.taken_away(stack[start:end], "broke")
    del stack[start:end]


def _outcome(work: Work, event: Event) -> BankEvent | None:
    """The end of a call with an effect, if that is what the broken turn was about."""
    if isinstance(event, CallResult):
        event = late_event(work, event) or event
    if not isinstance(event, BankEvent):
        return None
    told = event.data.get("op") in work.session.told
    return event if event.data.get("outcome") in ("ok", "refused") and "op" in event.data and not told else None
