"""Reading a webhook: raw bytes to a struct, whatever the bytes are, and the text rules that hold in every channel."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from core.messages.channels import SignatureRefused, Unreadable

BODY_BYTES_MAX: Final = 4 * 1024 * 1024

_FILE_NAME_MAX: Final = 255
_Shape = TypeVar("_Shape")
# Escaped backslashes and whole surrogate pairs are matched first, so that neither is taken apart.
_ESCAPES: Final = re.compile(
    rb"(?P<kept>\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})"
    rb"|(?P<nul>\\u0000)|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_START_PAYLOAD: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
# Control, format and space characters. Unassigned ones count as seen: they may be emoji newer than this Python.
_BLANK_CATEGORIES: Final = frozenset(("Cc", "Cf", "Cs", "Zs", "Zl", "Zp"))
# Letters, marks and symbols that draw nothing.
_BLANK_LETTERS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0") | set(
    map(chr, range(0xFE00, 0xFE10))
)


def single_header(headers: Sequence[tuple[bytes, bytes]], name: bytes) -> bytes | None:
    """The header's value, None when it is absent. Raises `SignatureRefused` when it was sent twice."""
    values = [value for key, value in headers if key == name]
    if len(values) > 1:
        raise SignatureRefused(f"the header {name.decode()} came {len(values)} times")
    return values[0] if values else None


def decode_body(decoder: msgspec.json.Decoder[_Shape], body: bytes) -> _Shape:
    """Decode, with NUL dropped and lone surrogates replaced by U+FFFD. Raises `Unreadable`, which quotes no value."""
    if len(body) > BODY_BYTES_MAX:
        raise Unreadable(f"the body has {len(body)} bytes, at most {BODY_BYTES_MAX} are read")
    if b"\\u0000" in body:
        body = repair_escapes(body)
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        repaired = repair_escapes(body)
        if repaired == body:
            raise Unreadable(f"not a body of this platform: {_place(error)}") from None
    try:
        return decoder.decode(repaired)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"not a body of this platform: {_place(error)}") from None


def decode_part(decoder: msgspec.json.Decoder[_Shape], part: msgspec.Raw, name: str) -> _Shape:
    """Decode a part that was left raw until its shape was known, as `decode_body` does. Raises `Unreadable`."""
    try:
        return decoder.decode(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        repaired = repair_escapes(bytes(part))
        if repaired == bytes(part):
            raise Unreadable(f"{name} is not of its shape: {_place(error)}") from None
    try:
        return decoder.decode(repaired)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(f"{name} is not of its shape: {_place(error)}") from None


def repair_escapes(body: bytes, *, nul: bytes = b"") -> bytes:
    """JSON in which no `\\u0000` and no half of a surrogate pair is left; everything else is byte for byte the same."""

    def mend(escape: re.Match[bytes]) -> bytes:
        if escape["kept"] is not None:
            return escape["kept"]
        return nul if escape["nul"] is not None else b"\\ufffd"

    return _ESCAPES.sub(mend, body)


def visible_text(text: str) -> str:
    """The text itself, or "" when nothing of it can be seen (spaces, zero-width signs, Hangul fillers)."""
    for sign in text:
        if _draws(sign):
            return text
    return ""


def start_payload(payload: str) -> str:
    """The payload of a start link, or "" when it is none: people type and forge them."""
    return payload if _START_PAYLOAD.fullmatch(payload) else ""


def file_name(received: str) -> str:
    """A file's name as a customer's phone gave it: no folders, no signs that nobody sees, 255 characters at most."""
    last = received.replace("\\", "/").rpartition("/")[2]
    return "".join(sign for sign in last if sign.isprintable())[:_FILE_NAME_MAX]


def _draws(sign: str) -> bool:
    return unicodedata.category(sign) not in _BLANK_CATEGORIES and sign not in _BLANK_LETTERS


def _place(error: Exception) -> str:
    """msgspec's message names types and the JSON path, never a value; the others may quote the input."""
    return str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__
