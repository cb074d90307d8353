"""`POST /me/messages` and `/me/message_attachments`."""

from __future__ import annotations

import re
from typing import Any, Final

from simulators.messengers.messenger.attachments import StoredFile
from simulators.messengers.messenger.callbacks import HUMAN_WINDOW_S, WINDOW_S, Person, echo, event
from simulators.messengers.messenger.fields import FILE_TYPES
from simulators.messengers.messenger.messages import check_call, check_message, check_shape
from simulators.messengers.messenger.refusal import (
    CALLS_RATE,
    OTHER_APP,
    PARAMETER,
    PERMISSION,
    PERSON_UNAVAILABLE,
    UNAVAILABLE,
    WINDOW_CLOSED,
    bad,
    refuse,
)
from simulators.messengers.messenger.showing import shown
from simulators.messengers.messenger.state import Sent, State
from simulators.messengers.multipart import Upload

_PLACEHOLDER: Final = re.compile(r"\{\{([a-z0-9_]+)\}\}")


async def post_message(state: State, fields: dict[str, Any], uploads: dict[str, Upload]) -> dict[str, Any]:
    upload = _upload(uploads)
    check_call(fields, state.profile.domains, uploaded=upload is not None)
    person = state.recipient(fields["recipient"]["id"])
    if person.blocked:
        raise refuse(UNAVAILABLE, subcode=PERSON_UNAVAILABLE)
    if person.owner == "inbox":
        raise refuse(PERMISSION, subcode=OTHER_APP)
    if "sender_action" in fields:
        return _act(state, person, fields)
    _check_window(state, person, fields)
    if state.context.options.rates and not state.send_rate.take("", state.context.clock.now()):
        raise refuse(CALLS_RATE)
    message = fields["message"]
    if "reply_to" in message:
        _of_chat(state, person, message["reply_to"]["mid"])
    text = _template(state, message["template"]) if "template" in message else ""
    file = await _file(state, message, upload)
    bubble = shown(message, text)
    if file is not None:
        bubble |= {"picture": file.picture, "document": None if file.picture else file.document}
    mid, now = state.new_mid(), state.now_ms()
    item = state.transcript.add(person.id, "bot", text_id=mid, **bubble)
    state.remember(Sent(mid, person, True, item, now))
    await _report(state, person, mid, now, message, file)
    reply: dict[str, Any] = {"recipient_id": person.id, "message_id": mid}
    if file is not None and message["attachment"]["payload"].get("is_reusable"):
        reply["attachment_id"] = file.id
    return reply


async def post_attachment(state: State, fields: dict[str, Any], uploads: dict[str, Upload]) -> dict[str, Any]:
    upload = _upload(uploads)
    check_shape(fields, "message_attachments")
    check_message(fields["message"], state.profile.domains, uploaded=upload is not None)
    attachment = fields["message"].get("attachment", {"type": ""})
    if attachment["type"] not in FILE_TYPES or not attachment["payload"].get("is_reusable"):
        raise bad("A reusable attachment with a file is required")
    return {"attachment_id": (await state.attachments.take(attachment["type"], attachment["payload"], upload)).id}


def _upload(uploads: dict[str, Upload]) -> Upload | None:
    if uploads.keys() - {"filedata"}:
        raise bad("A file is uploaded as filedata")
    return uploads.get("filedata")


def _act(state: State, person: Person, fields: dict[str, Any]) -> dict[str, Any]:
    if "payload" in fields:
        _of_chat(state, person, fields["payload"]["message_id"])
    return {"recipient_id": person.id}


def _of_chat(state: State, person: Person, mid: str) -> None:
    sent = state.messages.get(mid)
    if sent is None or sent.person is not person:
        raise bad("Invalid message id")


def _check_window(state: State, person: Person, fields: dict[str, Any]) -> None:
    """24 hours, 7 days for a person who answers, and any time for a utility template."""
    if fields["messaging_type"] == "UTILITY" or person.wrote_at is None:
        return
    window = HUMAN_WINDOW_S if "tag" in fields else WINDOW_S
    if state.context.clock.now() >= person.wrote_at + window:
        raise refuse(PERMISSION, subcode=WINDOW_CLOSED)


def _template(state: State, given: dict[str, Any]) -> str:
    """The text of an approved utility template. Raises `Refusal`."""
    known = state.templates.get((given["name"], given["language"]["code"]))
    if known is None or known["status"] != "APPROVED":
        raise refuse(PARAMETER, f"Template {given['name']} is not approved in this language")
    text = next((entry.get("text", "") for entry in known["components"] if entry.get("type") == "BODY"), "")
    bodies = [entry for entry in given.get("components", []) if entry["type"].casefold() == "body"]
    values = [parameter.get("text", "") for entry in bodies for parameter in entry.get("parameters", [])]
    names = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if len(names) != len(values) or not all(values):
        raise bad(f"The template needs {len(names)} parameters, {len(values)} were given")
    texts = dict(zip(names, values, strict=True))
    return _PLACEHOLDER.sub(lambda found: texts[found[1]], text)


async def _file(state: State, message: dict[str, Any], upload: Upload | None) -> StoredFile | None:
    attachment = message.get("attachment", {"type": ""})
    if attachment["type"] in FILE_TYPES:
        return await state.attachments.take(attachment["type"], attachment["payload"], upload)
    payload = attachment.get("payload", {})
    if payload.get("template_type") == "media" and "attachment_id" in payload["elements"][0]:
        card = payload["elements"][0]
        await state.attachments.take(card["media_type"], {"attachment_id": card["attachment_id"]}, None)
    return None


async def _report(
    state: State, person: Person, mid: str, now: int, message: dict[str, Any], file: StoredFile | None
) -> None:
    """The echo, and the receipt of the person's device."""
    content: dict[str, Any] = {"mid": mid}
    content |= {name: message[name] for name in ("text", "metadata", "quick_replies") if name in message}
    if file is not None:
        content["attachments"] = [{"type": file.kind, "payload": {"url": state.attachments.url(file)}}]
    elif "attachment" in message:
        content["attachments"] = [message["attachment"]]
    await state.tell(person, echo(person, state.page_id, now, content, state.app_id))
    if state.context.options.receipts:
        await state.tell(person, event(person, state.page_id, now, {"delivery": {"mids": [mid], "watermark": now}}))
