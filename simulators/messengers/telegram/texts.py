"""Limits of texts and entities (core.telegram.org/bots/api, "MessageEntity" and "Formatting options").

Offsets and lengths count UTF-16 code units.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any, Final

from simulators.messengers.telegram.fields import ENTITY_TYPES
from simulators.messengers.telegram.refusal import bad_request

TEXT_MAX: Final = 4096
CAPTION_MAX: Final = 1024

_TAGS: Final = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "code": "code", "pre": "pre",
    "tg-spoiler": "spoiler", "blockquote": "blockquote", "a": "text_link",
}  # fmt: skip
_NEEDS: Final = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id"}


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def read_text(fields: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The text that will be shown and its entities. Raises `Refusal`."""
    text, entities = _formatted(fields["text"], fields, "entities")
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16_length(text) > TEXT_MAX:
        raise bad_request("message is too long")
    return text, entities


def read_caption(fields: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The same for a caption, which may be empty."""
    text, entities = _formatted(fields.get("caption", ""), fields, "caption_entities")
    if utf16_length(text) > CAPTION_MAX:
        raise bad_request("message caption is too long")
    return text, entities


def _formatted(text: str, fields: dict[str, Any], entities_field: str) -> tuple[str, list[dict[str, Any]]]:
    mode = fields.get("parse_mode", "").casefold()
    if mode == "html":
        return _read_html(text)
    if mode:
        raise bad_request("unsupported parse_mode")
    entities: list[dict[str, Any]] = fields.get(entities_field, [])
    check_entities(text, entities)
    return text, entities


def check_entities(text: str, entities: list[dict[str, Any]]) -> None:
    """Every entity lies within the text, begins and ends between characters, and has what its type needs."""
    boundaries = {0}
    position = 0
    for character in text:
        position += utf16_length(character)
        boundaries.add(position)
    for entity in entities:
        kind, start, length = entity["type"], entity["offset"], entity["length"]
        if kind not in ENTITY_TYPES:
            raise bad_request(f"can't parse entities: unsupported entity type {kind}")
        if start < 0 or length <= 0 or not {start, start + length} <= boundaries:
            raise bad_request(f"can't parse entities: {kind} at {start}+{length} is outside of the text")
        needed = _NEEDS.get(kind)
        if needed and not entity.get(needed):
            raise bad_request(f"can't parse entities: {kind} has no {needed}")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: list[dict[str, Any]] = []
        self._open: list[tuple[str, dict[str, Any]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        kind = "spoiler" if tag == "span" and attributes.get("class") == "tg-spoiler" else _TAGS.get(tag)
        if kind is None:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        entity: dict[str, Any] = {"type": kind, "offset": utf16_length(self.text)}
        if kind == "text_link":
            entity["url"] = attributes.get("href") or ""
        self._open.append((tag, entity))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unexpected end tag "{tag}"')
        entity = self._open.pop()[1]
        length = utf16_length(self.text) - entity["offset"]
        if length and (entity["type"] != "text_link" or entity["url"]):
            self.entities.append(entity | {"length": length})

    def handle_data(self, data: str) -> None:
        self.text += data

    def finish(self) -> None:
        self.close()
        if self._open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self._open[-1][0]}\""
            )


def _read_html(text: str) -> tuple[str, list[dict[str, Any]]]:
    parser = _Html()
    parser.feed(text)
    parser.finish()
    return parser.text, sorted(parser.entities, key=lambda entity: int(entity["offset"]))
