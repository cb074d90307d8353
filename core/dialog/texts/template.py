"""The written form of a text: literal pieces and placeholders. `{{` and `}}` are literal braces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from core.dialog.texts.errors import TextError

MAX_LENGTH: Final = 4096
MAX_PLACEHOLDERS: Final = 50
_PIECE: Final = re.compile(r"\{\{|\}\}|\{(?P<inside>[^{}]*)\}|[{}]")
_PATH: Final = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`{path|filter|filter: arguments}`; `column` is that of the path's first letter, from 1."""

    path: str
    filters: tuple[str, ...]
    column: int


def split(source: str) -> list[str | Placeholder]:
    """The pieces in order, neighbouring literals joined. Raises `TextError` for an open or empty brace."""
    if len(source) > MAX_LENGTH:
        raise TextError(f"a text may have {MAX_LENGTH} characters, this one has {len(source)}")
    pieces: list[str | Placeholder] = []
    literal, position = "", 0
    for match in _PIECE.finditer(source):
        literal += source[position : match.start()]
        position = match.end()
        inside = match.group("inside")
        if inside is None:
            literal += _brace(match)
            continue
        if literal:
            pieces.append(literal)
        pieces.append(_placeholder(inside, match.start() + 2))
        literal = ""
    literal += source[position:]
    if sum(isinstance(piece, Placeholder) for piece in pieces) > MAX_PLACEHOLDERS:
        raise TextError(f"a text may have {MAX_PLACEHOLDERS} placeholders")
    return [*pieces, literal] if literal else pieces


def _brace(match: re.Match[str]) -> str:
    written = match.group()
    if len(written) == 1:
        message = f"'{written}' without its pair; write '{written * 2}' for the character itself"
        raise TextError(message, match.start() + 1)
    return written[0]


def _placeholder(inside: str, start: int) -> Placeholder:
    path, *filters = inside.split("|")
    column = start + len(path) - len(path.lstrip())
    path = path.strip()
    if not _PATH.fullmatch(path):
        raise TextError(f"write a slot between the braces, as in {{amount}}; '{path[:40]}' is not one", column)
    return Placeholder(path, tuple(one.strip() for one in filters), column)
