"""What happens around the messages: reactions, edits, read marks, other numbers, statuses by hand."""

from __future__ import annotations

from typing import Any

from simulators.messengers.actions import (
    Act,
    ControlError,
    Edit,
    Event,
    Identity,
    Outcome,
    React,
    Referral,
    Renumber,
    Revoke,
    Status,
    Subscribe,
    Template,
)
from simulators.messengers.graph.refusal import Refusal
from simulators.messengers.whatsapp.callbacks import Person, advertisement
from simulators.messengers.whatsapp.messages import TEXT_MAX, check_shape
from simulators.messengers.whatsapp.people import People
from simulators.messengers.whatsapp.refusal import WORDINGS
from simulators.messengers.whatsapp.state import Sent, State
from simulators.messengers.whatsapp.templates import Template as AccountTemplate
from simulators.messengers.whatsapp.templates import check_template


class Happenings:
    def __init__(self, state: State, people: People) -> None:
        self._state = state
        self._people = people

    async def look(self, act: Act) -> Outcome:
        """Read the chat: one `read` for each unread message."""
        person = self._people.find(act.user)
        unread, person.unread = person.unread, []
        outcome = Outcome()
        for message_id in unread:
            sent = self._state.messages[message_id]
            outcome.deliveries += await self._state.emit_status(sent, "read", act.timing)
        return outcome

    async def status(self, act: Status) -> Outcome:
        if act.code not in WORDINGS:
            raise ControlError(400, "bad_request", f"WhatsApp has no error {act.code}")
        sent = self._sent(self._people.find(act.user), act.seq, by_bot=True)
        return Outcome(await self._state.emit_status(sent, act.status, act.timing, act.code))

    async def block(self, act: Act) -> Outcome:
        """WhatsApp does not tell; messages to this person fail later."""
        self._people.find(act.user).blocked = True
        return Outcome()

    async def unblock(self, act: Act) -> Outcome:
        self._people.find(act.user).blocked = False
        return Outcome()

    async def edit(self, act: Edit) -> Outcome:
        if len(act.text) > TEXT_MAX:
            raise ControlError(400, "bad_request", f"a text has up to {TEXT_MAX} characters")
        person = self._people.find(act.user)
        sent = self._sent(person, act.seq, by_bot=False, kind="text")
        sent.item.text, sent.item.edited = act.text, True
        self._state.transcript.change(sent.item)
        message = {"type": "text", "text": {"body": act.text}}
        return await self._tell(person, act, "edit", {"original_message_id": sent.id, "message": message}, sent)

    async def revoke(self, act: Revoke) -> Outcome:
        person = self._people.find(act.user)
        sent = self._sent(person, act.seq, by_bot=False)
        sent.item.deleted = True
        self._state.transcript.change(sent.item)
        return await self._tell(person, act, "revoke", {"original_message_id": sent.id}, sent)

    async def react(self, act: React) -> Outcome:
        person = self._people.find(act.user)
        sent = self._sent(person, act.seq, by_bot=True)
        emoji = {"emoji": act.emoji} if act.emoji else {}
        return await self._tell(person, act, "reaction", {"message_id": sent.id, **emoji}, sent)

    async def referral(self, act: Referral) -> Outcome:
        """Come from an advertisement: the first text carries it."""
        person = self._people.find(act.user)
        return await self._people.message(
            person, act, "text", {"body": act.text}, text=act.text, referral=advertisement(act.ref)
        )

    async def renumber(self, act: Renumber) -> Outcome:
        """The old number is nobody's from now on; the new one has another business-scoped id and no open window."""
        person = self._people.find(act.user)
        if self._state.free_phone(act.phone) != act.phone:
            raise ControlError(409, "taken", f"{act.phone} is somebody's number")
        old_sender, old_phone = person.sender(), person.phone
        person.phone, person.user_id, person.wrote_at = act.phone, self._state.new_user_id(), None
        system = {
            "type": "user_changed_number",
            "wa_id": person.phone,
            "user_id": person.user_id,
            "body": f"User {person.name} changed from {old_phone} to {person.phone}",
        }
        return await self._tell(person, act, "system", system, None, **old_sender)

    async def identity(self, act: Identity) -> Outcome:
        person = self._people.find(act.user)
        old_sender = person.sender()
        system: dict[str, Any] = {"type": act.kind, "body": f"User {person.name}: {act.kind.replace('_', ' ')}"}
        if act.kind == "user_changed_user_id":
            person.user_id = system["user_id"] = self._state.new_user_id()
        else:
            system |= {"customer": person.phone, "identity": f"{self._state.context.random.getrandbits(64):016x}"}
        return await self._tell(person, act, "system", system, None, **old_sender)

    async def event(self, act: Event) -> Outcome:
        person = self._people.find(act.user)
        return await self._people.emit(person, act, self._state.new_message_id(), act.content, Outcome())

    async def webhook(self, form: Subscribe) -> Outcome:
        """What an administrator does in the app's dashboard, and the account's subscription with it."""
        try:
            names = form.fields if form.fields is not None else ["messages"]
            await self._state.webhook.register(form.url, form.verify_token, names)
        except Refusal as refusal:
            raise ControlError(409, "callback_refused", str(refusal)) from refusal
        self._state.webhook.subscribe()
        return Outcome()

    async def template(self, form: Template) -> Outcome:
        """Create a template or decide on one; the app hears of the decision if it asked for it."""
        key = (form.name, form.language)
        known = self._state.templates.get(key)
        components = form.components if form.components is not None else known.components if known else []
        fields = {"name": form.name, "language": form.language, "category": form.category, "components": components}
        try:
            check_shape(fields, "create template")
            check_template(fields)
        except Refusal as refusal:
            raise ControlError(400, "bad_request", refusal.detail) from refusal
        number = known.id if known else self._state.new_template_id()
        self._state.templates[key] = AccountTemplate(number, *key, form.category, form.status, components)
        value = {
            "event": form.status,
            "message_template_id": int(number),
            "message_template_name": form.name,
            "message_template_language": form.language,
            "reason": None,
        }
        timing = Act(user="").timing
        return Outcome(await self._state.emit_field("", "message_template_status_update", value, timing))

    def _sent(self, person: Person, seq: int, *, by_bot: bool, kind: str = "") -> Sent:
        author = "bot" if by_bot else "user"
        for item in self._state.transcript.newest_first(person.id):
            fits = item.author == author and not item.deleted and kind in ("", item.kind)
            if fits and seq in (0, item.seq):
                return self._state.messages[item.text_id]
        raise ControlError(404, "no_such_message", "there is no such message in this chat")

    async def _tell(
        self, person: Person, act: Act, kind: str, content: dict[str, Any], about: Sent | None, **more: Any
    ) -> Outcome:
        outcome = Outcome(item=None if about is None else about.item)
        message_id = self._state.new_message_id()
        return await self._people.emit(person, act, message_id, {**more, "type": kind, kind: content}, outcome)
