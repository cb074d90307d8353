"""Who has said what so far, for people who read why a test failed: masked, and without what is hidden in journals."""

from __future__ import annotations

from core.dialog.contracts import (
    BankEvent,
    Call,
    CallResult,
    Event,
    Send,
    Ticket,
    TicketClosed,
    TimerFired,
)
from core.dialog.engine import Turned
from core.dialog.flowtest.looks import Look, shown
from core.dialog.signatures import spoken
from core.kernel.masking import mask_text

_LONGEST = 400


def conversation(turns: list[tuple[Event, Turned]], look: Look) -> list[str]:
    """A line for each thing that somebody did, `who: what`."""
    labels: dict[str, str] = {}
    calls: dict[str, str] = {}
    lines: list[str] = []
    for event, turned in turns:
        lines += _happened(event, turned, labels, calls)
        for effect in turned.effects:
            if isinstance(effect, Send):
                labels |= {choice.token: choice.label for choice in effect.message.choices}
                lines.append(f"bot: {_said(effect, look)}")
            elif isinstance(effect, Call):
                calls[effect.id] = spoken(effect.operation)
                lines.append(f"bank is asked: {calls[effect.id]}")
            elif isinstance(effect, Ticket):
                lines.append(f"a person is called: {effect.queue}")
    return [mask_text(line)[:_LONGEST] for line in lines]


def _said(send: Send, look: Look) -> str:
    seen = shown(send.message, look)
    text = " / ".join(line for line in seen.text.split("\n") if line.strip())
    buttons = f"  [{'] ['.join(seen.labels)}]" if seen.labels and not (seen.typed and not look.has_buttons) else ""
    templates = (("picture", seen.picture), ("document", seen.document))
    drawn = "".join(f"  ({kind} {name})" for kind, name in templates if name)
    return f"{text}{buttons}{drawn}"


def _happened(event: Event, turned: Turned, labels: dict[str, str], calls: dict[str, str]) -> list[str]:
    if isinstance(event, CallResult):
        reason = f" {event.reason}" if event.reason else ""
        return [f"bank answers: {calls.get(event.call, 'a call')} {event.arm}{reason}"]
    if isinstance(event, BankEvent):
        return [f"bank makes known: {event.name} {event.data.get('outcome', '')}".rstrip()]
    if isinstance(event, TicketClosed):
        return ["the person has finished"]
    if isinstance(event, TimerFired):
        moved = turned.effects or turned.journal.get("arms")
        return ["time runs out"] if moved and event.nonce else []
    if event.kind == "button":
        return [f"me: [{labels.get(event.payload, 'an unknown button')}]"]
    if event.kind == "text":
        return [f"me: {turned.journal.get('text', '')}"]
    return [f"me: ({event.kind}) {event.payload}".rstrip()]
