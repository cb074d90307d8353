"""A person takes the conversation over, and it comes back to the bot."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from core.dialog.contracts import Ticket, TicketClosed
from core.dialog.session import Frame, Person, copy_frame
from core.dialog.system_flows import HANDED_OVER
from core.dialog.turns.revisions import meet_revisions
from core.dialog.turns.work import Work
from core.kernel.ids import derived_id

LASTS_MS: Final = 24 * 60 * 60 * 1000


def hand_over(work: Work, queue: str, lasts_ms: int = LASTS_MS, *, returns: bool = False) -> None:
    """A person takes over and the bot is silent until they have finished, the customer wants it back, or time is up.

    `returns`: the flow, with those that ran it, is kept for then; every other flow ends. A ticket of the same queue
    that is still open serves again.
    """
    session = work.session
    told = session.muted
    if told:
        work.journal.notes.append(f"handoff {queue}: a person has the conversation already")
        work.taken_away(session.stack, "handoff")
    else:
        frames = _kept(work) if returns else []
        work.taken_away(session.stack[: len(session.stack) - len(frames)], "handoff")
        if frames:
            work.mark(frames[-1], "aside")
        ticket = _ticket(work, queue)
        work.journal.notes.append(f"handoff {queue}")
        session.person = Person(ticket=ticket, queue=queue, until=work.now + lasts_ms, frames=frames)
        session.muted = True
    _clear(work)
    if not told:
        work.notice(HANDED_OVER, {"queue": queue})


def stepped_in(work: Work) -> None:
    """A person of the bank has written in the messenger's own inbox: the bot is silent until a day after their last
    message. There is no ticket, and nothing is said."""
    session = work.session
    if session.muted and session.person is not None and session.person.ticket:
        return
    work.journal.notes.append("a person writes in the inbox")
    session.person = Person(ticket="", queue="", until=work.now + LASTS_MS)
    if not session.muted:
        session.muted = True
        work.taken_away(session.stack, "handoff")
        _clear(work)


def _clear(work: Work) -> None:
    session = work.session
    session.stack.clear()
    session.wait = None
    session.seal = None


def _kept(work: Work) -> list[Frame]:
    stack = work.session.stack
    start = len(stack) - 1
    while stack[start].sub:
        start -= 1
    work.journal.notes += [f"dropped {frame.flow}" for frame in stack[:start]]
    return stack[start:]


def _ticket(work: Work, queue: str) -> str:
    session = work.session
    person = session.person
    if person is not None and person.queue == queue:
        work.journal.notes.append("the ticket is open still")
        return person.ticket
    where = f"{work.frame.flow}.{work.frame.step}" if session.stack else "no flow"
    identity = derived_id(20, "ticket", session.id, session.seq, work.now, len(work.outgoing.effects))
    summary = f"from {where}, language {session.lang}"
    work.outgoing.add(Ticket(id=identity, queue=queue, summary=summary), where)
    return identity


def finished(work: Work, event: TicketClosed) -> None:
    """The person has closed the ticket. An older ticket changes nothing."""
    session = work.session
    person = session.person
    if person is None or person.ticket != event.ticket:
        work.journal.notes.append("old ticket")
        return
    session.person = None
    if session.muted:
        session.muted = False
        if person.frames:
            _go_on(work, person)
        else:
            _say_back(work, "handed_back")


def nobody_came(work: Work) -> bool:
    """Whether it was time for the bot to come back without the person; then it is back. The ticket stays open. From
    the messenger's inbox it comes back without a word."""
    session = work.session
    person = session.person
    if not session.muted or person is None or work.now < person.until:
        return False
    session.person = replace(person, until=0, frames=[])
    session.muted = False
    work.journal.notes.append("nobody came")
    if person.frames:
        work.engine_say("nobody_came")
        _go_on(work, person)
    elif person.ticket:
        _say_back(work, "nobody_came")
    return True


def take_back(work: Work) -> None:
    """The customer wants the bot. What the person was asked to do stays theirs, but the flow does not wait for it."""
    session = work.session
    session.muted = False
    person = session.person
    if person is not None:
        work.journal.notes += [f"end {frame.flow}:cancelled" for frame in reversed(person.frames)]
        session.person = replace(person, until=0, frames=[])


def _say_back(work: Work, key: str) -> None:
    work.engine_say(key)
    step = work.waiting
    if step is not None:
        step.show(work)


def _go_on(work: Work, person: Person) -> None:
    """The flow stands again where it handed over, above whatever was begun meanwhile, and leaves there."""
    session = work.session
    if session.stack:
        session.stack[-1].held = session.wait
    session.wait = None
    session.stack += [copy_frame(frame) for frame in person.frames]
    handed = session.stack[-1]
    meet_revisions(work)
    if session.stack and session.stack[-1] is handed:
        back = getattr(work.program.steps.get(handed.step), "back", "")
        if back:
            work.go("back", back)
