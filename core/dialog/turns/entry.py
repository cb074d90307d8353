"""Which flow an inbound event starts, when it is not an answer to where the conversation stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from core.dialog.contracts import InboundEvent
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.guesses import offer
from core.dialog.turns.heard import hear
from core.dialog.turns.notices import leave_guesses
from core.dialog.turns.work import Work
from core.dialog.understanding import Entities
from core.kernel.masking import mask_text

_COMMAND: Final = re.compile(r"/([a-z][a-z0-9_]{0,39})(?:@\w{1,64})?")
_LINK: Final = re.compile(r"([a-z0-9]{1,16})(?:[_-](.{0,64}))?")
_LONGEST_PAYLOAD: Final = 64
_NOTHING: Final[Mapping[str, str]] = {}


class Wish(NamedTuple):
    """A flow that is asked for. `heard`: what was said with it, by kind. `exact`: in the very words of the flow."""

    flow: str
    slots: Mapping[str, str] = _NOTHING
    heard: Mapping[str, str] = _NOTHING
    exact: bool = True


def greet(work: Work, event: InboundEvent) -> None:
    """The first contact or a start link: the flow for beginnings runs, above the one that link or words name."""
    first, work.session.greeted = not work.session.greeted, True
    payload = mask_text(event.payload)[:_LONGEST_PAYLOAD]
    # Whoever is greeted gets the menu, so nothing is asked about here.
    wanted = _wished(work, event.text, event.meant)[0] if event.kind == "text" else linked(work, payload)
    start = work.programs.start
    if wanted is not None and wanted.flow != start:
        _begin(work, wanted)
        if not first:
            return
    begin_anew(work, start, {"payload": payload})


def linked(work: Work, payload: str) -> Wish | None:
    """The flow of a start link `t` or `t_<rest>`; the rest is the flow's `payload`."""
    match = _LINK.fullmatch(payload)
    flow = work.programs.links.get(match[1]) if match is not None else None
    return Wish(flow, {"payload": match[2] or ""}) if match is not None and flow is not None else None


def requested(work: Work, text: str) -> str | None:
    """The flow of a command or of one of the phrases in the flows."""
    programs, command = work.programs, _COMMAND.fullmatch(text.strip().lower())
    return programs.phrases.match(text) if command is None else programs.commands.get(command[1])


def _wished(work: Work, text: str, meant: str) -> tuple[Wish | None, tuple[str, ...], Entities]:
    """The flow that is surely meant, also by other words than its phrases; else the ones that may be; what was said.

    `meant`: the intent that an understanding outside heard, for words that the phrases do not explain.
    """
    phrases, noted = work.programs.phrases, work.journal.heard
    flow = requested(work, text)
    if flow is not None:
        noted.asked_for(flow, exact=True)
        return Wish(flow), (), Entities()
    said = phrases.entities(text)
    if "phone" in said.found:
        work.journal.hidden = True
    flow = next((name for rest in said.rests if said.found and (name := phrases.match(rest))), None)
    if flow is not None:
        noted.asked_for(flow, exact=True, found=said.found)
        return Wish(flow, heard=said.found), (), said
    guesses: tuple[str, ...] = ()
    for rest in said.rests:
        understood = phrases.understand(rest, work.session.lang)
        if understood.intent:
            noted.asked_for(understood.intent, found=said.found)
            return Wish(understood.intent, heard=said.found, exact=False), (), said
        guesses = guesses or understood.guesses
    outside = work.programs.intents.get(meant)
    if outside is not None and any(phrases.may_begin(outside, rest) for rest in said.rests):
        noted.asked_for(outside, found=said.found)
        return Wish(outside, heard=said.found, exact=False), (), said
    if outside is not None:
        guesses = (outside, *(name for name in guesses if name != outside))
    noted.asked_for("", guesses=guesses, found=said.found)
    return None, guesses, said


def begin_requested(work: Work, text: str, meant: str = "") -> bool:
    """Start the flow that the words ask for, or ask which one they mean; False when they ask for none.

    What else they say is heard, not lost. What only sounds like a flow that is open does not begin it anew.
    """
    wish, guesses, said = _wished(work, text, meant)
    if wish is None:
        return offer(work, guesses, said.found, fewest=1 if meant else 2)
    if not wish.exact and any(frame.flow == wish.flow for frame in work.session.stack):
        return False
    leave_guesses(work)
    _begin(work, wish)
    return True


def _begin(work: Work, wish: Wish) -> None:
    begin_anew(work, wish.flow, wish.slots)
    hear(work, wish.heard)
