"""Which messages Viber takes (github.com/Viber/creators-hub, docs/bots-api/data-models/message)."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.shapes import ShapeError
from simulators.messengers.viber.fields import FORBIDDEN_SUFFIXES, MESSAGE_TYPES, PICTURE_SUFFIXES, SHAPES
from simulators.messengers.viber.keyboards import check_keyboard, check_rich_media
from simulators.messengers.viber.refusal import BAD_DATA, MISSING_DATA, Refusal

MESSAGE_MAX_BYTES: Final = 30 * 1024
TEXT_MAX: Final = 7000
CAPTION_MAX: Final = 768
SENDER_MAX: Final = 28
TRACKING_MAX: Final = 4000
URL_MAX: Final = 2000
FILE_NAME_MAX: Final = 256
FILE_MAX_BYTES: Final = 52_428_800
VIDEO_MAX_BYTES: Final = 27_262_976
VIDEO_MAX_S: Final = 180
CONTACT_NAME_MAX: Final = 28

_PHONE: Final = re.compile(r"\+?[0-9]{1,17}")


def check_shape(value: object, name: str) -> None:
    """Raises `Refusal`: 4 for a missing field, 3 for an unknown or mistyped one."""
    try:
        SHAPES.check(value, name)
    except ShapeError as error:
        raise Refusal(MISSING_DATA if error.reason == "missing" else BAD_DATA, str(error)) from error


def without_nulls(value: Any) -> Any:
    """Viber takes null for an optional field as if the field were absent."""
    if isinstance(value, dict):
        return {key: without_nulls(content) for key, content in value.items() if content is not None}
    return [without_nulls(content) for content in value] if isinstance(value, list) else value


def read_message(given: dict[str, Any]) -> dict[str, Any]:
    """Check all of a message but its receiver. One without `type` carries a keyboard only. Raises `Refusal`."""
    _check_tables(given)
    message: dict[str, Any] = without_nulls(given)
    _check_lengths(message)
    _check_media(message)
    level = message.get("min_api_version", 1)
    if level < 1:
        raise Refusal(BAD_DATA, "min_api_version must be positive")
    if "keyboard" in message:
        check_keyboard(message["keyboard"], level, "keyboard")
    if "rich_media" in message:
        check_rich_media(message["rich_media"], level)
    return message


def _check_tables(message: dict[str, Any]) -> None:
    kind = message.get("type")
    if kind is None and message.get("keyboard") is not None:
        check_shape(message, "message keyboard")
    elif kind is None:
        raise Refusal(MISSING_DATA, "missing field type")
    elif not isinstance(kind, str) or kind not in MESSAGE_TYPES:
        raise Refusal(BAD_DATA, "unknown message type")
    else:
        check_shape(message, f"message {kind}")


def _check_lengths(message: dict[str, Any]) -> None:
    text_max = TEXT_MAX if message.get("type") == "text" else CAPTION_MAX
    contact = message.get("contact", {})
    limits = (
        ("sender.name", message["sender"]["name"], 1, SENDER_MAX),
        ("tracking_data", message.get("tracking_data"), 0, TRACKING_MAX),
        ("text", message.get("text"), 1 if message.get("type") == "text" else 0, text_max),
        ("media", message.get("media"), 1, URL_MAX),
        ("file_name", message.get("file_name"), 1, FILE_NAME_MAX),
        ("contact.name", contact.get("name"), 1, CONTACT_NAME_MAX),
    )
    for name, value, low, high in limits:
        if value is not None and not low <= len(value) <= high:
            raise Refusal(BAD_DATA, f"{name} must have {low}..{high} characters")
    if contact and not _PHONE.fullmatch(contact["phone_number"]):
        raise Refusal(BAD_DATA, "contact.phone_number must have up to 18 characters, digits only")
    location = message.get("location", {"lat": 0, "lon": 0})
    if abs(location["lat"]) > 90 or abs(location["lon"]) > 180:
        raise Refusal(BAD_DATA, "location is outside of the earth")


def _check_media(message: dict[str, Any]) -> None:
    if "media" not in message:
        return
    suffix = _suffix(message["media"])
    kind = message["type"]
    if kind == "picture" and suffix not in PICTURE_SUFFIXES:
        raise Refusal(BAD_DATA, "media must end with .jpeg, .png or .gif")
    if kind == "video":
        if suffix != ".mp4":
            raise Refusal(BAD_DATA, "media must end with .mp4")
        _check_size(message["size"], VIDEO_MAX_BYTES)
        if not 0 <= message.get("duration", 0) <= VIDEO_MAX_S:
            raise Refusal(BAD_DATA, f"duration must be in 0..{VIDEO_MAX_S}")
    if kind == "file":
        _check_size(message["size"], FILE_MAX_BYTES)
        if {suffix, PurePosixPath(message["file_name"]).suffix.casefold()} & FORBIDDEN_SUFFIXES:
            raise Refusal(BAD_DATA, "files of this kind are forbidden")


def _check_size(size: int, limit: int) -> None:
    if not 0 < size <= limit:
        raise Refusal(BAD_DATA, f"size must be in 1..{limit}")


def _suffix(url: str) -> str:
    """The extension of a URL's last path segment, in lower case. Raises `Refusal` for what is no URL."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise Refusal(BAD_DATA, "media is no URL") from error
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise Refusal(BAD_DATA, "media is no URL")
    return PurePosixPath(parts.path).suffix.casefold()
