"""What a person does in Telegram, and the updates that it causes."""

from __future__ import annotations

import re
from typing import Any, Final

from simulators.messengers.actions import (
    Act,
    Contact,
    ControlError,
    Edit,
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
from simulators.messengers.documents import write_document
from simulators.messengers.pictures import draw_picture
from simulators.messengers.telegram.state import Sent, State
from simulators.messengers.telegram.texts import CAPTION_MAX, TEXT_MAX, utf16_length
from simulators.messengers.telegram.updates import (
    Person,
    callback_query,
    contact_content,
    membership,
    message,
    text_content,
)
from simulators.messengers.transcript import Button, Item

_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{0,64}")
_ID: Final = re.compile(r"[1-9][0-9]{0,15}")
_ID_MAX: Final = 2**52


class People:
    def __init__(self, state: State) -> None:
        self._state = state

    def add(self, new: NewPerson) -> Person:
        """Raises `ControlError` for an id that Telegram could not give."""
        given = str(new.id)
        if new.id is not None and not (_ID.fullmatch(given) and int(given) < _ID_MAX):
            raise ControlError(400, "bad_request", "a Telegram id is a number of up to 52 bits")
        return self._state.add_person(None if new.id is None else int(given), new.name, new.lang, new.phone)

    def find(self, user: int | str) -> Person:
        return found(self._state.people, user)

    async def start(self, act: Start) -> Outcome:
        person = self.find(act.user)
        if not _PAYLOAD.fullmatch(act.payload):
            raise ControlError(400, "bad_request", "a start payload has up to 64 of A-Za-z0-9_-")
        if person.blocked:
            await self.unblock(act)
        text = f"/start {act.payload}" if act.payload else "/start"
        return await self._message(person, act, "text", text_content(text), text=text)

    async def say(self, act: Say) -> Outcome:
        if utf16_length(act.text) > TEXT_MAX:
            raise ControlError(400, "bad_request", f"a text has up to {TEXT_MAX} UTF-16 units")
        return await self._message(self.find(act.user), act, "text", text_content(act.text), text=act.text)

    async def contact(self, act: Contact) -> Outcome:
        person = self.find(act.user)
        if act.own:
            content = contact_content(act.phone or person.phone, person.name, person.id)
        else:
            content = contact_content(act.phone or "380671112233", act.name or "Мама", act.contact_user_id)
        return await self._message(person, act, "contact", content, text=content["contact"]["phone_number"])

    async def location(self, act: Location) -> Outcome:
        content = {"location": {"latitude": act.latitude, "longitude": act.longitude}}
        return await self._message(
            self.find(act.user), act, "location", content, text=f"{act.latitude}, {act.longitude}"
        )

    async def photo(self, act: Photo) -> Outcome:
        if utf16_length(act.caption) > CAPTION_MAX:
            raise ControlError(400, "bad_request", f"a caption has up to {CAPTION_MAX} UTF-16 units")
        sizes = [self._state.files.keep_photo(draw_picture(90, 56)), self._state.files.keep_photo(draw_picture())]
        content: dict[str, Any] = {"photo": [size for file in sizes for size in file.as_photo()]}
        if act.caption:
            content["caption"] = act.caption
        return await self._message(
            self.find(act.user), act, "photo", content, text=act.caption, picture=sizes[-1].picture
        )

    async def document(self, act: SendDocument) -> Outcome:
        if utf16_length(act.caption) > CAPTION_MAX:
            raise ControlError(400, "bad_request", f"a caption has up to {CAPTION_MAX} UTF-16 units")
        document = write_document(act.file_name)
        content: dict[str, Any] = {"document": self._state.files.keep_document(document).as_document()}
        if act.caption:
            content["caption"] = act.caption
        return await self._message(self.find(act.user), act, "document", content, text=act.caption, document=document)

    async def edit(self, act: Edit) -> Outcome:
        person = self.find(act.user)
        sent = self._own_text(person, act.seq)
        sent.shown = sent.shown | text_content(act.text) | {"edit_date": self._state.now()}
        sent.item.text = act.text
        sent.item.edited = True
        self._state.transcript.change(sent.item)
        return await self._emit(person, "edited_message", sent.shown, act, sent.item)

    def _own_text(self, person: Person, seq: int) -> Sent:
        for item in self._state.transcript.newest_first(str(person.id)):
            if item.author == "user" and item.kind == "text" and not item.deleted and seq in (0, item.seq):
                return self._state.messages[(person.id, item.message_id)]
        raise ControlError(404, "no_such_message", "there is no text of this person to edit")

    async def block(self, act: Act) -> Outcome:
        return await self._membership(act, blocked=True)

    async def unblock(self, act: Act) -> Outcome:
        return await self._membership(act, blocked=False)

    async def _membership(self, act: Act, *, blocked: bool) -> Outcome:
        person = self.find(act.user)
        person.blocked = blocked
        payload = membership(person, self._state.bot(), self._state.now(), blocked=blocked)
        return await self._emit(person, "my_chat_member", payload, act, None)

    async def press(self, act: Press) -> Outcome:
        person = self.find(act.user)
        item, button = pressed(act, self._keyboards(person))
        if item is self._state.reply_keyboards.get(person.id):
            return await self._press_reply(person, act, item, button)
        if button.kind == "callback":
            return await self._press_inline(person, act, item, button)
        return Outcome(more={"copied": button.token} if button.kind == "copy" else {"opened": button.url})

    def _keyboards(self, person: Person) -> list[Item]:
        """Every inline keyboard in the chat and the one reply keyboard that is in place."""
        shown = []
        for item in self._state.transcript.newest_first(str(person.id)):
            sent = self._state.messages.get((person.id, item.message_id))
            if sent is None or not item.buttons:
                continue
            if "inline_keyboard" in sent.markup or item is self._state.reply_keyboards.get(person.id):
                shown.append(item)
        return shown

    async def _press_inline(self, person: Person, act: Press, item: Item, button: Button) -> Outcome:
        query_id = str(self._state.context.random.getrandbits(62))
        self._state.callbacks[query_id] = self._state.context.clock.now()
        shown = self._state.messages[(person.id, item.message_id)].shown
        payload = callback_query(person, query_id, shown, button.token)
        outcome = await self._emit(person, "callback_query", payload, act, None)
        outcome.more["callback_query_id"] = query_id
        return outcome

    async def _press_reply(self, person: Person, act: Press, item: Item, button: Button) -> Outcome:
        if self._state.messages[(person.id, item.message_id)].markup.get("one_time_keyboard"):
            del self._state.reply_keyboards[person.id]
        timing = act.model_dump(include=set(Act.model_fields))
        if button.kind == "contact":
            return await self.contact(Contact(**timing))
        if button.kind == "location":
            return await self.location(Location(**timing))
        if button.url:
            return Outcome(more={"opened": button.url})
        return await self.say(Say(text=button.token, **timing))

    async def _message(self, person: Person, act: Act, kind: str, content: dict[str, Any], **seen: Any) -> Outcome:
        if person.blocked:
            raise ControlError(409, "blocked", "this person blocked the bot")
        person.started = True
        message_id = self._state.next_message_id()
        item = self._state.transcript.add(str(person.id), "user", kind, message_id=message_id, **seen)
        shown = message(person, message_id, self._state.now(), content)
        self._state.remember(person, Sent(shown, by_bot=False, item=item, markup={}))
        return await self._emit(person, "message", shown, act, item)

    async def _emit(self, person: Person, kind: str, payload: dict[str, Any], act: Act, item: Item | None) -> Outcome:
        number, deliveries = await self._state.webhook.emit(str(person.id), kind, payload, act.timing)
        return Outcome(deliveries, item, {"update_id": number})
