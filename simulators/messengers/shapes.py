"""Strict reading of JSON by compact tables.

A table is one line of text per object: `chat_id:Integer|String! entities:MessageEntity[]`. `!` marks a required field,
`|` separates the kinds that it may have, each `[]` makes an array. The scalars are Integer, Float, String and Boolean.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

JsonObject = dict[str, Any]

MAX_DEPTH: Final = 20

_SCALARS: Final[dict[str, Callable[[Any], bool]]] = {
    "Integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "Float": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "String": lambda value: isinstance(value, str),
    "Boolean": lambda value: isinstance(value, bool),
}


def read_json(content: bytes) -> Any:
    """JSON of UTF-8 without NaN, infinities and lone surrogates. Raises `ValueError` for anything else."""
    try:
        value = json.loads(content, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise ValueError("too deep") from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


class ShapeError(Exception):
    """A value differs from its table. `reason`: "missing", "unknown" or "mistyped"; `path` says where."""

    def __init__(self, reason: str, path: str) -> None:
        super().__init__(f"{reason} field {path}")
        self.reason = reason
        self.path = path


@dataclass(frozen=True)
class Field:
    name: str
    kinds: tuple[str, ...]
    required: bool


def read_table(line: str) -> dict[str, Field]:
    fields = {}
    for entry in line.split():
        name, _, kinds = entry.partition(":")
        fields[name] = Field(name, tuple(kinds.rstrip("!").split("|")), kinds.endswith("!"))
    return fields


class Shapes:
    """The objects of one platform. `null_is_absent`: whether an optional field may be present with the value null."""

    def __init__(self, tables: Mapping[str, str], *, null_is_absent: bool, free: Collection[str] = ()) -> None:
        """`free`: names of objects whose content is the caller's own."""
        self._free = frozenset(free)
        self._tables = {name: read_table(line) for name, line in tables.items()}
        self._null_is_absent = null_is_absent

    def has(self, name: str) -> bool:
        return name in self._tables

    def fields(self, name: str) -> dict[str, Field]:
        return self._tables[name]

    def check(self, value: object, name: str, path: str = "", depth: int = 0) -> None:
        """Compare a value with the object `name`, to any depth. Raises `ShapeError` for the first difference."""
        if not isinstance(value, dict) or depth > MAX_DEPTH:
            raise ShapeError("mistyped", path or name)
        fields = self._tables[name]
        prefix = f"{path}." if path else ""
        for key in value:
            if key not in fields:
                raise ShapeError("unknown", f"{prefix}{key}")
        for field in fields.values():
            content = value.get(field.name)
            if content is None and (field.name not in value or self._null_is_absent):
                if field.required:
                    raise ShapeError("missing", f"{prefix}{field.name}")
                continue
            self.check_kinds(content, field.kinds, f"{prefix}{field.name}", depth + 1)

    def check_kinds(self, value: object, kinds: tuple[str, ...], path: str, depth: int = 0) -> None:
        """Compare a value with the kinds that it may have. Raises `ShapeError`."""
        if isinstance(value, list):
            self._check_array(value, kinds, path, depth)
        elif isinstance(value, dict):
            if not self._free.isdisjoint(kinds):
                return
            objects = [kind for kind in kinds if kind in self._tables]
            if not objects:
                raise ShapeError("mistyped", path)
            likeliest = max(objects, key=lambda kind: len(value.keys() & self._tables[kind].keys()))
            self.check(value, likeliest, path, depth)
        elif not any(_SCALARS[kind](value) for kind in kinds if kind in _SCALARS):
            raise ShapeError("mistyped", path)

    def _check_array(self, value: list[Any], kinds: tuple[str, ...], path: str, depth: int) -> None:
        members = tuple(kind.removesuffix("[]") for kind in kinds if kind.endswith("[]"))
        if not members or depth > MAX_DEPTH:
            raise ShapeError("mistyped", path)
        for index, member in enumerate(value):
            self.check_kinds(member, members, f"{path}[{index}]", depth + 1)
