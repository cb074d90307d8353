"""YAML that guesses nothing: every scalar is a string, and a doubled key, an alias or a second document is an error."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from core.bank_api.errors import SystemFileError

MAX_FILE_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 24

Location = tuple[str | int, ...]


class StrictFile:
    """`data`: plain dicts, lists and strings. `line_of` finds the line of a place in them, for messages."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Location, int] = {(): 1}
        self._seen: set[int] = set()
        try:
            raw = path.read_bytes()
            if len(raw) > MAX_FILE_BYTES:
                raise self.error((), f"larger than {MAX_FILE_BYTES} bytes")
            self._check_depth(raw.decode())
            node = yaml.compose(raw.decode(), Loader=yaml.CBaseLoader)
        except (OSError, UnicodeDecodeError) as error:
            raise self.error((), f"cannot be read: {type(error).__name__}") from None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            reason = ", ".join(filter(None, (error.context, error.problem)))
            raise SystemFileError(f"{path}:{line}: not YAML: {reason}") from None
        except yaml.YAMLError:
            raise self.error((), "not YAML: a character that YAML does not allow") from None
        if not isinstance(node, yaml.MappingNode):
            raise self.error((), "expected a mapping")
        self.data: dict[str, Any] = self._plain(node, ())

    def line_of(self, location: Location) -> int:
        """The line of the place, or of the nearest place around it that the file has."""
        while location not in self._lines:
            location = location[:-1]
        return self._lines[location]

    def error(self, location: Location, detail: str) -> SystemFileError:
        return SystemFileError(f"{self.path}:{self.line_of(location)}: {detail}")

    def _check_depth(self, text: str) -> None:
        """libyaml's composer recurses on the C stack and would take the process with it; its events do not."""
        depth = 0
        for event in yaml.parse(text, Loader=yaml.CBaseLoader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
            if depth > MAX_DEPTH:
                line = event.start_mark.line + 1 if event.start_mark else 1
                raise SystemFileError(f"{self.path}:{line}: nested deeper than {MAX_DEPTH}")

    def _plain(self, node: yaml.Node, location: Location) -> Any:
        self._lines.setdefault(location, node.start_mark.line + 1)
        if id(node) in self._seen:
            raise self.error(location, "aliases are not accepted, write the value again")
        self._seen.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location)
        if isinstance(node, yaml.SequenceNode):
            return [self._plain(item, (*location, index)) for index, item in enumerate(node.value)]
        return node.value

    def _mapping(self, node: yaml.MappingNode, location: Location) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise self.error(location, "a key must be plain text")
            key = str(key_node.value)
            place = (*location, key)
            if key in result:
                raise SystemFileError(f"{self.path}:{key_node.start_mark.line + 1}: the key {key!r} is written twice")
            self._lines[place] = key_node.start_mark.line + 1
            result[key] = self._plain(value_node, place)
        return result
