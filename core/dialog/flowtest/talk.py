"""Playing the lines of a test, and comparing what the bot said with what it should say."""

from __future__ import annotations

from core.dialog.contracts import BankEvent, Contact, Location, Media, TicketClosed
from core.dialog.durations import parse_duration
from core.dialog.errors import DialogError
from core.dialog.flowtest.model import BotModel, ContactModel, LineModel, MediaModel
from core.dialog.flowtest.universe import Said, Universe
from core.dialog.flowtest.values import read_value
from core.dialog.signatures import Catalogue, spoken
from core.dialog.slot_types import SlotType


class Unexpected(DialogError):
    """The talk did not go as the test says; the message tells what came instead."""

    code = "test_failed"


class Talk:
    """`heard`: how many of the bot's messages the test has looked at."""

    def __init__(self, universe: Universe, catalogue: Catalogue) -> None:
        self._universe = universe
        self._catalogue = catalogue
        self._heard = 0

    def play(self, line: LineModel) -> None:
        """One line. Raises `Unexpected` or `ValueUnreadable`."""
        if line.bot == "silent":
            self._expect_silence()
            return
        if line.bot is not None:
            self._expect(line.bot)
            return
        self._heard = len(self._universe.trace.said)
        if not self._say(line):
            self._happen(line)

    def _say(self, line: LineModel) -> bool:
        world = self._universe
        if line.me is not None:
            world.inbound(kind="text", text=line.me)
        elif line.tap is not None:
            world.inbound(kind="button", payload=self._token(line.tap))
        elif line.start is not None:
            world.inbound(kind="start", payload=line.start)
        elif line.contact is not None:
            contact = ContactModel(phone=line.contact) if isinstance(line.contact, str) else line.contact
            shared = Contact(phone=contact.phone, name=contact.name, proof=contact.proof)
            world.inbound(kind="contact", contact=shared)
        else:
            return self._send(line)
        return True

    def _send(self, line: LineModel) -> bool:
        world = self._universe
        if line.location is not None:
            place = Location(line.location.latitude, line.location.longitude)
            world.inbound(kind="location", location=place)
        elif line.media is not None:
            file = MediaModel(kind=line.media) if isinstance(line.media, str) else line.media
            media = Media(kind=file.kind, ref="test", caption=file.caption, file_name=file.name, size=file.size)
            world.inbound(kind="media", media=media)
        else:
            return False
        return True

    def _happen(self, line: LineModel) -> None:
        world = self._universe
        if line.event is not None:
            ((name, data),) = line.event.items()
            world.happen(BankEvent(name=spoken(name), data=self._event_data(name, data)))
        elif line.person is not None:
            if not world.trace.tickets:
                raise Unexpected("no ticket has been opened")
            world.happen(TicketClosed(world.trace.tickets[-1].id))
        elif line.after is not None:
            world.let_pass(parse_duration(line.after))
        else:
            if not world.wake_at:
                raise Unexpected("no timer is set")
            world.let_pass(max(world.wake_at - world.clock.now_ms(), 0))

    def _event_data(self, name: str, written: dict[str, str]) -> dict[str, object]:
        types: dict[str, SlotType] = {}
        for operation in self._catalogue.values():
            if spoken(operation.signature.settles or "-") == spoken(name):
                types.update(operation.returns)
        return {
            field: read_value(self._universe.resolve(value), types.get(field, SlotType("text")))
            for field, value in written.items()
        }

    def _token(self, wanted: str) -> str:
        """The token of a button that is offered now, by its value or its label."""
        session = self._universe.session
        wait = session.wait if session is not None else None
        if wait is None:
            raise Unexpected(f"'{wanted}' cannot be tapped: nothing is offered")
        for place, option in enumerate(wait.options):
            if wanted in _names(option.label, option.value, option.act):
                return f"{wait.nonce}.{place}"
        offered = ", ".join(option.label for option in wait.options) or "nothing"
        raise Unexpected(f"'{wanted}' cannot be tapped; offered is: {offered}")

    def _expect_silence(self) -> None:
        said = self._universe.trace.said[self._heard :]
        if said:
            raise Unexpected(f"the bot should be silent, but says '{said[0].message.text[:60]}'")

    def _expect(self, wanted: BotModel) -> None:
        """One of the messages since the customer's last line is the wanted one; those before it are passed over."""
        said = self._universe.trace.said
        complaint = ""
        for place in range(self._heard, len(said)):
            if wanted.step is None or wanted.step in {step.rpartition(".")[2] for step in said[place].steps}:
                complaint = self._complaint(wanted, said[place])
                if not complaint:
                    self._heard = place + 1
                    return
        instead = ", ".join(f"{'+'.join(one.steps)}: {one.message.text[:60]!r}" for one in said[self._heard :])
        raise Unexpected(complaint or f"nothing came from step '{wanted.step}'; the bot said {instead or 'nothing'}")

    def _complaint(self, wanted: BotModel, said: Said) -> str:
        """What is not as wanted, or ""."""
        message = said.message
        text = _plain(message.text)
        expected = [wanted.reads] if isinstance(wanted.reads, str) else wanted.reads or []
        for part in expected:
            if _plain(part) not in text:
                return f"the bot should say '{part}', but says '{message.text}'"
        drawn = (("picture", wanted.image, message.picture), ("document", wanted.document, message.document))
        for kind, template, sent in drawn:
            shown = sent.template if sent is not None else "none"
            if template is not None and template != shown:
                return f"the {kind} should be '{template}', but is '{shown}'"
        labels = {choice.label for choice in message.choices}
        for choice in wanted.choices or ():
            if choice not in labels and not self._offers(choice):
                return f"'{choice}' should be offered; offered is: {', '.join(sorted(labels)) or 'nothing'}"
        return ""

    def _offers(self, value: str) -> bool:
        session = self._universe.session
        wait = session.wait if session is not None else None
        return wait is not None and any(value in _names(o.label, o.value, o.act) for o in wait.options)


def _names(label: str, value: object, act: str) -> set[str]:
    """By what a test may name a button: label, value, id of a record, or what it does."""
    names = {label, _plain(label)}
    if act in ("yes", "no", "other"):
        names.add(act)
    elif isinstance(value, dict):
        names.add(str(value.get("id") or value.get("phone") or value.get("amount") or value.get("name", "")))
    else:
        names.add(str(value))
        if act == "edit":
            names.add(f"edit {value}")
    return names


def _plain(text: str) -> str:
    """With ordinary spaces, so that a test can be typed."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")
