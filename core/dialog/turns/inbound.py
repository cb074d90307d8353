"""What a customer does: presses, types, shares. First what protects, then the answer, then everything else."""

from __future__ import annotations

import re
from typing import Final

from core.dialog.contracts import Call, InboundEvent, Send
from core.dialog.program import WaitingStep
from core.dialog.session import Option
from core.dialog.system_flows import ASK_FOR_WISHES, MENU, UNRECOGNISED
from core.dialog.turns.entry import begin_requested, greet, requested
from core.dialog.turns.journal import NOT_UNDERSTOOD, PRIVATE
from core.dialog.turns.persons import stepped_in, take_back
from core.dialog.turns.words import obey
from core.dialog.turns.work import Work
from core.dialog.understanding import engine_word, is_empty, is_offered, near_engine_word, read_iban
from core.kernel.masking import find_card_numbers

ANSWERED: Final = frozenset(
    ("text", "start", "button", "contact", "location", "media", "referral", "order", "flow", "unsupported")
)
# A code that is named as one, in any of the four languages, wherever in the conversation it is written.
_CODE_WORD: Final = r"\b(?:код[ауом]{0,2}|code|otp|п[іи]н|pin|cvv2?|cvc2?|пароль|password|смс|sms)\b"
_CODE: Final = re.compile(rf"{_CODE_WORD}.*\d{{3}}|\d{{3}}.*{_CODE_WORD}", re.DOTALL | re.IGNORECASE)
_CODE_LENGTHS: Final = range(4, 9)
_NUMERIC: Final = frozenset(("money", "int", "date"))
# Some messengers send each file of an album as a message of its own. Nobody reads a question and picks a file sooner.
ALBUM_MS: Final = 2_000
ALBUM_NOTE: Final = "rest of an album"


def receive(work: Work, event: InboundEvent) -> None:
    """One inbound event. Kinds that ask for no answer get none."""
    step = work.waiting
    work.journal.heard.step = step
    if not event.should_reply or event.kind not in ANSWERED:
        _hide_secret(work, event, step)
        _overhear(work, event)
        return
    if _has_card_number(event, step):
        _refuse_card_number(work, event, step)
        return
    _hide_secret(work, event, step)
    if _is_rest_of_album(work, event):
        work.answered = True
    elif work.session.muted:
        _called_back(work, event)
    elif event.kind == "start" or (event.kind == "referral" and event.payload) or not work.session.greeted:
        _start(work, event, step)
    elif event.kind == "button":
        _pressed(work, event, step)
    else:
        _answered(work, event, step)


def _overhear(work: Work, event: InboundEvent) -> None:
    """What the platform tells about the chat: who is behind it now, and that a person of the bank writes in it."""
    if event.kind == "system" and event.payload == "identity_changed":
        if work.session.auth is not None:
            work.session.auth = None
            work.journal.notes.append("identity changed: signed out")
    elif event.kind == "echo" and event.payload == "person":
        stepped_in(work)


def break_silence(work: Work, event: InboundEvent) -> None:
    """A customer is never left without a word: not by a flow that ends silently either."""
    if work.answered or not event.should_reply or event.kind not in ANSWERED:
        return
    if any(isinstance(effect, Send | Call) for effect in work.outgoing.effects):
        return
    step = work.waiting
    if step is not None:
        step.show(work)
    else:
        work.engine_say("tries_exhausted")


def _has_card_number(event: InboundEvent, step: WaitingStep | None) -> bool:
    text = f"{event.text} {event.media.caption}" if event.media is not None else event.text
    if len(text) < 13 or not find_card_numbers(text):
        return False
    about = getattr(step, "about", None)
    return not (about is not None and about.type.kind == "iban" and read_iban(event.text) is not None)


def _is_rest_of_album(work: Work, event: InboundEvent) -> bool:
    """An album is answered once: what is sent together with a file answers no later question."""
    session = work.session
    last, session.media_at = session.media_at, event.sent_at if event.media is not None else 0
    if not last or event.media is None or abs(event.sent_at - last) > ALBUM_MS:
        return False
    work.journal.notes.append(ALBUM_NOTE)
    return True


def _refuse_card_number(work: Work, event: InboundEvent, step: WaitingStep | None) -> None:
    """It is deleted where the channel can, stored nowhere, and the customer reads why. The question stays open."""
    work.journal.hidden = True
    work.journal.notes.append("card number in chat")
    work.say(work.engine_text("card_number"), delete=event.message_id)
    if step is not None and not work.session.muted:
        step.show(work)
    elif not work.session.greeted:
        greet(work, event)


def _hide_secret(work: Work, event: InboundEvent, step: WaitingStep | None) -> None:
    """Secrets, personal values, and digits that may be a code typed too late or too early stay out of the journal."""
    if step is not None and step.kind == "call":
        work.journal.hidden = True
        return
    about = getattr(step, "about", None)
    if _CODE.search(event.text) or (about is not None and (about.pii or about.type.kind in PRIVATE)):
        work.journal.hidden = True
    elif about is None or about.type.kind not in _NUMERIC or not event.should_reply:
        written = event.text.strip().replace(" ", "").replace("-", "")
        work.journal.hidden = len(written) in _CODE_LENGTHS and not any(map(str.isalpha, written))


def _called_back(work: Work, event: InboundEvent) -> None:
    """A person has the conversation; only asking for the bot brings it back."""
    if event.kind == "start":
        take_back(work)
        greet(work, event)
    elif event.kind == "text" and engine_word(event.text) == "menu":
        take_back(work)
        work.begin(MENU)


def _start(work: Work, event: InboundEvent, step: WaitingStep | None) -> None:
    if step is not None and step.hold:
        step.show(work)
    else:
        greet(work, event)


def _pressed(work: Work, event: InboundEvent, step: WaitingStep | None) -> None:
    option = _option(work, event.payload)
    if step is not None and option is not None:
        work.journal.heard.pressed(option, work.wait.options)
        step.picked(work, option)
        return
    work.journal.notes.append("old button")
    if work.asked_anew:
        return
    work.engine_say("not_current")
    if step is not None:
        step.show(work)


def _option(work: Work, token: str) -> Option | None:
    wait = work.session.wait
    nonce, dot, place = token.rpartition(".")
    if wait is None or not dot or nonce != wait.nonce or not place.isdecimal() or len(place) > 3:
        return None
    index = int(place)
    return wait.options[index] if index < len(wait.options) else None


def _answered(work: Work, event: InboundEvent, step: WaitingStep | None) -> None:
    """In this order: a word of the engine or a command, an answer to the question that is open, a word of the engine
    with a slip in it, a wish for another flow, nothing known. What a button reads goes before the engine's words; they
    go before everything else that may be typed, since a question that takes any text would swallow them.
    """
    text = event.text if event.kind == "text" and not is_empty(event.text) else ""
    word = engine_word(text) if text and not (step is not None and step.hold) else None
    if word is not None and not _is_offered(work, text):
        obey(work, word, step)
        return
    if text and (step is None or not step.hold) and text.lstrip().startswith("/") and begin_requested(work, text):
        return
    if step is None:
        if not (text and _otherwise_meant(work, event, step)):
            work.journal.notes.append(NOT_UNDERSTOOD)
            work.begin(UNRECOGNISED)
        return
    if text and getattr(step, "secret", False):
        # A secret that was typed is taken out of the chat where the channel can, right or wrong.
        work.say("", delete=event.message_id)
    if work.asked_anew or ((text or event.kind != "text") and step.said(work, event)):
        return
    if not (text and not step.hold and _otherwise_meant(work, event, step)):
        if text and work.frame.flow in ASK_FOR_WISHES:
            work.journal.notes.append(NOT_UNDERSTOOD)
        step.puzzled(work, event)


def _otherwise_meant(work: Work, event: InboundEvent, step: WaitingStep | None) -> bool:
    """A word of the engine with a slip in it, unless it is a phrase of a flow as it stands; or a wish for a flow."""
    near = near_engine_word(event.text)
    if near is not None and requested(work, event.text) is None:
        obey(work, near, step)
        return True
    return begin_requested(work, event.text, event.meant)


def _is_offered(work: Work, text: str) -> bool:
    """Whether one of the buttons reads so: an answer goes before the engine's words."""
    wait = work.session.wait
    return wait is not None and is_offered(text, [option.label for option in wait.options])
