"""YAML without guesses: every scalar is the string that was written, every key and value knows its line and column.

Anchors, aliases, tags, several documents and doubled keys are refused, and size and depth are bounded, so a file can
neither grow when it is read nor mean something else to the program than to the person who wrote it. It is built from
libyaml's events: its composer recurses on the C stack, where a deeply nested document would end the process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

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
    """One document. `data`: dicts, lists and strings.

    `marks` is a tree of the same shape with the parser's own marks: a scalar's is its mark, a mapping's
    `(mark, {key: (mark of the key, tree)})`, a list's `(mark, [tree])`. `text` tells where a value is quoted.
    """

    file: str
    text: str = ""
    data: Any = None
    marks: Any = None

    def mark(self, place: Place) -> Mark:
        """The value at the place, or the nearest one around it that was written."""
        return self._spoken(self._found(place)[1])

    def key_mark(self, place: Place) -> Mark:
        """The key at the place, or at the nearest one around it; the value where it has no key (an item of a list)."""
        key, value = self._found(place)
        return self._spoken(key or value)

    def written(self, place: Place) -> Place:
        """The place without the parts that were not written."""
        found: list[str | int] = []
        tree = self.marks
        for part in place:
            below = _below(tree, part)
            if below is not None:
                found.append(part)
                tree = below[1]
        return tuple(found)

    def _found(self, place: Place) -> tuple[Any, Any]:
        """The marks of the key, if there is one, and of the value."""
        key, tree = None, self.marks
        for part in place:
            below = _below(tree, part)
            if below is None:
                break
            key, tree = below
        return key, tree[0] if tree.__class__ is tuple else tree

    def _spoken(self, mark: Any) -> Mark:
        if mark is None:
            return Mark(self.file, 1, 1)
        quoted = self.text[mark.index : mark.index + 1] in _QUOTES
        return Mark(self.file, mark.line + 1, mark.column + 1 + quoted)


def _below(tree: Any, part: str | int) -> tuple[Any, Any] | None:
    """The mark of the key, if there is one, and the tree of a part of a mapping or list; None where it has none."""
    if tree.__class__ is not tuple:
        return None
    below = tree[1]
    if below.__class__ is dict:
        found: tuple[Any, Any] | None = below.get(part)
        return found
    return (None, below[part]) if isinstance(part, int) and 0 <= part < len(below) else None


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
        self._source = Source(file, text)
        self._next: Callable[[], Any] = yaml.CBaseLoader(text).get_event
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
        before = self._source.text.encode()[:position].decode(errors="replace")
        return Mark(self._source.file, before.count("\n") + 1, len(before) - before.rfind("\n"))

    def _document(self) -> None:
        self._next()  # The start of the stream.
        if isinstance(self._next(), yaml.StreamEndEvent):
            raise _Refused("empty", self._mark(None), "the file is empty")
        self._source.data, self._source.marks = self._node(self._next(), 0)
        self._next()  # The end of the document.
        event = self._next()
        if not isinstance(event, yaml.StreamEndEvent):
            sentence = "a file holds one document; a second one begins here"
            raise _Refused("many_documents", self._mark(event.start_mark), sentence)

    def _node(self, event: Any, depth: int) -> tuple[Any, Any]:
        """The data and the tree of its marks."""
        kind = event.__class__
        if kind is yaml.AliasEvent or event.anchor is not None or event.tag is not None or depth > MAX_DEPTH:
            self._refuse(event)
        if kind is yaml.ScalarEvent:
            return event.value, event.start_mark
        if kind is yaml.SequenceStartEvent:
            items, marks = self._sequence(depth)
            return items, (event.start_mark, marks)
        mapping, keys = self._mapping(depth)
        return mapping, (event.start_mark, keys)

    def _refuse(self, event: Any) -> NoReturn:
        mark = self._mark(event.start_mark)
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _Refused("anchor", mark, "anchors (&) and aliases (*) are not allowed", "Write it out.")
        if event.tag is not None:
            raise _Refused("tag", mark, "tags (!) are not allowed; every value is text", "Remove the tag.")
        raise _Refused("too_deep", mark, f"nested deeper than {MAX_DEPTH} levels")

    def _sequence(self, depth: int) -> tuple[list[Any], list[Any]]:
        items: list[Any] = []
        marks: list[Any] = []
        while (event := self._next()).__class__ is not yaml.SequenceEndEvent:
            item, mark = self._node(event, depth + 1)
            items.append(item)
            marks.append(mark)
        return items, marks

    def _mapping(self, depth: int) -> tuple[dict[str, Any], dict[str, Any]]:
        mapping: dict[str, Any] = {}
        marks: dict[str, Any] = {}
        while (event := self._next()).__class__ is not yaml.MappingEndEvent:
            if event.__class__ is not yaml.ScalarEvent or event.anchor is not None or event.tag is not None:
                self._refuse_key(event)
            key = event.value
            if key in mapping:
                self._doubled(key, self._mark(event.start_mark), self._mark(marks[key][0]))
                self._node(self._next(), depth + 1)
                continue
            value, mark = self._node(self._next(), depth + 1)
            mapping[key] = value
            marks[key] = (event.start_mark, mark)
        return mapping, marks

    def _refuse_key(self, event: Any) -> NoReturn:
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None or event.tag is not None:
            self._refuse(event)
        raise _Refused("key_not_text", self._mark(event.start_mark), "a key must be a plain word")

    def _doubled(self, key: str, mark: Mark, first: Mark) -> None:
        sentence = f"the key '{key}' is written twice, first in line {first.line}; only one of them could count"
        if len(self.problems) == MOST_PROBLEMS:
            raise _Refused("too_many_problems", mark, f"more than {MOST_PROBLEMS} keys are written twice")
        self.problems.append(YamlProblem("doubled_key", mark, sentence, "Remove one."))
