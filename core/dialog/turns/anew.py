"""A flow that is asked for again while it waits for its customer is begun anew, instead of standing there twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.session import Wait
from core.dialog.turns.work import Work

_NOTHING: Final[Mapping[str, Any]] = {}


def begin_anew(work: Work, flow: str, slots: Mapping[str, Any] = _NOTHING, *, notice: bool = False) -> None:
    """Begin the flow: in place of its open question, if there is one, and otherwise beside what is going on.

    A flow that waits for the bank is left alone; what it waits for must still reach the customer.
    """
    found = _open_place(work, flow)
    if found is None:
        work.begin(flow, slots, notice=notice)
        return
    place, end = found
    work.pull(end - 1)
    session, stack = work.session, work.session.stack
    place = len(stack) - (end - place)
    sub = stack[place].sub
    work.taken_away(stack[place:], "anew")
    del stack[place:]
    session.seal = None
    session.wait = None
    if stack and not sub:
        session.wait, stack[-1].held = stack[-1].held, None
    work.journal.notes.append(f"anew {flow}")
    work.begin(flow, slots, sub=sub, notice=notice)


def _open_place(work: Work, flow: str) -> tuple[int, int] | None:
    """Where a frame of the flow is in the stack and where the flows that it runs end, if a question is open there."""
    stack = work.session.stack
    for place, frame in enumerate(stack):
        if frame.flow != flow:
            continue
        end = place + 1
        while end < len(stack) and stack[end].sub:
            end += 1
        wait = work.session.wait if end == len(stack) else stack[end - 1].held
        if _is_open(wait):
            return place, end
    return None


def _is_open(wait: Wait | None) -> bool:
    return wait is None or wait.kind in ("ask", "confirm", "choices")
