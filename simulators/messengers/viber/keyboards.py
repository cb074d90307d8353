"""Limits of keyboards and carousels, and how a person sees a keyboard."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.transcript import Button
from simulators.messengers.viber.fields import LEVELS, RANGES, WORDS
from simulators.messengers.viber.refusal import BAD_DATA, INCOMPATIBLE_WITH_VERSION, Refusal

GRID_COLUMNS: Final = 6
KEYBOARD_ROWS: Final = 24
BUTTON_ROWS: Final = 2
CARD_ROWS: Final = 7
CARDS_MAX: Final = 6
TITLE_MAX: Final = 15
LABEL_MAX: Final = 250
REPLY_MAX: Final = 250

_COLOR: Final = re.compile(r"#(?:[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})")
_COLORS: Final = frozenset({"BgColor", "BorderColor", "TextBgGradientColor"})
_TAG: Final = re.compile(r"<[^<>]*>")
_VISIBLE: Final = ("Text", "Image", "BgMedia", "BgColor")
_PARTS: Final = ("InternalBrowser", "Frame")


def check_keyboard(keyboard: dict[str, Any], level: int, path: str) -> None:
    """`level`: the message's `min_api_version`. Raises `Refusal`."""
    if keyboard["Type"] != "keyboard":
        raise Refusal(BAD_DATA, f"{path}.Type must be keyboard")
    _check_values(keyboard, level, path)
    _check_range(keyboard, "ButtonsGroupRows", BUTTON_ROWS, path)
    buttons = keyboard["Buttons"]
    for index, button in enumerate(buttons):
        _check_button(button, level, BUTTON_ROWS, f"{path}.Buttons[{index}]")
    _check_area(buttons, KEYBOARD_ROWS, path)


def check_rich_media(rich_media: dict[str, Any], level: int) -> None:
    if rich_media["Type"] != "rich_media":
        raise Refusal(BAD_DATA, "rich_media.Type must be rich_media")
    _check_values(rich_media, max(level, LEVELS["ButtonsGroupRows"]), "rich_media")
    _check_range(rich_media, "ButtonsGroupRows", CARD_ROWS, "rich_media")
    buttons = rich_media["Buttons"]
    for index, button in enumerate(buttons):
        _check_button(button, level, CARD_ROWS, f"rich_media.Buttons[{index}]")
    _check_area(buttons, CARDS_MAX * rich_media.get("ButtonsGroupRows", CARD_ROWS), "rich_media")


def _check_area(buttons: list[dict[str, Any]], rows: int, path: str) -> None:
    """Buttons fill a grid of six columns; the grid has a highest number of rows."""
    if not buttons:
        raise Refusal(BAD_DATA, f"{path}.Buttons is empty")
    area = sum(button.get("Columns", GRID_COLUMNS) * button.get("Rows", 1) for button in buttons)
    if area > rows * GRID_COLUMNS:
        raise Refusal(BAD_DATA, f"{path} has more than {rows} rows")


def _check_values(fields: dict[str, Any], level: int, path: str) -> None:
    for name, value in fields.items():
        if name in WORDS and value not in WORDS[name]:
            raise Refusal(BAD_DATA, f"{path}.{name} has the unknown value {value}")
        low, high = RANGES.get(name, (0, 0))
        if name in RANGES and not low <= value <= high:
            raise Refusal(BAD_DATA, f"{path}.{name} must be in {low}..{high}")
        if name in _COLORS and not _COLOR.fullmatch(value):
            raise Refusal(BAD_DATA, f"{path}.{name} is no hexadecimal color")
        if level < LEVELS.get(name, 1):
            raise Refusal(INCOMPATIBLE_WITH_VERSION, f"{path}.{name} needs min_api_version {LEVELS[name]}")


def _check_range(fields: dict[str, Any], name: str, high: int, path: str) -> None:
    if not 1 <= fields.get(name, 1) <= high:
        raise Refusal(BAD_DATA, f"{path}.{name} must be in 1..{high}")


def _check_button(button: dict[str, Any], level: int, rows: int, path: str) -> None:
    _check_values(button, level, path)
    _check_range(button, "Rows", rows, path)
    for part in _PARTS:
        _check_values(button.get(part, {}), level, f"{path}.{part}")
    if not any(button.get(name) for name in _VISIBLE):
        raise Refusal(BAD_DATA, f"{path} shows nothing: one of {', '.join(_VISIBLE)} is needed")
    paddings = button.get("TextPaddings", [12] * 4)
    if len(paddings) != 4 or not all(0 <= padding <= 12 for padding in paddings):
        raise Refusal(BAD_DATA, f"{path}.TextPaddings must be four numbers in 0..12")
    if len(button.get("InternalBrowser", {}).get("CustomTitle", "")) > TITLE_MAX:
        raise Refusal(BAD_DATA, f"{path}.InternalBrowser.CustomTitle has more than {TITLE_MAX} characters")
    _check_action(button, level, path)


def _check_action(button: dict[str, Any], level: int, path: str) -> None:
    action, body = button.get("ActionType", "reply"), button["ActionBody"]
    if not body and action != "none":
        raise Refusal(BAD_DATA, f"{path}.ActionBody is empty")
    if action == "reply" and len(body) > REPLY_MAX:
        raise Refusal(BAD_DATA, f"{path}.ActionBody has more than {REPLY_MAX} characters")
    if action == "open-url" and not _is_link(body):
        raise Refusal(BAD_DATA, f"{path}.ActionBody is no valid URL")
    if level < LEVELS.get(action, 1):
        raise Refusal(INCOMPATIBLE_WITH_VERSION, f"{path}.ActionType {action} needs min_api_version {LEVELS[action]}")


def _is_link(body: str) -> bool:
    try:
        return bool(urlsplit(body).scheme and " " not in body)
    except ValueError:
        return False


def shown_buttons(keyboard: dict[str, Any]) -> list[Button]:
    """Labels without their markup, cut where the client cuts them."""
    buttons = []
    for button in keyboard.get("Buttons", []):
        action = button.get("ActionType", "reply")
        label = _TAG.sub("", button.get("Text", ""))
        label = label if len(label) <= LABEL_MAX else f"{label[: LABEL_MAX - 1]}…"
        url = button["ActionBody"] if action == "open-url" else ""
        buttons.append(Button(label, button["ActionBody"], action, url=url, shown=not button.get("Silent")))
    return buttons
