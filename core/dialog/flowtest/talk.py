"""Playing the lines of a test: what the customer does, what the bank makes known, how time passes."""

from __future__ import annotations

from typing import Any

from core.dialog.contracts import BankEvent, Contact, Location, Media, TicketClosed
from core.dialog.durations import parse_duration
from core.dialog.errors import DialogError
from core.dialog.flowtest.looks import shown
from core.dialog.flowtest.model import ContactModel, LineModel, MediaModel
from core.dialog.flowtest.reading import event_types
from core.dialog.flowtest.universe import Universe
from core.dialog.flowtest.values import read_value
from core.dialog.program import ProgramSet
from core.dialog.session import Option
from core.dialog.signatures import spoken
from core.dialog.slot_types import SlotType


class Unexpected(DialogError):
    """The talk did not go as the test says; the message tells what came instead."""

    code = "test_failed"


def play_line(world: Universe, line: LineModel, programs: ProgramSet) -> None:
    """Everything but what the bot must say. Raises `Unexpected`, `ValueUnreadable` or `Broken`."""
    if world.twist.passes_over(world, line):
        return
    if line.event is not None:
        world.happen(bank_event(world, line, programs))
    elif line.after is not None:
        world.let_pass(parse_duration(line.after))
    elif line.timer is not None:
        if not world.wake_at:
            raise Unexpected("no timer is set")
        world.let_pass(max(world.wake_at - world.clock.now_ms(), 0))
    elif line.person is not None:
        if not world.trace.tickets:
            raise Unexpected("no ticket has been opened")
        world.happen(TicketClosed(world.trace.tickets[-1].id))
    else:
        world.inbound(**_customer(world, line))


def _customer(world: Universe, line: LineModel) -> dict[str, Any]:
    """The event that the line is, as fields."""
    if line.me is not None:
        return {"kind": "text", "text": line.me}
    if line.tap is not None:
        return _tapped(world, line.tap)
    if line.tap_old is not None:
        return {"kind": "button", "payload": _old_token(world, line.tap_old)}
    if line.start is not None:
        return {"kind": "start", "payload": line.start}
    if line.contact is not None:
        contact = ContactModel(phone=line.contact) if isinstance(line.contact, str) else line.contact
        # Where the platform proves nothing, no contact is proven to be anybody's.
        proof = contact.proof if world.look.proves_contacts else "unproven"
        return {"kind": "contact", "contact": Contact(phone=contact.phone, name=contact.name, proof=proof)}
    if line.location is not None:
        return {"kind": "location", "location": Location(line.location.latitude, line.location.longitude)}
    file = line.media if isinstance(line.media, MediaModel) else MediaModel.model_validate({"kind": line.media})
    media = Media(kind=file.kind, ref="test", caption=file.caption, file_name=file.name, size=file.size)
    return {"kind": "media", "media": media}


def bank_event(world: Universe, line: LineModel, programs: ProgramSet) -> BankEvent:
    ((name, written),) = (line.event or {}).items()
    types = event_types(name, programs)
    data = {
        field: read_value(world.resolve(value), types.get(field, SlotType("text"))) for field, value in written.items()
    }
    return BankEvent(name=spoken(name), data=data)


def _tapped(world: Universe, wanted: str) -> dict[str, Any]:
    """The press of a button that is offered now, by its value or its label; what is typed where it is no button."""
    wait = world.wait
    if wait is None:
        raise Unexpected(f"'{wanted}' cannot be tapped: nothing is offered")
    place = next((place for place, option in enumerate(wait.options) if wanted in names_of(option)), None)
    if place is None:
        offered = ", ".join(option.label for option in wait.options) or "nothing"
        raise Unexpected(f"'{wanted}' cannot be tapped; offered is: {offered}")
    token = f"{wait.nonce}.{place}"
    for said in reversed(world.trace.said):
        if token in (choice.token for choice in said.message.choices):
            typed = shown(said.message, world.look).typed
            return {"kind": "text", "text": typed[place]} if typed else {"kind": "button", "payload": token}
    return {"kind": "button", "payload": token}


def _old_token(world: Universe, wanted: str) -> str:
    for nonce, options in reversed(world.old_buttons):
        for place, option in enumerate(options):
            if wanted in names_of(option):
                return f"{nonce}.{place}"
    raise Unexpected(f"'{wanted}' is no button of an earlier question")


def names_of(option: Option) -> list[str]:
    """By what a test may name a button, the plainest name first: what it does, its value, the id of a record, or its
    label."""
    value, act = option.value, option.act
    names: list[str] = []
    if act in ("yes", "no", "other"):
        names.append(act)
    elif act == "edit":
        names += [f"edit {value}", str(value)]
    elif isinstance(value, dict):
        names.append(str(value.get("id") or value.get("phone") or value.get("amount") or value.get("name", "")))
    elif value is not None:
        names.append(str(value))
    return [name for name in (*names, plain(option.label), option.label) if name]


def plain(text: str) -> str:
    """With ordinary spaces, so that a test can be typed."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
