"""Running steps until the conversation waits or is over, and what to do when a flow breaks."""

from __future__ import annotations

from typing import Final

from core.dialog.errors import FlowMissing, RunawayFlow
from core.dialog.turns.notices import settle
from core.dialog.turns.work import Work

MOST_STEPS: Final = 200


def advance(work: Work) -> None:
    """Enter one step after another. Raises `RunawayFlow` after 200 of them."""
    session = work.session
    for _ in range(MOST_STEPS):
        if work.ended is not None or work.pending is not None:
            settle(work)
        if session.wait is not None or not session.stack:
            return
        frame = session.stack[-1]
        step = work.program_of(frame).steps.get(frame.step)
        if step is None:
            raise FlowMissing(f"flow {frame.flow} has no step '{frame.step}'")
        frame.visits[frame.step] = frame.visits.get(frame.step, 0) + 1
        work.journal.flows[frame.flow] = frame.rev
        work.journal.path.append(f"{frame.flow}.{frame.step}")
        step.enter(work)
    raise RunawayFlow(f"flow {session.stack[-1].flow} ran {MOST_STEPS} steps in one turn without waiting")
