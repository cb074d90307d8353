"""YAML without guesses: every scalar is the string that was written, every node knows its line and column.

Anchors, aliases, tags, several documents and doubled keys are refused, and size and depth are bounded, so a file can
neither grow when it is read nor mean something else to the engine than to the person who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from core.dialog.problems import Mark, Problems

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 24
_QUOTES: Final = ("'", '"')
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Source:
    """`data`: dicts, lists and strings. Marks are found by path; `keys` holds those of the keys of mappings."""

    file: str
    data: Any = None
    values: dict[Path, Mark] = field(default_factory=dict)
    keys: dict[Path, Mark] = field(default_factory=dict)

    def mark(self, path: Path) -> Mark:
        """The value at the path, or the nearest thing around it that exists."""
        return self._nearest(self.values, path)

    def key_mark(self, path: Path) -> Mark:
        """The key at the path, or the value where it has none (an item of a list)."""
        return self.keys.get(path) or self.mark(path)

    def _nearest(self, marks: dict[Path, Mark], path: Path) -> Mark:
        while path and path not in marks:
            path = path[:-1]
        return marks.get(path, Mark(self.file, 1, 1))


class _Refused(Exception):
    """The file cannot be read any further."""

    def __init__(self, code: str, mark: Any, sentence: str, fix: str = "") -> None:
        super().__init__(sentence)
        self.code = code
        self.yaml_mark = mark
        self.fix = fix


def read_source(content: bytes | str, file: str, problems: Problems) -> Source | None:
    """The file as plain data with marks; None after a problem that stops reading, which is then in `problems`."""
    raw = content.encode() if isinstance(content, str) else content
    if len(raw) > MAX_BYTES:
        problems.error("too_large", Mark(file, 1, 1), f"the file has {len(raw)} bytes; {MAX_BYTES} are allowed")
        return None
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problems.error("not_utf8", Mark(file, line, 1), "the file is not UTF-8 text", "Save it as UTF-8.")
        return None
    try:
        return _Reader(file, text, problems).read()
    except _Refused as refused:
        mark = _mark(file, refused.yaml_mark)
        problems.error(refused.code, mark, str(refused), refused.fix)
    except yaml.MarkedYAMLError as error:
        sentence = f"this is not valid YAML: {error.problem or error.context}"
        problems.error("yaml", _mark(file, error.problem_mark or error.context_mark), sentence)
    except yaml.YAMLError as error:
        problems.error("yaml", Mark(file, 1, 1), f"this is not valid YAML: {str(error).splitlines()[0]}")
    return None


def _mark(file: str, mark: Any) -> Mark:
    return Mark(file, mark.line + 1, mark.column + 1) if mark is not None else Mark(file, 1, 1)


class _Reader:
    """Builds the data from libyaml's events, which still show anchors and tags that a loaded document has lost."""

    def __init__(self, file: str, text: str, problems: Problems) -> None:
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CBaseLoader))
        self._source = Source(file)
        self._problems = problems

    def read(self) -> Source:
        next(self._events)  # The start of the stream.
        event = next(self._events)
        if isinstance(event, yaml.StreamEndEvent):
            raise _Refused("empty", None, "the file is empty")
        self._source.data = self._node(next(self._events), ())
        next(self._events)  # The end of the document.
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise _Refused("many_documents", event.start_mark, "a file holds one document; a second one starts here")
        return self._source

    def _node(self, event: Any, path: Path) -> Any:
        self._refuse(event, path)
        mark = _mark(self._source.file, event.start_mark)
        self._source.values[path] = mark
        if isinstance(event, yaml.ScalarEvent):
            if event.style in _QUOTES:
                self._source.values[path] = mark._replace(column=mark.column + 1)
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _refuse(self, event: Any, path: Path) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Refused("anchor", event.start_mark, "anchors (&) and aliases (*) are not allowed", "Write it out.")
        if event.tag is not None:
            raise _Refused("tag", event.start_mark, "tags (!) are not allowed; every value is text", "Remove the tag.")
        if len(path) > MAX_DEPTH:
            raise _Refused("too_deep", event.start_mark, f"nested deeper than {MAX_DEPTH} levels")

    def _sequence(self, path: Path) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            mark = _mark(self._source.file, event.start_mark)
            key = self._key(event, path)
            place = (*path, key)
            value_event = next(self._events)
            if key in mapping:
                first = self._source.keys[place]
                sentence = f"the key '{key}' is already in line {first.line}; only one of them could count"
                self._problems.error("doubled_key", mark, sentence, "Remove one.")
                self._node(value_event, (*path, f"{key} (again)"))
                continue
            self._source.keys[place] = mark
            mapping[key] = self._node(value_event, place)
        return mapping

    def _key(self, event: Any, path: Path) -> str:
        self._refuse(event, path)
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused("key_not_text", event.start_mark, "a key must be a plain word")
        return str(event.value)
