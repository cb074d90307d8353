"""YAML without guesses: every scalar is the string that was written, every key and value knows its line and column.

Anchors, aliases, tags, several documents and doubled keys are refused, and size and depth are bounded, so a file can
neither grow when it is read nor mean something else to the program than to the person who wrote it. It is built from
libyaml's events: its composer recurses on the C stack, where a deeply nested document would end the process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 24
MOST_PROBLEMS: Final = 50
_QUOTES: Final = ("'", '"')

Place = tuple[str | int, ...]
"""The way to a value from the root of a document: keys of mappings and indices of lists."""


class Mark(NamedTuple):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class YamlProblem:
    """Why a file is refused. `code` is stable; `fix` says what to write instead, or is ""."""

    code: str
    mark: Mark
    sentence: str
    fix: str = ""


@dataclass(slots=True)
class Source:
    """One document. `data`: dicts, lists and strings; `values` and `keys`: marks by the place of what they mark."""

    file: str
    data: Any = None
    values: dict[Place, Mark] = field(default_factory=dict)
    keys: dict[Place, Mark] = field(default_factory=dict)

    def mark(self, place: Place) -> Mark:
        """The value at the place, or the nearest one around it that was written."""
        return self.values.get(self._written(place), Mark(self.file, 1, 1))

    def key_mark(self, place: Place) -> Mark:
        """The key at the place, or at the nearest one around it; the value where it has no key (an item of a list)."""
        written = self._written(place)
        return self.keys.get(written) or self.mark(written)

    def _written(self, place: Place) -> Place:
        while place and place not in self.values:
            place = place[:-1]
        return place


@dataclass(frozen=True, slots=True)
class Reading:
    """`source` is None where a problem ended the reading. A doubled key does not: the first of its values is kept."""

    source: Source | None
    problems: tuple[YamlProblem, ...]


def read_yaml_file(path: Path, file: str) -> Reading:
    """At most `MAX_BYTES` of the file at `path`; `file` is its name in marks. Raises nothing, as `read_yaml`."""
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _refusal("unreadable", Mark(file, 1, 1), f"the file cannot be read: {error.strerror}")
    return read_yaml(content, file)


def read_yaml(content: bytes | str, file: str) -> Reading:
    """The one document in `content`, UTF-8 with or without a byte order mark. What is wrong with it is not raised."""
    raw = content.encode(errors="surrogatepass") if isinstance(content, str) else content
    if len(raw) > MAX_BYTES:
        return _refusal("too_large", Mark(file, 1, 1), f"the file is larger than {MAX_BYTES} bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        mark = Mark(file, raw.count(b"\n", 0, error.start) + 1, 1)
        return _refusal("not_utf8", mark, "the file cannot be read as UTF-8 text", "Save it as UTF-8.")
    reader = _Reader(file, text)
    return Reading(reader.read(), tuple(reader.problems))


def _refusal(code: str, mark: Mark, sentence: str, fix: str = "") -> Reading:
    return Reading(None, (YamlProblem(code, mark, sentence, fix),))


class _Refused(Exception):
    """The document cannot be read any further."""

    def __init__(self, code: str, mark: Mark, sentence: str, fix: str = "") -> None:
        super().__init__(sentence)
        self.problem = YamlProblem(code, mark, sentence, fix)


class _Reader:
    """Builds the data from events, which still show the anchors and tags that a loaded document has lost."""

    def __init__(self, file: str, text: str) -> None:
        self._text = text
        self._events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CBaseLoader))
        self._source = Source(file)
        self.problems: list[YamlProblem] = []

    def read(self) -> Source | None:
        try:
            self._document()
        except _Refused as refused:
            self.problems.append(refused.problem)
        except yaml.MarkedYAMLError as error:
            reason = ", ".join(filter(None, (error.context, error.problem)))
            self._not_yaml(self._mark(error.problem_mark or error.context_mark), f"this is not YAML: {reason}")
        except yaml.reader.ReaderError as error:
            self._not_yaml(self._byte_mark(error.position), "there is a character that YAML does not allow")
        else:
            return self._source
        return None

    def _not_yaml(self, mark: Mark, sentence: str) -> None:
        self.problems.append(YamlProblem("yaml", mark, sentence))

    def _mark(self, mark: Any) -> Mark:
        return Mark(self._source.file, mark.line + 1, mark.column + 1) if mark else Mark(self._source.file, 1, 1)

    def _byte_mark(self, position: int) -> Mark:
        """libyaml counts in bytes of UTF-8 here, unlike in its marks."""
        before = self._text.encode()[:position].decode(errors="replace")
        return Mark(self._source.file, before.count("\n") + 1, len(before) - before.rfind("\n"))

    def _document(self) -> None:
        next(self._events)  # The start of the stream.
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise _Refused("empty", self._mark(None), "the file is empty")
        self._source.data = self._node(next(self._events), ())
        next(self._events)  # The end of the document.
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            sentence = "a file holds one document; a second one begins here"
            raise _Refused("many_documents", self._mark(event.start_mark), sentence)

    def _node(self, event: Any, place: Place) -> Any:
        self._refuse(event, place)
        mark = self._mark(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            inside = mark._replace(column=mark.column + 1) if event.style in _QUOTES else mark
            self._source.values.setdefault(place, inside)
            return event.value
        self._source.values.setdefault(place, mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(place)
        return self._mapping(place)

    def _refuse(self, event: Any, place: Place) -> None:
        mark = self._mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Refused("anchor", mark, "anchors (&) and aliases (*) are not allowed", "Write it out.")
        if event.tag is not None:
            raise _Refused("tag", mark, "tags (!) are not allowed; every value is text", "Remove the tag.")
        if len(place) > MAX_DEPTH:
            raise _Refused("too_deep", mark, f"nested deeper than {MAX_DEPTH} levels")

    def _sequence(self, place: Place) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._node(event, (*place, len(items))))
        return items

    def _mapping(self, place: Place) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, place)
            below = (*place, key)
            mark = self._mark(event.start_mark)
            if key in mapping:
                self._doubled(key, mark, self._source.keys[below])
            self._source.keys.setdefault(below, mark)
            value = self._node(next(self._events), below)
            mapping.setdefault(key, value)
        return mapping

    def _key(self, event: Any, place: Place) -> str:
        self._refuse(event, place)
        if not isinstance(event, yaml.ScalarEvent):
            raise _Refused("key_not_text", self._mark(event.start_mark), "a key must be a plain word")
        return str(event.value)

    def _doubled(self, key: str, mark: Mark, first: Mark) -> None:
        sentence = f"the key '{key}' is written twice, first in line {first.line}; only one of them could count"
        if len(self.problems) == MOST_PROBLEMS:
            raise _Refused("too_many_problems", mark, f"more than {MOST_PROBLEMS} keys are written twice")
        self.problems.append(YamlProblem("doubled_key", mark, sentence, "Remove one."))
