"""What was said before its question was asked."""

from __future__ import annotations

from core.dialog.turns.work import Work


def hear_sum(work: Work, words: str) -> None:
    """The one sum that the flow just begun will ask for; its question is skipped if the words can be read then."""
    program = work.program
    sums = [name for name in program.asked if program.slots[name].type.kind == "money"]
    if words and len(sums) == 1:
        work.frame.heard[sums[0]] = words
