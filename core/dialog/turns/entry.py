"""Which flow an inbound event starts, when it is not an answer to where the conversation stands."""

from __future__ import annotations

import re
from typing import Final

from core.dialog.contracts import InboundEvent
from core.dialog.turns.anew import begin_anew
from core.dialog.turns.work import Work
from core.kernel.masking import mask_text

UNRECOGNISED_FLOW: Final = "unrecognised"
_COMMAND: Final = re.compile(r"/([a-z][a-z0-9_]{0,39})(?:@\w{1,64})?")
_LINK: Final = re.compile(r"([a-z0-9]{1,16})(?:[_-](.{0,64}))?")
_LONGEST_PAYLOAD: Final = 64
_SPOKEN: Final = re.compile(r"\d+(?:[ .,]\d+)*[^\s\d]{0,4}")


def greet(work: Work, event: InboundEvent) -> None:
    """The first contact or a start link: the flow for beginnings runs, above the one that link or words name."""
    first, work.session.greeted = not work.session.greeted, True
    payload = mask_text(event.payload)[:_LONGEST_PAYLOAD]
    wanted = requested(work, event.text) if event.kind == "text" else linked(work, payload)
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
    """The flow of a command or of one of the phrases in the flows. A sum in the phrase is heard, not lost."""
    command = _COMMAND.fullmatch(text.strip().lower())
    if command is not None:
        flow = work.programs.commands.get(command[1])
        return (flow, {}) if flow is not None else None
    flow = work.programs.phrases.match(text)
    return (flow, {}) if flow is not None else None


def begin_requested(work: Work, text: str) -> bool:
    """Start the flow that the words ask for, if they ask for one."""
    wanted = requested(work, text)
    if wanted is not None:
        begin_anew(work, *wanted)
        return True
    sum_ = _SPOKEN.search(text)
    if sum_ is None:
        return False
    flow = work.programs.phrases.match(f"{text[: sum_.start()]} {text[sum_.end() :]}")
    if flow is None:
        return False
    begin_anew(work, flow, {})
    _hear_sum(work, sum_.group())
    return True


def _hear_sum(work: Work, spoken: str) -> None:
    """The one sum that the flow will ask for was said already; the question is skipped if it can be read then."""
    program = work.program
    sums = [name for name in program.asked if program.slots[name].type.kind == "money"]
    if len(sums) == 1:
        work.frame.heard[sums[0]] = spoken
