"""Going back: to a question whose answer is edited or corrected in words, to the one before, or to the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from core.dialog.program import Slot, WaitingStep
from core.dialog.turns.journal import PRIVATE
from core.dialog.turns.work import Work
from core.dialog.understanding import Correction


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


def change(work: Work, asker: str, slot: str, words: str = "") -> None:
    """Ask for one slot again; the others that the customer gave are kept and only checked on the way.

    `words`: the new answer, if it has been said already; it is read and checked by its own question.
    """
    program, frame = work.program, work.frame
    about = program.slots[slot]
    work.took(f"edit {slot}")
    _keep_answers(work, slot)
    if words:
        frame.heard[slot] = words
        frame.fixing = slot
        if about.pii or about.type.kind in PRIVATE:
            work.journal.hidden = True
    go_back_to(work, asker, slot)


def correct(work: Work, correction: Correction, askers: Mapping[str, str]) -> bool:
    """Change the one answer that the words correct; False when they fit none of them, or more than one.

    `askers`: the slots that may be corrected here with the steps that ask for them.
    """
    found = list(correctable(work, correction, askers))
    if not found and correction.denied:
        found = [name for name in askers if correction.kinds and _is_named(work.program.slots[name], correction)]
    if len(found) != 1:
        return False
    slot = work.program.slots[found[0]]
    work.journal.heard.corrected(slot.type, correction)
    change(work, askers[slot.name], slot.name, correction.words)
    return True


def correctable(work: Work, correction: Correction, askers: Mapping[str, str]) -> Iterable[str]:
    """The slots whose questions can take the words as an answer."""
    if not correction.words:
        return
    for name, asker in askers.items():
        step = work.program.steps.get(asker)
        if (
            isinstance(step, WaitingStep)
            and _is_named(work.program.slots[name], correction)
            and step.could_take(work, correction.words, surely=correction.denied)
        ):
            yield name


def _is_named(slot: Slot, correction: Correction) -> bool:
    """What names no kind may be meant for any."""
    return not correction.kinds or slot.type.kind in correction.kinds


def walk_anew(work: Work) -> bool:
    """From the first question on with every answer kept, so that whatever followed from them is found out anew.

    False when nothing has been answered since the flow began or since its last call with an effect.
    """
    program, frame = work.program, work.frame
    asked = [step for step in frame.trail if getattr(program.steps.get(step), "slot", None) is not None]
    if not asked:
        return False
    _keep_answers(work)
    work.forget(program.known.get(asked[0], frozenset()) | program.asked)
    frame.trail.clear()
    work.enter(asked[0])
    return True


def _keep_answers(work: Work, *dropped: str) -> None:
    frame, asked = work.frame, work.program.asked
    frame.kept = [name for name in frame.slots if name in asked and name not in dropped]
