"""`POST /<phone number id>/messages`: messages, reactions and read marks."""

from __future__ import annotations

from functools import partial
from typing import Any

from simulators.messengers.calls import Fault
from simulators.messengers.context import FetchFailed
from simulators.messengers.documents import Document
from simulators.messengers.pictures import NotAPicture, open_picture
from simulators.messengers.transcript import Item
from simulators.messengers.whatsapp.callbacks import Person
from simulators.messengers.whatsapp.fields import MAX_BYTES, MEDIA_TYPES
from simulators.messengers.whatsapp.messages import check_product, check_shape, digits_of, read_message
from simulators.messengers.whatsapp.refusal import (
    NEEDS_PHONE,
    PARAMETER,
    SAME_NUMBER,
    UPLOAD,
    VALUE,
    WINDOW_CLOSED,
    refuse,
)
from simulators.messengers.whatsapp.showing import shown
from simulators.messengers.whatsapp.state import Sent, State
from simulators.messengers.whatsapp.templates import fill, find_template


async def post_message(state: State, fields: dict[str, Any], fault: Fault | None) -> dict[str, Any]:
    if "status" in fields:
        return _mark(state, fields)
    message = read_message(fields)
    kind, content = message["type"], message[message["type"]]
    if digits_of(message.get("to", "")) == state.context.options.whatsapp_number:
        raise refuse(SAME_NUMBER)
    person = state.recipient(message)
    _check_context(state, person, message)
    category = "service"
    if kind == "template":
        bubble, category = _template(state, message)
    else:
        if state.context.clock.now() >= person.window_until():
            raise refuse(WINDOW_CLOSED)
        bubble = shown(kind, content)
    file_kind, file = file_of(kind, content)
    stored = state.files.named(file_kind, file)
    if state.context.options.rates:
        state.count(person)
    message_id = state.new_message_id()
    item = state.transcript.add(person.id, "bot", kind, text_id=message_id, **bubble)
    sent = Sent(message_id, person, True, item, content, category, message.get("biz_opaque_callback_data", ""))
    state.remember(sent)
    if stored is not None:
        item.picture, item.document = stored.picture, _document(stored.document, file)
    failure = fault.code if fault is not None and fault.fault == "fails_later" else 0
    if "link" in file and not failure:
        state.fetch(sent, file["link"], partial(_receive, state, item, file_kind, file))
    else:
        await state.tell(sent, failure)
    return _accepted(message, person, message_id)


def _accepted(message: dict[str, Any], person: Person, message_id: str) -> dict[str, Any]:
    if "to" in message:
        contact = {"input": message["to"], "wa_id": person.phone}
    else:
        contact = {"input": message["recipient"], "user_id": person.user_id}
    status = {"message_status": "accepted"} if message["type"] == "template" else {}
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message_id, **status}]}


def _mark(state: State, fields: dict[str, Any]) -> dict[str, Any]:
    check_product(fields)
    check_shape(fields, "mark")
    if fields["status"] != "read":
        raise refuse(PARAMETER, "Param status must be one of {read}")
    if fields.get("typing_indicator", {"type": "text"})["type"] != "text":
        raise refuse(PARAMETER, "Param typing_indicator.type must be one of {text}")
    if state.find_message(fields["message_id"], by_bot=False) is None:
        raise refuse(VALUE, "message_id is no message of a person to this number")
    return {"success": True}


def _check_context(state: State, person: Person, message: dict[str, Any]) -> None:
    """A reply or a reaction names a message of this chat."""
    kind = message["type"]
    named = [message["context"]["message_id"]] if "context" in message else []
    if kind == "reaction":
        named.append(message["reaction"]["message_id"])
    for message_id in named:
        sent = state.messages.get(message_id)
        if sent is None or sent.person is not person:
            raise refuse(VALUE, "message_id is no message of this chat")


def _template(state: State, message: dict[str, Any]) -> tuple[dict[str, Any], str]:
    template = find_template(state.templates, message["template"])
    if template.category == "AUTHENTICATION" and "to" not in message:
        raise refuse(NEEDS_PHONE)
    text, buttons = fill(template, message["template"].get("components", []))
    return {"text": text, "buttons": buttons}, template.category.casefold()


def file_of(kind: str, content: Any) -> tuple[str, dict[str, Any]]:
    """As what a message carries a file and how it names it; `("", {})` without one."""
    if kind in MEDIA_TYPES:
        return kind, content
    header: dict[str, Any] = {}
    if kind == "interactive":
        header = content.get("header", {})
    elif kind == "template":
        components = [entry for entry in content.get("components", []) if entry["type"].casefold() == "header"]
        header = components[0]["parameters"][0] if components and components[0].get("parameters") else {}
    sort = header.get("type", "")
    return (sort, header[sort]) if sort in MEDIA_TYPES else ("", {})


def _document(document: Document | None, named: dict[str, Any]) -> Document | None:
    if document is None or "filename" not in named:
        return document
    return Document(named["filename"], document.mime, document.content)


async def _receive(state: State, item: Item, kind: str, named: dict[str, Any], url: str) -> None:
    """Fetch a linked file into its bubble. Raises `Refusal`."""
    try:
        content = await state.context.fetch(url, MAX_BYTES[kind])
        if kind == "image":
            item.picture = open_picture(content)
        else:
            name = named.get("filename") or url.rpartition("/")[2] or "file"
            item.document = Document(name, "application/octet-stream", content)
    except (FetchFailed, NotAPicture) as error:
        raise refuse(UPLOAD, str(error)) from error
