"""Telegram: one logical message to Bot API calls. Pure; nothing in here is refused by the platform for its form.

Source: https://core.telegram.org/bots/api#sendmessage, #sendphoto, #senddocument, #inlinekeyboardmarkup,
#replykeyboardmarkup
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from bots.fitting import (
    PLACEHOLDER,
    can_be_button,
    fit_labels,
    linked,
    numbered,
    paragraphs,
    sendable,
    split_text,
    utf16_length,
)
from bots.telegram.abilities import ABILITIES, CALLBACK_DATA_BYTES_MAX, SINGLE_COLUMN_MAX
from bots.telegram.entities import entities
from core.dialog.contracts import Choice, Link, OutboundMessage
from core.messages.channels import BadMessage, WireCall

Json = dict[str, Any]

_REMOVE_KEYBOARD: Final[Json] = {"remove_keyboard": True}
_NO_PREVIEW: Final[Json] = {"is_disabled": True}


def render(message: OutboundMessage, conversation: str) -> list[WireCall]:
    """Acknowledgement and deletion first, both optional, then picture or document and texts with the keyboard under the
    last one.

    Raises `BadMessage` for a token that no button can carry.
    """
    message = sendable(message)
    chat_id = _chat_id(conversation)
    calls = _service_calls(message, chat_id)
    appendix, markup = _markup(message)
    text = paragraphs(message.text, appendix)
    payloads = _payloads(message, text, needs_text=markup is not _REMOVE_KEYBOARD)
    for number, (method, payload) in enumerate(payloads, 1):
        payload = {"chat_id": chat_id, **payload}
        if number == len(payloads):
            payload["reply_markup"] = markup
        if message.once:
            payload["protect_content"] = True
        calls.append(_call(method, payload, message))
    return calls


def _call(method: str, payload: Json, message: OutboundMessage) -> WireCall:
    if method == "sendDocument" and message.document is not None:
        return WireCall(method=method, payload=payload, upload="document", file_name=message.document.name)
    return WireCall(method=method, payload=payload, upload="photo" if method == "sendPhoto" else "")


def _chat_id(conversation: str) -> int | str:
    digits = conversation.removeprefix("-")
    return int(conversation) if digits.isascii() and digits.isdecimal() and len(digits) < 19 else conversation


def _service_calls(message: OutboundMessage, chat_id: int | str) -> list[WireCall]:
    calls = []
    if message.ack:
        payload: Json = {"callback_query_id": message.ack}
        calls.append(WireCall(method="answerCallbackQuery", payload=payload, optional=True))
    if message.delete.isascii() and message.delete.isdecimal():
        payload = {"chat_id": chat_id, "message_id": int(message.delete)}
        calls.append(WireCall(method="deleteMessage", payload=payload, optional=True))
    return calls


def _payloads(message: OutboundMessage, text: str, *, needs_text: bool) -> list[tuple[str, Json]]:
    drawn = message.picture or message.document
    if drawn is None:
        return _texts(message, text, needs_text=needs_text)
    method = "sendPhoto" if message.picture is not None else "sendDocument"
    limit = ABILITIES.caption_max
    caption = [(start, end) for start, end in split_text(text, limit, utf16_length)]
    if len(caption) == 1:
        return [(method, _piece(message, text, caption[0], "caption"))]
    alt = drawn.alt.strip()
    file: Json = {"caption": alt} if alt and utf16_length(alt) <= limit else {}
    return [(method, file), *_texts(message, text, needs_text=False)]


def _texts(message: OutboundMessage, text: str, *, needs_text: bool) -> list[tuple[str, Json]]:
    parts = split_text(text, ABILITIES.text_max, utf16_length)
    if not parts and needs_text:
        return [("sendMessage", {"text": PLACEHOLDER})]
    return [("sendMessage", _piece(message, text, part, "text")) for part in parts]


def _piece(message: OutboundMessage, text: str, part: tuple[int, int], field: str) -> Json:
    piece: Json = {field: text[slice(*part)]}
    marks = entities(text, message.spans, *part) if message.spans else []
    if marks:
        piece["entities" if field == "text" else "caption_entities"] = marks
    if field == "text" and "://" in piece[field]:
        # The preview robot would open, and so use up, a link that works once.
        piece["link_preview_options"] = _NO_PREVIEW
    return piece


def _markup(message: OutboundMessage) -> tuple[str, Json]:
    """What the keyboard cannot hold, as text, and the keyboard.

    Without buttons of its own a message takes away the keyboard that an earlier request for a contact left behind.
    """
    for choice in message.choices:
        if not 1 <= len(choice.token.encode()) <= CALLBACK_DATA_BYTES_MAX:
            raise BadMessage(f"the token of a button has 1..{CALLBACK_DATA_BYTES_MAX} bytes, got {len(choice.token)}")
    buttons = tuple(link for link in message.links if can_be_button(link))
    lines = tuple(link for link in message.links if not can_be_button(link))
    if message.ask_contact or message.ask_location:
        return _request_keyboard(message)
    if len(message.choices) + len(buttons) > ABILITIES.buttons_max:
        return paragraphs(numbered(message.choices), linked(message.links)), _REMOVE_KEYBOARD
    if not message.choices and not buttons:
        return linked(lines), _REMOVE_KEYBOARD
    return linked(lines), {"inline_keyboard": _inline_rows(message.choices, buttons)}


def _inline_rows(choices: Sequence[Choice], links: Sequence[Link]) -> list[list[Json]]:
    labels = fit_labels([*(c.label for c in choices), *(link.label for link in links)], ABILITIES.label_max)
    pressed: list[Json] = [
        {"text": label, "callback_data": choice.token} for label, choice in zip(labels, choices, strict=False)
    ]
    opened: list[Json] = [
        {"text": label, "url": link.url} for label, link in zip(labels[len(choices) :], links, strict=True)
    ]
    return [*_rows(pressed), *([button] for button in opened)]


def _rows(buttons: list[Json]) -> list[list[Json]]:
    width = 1 if len(buttons) <= SINGLE_COLUMN_MAX else 2
    return [buttons[start : start + width] for start in range(0, len(buttons), width)]


def _request_keyboard(message: OutboundMessage) -> tuple[str, Json]:
    """A contact or a place can only be asked by a reply keyboard, whose other buttons send their label as plain text:
    the engine knows a choice by its label too. Addresses cannot stand there and become text."""
    choices = message.choices if len(message.choices) + 2 <= ABILITIES.buttons_max else ()
    requests = [("request_contact", message.ask_contact), ("request_location", message.ask_location)]
    wanted = [(field, label) for field, label in requests if label]
    labels = fit_labels([*(label for _, label in wanted), *(choice.label for choice in choices)], ABILITIES.label_max)
    asking: list[Json] = [{"text": label, field: True} for label, (field, _) in zip(labels, wanted, strict=False)]
    plain: list[Json] = [{"text": label} for label in labels[len(wanted) :]]
    keyboard = {
        "keyboard": [*([button] for button in asking), *_rows(plain)],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }
    return paragraphs("" if choices else numbered(message.choices), linked(message.links)), keyboard
