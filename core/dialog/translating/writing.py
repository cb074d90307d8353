"""Translations written into their YAML file: the texts that change, and nothing else of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from core.dialog.problems import Problems
from core.dialog.source import read_source
from core.kernel.errors import TellerError


class NotWritable(TellerError):
    """The file does not have the form of translations, so nothing was written."""

    code = "translation_not_writable"


@dataclass(frozen=True, slots=True)
class Written:
    """`of`: the digest of the text that is translated, "" for the engine's texts, which keep none."""

    text: str
    of: str = ""


def with_translations(content: str, changed: Mapping[str, Written]) -> str:
    """The file with these translations instead of the ones of the same keys; new keys come at the end.

    Raises `NotWritable` where something else would change with them.
    """
    expected: dict[str, Any] = _data(content) if content.strip() else {}
    known = {key: one for key, one in changed.items() if key in expected}
    if known:
        content = _replaced(content, known)
    for key, one in changed.items():
        expected[key] = {"of": one.of, "text": one.text} if one.of else one.text
        if key not in known:
            content = f"{content.rstrip()}\n" if content.strip() else content
            content += _entry(key, one)
    if _data(content) != expected:
        raise NotWritable("the translations cannot be written without changing something else")
    return content


def _data(content: str) -> dict[str, Any]:
    problems = Problems()
    source = read_source(content, "translations", problems)
    if source is None or problems.has_errors or not isinstance(source.data, dict):
        raise NotWritable("the file cannot be read as translations")
    return source.data


def _replaced(content: str, changed: Mapping[str, Written]) -> str:
    root: Any = yaml.compose(content, Loader=yaml.SafeLoader)
    pieces: list[tuple[int, int, str]] = []
    for key, value in root.value:
        one = changed.get(key.value)
        if one is None:
            continue
        if not one.of:
            pieces.append(_piece(content, value, one.text, key.start_mark.column))
            continue
        if not isinstance(value, yaml.MappingNode):
            raise NotWritable(f"'{key.value}' must be a mapping of `of` and `text`")
        fields = {name.value: (name, node) for name, node in value.value}
        if fields.keys() != {"of", "text"}:
            raise NotWritable(f"'{key.value}' must be a mapping of exactly `of` and `text`")
        inline = bool(value.flow_style)
        start, end, _ = _piece(content, fields["of"][1], one.of, 0)
        pieces.append((start, end, one.of))
        name, node = fields["text"]
        pieces.append(_piece(content, node, one.text, name.start_mark.column, inline=inline))
    for start, end, text in sorted(pieces, reverse=True):
        content = content[:start] + text + content[end:]
    return content


def _piece(content: str, node: Any, text: str, column: int, *, inline: bool = False) -> tuple[int, int, str]:
    """Where the scalar stands and what to write there; the same text stays as it was written."""
    if not isinstance(node, yaml.ScalarNode):
        raise NotWritable("a translation must be a text")
    start, end = node.start_mark.index, node.end_mark.index
    end = start + len(content[start:end].rstrip())
    if node.value == text:
        return start, end, content[start:end]
    return start, end, _quoted(text) if inline else _scalar(text, column + 2)


def _entry(key: str, one: Written) -> str:
    name = key if key.replace(".", "").replace("_", "").isalnum() and key.isascii() else _quoted(key)
    if not one.of:
        return f"{name}: {_scalar(one.text, 2)}\n"
    return f"{name}:\n  of: {one.of}\n  text: {_scalar(one.text, 4)}\n"


def _scalar(text: str, indent: int) -> str:
    """A block for several plain lines, else one quoted line."""
    lines = text.split("\n")
    plain = len(lines) > 1 and all(not line or (line.isprintable() and line == line.rstrip()) for line in lines)
    if not plain or not lines[0] or not lines[-1] or lines[0][0] == " ":
        return _quoted(text)
    return "|-\n" + "\n".join(" " * indent + line if line else "" for line in lines)


def _quoted(text: str) -> str:
    """JSON's way of quoting is YAML's too; what YAML does not take as it is gets escaped."""
    written = json.dumps(text, ensure_ascii=False)
    if written[1:-1].isprintable():
        return written
    return "".join(sign if sign.isprintable() else _escaped(sign) for sign in written)


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}"
