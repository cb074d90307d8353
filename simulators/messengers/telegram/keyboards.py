"""Limits of keyboards, and how a person sees one.

Source: core.telegram.org/bots/api, "InlineKeyboardButton" and "KeyboardButton"; 8 a row and 100 in all are practice.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.telegram.fields import BUTTON_STYLES, INLINE_ACTIONS, REPLY_ACTIONS
from simulators.messengers.telegram.refusal import bad_request
from simulators.messengers.telegram.texts import utf16_length
from simulators.messengers.transcript import Button

ROW_MAX: Final = 8
BUTTONS_MAX: Final = 100
DATA_MAX_BYTES: Final = 64
COPY_MAX: Final = 256
PLACEHOLDER_MAX: Final = 64

_LINK_SCHEMES: Final = frozenset({"http", "https", "tg"})
_KINDS: Final = {"request_contact": "contact", "request_location": "location", "web_app": "web_app"}


def check_markup(markup: dict[str, Any]) -> None:
    """Raises `Refusal` for a keyboard that Telegram would not show."""
    if "inline_keyboard" in markup:
        _check_rows(markup["inline_keyboard"])
        for button in _flat(markup["inline_keyboard"]):
            _check_inline(button)
    elif "keyboard" in markup:
        if not markup["keyboard"]:
            raise bad_request("object expected as reply markup: keyboard is empty")
        _check_rows(markup["keyboard"])
        for button in _flat(markup["keyboard"]):
            _check_reply(button)
    elif markup.get("remove_keyboard", True) is False or markup.get("force_reply", True) is False:
        raise bad_request("object expected as reply markup")
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= len(placeholder) <= PLACEHOLDER_MAX:
        raise bad_request("input_field_placeholder must have 1-64 characters")


def _flat(rows: list[list[Any]]) -> list[dict[str, Any]]:
    return [{"text": button} if isinstance(button, str) else button for row in rows for button in row]


def _check_rows(rows: list[list[Any]]) -> None:
    if any(len(row) > ROW_MAX for row in rows):
        raise bad_request(f"a row of the keyboard has more than {ROW_MAX} buttons")
    if sum(len(row) for row in rows) > BUTTONS_MAX:
        raise bad_request("reply markup is too long")


def _check_label(button: dict[str, Any]) -> None:
    if not button["text"].strip():
        raise bad_request("keyboard button text must be non-empty")
    if button.get("style", "primary") not in BUTTON_STYLES:
        raise bad_request("unsupported keyboard button style")


def _check_inline(button: dict[str, Any]) -> None:
    _check_label(button)
    if len(button.keys() & INLINE_ACTIONS) != 1:
        raise bad_request("text buttons must have exactly one action in the inline keyboard")
    if "callback_data" in button and not 1 <= len(button["callback_data"].encode()) <= DATA_MAX_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= utf16_length(button["copy_text"]["text"]) <= COPY_MAX:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if "url" in button:
        link = _split(button["url"])
        if link.scheme not in _LINK_SCHEMES or not link.netloc:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
    _check_web_app(button)


def _check_reply(button: dict[str, Any]) -> None:
    _check_label(button)
    if len(button.keys() & REPLY_ACTIONS) > 1:
        raise bad_request("a keyboard button may have one action only")
    _check_web_app(button)


def _check_web_app(button: dict[str, Any]) -> None:
    if "web_app" in button:
        link = _split(button["web_app"]["url"])
        if link.scheme != "https" or not link.netloc:
            raise bad_request(f"Web App URL '{button['web_app']['url']}' is invalid: Only HTTPS links are allowed")


def _split(url: str) -> Any:
    try:
        return urlsplit(url)
    except ValueError as error:
        raise bad_request(f"URL '{url}' is invalid") from error


def shown_buttons(markup: dict[str, Any]) -> list[Button]:
    """The buttons in reading order; none for a markup without a keyboard."""
    if "inline_keyboard" in markup:
        return [_inline_button(button) for button in _flat(markup["inline_keyboard"])]
    return [_reply_button(button) for button in _flat(markup.get("keyboard", []))]


def _inline_button(button: dict[str, Any]) -> Button:
    action = next(iter(button.keys() & INLINE_ACTIONS))
    if action == "callback_data":
        return Button(button["text"], button["callback_data"], "callback")
    if action == "copy_text":
        return Button(button["text"], button["copy_text"]["text"], "copy")
    if action in ("web_app", "login_url"):
        return Button(button["text"], "", action, url=button[action]["url"])
    return Button(button["text"], "", action, url=button.get("url", ""))


def _reply_button(button: dict[str, Any]) -> Button:
    action = next((name for name in sorted(button.keys() & REPLY_ACTIONS) if button[name]), "")
    url = button["web_app"]["url"] if action == "web_app" else ""
    return Button(button["text"], button["text"], _KINDS.get(action, action) or "text", url=url)
