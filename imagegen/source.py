"""Reads the YAML of a template into plain data and remembers the line of every value.

Built on parser events, because composing a deeply nested document overflows the C stack of libyaml's binding.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from imagegen.errors import TemplateError

MAX_CHARACTERS: Final = 64 * 1024
MAX_DEPTH: Final = 8

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Source:
    """`data` are dicts, lists and strings only; `lines` maps the place of each value to its line, counted from 1."""

    file: str
    data: Any
    lines: Mapping[Place, int]

    def line(self, *place: str | int) -> int:
        """The line of the deepest part of the place that was written; parts that were not are skipped."""
        found: Place = ()
        for part in place:
            if (*found, part) in self.lines:
                found = (*found, part)
        return self.lines.get(found, 1)

    def error(self, sentence: str, *place: str | int) -> TemplateError:
        return TemplateError.at(self.file, self.line(*place), sentence)


def read_source(text: str, file: str) -> Source:
    """Raises TemplateError for text that is too large or too deep, no YAML, or uses YAML's anchors, aliases or tags."""
    if len(text) > MAX_CHARACTERS:
        raise TemplateError.at(file, 1, f"the file is larger than {MAX_CHARACTERS} characters")
    builder = _Builder(file)
    for event in _events(text, file):
        builder.take(event)
    return Source(file, builder.root, builder.lines)


def _events(text: str, file: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise TemplateError.at(file, line, f"this is not YAML: {error.problem}") from error
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise TemplateError.at(file, line, "there is a character that YAML does not allow") from error


@dataclass
class _Open:
    """A mapping or list that is being filled; `key` is the mapping's key whose value comes next."""

    value: dict[str, Any] | list[Any]
    place: Place
    key: str | None = None


@dataclass
class _Builder:
    file: str
    root: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    _open: list[_Open] = field(default_factory=list)

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise TemplateError.at(self.file, line, "anchors, aliases and tags are not used in templates")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event.value, line)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._start({} if isinstance(event, yaml.MappingStartEvent) else [], line)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._open.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.lines:
            raise TemplateError.at(self.file, line, "a file holds one template; a second document begins here")

    def _scalar(self, value: str, line: int) -> None:
        holder = self._open[-1] if self._open else None
        if holder is not None and isinstance(holder.value, dict) and holder.key is None:
            if value in holder.value:
                raise TemplateError.at(self.file, line, f"the key '{value}' is here twice")
            holder.key = value
            self.lines[(*holder.place, value)] = line
        else:
            self._put(value, line)

    def _start(self, value: dict[str, Any] | list[Any], line: int) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise TemplateError.at(self.file, line, f"the nesting is deeper than {MAX_DEPTH} levels")
        holder = self._open[-1] if self._open else None
        if holder is not None and isinstance(holder.value, dict) and holder.key is None:
            raise TemplateError.at(self.file, line, "a key must be a plain word")
        self._open.append(_Open(value, self._put(value, line)))

    def _put(self, value: Any, line: int) -> Place:
        if not self._open:
            self.root = value
            self.lines[()] = line
            return ()
        holder = self._open[-1]
        if isinstance(holder.value, list):
            place: Place = (*holder.place, len(holder.value))
            holder.value.append(value)
            self.lines[place] = line
        else:
            key = holder.key or ""
            place = (*holder.place, key)
            holder.value[key] = value
            holder.key = None
        return place
