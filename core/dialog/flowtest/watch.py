"""What must hold in every turn of every conversation, whatever it is about; each rule has a name."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from core.dialog.contracts import (
    BankEvent,
    Call,
    CallResult,
    Event,
    InboundEvent,
    OutboundMessage,
    Send,
    TicketClosed,
    TimerFired,
)
from core.dialog.engine import Turned
from core.dialog.flowtest.looks import Look, broken_limits
from core.dialog.session import Session, decode_session, encode_session
from core.dialog.turns.inbound import ANSWERED

MOST_BYTES: Final = 64 * 1024
_PLACEHOLDER: Final = re.compile(r"\{[a-z][a-z0-9_.]*(?:\|[^{}]*)?\}")
_GAPS: Final = re.compile(r"[\s.\-\u00a0]")


_WHAT: Final[Mapping[type, str]] = {
    CallResult: "the bank's answer",
    BankEvent: "the bank's event",
    TimerFired: "the end of its time",
    TicketClosed: "the person's work",
}


class Finding(NamedTuple):
    """`rule` is stable: exception, silence, session, deadline, second_money_call, secret, placeholder, limit."""

    rule: str
    sentence: str


class Watch:
    """Looks at one conversation from its beginning. `secrets`: values that must be neither said nor kept."""

    def __init__(self, look: Look | None = None, secrets: Iterable[str] = ()) -> None:
        self._look = look
        self._secrets = tuple(secrets)
        self._agreed: set[str] = set()
        self._paid: set[str] = set()

    def fork(self) -> Watch:
        other = copy.copy(self)
        other._agreed, other._paid = set(self._agreed), set(self._paid)
        return other

    def saw(self, before: Session | None, event: Event, turned: Turned) -> list[Finding]:
        """What is wrong with the turn."""
        raw = encode_session(turned.session)
        return [
            *_errors(turned),
            *_silence(before, event, turned),
            *_undecodable(raw, turned.session),
            *_endless(turned),
            *self._money(before, turned),
            *self._told_secrets(raw, turned),
            *self._unfit(turned),
        ]

    def _money(self, before: Session | None, turned: Turned) -> Iterable[Finding]:
        """One yes lets one call with an effect out, and none while the same flow's last one may still move money."""
        wait = before.wait if before is not None else None
        if before is not None and wait is not None and wait.kind == "confirm":
            frame = before.stack[-1]
            if f"{frame.flow}.{frame.step}:yes" in turned.journal.get("arms", ()):
                self._agreed.add(wait.nonce)
        for effect in turned.effects:
            if not isinstance(effect, Call) or effect.effect == "none":
                continue
            self._paid.add(effect.id)
            if len(self._paid) > len(self._agreed):
                yield Finding("second_money_call", f"{effect.operation} was called once more than the customer agreed")
            opened = turned.session.open.get(effect.id)
            same = [one for one in turned.session.open.values() if opened is not None and one.frame == opened.frame]
            if sum(one.operation == effect.operation for one in same) > 1:
                sentence = f"{effect.operation} was called again while nobody knows how the call before it ended"
                yield Finding("second_money_call", sentence)

    def _told_secrets(self, raw: bytes, turned: Turned) -> Iterable[Finding]:
        if not self._secrets:
            return
        said = [message.text + "".join(choice.label for choice in message.choices) for message in messages(turned)]
        bare = _GAPS.sub("", " | ".join([raw.decode(), json.dumps(turned.journal), *said]))
        if any(secret in bare for secret in self._secrets):
            yield Finding("secret", "a card number that was typed into the chat was kept or said")

    def _unfit(self, turned: Turned) -> Iterable[Finding]:
        if self._look is None:
            return
        for message in messages(turned):
            for text in (message.text, *(choice.label for choice in message.choices)):
                hole = _PLACEHOLDER.search(text)
                if hole is not None:
                    yield Finding("placeholder", f"the bot says '{hole.group()[:60]}' instead of a value")
            for sentence in broken_limits(message, self._look):
                yield Finding("limit", sentence)


def messages(turned: Turned) -> list[OutboundMessage]:
    return [effect.message for effect in turned.effects if isinstance(effect, Send)]


def _errors(turned: Turned) -> Iterable[Finding]:
    for note in turned.journal.get("notes", ()):
        if note.startswith("error "):
            yield Finding("exception", f"the flow broke: {note.removeprefix('error ')}")


def _silence(before: Session | None, event: Event, turned: Turned) -> Iterable[Finding]:
    answered = any(isinstance(effect, Send | Call) for effect in turned.effects)
    if isinstance(event, InboundEvent):
        if not event.should_reply and turned.effects:
            yield Finding("silence", "an event that asks for no answer got one")
        elif _asks_for_an_answer(before, event, turned) and not answered:
            yield Finding("silence", f"the customer gets no answer to a {event.kind}")
    elif not answered and before is not None and _is_awaited(before, event, turned):
        yield Finding("silence", f"the customer hears nothing when {_WHAT[type(event)]} ends what was waited for")


def _is_awaited(before: Session, event: Event, turned: Turned) -> bool:
    """Whether the event has moved a flow on, and the customer waits to hear about it."""
    if isinstance(event, CallResult):
        return before.wait is not None and before.wait.call == event.call
    if isinstance(event, TimerFired) and before.stack and before.stack[-1].notice:
        # What the notice had to say was said when it began; that nobody has answered it is no news.
        return False
    frames = [*before.stack, *(before.person.frames if before.person is not None else ())]
    ours = tuple(f"{frame.flow}.{frame.step}:" for frame in frames)
    return any(arm.startswith(ours) for arm in turned.journal.get("arms", ()))


def _asks_for_an_answer(before: Session | None, event: InboundEvent, turned: Turned) -> bool:
    """A person answers where one has the conversation, and the files of an album are answered once."""
    if before is not None and before.muted:
        return False
    return event.should_reply and event.kind in ANSWERED and "rest of an album" not in turned.journal.get("notes", ())


def _undecodable(raw: bytes, session: Session) -> Iterable[Finding]:
    if len(raw) > MOST_BYTES:
        yield Finding("session", f"the session has grown to {len(raw)} bytes")
    try:
        same = decode_session(raw) == session
    except msgspec.ValidationError as error:
        yield Finding("session", f"the session cannot be read again: {error}")
        return
    if not same:
        yield Finding("session", "the session reads otherwise than it was written")


def _endless(turned: Turned) -> Iterable[Finding]:
    session = turned.session
    if (session.muted or session.wait is not None) and not turned.wake_at:
        yield Finding("deadline", "a wait that nothing will ever end")
    if session.wait is None:
        if session.stack:
            yield Finding("deadline", "a flow stands there and waits for nothing")
        return
    held = [frame.held for frame in session.stack[:-1] if frame.held is not None]
    ends = [session.wait.until, *(wait.until for wait in held if wait.kind in ("wait", "call"))]
    if session.wait.deadline != min((end for end in ends if end), default=0):
        yield Finding("deadline", "the session is woken at another time than its first wait ends")
