"""What a person does in Viber, and the callbacks that it causes."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from simulators.messengers.actions import (
    Act,
    Contact,
    ControlError,
    Location,
    NewPerson,
    Outcome,
    Photo,
    Press,
    Say,
    SendDocument,
    Start,
    found,
    pressed,
)
from simulators.messengers.delivery import Answer
from simulators.messengers.documents import write_document
from simulators.messengers.pictures import draw_picture
from simulators.messengers.shapes import read_json
from simulators.messengers.transcript import Item
from simulators.messengers.viber.callbacks import Person, event, user_message
from simulators.messengers.viber.messages import MESSAGE_MAX_BYTES, TEXT_MAX, read_message
from simulators.messengers.viber.refusal import BAD_DATA, Refusal
from simulators.messengers.viber.state import State


class People:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, new: NewPerson) -> Person:
        """Raises `ControlError` for an id that is no base64."""
        number = None if new.id is None else str(new.id)
        try:
            base64.b64decode(number or "", validate=True)
        except ValueError as error:
            raise ControlError(400, "bad_request", "a Viber id is base64") from error
        return self._state.add_person(number, new.name, new.lang, new.phone, new.api_version)

    def find(self, user: int | str) -> Person:
        return found(self._state.people, user)

    async def start(self, act: Start) -> Outcome:
        """Open the conversation: no subscription; the answer's body is the welcome message."""
        person = self.find(act.user)
        context = {"context": act.payload} if act.payload else {}
        body = self._event(
            "conversation_started", type="open", **context, user=self._details(person), subscribed=person.subscribed
        )
        outcome = Outcome()

        def welcome(answer: Answer) -> None:
            if answer.body.strip():
                outcome.more["welcome"] = self._welcome(person, answer.body, body["message_token"])

        return await self._emit(person, body, act, outcome, welcome)

    def _welcome(self, person: Person, content: bytes, message_token: int) -> dict[str, Any]:
        try:
            if len(content) > MESSAGE_MAX_BYTES:
                raise Refusal(BAD_DATA, f"the message has more than {MESSAGE_MAX_BYTES} bytes")
            try:
                message = read_json(content)
            except ValueError as error:
                raise Refusal(BAD_DATA, "the welcome message is no JSON") from error
            if not isinstance(message, dict) or "receiver" in message:
                raise Refusal(BAD_DATA, "a welcome message is a JSON object without receiver")
            item = self._state.show(person, read_message(message), message_token)
        except Refusal as refusal:
            return refusal.as_json()
        return {"status": 0, "seq": item.seq}

    async def say(self, act: Say) -> Outcome:
        if len(act.text) > TEXT_MAX:
            raise ControlError(400, "bad_request", f"a text has up to {TEXT_MAX} characters")
        return await self._message(self.find(act.user), act, "text", {"text": act.text}, act.text)

    async def contact(self, act: Contact) -> Outcome:
        """A shared number and a card from the address book look the same in Viber."""
        person = self.find(act.user)
        name, phone = (person.name, person.phone) if act.own else (act.name or "Мама", "380671112233")
        contact = {"name": name, "phone_number": act.phone or phone}
        return await self._message(person, act, "contact", {"contact": contact}, contact["phone_number"])

    async def location(self, act: Location) -> Outcome:
        content = {"location": {"lat": act.latitude, "lon": act.longitude}}
        return await self._message(self.find(act.user), act, "location", content, f"{act.latitude}, {act.longitude}")

    async def photo(self, act: Photo) -> Outcome:
        picture = draw_picture()
        name = f"{self._state.context.random.getrandbits(64):016x}.png"
        self._state.media[name] = picture
        url = f"{self._state.context.url}/viber/media/{name}"
        content = {
            "media": url,
            "thumbnail": url,
            "file_name": name,
            "size": len(picture.content),
            "text": act.caption,
        }
        outcome = await self._message(self.find(act.user), act, "picture", content, act.caption)
        if outcome.item is not None:
            outcome.item.picture = picture
        return outcome

    async def document(self, act: SendDocument) -> Outcome:
        document = write_document(act.file_name)
        key = f"{self._state.context.random.getrandbits(64):016x}.pdf"
        self._state.media[key] = document
        content = {
            "media": f"{self._state.context.url}/viber/media/{key}",
            "file_name": act.file_name,
            "size": len(document.content),
            "text": act.caption,
        }
        outcome = await self._message(self.find(act.user), act, "file", content, act.file_name)
        if outcome.item is not None:
            outcome.item.document = document
        return outcome

    async def block(self, act: Act) -> Outcome:
        person = self.find(act.user)
        person.subscribed = False
        return await self._emit(person, self._event("unsubscribed", user_id=person.id), act, Outcome())

    async def unblock(self, act: Act) -> Outcome:
        person = self.find(act.user)
        person.subscribed = True
        person.tracking_data = ""
        return await self._emit(person, self._event("subscribed", user=self._details(person)), act, Outcome())

    async def look(self, act: Act) -> Outcome:
        """Read the chat: one `seen` event for the newest unread message covers those before it."""
        person = self.find(act.user)
        message_token = self._state.unseen.pop(person.id, None)
        if message_token is None:
            return Outcome()
        body = event("seen", self._state.now_ms(), message_token, user_id=person.id)
        return await self._emit(person, body, act, Outcome())

    async def press(self, act: Press) -> Outcome:
        person = self.find(act.user)
        keyboard = self._state.keyboards.get(person.id)
        cards = [item for item in self._state.transcript.newest_first(person.id) if item.kind == "rich_media"]
        _, button = pressed(act, ([keyboard] if keyboard else []) + cards)
        timing = act.model_dump(include=set(Act.model_fields))
        if button.kind == "share-phone":
            return await self.contact(Contact(**timing))
        if button.kind == "location-picker":
            return await self.location(Location(**timing))
        if button.kind == "none" or (button.kind == "open-url" and not button.shown):
            return Outcome(more={"opened": button.url} if button.url else {})
        outcome = await self._message(person, act, "text", {"text": button.token}, button.label, shown=button.shown)
        if button.url:
            outcome.more["opened"] = button.url
        return outcome

    def _details(self, person: Person) -> dict[str, Any]:
        return person.details(named=self._state.send_name, pictured=self._state.send_photo)

    def _event(self, name: str, **content: Any) -> dict[str, Any]:
        return event(name, self._state.now_ms(), self._state.next_token(), **content)

    async def _message(
        self, person: Person, act: Act, kind: str, content: dict[str, Any], text: str, *, shown: bool = True
    ) -> Outcome:
        """A person's message subscribes them; the first one causes no `subscribed` event."""
        person.subscribed = True
        self._state.sent_at.pop(person.id, None)
        body = self._event(
            "message", sender=self._details(person), message=user_message(person, kind, content), silent=False
        )
        item: Item | None = None
        if shown:
            item = self._state.transcript.add(person.id, "user", kind, text=text, message_id=body["message_token"])
        return await self._emit(person, body, act, Outcome(item=item))

    async def _emit(
        self,
        person: Person,
        body: dict[str, Any],
        act: Act,
        outcome: Outcome,
        welcome: Callable[[Answer], None] | None = None,
    ) -> Outcome:
        outcome.deliveries = await self._state.emit(person.id, body, act.timing, welcome)
        outcome.more["message_token"] = body["message_token"]
        return outcome
