"""Which messages Messenger takes (developers.facebook.com/docs/messenger-platform/reference/send-api).

Lengths count characters. Everything wrong is error 100. Whether a recipient or a file exists is checked elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.messenger.fields import (
    BUTTON_TYPES,
    FILE_TYPES,
    HEIGHTS,
    MESSAGING_TYPES,
    NOTIFICATIONS,
    SENDER_ACTIONS,
    SHAPES,
    TAGS,
    TEMPLATE_TYPES,
)
from simulators.messengers.messenger.refusal import bad
from simulators.messengers.shapes import ShapeError

TEXT_MAX: Final = 2000
QUICK_REPLIES_MAX: Final = 13
TITLE_MAX: Final = 20
PAYLOAD_MAX: Final = 1000
METADATA_MAX: Final = 1000
BUTTON_TEXT_MAX: Final = 640
BUTTONS_MAX: Final = 3
ELEMENTS_MAX: Final = 10
CARD_TEXT_MAX: Final = 80

_PHONE: Final = re.compile(r"\+[0-9]{7,15}")


def check_shape(value: object, name: str) -> None:
    """Raises `Refusal`."""
    try:
        SHAPES.check(value, name)
    except ShapeError as error:
        if error.reason == "missing":
            raise bad(f"The parameter {error.path} is required") from error
        if error.reason == "unknown":
            path, _, key = error.path.rpartition(".")
            raise bad(f'Invalid keys "{key}" were found in param "{path}".') from error
        raise bad(f"Param {error.path} has a wrong type") from error


def check_length(name: str, text: str, most: int) -> None:
    """Raises `Refusal` for an empty text or one that is too long."""
    if not text.strip():
        raise bad(f"Param {name} must be a non-empty UTF-8 encoded string")
    if len(text) > most:
        raise bad(f"Length of param {name} must be less than or equal to {most}")


def check_choice(name: str, value: str, choices: Collection[str]) -> None:
    if value not in choices:
        raise bad(f"Param {name} must be one of {{{', '.join(sorted(choices))}}}")


def host_of(name: str, url: str, *, secure: bool = False) -> str:
    """The origin of a URL. Raises `Refusal` for what is no URL, or with `secure` none of https."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise bad(f"Param {name} should be a valid URL") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad(f"Param {name} should be a valid URL")
    if secure and parts.scheme != "https":
        raise bad(f"Param {name} must be an https URL")
    return f"{parts.scheme}://{parts.netloc}"


def check_call(fields: dict[str, Any], domains: Collection[str], *, uploaded: bool) -> None:
    """A call of `messages` without what must exist. `domains`: those that webviews may show. Raises `Refusal`."""
    check_shape(fields, "messages")
    if ("message" in fields) == ("sender_action" in fields):
        raise bad("Exactly one of message and sender_action is required")
    if "sender_action" in fields:
        _check_action(fields)
        return
    if "messaging_type" not in fields:
        raise bad("The parameter messaging_type is required")
    check_choice("messaging_type", fields["messaging_type"], MESSAGING_TYPES)
    check_choice("notification_type", fields.get("notification_type", "REGULAR"), NOTIFICATIONS)
    if (fields["messaging_type"] == "MESSAGE_TAG") != ("tag" in fields):
        raise bad("A tag belongs to messaging_type MESSAGE_TAG")
    check_choice("tag", fields.get("tag", "HUMAN_AGENT"), TAGS)
    if (fields["messaging_type"] == "UTILITY") != ("template" in fields["message"]):
        raise bad("A template belongs to messaging_type UTILITY")
    check_message(fields["message"], domains, uploaded=uploaded)


def _check_action(fields: dict[str, Any]) -> None:
    action = fields["sender_action"]
    check_choice("sender_action", action, SENDER_ACTIONS)
    extra = fields.keys() - {"recipient", "sender_action", "payload"}
    if extra:
        raise bad(f"A sender action has no {', '.join(sorted(extra))}")
    if (action in ("react", "unreact")) != ("payload" in fields):
        raise bad("payload belongs to react and unreact")
    if action == "react" and not fields["payload"].get("reaction"):
        raise bad("The parameter payload.reaction is required")


def check_message(message: dict[str, Any], domains: Collection[str], *, uploaded: bool = False) -> None:
    """`uploaded`: whether the file of an attachment is a part of the call. Raises `Refusal`."""
    contents = [name for name in ("text", "attachment", "template") if name in message]
    if len(contents) != 1:
        raise bad("Param message must have exactly one of text, attachment and template")
    if len(message.get("metadata", "")) > METADATA_MAX:
        raise bad(f"Length of param message[metadata] must be less than or equal to {METADATA_MAX}")
    if "text" in message:
        check_length("message[text]", message["text"], TEXT_MAX)
    if "attachment" in message:
        _check_attachment(message["attachment"], domains, uploaded=uploaded)
    elif uploaded:
        raise bad("A file belongs to an attachment")
    if "quick_replies" in message:
        _check_quick_replies(message["quick_replies"])


def _check_quick_replies(replies: list[dict[str, Any]]) -> None:
    if not 1 <= len(replies) <= QUICK_REPLIES_MAX:
        raise bad(f"Param message[quick_replies] must have 1 to {QUICK_REPLIES_MAX} elements")
    for reply in replies:
        kind = reply["content_type"]
        check_choice("content_type", kind, ("text", "user_phone_number", "user_email"))
        if kind != "text":
            if "title" in reply:
                raise bad(f"A quick reply of type {kind} has no title")
            continue
        for name, most in (("title", TITLE_MAX), ("payload", PAYLOAD_MAX)):
            if name not in reply:
                raise bad(f"The parameter message[quick_replies][{name}] is required")
            check_length(f"message[quick_replies][{name}]", reply[name], most)
        if "image_url" in reply:
            host_of("image_url", reply["image_url"])


def _check_attachment(attachment: dict[str, Any], domains: Collection[str], *, uploaded: bool) -> None:
    kind, payload = attachment["type"], attachment["payload"]
    check_choice("message[attachment][type]", kind, FILE_TYPES | {"template"})
    if kind in FILE_TYPES:
        check_shape(payload, "payload file")
        if ("url" in payload) + ("attachment_id" in payload) + uploaded != 1:
            raise bad("An attachment has exactly one of url, attachment_id and an uploaded file")
        if "url" in payload:
            host_of("url", payload["url"])
        return
    if uploaded:
        raise bad("A template has no uploaded file")
    sort = payload.get("template_type", "")
    check_choice("template_type", sort, TEMPLATE_TYPES)
    check_shape(payload, f"payload {sort}")
    if sort == "button":
        check_length("text", payload["text"], BUTTON_TEXT_MAX)
        _check_buttons(payload["buttons"], domains, least=1)
    elif sort == "generic":
        _check_cards(payload, domains)
    else:
        _check_media_card(payload["elements"], domains)


def _check_cards(payload: dict[str, Any], domains: Collection[str]) -> None:
    check_choice("image_aspect_ratio", payload.get("image_aspect_ratio", "square"), ("square", "horizontal"))
    if not 1 <= len(payload["elements"]) <= ELEMENTS_MAX:
        raise bad(f"Param elements must have 1 to {ELEMENTS_MAX} elements")
    for card in payload["elements"]:
        if len(card) < 2:
            raise bad("A card needs one more field beside title")
        check_length("title", card["title"], CARD_TEXT_MAX)
        check_length("subtitle", card.get("subtitle", "-"), CARD_TEXT_MAX)
        if "image_url" in card:
            host_of("image_url", card["image_url"])
        if "default_action" in card:
            check_shape(card["default_action"], "button default_action")
            check_choice("type", card["default_action"]["type"], ("web_url",))
            _check_link(card["default_action"], domains)
        _check_buttons(card.get("buttons", []), domains, least=0)


def _check_media_card(elements: list[dict[str, Any]], domains: Collection[str]) -> None:
    if len(elements) != 1:
        raise bad("Param elements must have 1 element")
    card = elements[0]
    check_choice("media_type", card["media_type"], ("image", "video"))
    if ("url" in card) == ("attachment_id" in card):
        raise bad("A media element has exactly one of url and attachment_id")
    _check_buttons(card.get("buttons", []), domains, least=0)


def _check_buttons(buttons: list[dict[str, Any]], domains: Collection[str], least: int) -> None:
    if not least <= len(buttons) <= BUTTONS_MAX:
        raise bad(f"Param buttons must have {least} to {BUTTONS_MAX} elements")
    for button in buttons:
        check_button(button, domains, BUTTON_TYPES, TITLE_MAX)


def check_button(button: dict[str, Any], domains: Collection[str], types: Collection[str], title_max: int) -> None:
    """One button of a template or of the menu. Raises `Refusal`."""
    kind = button["type"]
    check_choice("type", kind, types)
    check_shape(button, f"button {kind}")
    if "title" in button:
        check_length("title", button["title"], title_max)
    if kind == "postback":
        check_length("payload", button["payload"], PAYLOAD_MAX)
    elif kind == "phone_number" and not _PHONE.fullmatch(button["payload"]):
        raise bad("Param payload must be a phone number like +380441112233")
    elif kind == "web_url":
        _check_link(button, domains)
    elif kind == "account_link":
        host_of("url", button["url"], secure=True)


def _check_link(button: dict[str, Any], domains: Collection[str]) -> None:
    extended = button.get("messenger_extensions", False)
    origin = host_of("url", button["url"], secure=extended)
    if extended and origin not in domains:
        raise bad("messenger_extensions must be used with a URL of a whitelisted domain")
    check_choice("webview_height_ratio", button.get("webview_height_ratio", "full"), HEIGHTS)
    check_choice("webview_share_button", button.get("webview_share_button", "hide"), ("hide",))
