"""Flows that begin by themselves, later: kept in the session, and begun as soon as the customer is free."""

from __future__ import annotations

from typing import Final

import msgspec

from core.dialog.contracts import Event, InboundEvent
from core.dialog.session import FollowUp, Frame, Wait
from core.dialog.slot_types import to_runtime
from core.dialog.system_flows import MENU
from core.dialog.turns.inbound import ANSWERED
from core.dialog.turns.running import advance
from core.dialog.turns.work import Work
from core.kernel.errors import TellerError

MOST: Final = 16
_MOST_BYTES: Final = 4096


def schedule(work: Work, follow_up: FollowUp) -> None:
    """Keep it; it takes the place of one with the same key, or of the oldest where there are too many."""
    session, notes = work.session, work.journal.notes
    if len(msgspec.json.encode(follow_up.slots)) > _MOST_BYTES:
        notes.append(f"follow-up {follow_up.flow} not kept: its values are too large")
        return
    kept = [one for one in session.scheduled if one.key != follow_up.key]
    if len(kept) >= MOST:
        notes.append(f"follow-up {kept[0].flow} dropped: there are more than {MOST}")
        del kept[0]
    session.scheduled = [*kept, follow_up]
    notes.append(f"follow-up {follow_up.flow} in {(follow_up.due - work.now) // 1000} s")


def unschedule(work: Work, flow: str, key: str) -> None:
    """Forget those of the flow; with `key` only the one that was scheduled under it."""
    session = work.session
    kept = [one for one in session.scheduled if one.flow != flow or (key and one.key != key)]
    if len(kept) != len(session.scheduled):
        work.journal.notes.append(f"follow-up {flow} cancelled")
        session.scheduled = kept


def begin_due(work: Work, event: Event) -> Work:
    """The turn with every follow-up begun whose time has come, as far as the customer is free for it.

    One that breaks is gone and leaves the turn as it was without it.
    """
    if isinstance(event, InboundEvent) and not (event.should_reply and event.kind in ANSWERED):
        return work
    for _ in range(MOST):
        follow_up = _due(work)
        if follow_up is None or not is_free(work):
            break
        work.session.scheduled = [one for one in work.session.scheduled if one is not follow_up]
        work = _begun(work, follow_up)
    return work


def _due(work: Work) -> FollowUp | None:
    due = [one for one in work.session.scheduled if one.due <= work.now]
    return min(due, key=lambda one: one.due, default=None)


def _begun(work: Work, follow_up: FollowUp) -> Work:
    flow, notes = follow_up.flow, work.journal.notes
    obstacle = _obstacle(work, follow_up)
    if obstacle:
        notes.append(f"follow-up {flow} dropped: {obstacle}")
        return work
    trial = work.copy()
    trial.journal.notes.append(f"follow-up {flow}")
    try:
        trial.begin(flow, follow_up.slots)
        advance(trial)
    except TellerError as error:
        notes.append(f"follow-up {flow} dropped: {error.code}: {error.detail}")
        return work
    return trial


def _obstacle(work: Work, follow_up: FollowUp) -> str:
    """Why the flow cannot be begun as it is now, or ""."""
    program = work.programs.flows.get(follow_up.flow)
    if program is None:
        return "the flow is not published any more"
    values = follow_up.slots
    try:
        for name in program.takes:
            to_runtime(values[name], program.slots[name].type)
    except (KeyError, TellerError):
        return "the flow takes other values now"
    return ""


def is_free(work: Work) -> bool:
    """Whether the customer is in the middle of nothing: only the menu is open, or a wait for news of the bank that
    are not about money. Nothing that was confirmed is still to be sent, and no person has the conversation."""
    session = work.session
    if session.muted or session.seal is not None:
        return False
    stack = session.stack
    here = {frame.id for frame in stack}
    if any(call.frame in here and not call.given_up for call in session.open.values()):
        return False
    held = [frame.held for frame in stack[:-1]]
    return all(
        wait is None or _is_idle(work, frame, wait)
        for frame, wait in zip(stack, [*held, session.wait][: len(stack)], strict=True)
    )


def _is_idle(work: Work, frame: Frame, wait: Wait) -> bool:
    step = work.program_of(frame).steps.get(frame.step)
    if getattr(step, "hold", False):
        return False
    return wait.kind == "wait" or (wait.kind == "ask" and frame.flow == MENU)


def next_follow_up(work: Work) -> int:
    """When the session must be woken for one (ms, 0 = never). One that is due and has to wait needs no waking: it
    begins in the turn that makes the customer free."""
    free = is_free(work)
    return min((one.due for one in work.session.scheduled if free or one.due > work.now), default=0)
