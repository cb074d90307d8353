"""Changing single values in a YAML text and leaving every other sign of it as it was: comments, order, layout."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import yaml

from core.kernel.strict_yaml import Place

# Nothing that YAML reads as anything but text, and no bare number, which readers would take for one.
_PLAIN: Final = re.compile(r"(?!\d+$)[$/]?[^\W_][\w./-]*(?: [\w./-]+)*")


@dataclass(frozen=True, slots=True)
class _Node:
    """Where a value stands. `flow`: a mapping in braces. `column`: of its first sign."""

    start: int
    end: int
    column: int
    flow: bool


class YamlEdits:
    """A text and the changes to it; they are made all at once. The text must be one that `strict_yaml` reads."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._nodes: dict[Place, _Node] = {}
        self._edits: list[tuple[int, int, str]] = []
        events = iter(yaml.parse(text, Loader=yaml.CBaseLoader))
        next(events), next(events)
        self._node(next(events), events, ())

    def put(self, mapping: Place, key: str, value: Any) -> None:
        """The key of the mapping gets this value, text, list of texts or mapping; a new key comes first or last."""
        known = self._nodes.get((*mapping, key))
        node = self._nodes[mapping]
        if known is not None:
            old = self._text[known.start : known.end]
            rest = old[len(old.rstrip()) :]
            self._edits.append((known.start, known.end, written(value) + rest))
        elif node.flow:
            end = node.end - 1
            is_empty = not self._text[node.start + 1 : end].strip()
            self._edits.append((end, end, f"{'' if is_empty else ', '}{key}: {written(value)}"))
        else:
            self._edits.append((node.start, node.start, f"{key}: {written(value)}\n{' ' * node.column}"))

    def has(self, place: Place) -> bool:
        return place in self._nodes

    def result(self) -> str:
        text = self._text
        for start, end, new in sorted(self._edits, key=lambda edit: edit[0], reverse=True):
            text = text[:start] + new + text[end:]
        return text

    def _node(self, event: Any, events: Iterator[Any], place: Place) -> int:
        """Remembers the value and what is in it; gives where it ends."""
        start, column = event.start_mark.index, event.start_mark.column
        end, flow = int(event.end_mark.index), False
        if isinstance(event, yaml.SequenceStartEvent):
            end = self._sequence(events, place)
        elif isinstance(event, yaml.MappingStartEvent):
            flow = bool(event.flow_style)
            end = self._mapping(events, place)
        self._nodes[place] = _Node(start, end, column, flow)
        return end

    def _sequence(self, events: Iterator[Any], place: Place) -> int:
        number = 0
        event: Any = next(events)
        while not isinstance(event, yaml.SequenceEndEvent):
            self._node(event, events, (*place, number))
            number += 1
            event = next(events)
        return self._end(event)

    def _mapping(self, events: Iterator[Any], place: Place) -> int:
        event: Any = next(events)
        while not isinstance(event, yaml.MappingEndEvent):
            self._node(next(events), events, (*place, event.value))
            event = next(events)
        return self._end(event)

    @staticmethod
    def _end(event: Any) -> int:
        return int(event.end_mark.index)


def written(value: Any) -> str:
    """The value in one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {written(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(written, value)) + "]"
    text = str(value)
    if _PLAIN.fullmatch(text):
        return text
    return json.dumps(text, ensure_ascii=False)
