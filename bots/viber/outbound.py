"""Viber: one logical message to `send_message` calls. Pure; nothing in here is refused by the platform for its form.

Source: https://developers.viber.com/docs/api/rest-bot-api/#send-message and /docs/tools/keyboards/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec
from viberbot.api.messages import FileMessage, PictureMessage, TextMessage

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
from bots.viber.abilities import (
    ABILITIES,
    ACTION_BODY_MAX,
    DOCUMENT_BYTES_MAX,
    KEYBOARD_BYTES_MAX,
    KEYBOARD_COLUMNS,
    KEYBOARD_ROWS_MAX,
    TEXT_BYTES_MAX,
    TRACKING_DATA_MAX,
)
from bots.webhook import visible_text
from core.dialog.contracts import Choice, Link, OutboundMessage
from core.messages.channels import BadMessage, WireCall

Json = dict[str, Any]

# Keyboards page: `share-phone`, `location-picker` and the options of the internal browser need API version 3.
_API_VERSION: Final = 3
_encoder: Final = msgspec.json.Encoder()


def render(
    message: OutboundMessage, conversation: str, sender: str, outbox_id: str, file_url: str, file_size: int = 0
) -> list[WireCall]:
    """Picture or document and texts with the keyboard under the last one. A button needs no acknowledgement, and a
    message cannot be deleted. Without a `file_url`, or for a document without a `file_size`, the description stands in
    its place.

    Raises `BadMessage` for a token that no button can carry and for a document that is too large.
    """
    message = sendable(message)
    bodies = _bodies(message, file_url) if message.document is None else _with_document(message, file_url, file_size)
    return [
        WireCall(method="send_message", payload={"receiver": conversation, **_envelope(body, sender, outbox_id)})
        for body in bodies
    ]


def inline(message: OutboundMessage, sender: str, outbox_id: str) -> bytes:
    """The body of the answer to `conversation_started`: one message without a receiver, a longer text ends in `…`."""
    message = sendable(message)
    appendix, keyboard = _keyboard(message)
    drawn = message.picture or message.document
    alt = drawn.alt if drawn is not None else ""
    text = fit(paragraphs(alt, message.text, appendix).strip(), TEXT_BYTES_MAX, _units)
    body = TextMessage(text=visible_text(text) or PLACEHOLDER, **keyboard).to_dict()
    return _encoder.encode(_envelope(body, sender, outbox_id))


def for_older_clients(payload: Json) -> Json | None:
    """The same message for a client that refused it as too new: with plain buttons only.

    A link goes too: an old browser would offer to forward its address. None when it already asks for nothing new.
    """
    if "min_api_version" not in payload:
        return None
    older = {name: value for name, value in payload.items() if name not in ("min_api_version", "keyboard")}
    buttons = [button for button in payload["keyboard"]["Buttons"] if button["ActionType"] == "reply"]
    return {**older, "keyboard": {**payload["keyboard"], "Buttons": buttons}} if buttons else older


def _envelope(body: Json, sender: str, outbox_id: str) -> Json:
    """`tracking_data` comes back with the customer's next message and so proves that this one arrived."""
    tracking = {"tracking_data": outbox_id[:TRACKING_DATA_MAX]} if outbox_id else {}
    return {
        "sender": {"name": sender},
        **tracking,
        **{name: value for name, value in body.items() if value is not None},
    }


def _bodies(message: OutboundMessage, file_url: str) -> list[Json]:
    appendix, keyboard = _keyboard(message)
    text = paragraphs(message.text, appendix)
    pictures: list[Json] = []
    if message.picture is not None and not file_url:
        text = paragraphs(message.picture.alt, text)
    elif message.picture is not None:
        caption = text.strip() or message.picture.alt.strip()
        if len(caption) <= ABILITIES.caption_max:
            return [PictureMessage(media=file_url, text=caption, **keyboard).to_dict()]
        alt = fit(message.picture.alt.strip(), ABILITIES.caption_max)
        pictures = [PictureMessage(media=file_url, text=alt).to_dict()]
    return [*pictures, *_texts(text, keyboard)]


def _with_document(message: OutboundMessage, file_url: str, file_size: int) -> list[Json]:
    """A file has no caption: what there is to say follows it."""
    document = message.document
    assert document is not None
    appendix, keyboard = _keyboard(message)
    text = paragraphs(message.text, appendix)
    if not file_url or not file_size:
        return _texts(paragraphs(document.alt, text), keyboard)
    if file_size > DOCUMENT_BYTES_MAX:
        raise BadMessage(f"a document has at most {DOCUMENT_BYTES_MAX} bytes, got {file_size}")
    file = {"media": file_url, "size": file_size, "file_name": document.name}
    if not text.strip():
        return [FileMessage(**file, **keyboard).to_dict()]
    return [FileMessage(**file).to_dict(), *_texts(text, keyboard)]


def _texts(text: str, keyboard: Json) -> list[Json]:
    parts = [text[start:end] for start, end in split_text(text, TEXT_BYTES_MAX, _units)]
    if not parts and keyboard:
        parts = [PLACEHOLDER]
    return [
        *(TextMessage(text=part).to_dict() for part in parts[:-1]),
        *(TextMessage(text=part, **keyboard).to_dict() for part in parts[-1:]),
    ]


def _units(text: str) -> int:
    """A measure that keeps both limits of a text at `TEXT_BYTES_MAX`: bytes in JSON and the number of characters."""
    return max(len(_encoder.encode(text)), -(-len(text) * TEXT_BYTES_MAX // ABILITIES.text_max))


def _keyboard(message: OutboundMessage) -> tuple[str, Json]:
    """What the keyboard cannot hold, as text, and the arguments that give a message its keyboard, if any."""
    for choice in message.choices:
        if not 1 <= len(choice.token.encode()) <= ACTION_BODY_MAX:
            raise BadMessage(f"the token of a button has 1..{ACTION_BODY_MAX} bytes, got {len(choice.token)}")
    links = tuple(link for link in message.links if can_be_button(link))
    lines = linked([link for link in message.links if not can_be_button(link)])
    buttons = _buttons(message, message.choices, links)
    if _fits(buttons):
        return lines, _keyboard_arguments(buttons)
    asking = _buttons(message, (), ())
    return paragraphs(numbered(message.choices), linked(message.links)), _keyboard_arguments(asking)


def _fits(buttons: Sequence[Json]) -> bool:
    cells = sum(button["Columns"] for button in buttons)
    return cells <= KEYBOARD_COLUMNS * KEYBOARD_ROWS_MAX and len(_encoder.encode(buttons)) <= KEYBOARD_BYTES_MAX


def _buttons(message: OutboundMessage, choices: Sequence[Choice], links: Sequence[Link]) -> list[Json]:
    """Requests, then choices, two a row where one would not fit the screen, then links."""
    requests = [("share-phone", message.ask_contact), ("location-picker", message.ask_location)]
    asked = [(action, label) for action, label in requests if label]
    texts = [*(label for _, label in asked), *(c.label for c in choices), *(link.label for link in links)]
    labels = iter(fit_labels((_without_markup(text) for text in texts), ABILITIES.label_max))
    narrow = len(texts) > KEYBOARD_ROWS_MAX
    width = KEYBOARD_COLUMNS // 2 if narrow else KEYBOARD_COLUMNS
    full = KEYBOARD_COLUMNS
    # A last single narrow button takes its whole row, or the links below would move up beside it.
    last = full if len(choices) % 2 else width
    widths = [*[width] * (len(choices) - 1), last]
    return [
        *(_button(full, next(labels), ActionType=action, ActionBody=action) for action, _ in asked),
        *(
            _button(columns, next(labels), ActionType="reply", ActionBody=choice.token)
            for columns, choice in zip(widths, choices, strict=False)
        ),
        *(_button(full, next(labels), **_opening(link)) for link in links),
    ]


def _button(columns: int, label: str, **action: Any) -> Json:
    return {"Columns": columns, "Rows": 1, **action, "Text": label}


def _opening(link: Link) -> Json:
    """Silent, so that the address is not written into the chat; without the browser's button that forwards it."""
    return {
        "ActionType": "open-url",
        "ActionBody": link.url,
        "OpenURLType": "internal",
        "Silent": True,
        "InternalBrowser": {"ActionButton": "none"},
    }


def _without_markup(label: str) -> str:
    """Button texts are read as HTML; a name with angle brackets must not become a tag."""
    return label.replace("<", "‹").replace(">", "›")


def _keyboard_arguments(buttons: Sequence[Json]) -> Json:
    if not buttons:
        return {}
    arguments: Json = {"keyboard": {"Type": "keyboard", "DefaultHeight": False, "Buttons": list(buttons)}}
    is_plain = all(button["ActionType"] == "reply" for button in buttons)
    return arguments if is_plain else {**arguments, "min_api_version": _API_VERSION}
