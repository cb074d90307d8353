"""The engine: an event and a session give the next session and what is to be done. No clock, no I/O, no chance."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from core.dialog.contracts import BankEvent, CallResult, Effect, Event, InboundEvent, TimerFired
from core.dialog.errors import NoConversation
from core.dialog.program import LANGS, ProgramSet
from core.dialog.session import Session
from core.dialog.turns.follow_ups import begin_due
from core.dialog.turns.inbound import break_silence, receive
from core.dialog.turns.outcomes import bank_event, release_early, settle_call
from core.dialog.turns.persons import finished
from core.dialog.turns.recovery import next_session, recovered, without_notice
from core.dialog.turns.revisions import meet_revisions
from core.dialog.turns.running import advance
from core.dialog.turns.timers import fired, set_deadline, wake_time
from core.dialog.turns.work import Work
from core.kernel.errors import TellerError

DEFAULT_LANG: Final = "uk"


class Turned(msgspec.Struct, frozen=True, kw_only=True):
    """`session` is to be stored, `effects` to be done after that, `journal` is JSON without anything
    personal, from which the turn can be played again (core/dialog/recording).

    `said_by`: for each effect the steps it comes from, as `flow.step`; for tests and the inspector. `wake_at`: when the
    session is to get a `TimerFired` if nothing happens before (ms, 0 = never).
    """

    session: Session
    effects: tuple[Effect, ...]
    journal: dict[str, Any]
    said_by: tuple[tuple[str, ...], ...]
    wake_at: int


def new_session(conversation: str, lang: str = "") -> Session:
    """A conversation that has not begun. `conversation` is `<channel>:<id>`, `lang` the platform's tag or ""."""
    known = lang.replace("_", "-").partition("-")[0].lower()
    return Session(id=conversation, lang=known if known in LANGS else DEFAULT_LANG)


def turn(programs: ProgramSet, session: Session | None, event: Event, now_ms: int) -> Turned:
    """One turn. `session` is not changed; None stands for a conversation that nobody has had yet.

    A flow that breaks is ended and the customer is told; what the turn had done before is as if it had not been.
    Raises `NoConversation` when there is no session and the event does not come from a messenger.
    """
    if session is None:
        if not isinstance(event, InboundEvent):
            raise NoConversation("only an inbound event can begin a conversation")
        session = new_session(f"{event.channel}:{event.conversation}", event.lang)
    work = Work(programs, next_session(session), now_ms)
    while True:
        try:
            _run(work, session, event)
        except TellerError as error:
            again = without_notice(work, session)
            if again is not None:
                work = again
                continue
            work = recovered(work, session, event, error)
        break
    if work.session.scheduled:
        work = begin_due(work, event)
    set_deadline(work.session)
    wakes_at = wake_time(work)
    return Turned(
        session=work.session,
        effects=tuple(work.outgoing.effects),
        journal=work.journal.entry(event, session, work, wakes_at),
        said_by=tuple(work.outgoing.steps),
        wake_at=wakes_at,
    )


def _run(work: Work, session: Session, event: Event) -> None:
    _handle(work, event)
    advance(work)
    if work.session.early:
        release_early(work)
        advance(work)
    if isinstance(event, InboundEvent) and not session.muted:
        break_silence(work, event)


def _handle(work: Work, event: Event) -> None:
    if work.session.stack:
        meet_revisions(work)
        advance(work)
    if isinstance(event, InboundEvent):
        receive(work, event)
    elif isinstance(event, CallResult):
        settle_call(work, event)
    elif isinstance(event, BankEvent):
        bank_event(work, event)
    elif isinstance(event, TimerFired):
        fired(work, event)
    else:
        finished(work, event)
