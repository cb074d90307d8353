"""Which flow an inbound event starts, when it is not an answer to where the conversation stands."""

from __future__ import annotations

import re
from typing import Final

from core.dialog.contracts import InboundEvent
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.guesses import offer
from core.dialog.turns.heard import hear_sum
from core.dialog.turns.work import Work
from core.dialog.understanding.spoken_sum import spoken_sum
from core.kernel.masking import mask_text

UNRECOGNISED_FLOW: Final = "unrecognised"
_COMMAND: Final = re.compile(r"/([a-z][a-z0-9_]{0,39})(?:@\w{1,64})?")
_LINK: Final = re.compile(r"([a-z0-9]{1,16})(?:[_-](.{0,64}))?")
_LONGEST_PAYLOAD: Final = 64


def greet(work: Work, event: InboundEvent) -> None:
    """The first contact or a start link: the flow for beginnings runs, above the one that link or words name."""
    first, work.session.greeted = not work.session.greeted, True
    payload = mask_text(event.payload)[:_LONGEST_PAYLOAD]
    wanted = _surely_meant(work, event.text) if event.kind == "text" else linked(work, payload)
    start = work.programs.start
    if wanted is not None and wanted[0] != start:
        begin_anew(work, *wanted)
        if not first:
            return
    begin_anew(work, start, {"payload": payload})


def linked(work: Work, payload: str) -> tuple[str, dict[str, str]] | None:
    """The flow of a start link `t` or `t_<rest>`; the rest is the flow's `payload`."""
    match = _LINK.fullmatch(payload)
    flow = work.programs.links.get(match[1]) if match is not None else None
    return (flow, {"payload": match[2] or ""}) if match is not None and flow is not None else None


def requested(work: Work, text: str) -> tuple[str, dict[str, str]] | None:
    """The flow of a command or of one of the phrases in the flows."""
    programs, command = work.programs, _COMMAND.fullmatch(text.strip().lower())
    flow = programs.phrases.match(text) if command is None else programs.commands.get(command[1])
    return (flow, {}) if flow is not None else None


def _surely_meant(work: Work, text: str) -> tuple[str, dict[str, str]] | None:
    """Also by other words than the phrases. Whoever is greeted gets the menu, so nothing is asked about here."""
    wanted = requested(work, text)
    if wanted is not None:
        return wanted
    intent = work.programs.phrases.understand(text, work.session.lang).intent
    return (intent, {}) if intent else None


def begin_requested(work: Work, text: str) -> bool:
    """Start the flow that the words ask for, or ask which one they mean; False when they ask for none.

    A sum among the words is heard, not lost. What only sounds like a flow that is open does not begin it anew.
    """
    wanted = requested(work, text)
    if wanted is not None:
        begin_anew(work, *wanted)
        return True
    phrases = work.programs.phrases
    heard, rest = spoken_sum(text)
    flow = phrases.match(rest) if heard else None
    if flow is None:
        understood = phrases.understand(rest, work.session.lang)
        if not understood.intent:
            return offer(work, understood.guesses, heard)
        flow = understood.intent
        if any(frame.flow == flow for frame in work.session.stack):
            return False
    begin_anew(work, flow)
    hear_sum(work, heard)
    return True
