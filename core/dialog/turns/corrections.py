"""Going back: to a question whose answer is edited, or to the one before."""

from __future__ import annotations

from core.dialog.turns.work import Work


def go_back_to(work: Work, asker: str, slot: str) -> None:
    """Stand again at the step that asks for `slot`. What the customer gave stays, what followed from it does not."""
    program, frame = work.program, work.frame
    work.forget(program.known.get(asker, frozenset()) | program.asked, slot)
    if asker in frame.trail:
        del frame.trail[frame.trail.index(asker) :]
    work.enter(asker)


def back(work: Work) -> bool:
    """One question back in this flow. False when there is none, or when an effect lies between."""
    frame = work.frame
    steps = work.program.steps
    while frame.trail:
        previous = frame.trail.pop()
        slot = getattr(steps.get(previous), "slot", None)
        if slot is not None:
            work.took("back")
            frame.kept.clear()
            frame.heard.clear()
            go_back_to(work, previous, slot)
            return True
    return False
