"""What a customer and a bank did, in the words of flow tests."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Any, Final

from core.dialog.contracts import InboundEvent
from core.dialog.engine import Turned, turn
from core.dialog.program import ProgramSet
from core.dialog.recording.bank import event_types
from core.dialog.recording.row import Row
from core.dialog.replay.events import act_of
from core.dialog.replay.player import Step
from core.dialog.session import Option
from core.dialog.slot_types import SlotType
from core.kernel.errors import TellerError
from core.kernel.money import Money


def length(milliseconds: int) -> str:
    """`90s`, and days where there are too many seconds to write."""
    seconds = milliseconds // 1000
    return f"{seconds}s" if seconds < 1_000_000 else f"{seconds // 86_400}d"


def value_text(value: Any, slot_type: SlotType) -> Any:
    """A stored value as tests write it: `5.00 UAH`, lists and records as such, everything else as text."""
    if slot_type.item is not None and isinstance(value, list):
        return [value_text(item, slot_type.item) for item in value]
    if slot_type.fields and isinstance(value, dict):
        return {name: value_text(item, slot_type.fields[name]) for name, item in value.items() if item != ""}
    if slot_type.kind == "money" and isinstance(value, dict):
        try:
            return str(Money(value["amount"], value["currency"]))
        except (KeyError, TellerError):
            return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def bank_line(
    row: Row, calls: Mapping[str, str], programs: ProgramSet, doubts: list[str]
) -> dict[str, Any] | None:  # fmt: skip
    """`event:`, with `$step.op` for the call that it is about."""
    types = event_types(programs.operations, row.name)
    data = {name: value_text(value, types[name]) for name, value in row.data.items() if name in types}
    if row.reason:
        data["reason"] = row.reason
    if row.op:
        step = calls.get(row.op, "").rpartition(".")[2]
        if not step:
            if "told already" not in row.notes:
                doubts.append(f"'{row.name}' speaks of a call that was made before this conversation")
            return None
        data["op"] = f"${step}.op"
    return {"event": {row.name: data}}


def customer_line(
    step: Step, event: InboundEvent, row: Row, programs: ProgramSet, doubts: list[str]
) -> dict[str, Any] | None:  # fmt: skip
    if event.kind == "button":
        return _tap(step, event)
    if event.kind == "text":
        return {"me": _words(step, event, row, programs)}
    if event.kind in ("start", "referral"):
        return {"start": event.payload}
    if event.contact is not None:
        named = {"name": event.contact.name} if event.contact.name else {}
        return {"contact": {"phone": event.contact.phone, "proof": event.contact.proof, **named}}
    if event.media is not None:
        return {"media": _media(event)}
    if event.location is not None:
        return {"location": {"latitude": str(event.location.latitude), "longitude": str(event.location.longitude)}}
    doubts.append(f"a test has no line for the event '{row.event}'")
    return None


def _media(event: InboundEvent) -> Any:
    media = event.media
    if media is None:
        return None
    more = {"name": media.file_name, "size": str(media.size) if media.size else "", "caption": media.caption}
    told = {name: value for name, value in more.items() if value}
    return {"kind": media.kind, **told} if told else media.kind


def _tap(step: Step, event: InboundEvent) -> dict[str, Any]:
    """By the name that means this button and no other; by its number where names are alike."""
    options = step.before.wait.options if step.before.wait is not None else []
    place = int(event.payload.rpartition(".")[2])
    for name in _names(options[place]):
        if name and next(n for n, option in enumerate(options) if name in _names(option)) == place:
            return {"tap": name}
    return {"me": str(place + 1)}


def _names(option: Option) -> list[str]:
    """By what a test may name a button, the best first."""
    label = option.label.replace("\u00a0", " ").replace("\u202f", " ")
    if option.act != "pick":
        return [act_of(option), label]
    if isinstance(option.value, dict):
        return [str(option.value.get("id") or ""), label]
    return [str(option.value), label]


def _words(step: Step, event: InboundEvent, row: Row, programs: ProgramSet) -> str:
    """What was typed. Where only its meaning was kept: words that mean the same there."""
    wanted = _meaning(step.turned)
    for words in _candidates(row, programs):
        said = InboundEvent(
            channel=event.channel, conversation="-", user="-", message_id="-", dedupe_key="-", kind="text", text=words,
            sent_at=event.sent_at,
        )  # fmt: skip
        if _meaning(turn(programs, step.before, said, event.sent_at)) == wanted:
            return words
    return event.text


def _meaning(turned: Turned) -> tuple[Any, ...]:
    """The way that was taken, and what was heard for later."""
    journal = turned.journal
    heard = [(frame.heard, frame.carried) for frame in turned.session.stack]
    return journal.get("path"), journal.get("arms"), journal.get("began"), heard


def _candidates(row: Row, programs: ProgramSet) -> list[str]:
    if row.as_ == "correction":
        named = [word for word, kinds in _NAMES.items() if kinds == frozenset(row.kinds)]
        return [" ".join(f"ні, {word} {row.value}".split()) for word in (*named, "")]
    program = programs.flows.get(row.meant)
    if program is None:
        return []
    beside = [_BESIDE.get(kind, "{}").format(said) for kind, said in row.found.items()]
    orders = list(permutations(beside[:_MOST_BESIDE]))
    told = [" ".join([phrase, *order]) for phrase in program.entry.phrases for order in orders]
    return [*told, f"/{program.entry.command}"] if program.entry.command else told


# What names a kind of answer in a correction, and what stands before one in a wish.
_NAMES: Final = {
    "суму": frozenset(("money",)),
    "номер": frozenset(("phone", "payee")),
    "отримувача": frozenset(("payee",)),
    "дату": frozenset(("date",)),
    "з картки": frozenset(("card",)),
    "на картку": frozenset(("payee",)),
}
_MOST_BESIDE: Final = 4
_BESIDE: Final = {"phone": "на {}", "card": "з картки {}", "payee": "на картку {}"}
