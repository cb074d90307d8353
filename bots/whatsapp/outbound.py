"""WhatsApp: one logical message to calls of `messages`. Pure; nothing in here is refused by the platform for its form.

Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bots.fitting import (
    PLACEHOLDER,
    can_be_button,
    fit,
    fit_labels,
    linked,
    numbered,
    paragraphs,
    sendable,
    split_text,
)
from bots.meta.templates import Template
from bots.webhook import visible_text
from bots.whatsapp.abilities import ABILITIES, CALLBACK_DATA_MAX, LINK_BUTTONS_MAX, TOKEN_MAX
from bots.whatsapp.choices import Control, controls_of
from bots.whatsapp.marks import STYLED_EXTRA, styled, unmarked
from core.dialog.contracts import Link, OutboundMessage
from core.messages.channels import BadMessage, WireCall

Json = dict[str, Any]


class _Piece(NamedTuple):
    """One message of WhatsApp's. `said`: all its words, for a template that has neither buttons nor a file; `upload`:
    the place in the body that gets the uploaded file."""

    body: Json
    said: str
    upload: str = ""


def render(message: OutboundMessage, conversation: str, outbox_id: str, template: Template | None) -> list[WireCall]:
    """Picture or document and texts with the buttons or lists under the last one, links as messages with a button, and
    last, optional, the mark that the customer's message was read. After the service window each of them becomes the
    `template`, if there is one. A message cannot be deleted.

    Raises `BadMessage` for a token that no button can carry.
    """
    message = sendable(message)
    for choice in message.choices:
        if not 1 <= len(choice.token.encode()) <= TOKEN_MAX:
            raise BadMessage(f"the token of a button has 1..{TOKEN_MAX} bytes, got {len(choice.token)}")
    envelope = _envelope(conversation, outbox_id)
    calls = [_call(message, envelope, piece, template) for piece in _pieces(message)]
    if message.ack:
        read = {"messaging_product": "whatsapp", "status": "read", "message_id": message.ack}
        calls.append(WireCall(method="messages", payload=read, optional=True))
    return calls


def _envelope(conversation: str, outbox_id: str) -> Json:
    """A phone's digits are addressed by `to`, a business-scoped id (`UA.…`) by `recipient`. The outbox id comes back
    in every status."""
    address = "to" if conversation.isascii() and conversation.isdecimal() else "recipient"
    tracking = {"biz_opaque_callback_data": outbox_id[:CALLBACK_DATA_MAX]} if outbox_id else {}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", address: conversation, **tracking}


def _call(message: OutboundMessage, envelope: Json, piece: _Piece, template: Template | None) -> WireCall:
    instead = template.filled(piece.said, message.lang) if template is not None else None
    named = message.document is not None and bool(piece.upload)
    return WireCall(
        method="messages",
        payload={**envelope, **piece.body},
        upload=piece.upload,
        file_name=message.document.name if named and message.document is not None else "picture.png",
        outside_window=None if instead is None else {**envelope, "type": "template", "template": instead},
    )


def _pieces(message: OutboundMessage) -> list[_Piece]:
    """What stands under the text decides its form: a request, else choices, else a link, else nothing."""
    buttons = tuple(link for link in message.links if can_be_button(link))
    links = buttons if len(buttons) <= LINK_BUTTONS_MAX else ()
    lines = linked([link for link in message.links if link not in links])
    titles = fit_labels((link.label for link in links), ABILITIES.label_max)
    opening = [_opening(link, title) for link, title in zip(links, titles, strict=True)]
    asking = _requests(message)
    if asking:
        text = paragraphs(message.text, numbered(message.choices), lines)
        return _under(message, text, [*asking, *opening])
    if message.choices:
        controls = controls_of(message.choices, message.lang)
        text = paragraphs(message.text, "" if controls else numbered(message.choices), lines)
        pieces = _under(message, text, controls)
        return [*pieces, *map(_alone, opening)]
    return _under(message, paragraphs(message.text, lines), opening)


def _requests(message: OutboundMessage) -> list[Control]:
    """The words on these buttons are WhatsApp's own; ours stand in for a text where there is none."""
    wanted = [
        ("request_contact_info", "request_contact_info", message.ask_contact),
        ("location_request_message", "send_location", message.ask_location),
    ]
    return [Control(kind, {"name": name}, label) for kind, name, label in wanted if label]


def _opening(link: Link, title: str) -> Control:
    """A link as a button: the address is not written into the chat, and no preview robot opens and so uses it up."""
    parameters = {"display_text": title, "url": link.url}
    said = visible_text(link.label.strip()) or title
    return Control("cta_url", {"name": "cta_url", "parameters": parameters}, said, link.url)


def _under(message: OutboundMessage, text: str, controls: Sequence[Control]) -> list[_Piece]:
    """The text with its file before it or in its head, and the controls under its last part."""
    text = unmarked(text)
    if not controls:
        return _plain(message, text)
    lead, last = _split(message, text)
    before = _file(message, "")
    offered = numbered(message.choices) if controls[0].type in ("button", "list") else ""
    if before and not lead and controls[0].type == "button" and visible_text(last):
        # One bubble: the file in the head of the buttons, where it has no caption.
        first = _interactive(controls[0], last, offered, before[0].upload, _named(message))
        before = []
    else:
        first = _interactive(controls[0], last or _alt(message), offered)
    return [*before, *_texts(message, lead), first, *map(_alone, controls[1:])]


def _alone(control: Control) -> _Piece:
    return _interactive(control, "", "")


def _interactive(control: Control, text: str, offered: str, kind: str = "", file: Json | None = None) -> _Piece:
    said = visible_text(text.strip()) or unmarked(control.said.strip())
    said = visible_text(fit(said, ABILITIES.beside_max)) or PLACEHOLDER
    head = {"header": {"type": kind, kind: file or {}}} if kind else {}
    interactive = {"type": control.type, **head, "body": {"text": said}, "action": control.action}
    return _Piece(
        {"type": "interactive", "interactive": interactive},
        paragraphs(said, offered, control.address),
        f"interactive.header.{kind}" if kind else "",
    )


def _plain(message: OutboundMessage, text: str) -> list[_Piece]:
    captions = _parts(message, text, ABILITIES.caption_max)
    if len(captions) == 1 and (message.picture or message.document):
        return _file(message, captions[0])
    return [*_file(message, ""), *_texts(message, text)]


def _file(message: OutboundMessage, caption: str) -> list[_Piece]:
    """The picture or the document, if there is one, with a caption or its description."""
    if message.picture is None and message.document is None:
        return []
    kind = "document" if message.document is not None else "image"
    said = visible_text(caption or _alt(message))
    captioned = {"caption": said} if said and len(said) <= ABILITIES.caption_max else {}
    return [_Piece({"type": kind, kind: {**_named(message), **captioned}}, said, kind)]


def _named(message: OutboundMessage) -> Json:
    return {"filename": message.document.name} if message.document is not None else {}


def _alt(message: OutboundMessage) -> str:
    drawn = message.picture or message.document
    return unmarked(drawn.alt.strip()) if drawn is not None else ""


def _split(message: OutboundMessage, text: str) -> tuple[str, str]:
    """(what goes before, what stands over the controls): the end of the text, as much of it as fits there."""
    parts = split_text(text, _room(message, ABILITIES.beside_max), len)
    if not parts:
        return "", ""
    start, end = parts[-1]
    return text[: parts[-2][1]] if len(parts) > 1 else "", _styled(message, text, start, end, ABILITIES.beside_max)


def _texts(message: OutboundMessage, text: str) -> list[_Piece]:
    parts = _parts(message, text, ABILITIES.text_max)
    return [_Piece({"type": "text", "text": {"body": part}}, part) for part in parts]


def _parts(message: OutboundMessage, text: str, limit: int) -> list[str]:
    return [_styled(message, text, start, end, limit) for start, end in split_text(text, _room(message, limit), len)]


def _room(message: OutboundMessage, limit: int) -> int:
    """What a part may have, so that the signs of its spans still fit."""
    return max(limit - STYLED_EXTRA * len(message.spans), limit // 2)


def _styled(message: OutboundMessage, text: str, start: int, end: int, limit: int) -> str:
    """Plain where the signs of so many spans would not fit."""
    with_signs = styled(text, message.spans, start, end) if message.spans else text[start:end]
    return with_signs if len(with_signs) <= limit else text[start:end]
