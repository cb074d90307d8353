"""Phrases written into a flow's file where its author would write them; nothing else in the file changes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

import yaml

from core.dialog.problems import Problems
from core.dialog.source import read_source
from core.kernel.errors import TellerError

_PLAIN: Final = re.compile(r"[^\W\d_][\w' ]*")
_WIDEST: Final = 140


class NotWritable(TellerError):
    """The file does not have the form of a flow, so nothing was written."""

    code = "flow_not_writable"


def with_phrases(content: str, lang: str, phrases: Sequence[str]) -> str:
    """The file with the phrases behind those of the language. Comments and layout stay as they are.

    Raises `NotWritable` for a file that is no flow.
    """
    expected = _data(content)
    if not isinstance(expected, dict):
        raise NotWritable("the file is no flow")
    content = _added(content, lang, phrases)
    known = expected.setdefault("entry", {}).setdefault("phrases", {})
    known.setdefault(lang, []).extend(phrases)
    if _data(content) != expected:
        raise NotWritable("the phrases cannot be written without changing something else; write them by hand")
    return content


def _data(content: str) -> Any:
    problems = Problems()
    source = read_source(content, "flow", problems)
    if source is None or problems.has_errors:
        raise NotWritable("the file cannot be read as YAML")
    return source.data


def _added(content: str, lang: str, phrases: Sequence[str]) -> str:
    root = yaml.compose(content, Loader=yaml.SafeLoader)
    if not isinstance(root, yaml.MappingNode):
        raise NotWritable("the file is no flow")
    written = f"[{', '.join(map(_written, phrases))}]"
    entry = _value(root, "entry")
    if entry is None:
        at = _value_line(root, "steps")
        return f"{content[:at]}entry:\n  phrases:\n    {lang}: {written}\n{content[at:]}"
    known = _value(entry, "phrases")
    if known is None:
        return _with_key(content, entry, "phrases", f"{{{lang}: {written}}}")
    spellings = _value(known, lang)
    if spellings is None:
        return _with_key(content, known, lang, written)
    return _with_items(content, spellings, phrases)


def _value(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        raise NotWritable("`entry` and `phrases` must be mappings")
    return next((value for name, value in node.value if name.value == key), None)


def _value_line(root: Any, key: str) -> int:
    """Where the line of a key begins; the end of the file when there is no such key."""
    found = next((name for name, _ in root.value if name.value == key), None)
    if found is None:
        raise NotWritable("the file has no steps")
    return int(found.start_mark.index) - int(found.start_mark.column)


def _with_items(content: str, items: Any, phrases: Sequence[str]) -> str:
    if not isinstance(items, yaml.SequenceNode):
        raise NotWritable("the phrases of a language must be a list")
    if not items.value:
        at = items.start_mark.index + 1
        return content[:at] + ", ".join(map(_written, phrases)) + content[at:]
    last = items.value[-1].end_mark.index
    if not items.flow_style:
        at = _line_end(content, last)
        lines = "".join(f"\n{' ' * items.start_mark.column}- {_written(phrase)}" for phrase in phrases)
        return content[:at] + lines + content[at:]
    width = last - content.rfind("\n", 0, last) - 1
    added = ""
    for written in map(_written, phrases):
        if width + len(written) > _WIDEST:
            column = items.value[0].start_mark.column
            added += f",\n{' ' * column}{written}"
            width = column + len(written)
        else:
            added += f", {written}"
            width += len(written) + 2
    return content[:last] + added + content[last:]


def _with_key(content: str, mapping: Any, key: str, value: str) -> str:
    if mapping.flow_style and not mapping.value:
        at = mapping.start_mark.index + 1
        return f"{content[:at]}{key}: {value}{content[at:]}"
    last = _end(mapping.value[-1][1])
    if mapping.flow_style:
        return f"{content[:last]}, {key}: {value}{content[last:]}"
    at = _line_end(content, last)
    return f"{content[:at]}\n{' ' * mapping.start_mark.column}{key}: {value}{content[at:]}"


def _end(node: Any) -> int:
    """Where the last thing written of the node ends; a block's own end is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
        return int(node.end_mark.index)
    last = node.value[-1]
    return _end(last[1] if isinstance(last, tuple) else last)


def _line_end(content: str, at: int) -> int:
    found = content.find("\n", at)
    return len(content) if found < 0 else found


def _written(phrase: str) -> str:
    if _PLAIN.fullmatch(phrase) and not phrase.endswith(" "):
        return phrase
    return "'" + phrase.replace("'", "''") + "'"
