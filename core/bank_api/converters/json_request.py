"""JSON bodies of requests from a template and the arguments; values keep their type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.bank_api.converters.template import ABSENT, Slot, compile_slot

Template = Mapping[str, "str | Template"]
_Compiled = dict[str, "Slot | str | _Compiled"]


class JsonRequestTemplate:
    """Raises ValueError for a malformed slot, or for one with a kind, which only XML has."""

    def __init__(self, template: Template) -> None:
        self._template = _compiled(template)

    def render(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Raises `UnwritableValue` when an argument that must be there is not."""
        return _rendered(self._template, arguments)


def _compiled(template: Template) -> _Compiled:
    result: _Compiled = {}
    for key, part in template.items():
        node = compile_slot(part) if isinstance(part, str) else _compiled(part)
        if isinstance(node, Slot) and node.kind:
            raise ValueError(f"{key}: a value in JSON has no kind")
        result[key] = node
    return result


def _rendered(template: _Compiled, arguments: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for key, node in template.items():
        if isinstance(node, dict):
            inner = _rendered(node, arguments)
            if inner:
                result[key] = inner
        elif isinstance(node, str):
            result[key] = node
        elif (value := node.value(arguments)) is not ABSENT:
            result[key] = value
    return result
