"""The methods that put messages into a chat, change them and take them back."""

from __future__ import annotations

from typing import Any

from simulators.messengers.documents import Document
from simulators.messengers.telegram.body import Call
from simulators.messengers.telegram.keyboards import check_markup, shown_buttons
from simulators.messengers.telegram.refusal import bad_request
from simulators.messengers.telegram.state import Sent, State
from simulators.messengers.telegram.texts import read_caption, read_text
from simulators.messengers.telegram.updates import Person


async def send_message(state: State, call: Call) -> dict[str, Any]:
    person = _receiver(state, call.fields)
    text, entities = read_text(call.fields)
    _check_reply(state, person, call.fields)
    content = {"text": text, **({"entities": entities} if entities else {})}
    return _put(state, person, call.fields, "text", content, text=text)


async def send_photo(state: State, call: Call) -> dict[str, Any]:
    person = _receiver(state, call.fields)
    caption, entities = read_caption(call.fields)
    _check_reply(state, person, call.fields)
    photo = await state.files.photo(call)
    content = {"photo": photo.as_photo(), **_caption(caption, entities)}
    return _put(state, person, call.fields, "photo", content, text=caption, picture=photo.picture)


async def send_document(state: State, call: Call) -> dict[str, Any]:
    person = _receiver(state, call.fields)
    caption, entities = read_caption(call.fields)
    _check_reply(state, person, call.fields)
    document = await state.files.document(call)
    content = {"document": document.as_document(), **_caption(caption, entities)}
    kept = Document(document.name, document.mime, document.content)
    return _put(state, person, call.fields, "document", content, text=caption, document=kept)


def _caption(caption: str, entities: list[dict[str, Any]]) -> dict[str, Any]:
    if not caption:
        return {}
    return {"caption": caption, **({"caption_entities": entities} if entities else {})}


def _receiver(state: State, fields: dict[str, Any]) -> Person:
    person = state.chat(fields["chat_id"])
    check_markup(fields.get("reply_markup", {}))
    if state.context.options.rates:
        state.rates.take(person.id, state.context.clock.now())
    return person


def _check_reply(state: State, person: Person, fields: dict[str, Any]) -> None:
    reply = fields.get("reply_parameters")
    if reply is None or reply.get("allow_sending_without_reply"):
        return
    if (person.id, reply["message_id"]) not in state.messages:
        raise bad_request("message to be replied not found")


def _put(
    state: State, person: Person, fields: dict[str, Any], kind: str, content: dict[str, Any], **seen: Any
) -> dict[str, Any]:
    markup = fields.get("reply_markup", {})
    message_id = state.next_message_id()
    buttons = shown_buttons(markup)
    item = state.transcript.add(
        str(person.id),
        "bot",
        kind,
        message_id=message_id,
        buttons=buttons,
        ask_contact=any(button.kind == "contact" for button in buttons),
        ask_location=any(button.kind == "location" for button in buttons),
        **seen,
    )
    shown = {
        "message_id": message_id,
        "from": state.bot(),
        "chat": person.chat(),
        "date": state.now(),
        **content,
        **({"has_protected_content": True} if fields.get("protect_content") else {}),
        **({"reply_markup": markup} if markup.get("inline_keyboard") else {}),
    }
    if "keyboard" in markup:
        state.reply_keyboards[person.id] = item
    elif "remove_keyboard" in markup:
        state.reply_keyboards.pop(person.id, None)
    state.remember(person, Sent(shown, by_bot=True, item=item, markup=markup))
    return shown


def _editable(state: State, fields: dict[str, Any]) -> Sent:
    if "inline_message_id" in fields:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in fields:
        raise bad_request("chat_id is empty")
    person = state.chat(fields["chat_id"])
    if "message_id" not in fields:
        raise bad_request("message identifier is not specified")
    sent = state.messages.get((person.id, fields["message_id"]))
    if sent is None:
        raise bad_request("message to edit not found")
    if not sent.by_bot or (sent.markup and "inline_keyboard" not in sent.markup):
        raise bad_request("message can't be edited")
    check_markup(fields.get("reply_markup", {}))
    return sent


def _edit(state: State, sent: Sent, markup: dict[str, Any], content: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in sent.shown.items() if key not in ("reply_markup", "edit_date")}
    if "text" in content:
        kept.pop("entities", None)
    fresh = kept | content | ({"reply_markup": markup} if markup.get("inline_keyboard") else {})
    if fresh == {key: value for key, value in sent.shown.items() if key != "edit_date"}:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    sent.shown = fresh | {"edit_date": state.now()}
    sent.markup = markup
    sent.item.text = content.get("text", sent.item.text)
    sent.item.buttons = shown_buttons(markup)
    sent.item.edited = True
    state.transcript.change(sent.item)
    return sent.shown


async def edit_message_text(state: State, call: Call) -> dict[str, Any]:
    sent = _editable(state, call.fields)
    text, entities = read_text(call.fields)
    if "text" not in sent.shown:
        raise bad_request("there is no text in the message to edit")
    content = {"text": text, **({"entities": entities} if entities else {})}
    return _edit(state, sent, call.fields.get("reply_markup", {}), content)


async def edit_message_reply_markup(state: State, call: Call) -> dict[str, Any]:
    return _edit(state, _editable(state, call.fields), call.fields.get("reply_markup", {}), {})


async def delete_message(state: State, call: Call) -> bool:
    state.forget(state.chat(call.fields["chat_id"]), call.fields["message_id"])
    return True
