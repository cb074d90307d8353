"""A model of the language as a table of its keys: what may stand there, what stands there by default, what it means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel

from core.dialog.reference.keys import described

_REFS: Final = "#/$defs/"
_PATTERNS: Final = {
    "^[a-z][a-z0-9_]{0,39}$": "name",
    "^[1-9][0-9]{0,5}[smhd]$": "duration",
}
_PLAIN: Final = {"string": "text", "integer": "number", "number": "number", "boolean": "`true` or `false`"}
# Where arms lead; it has a section of its own.
TARGET: Final = "InlineTarget"


def keys_of(model: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    """For each key: itself, what may stand there, the default or `required`, and what it means."""
    schema = model.model_json_schema()
    must = set(schema.get("required", ()))
    for key, own in schema.get("properties", {}).items():
        yield key, spoken_type(own), "required" if key in must else _default(own), described(model, key)


def parts_of(model: type[BaseModel]) -> dict[str, dict[str, Any]]:
    """The schemas of the models inside, by their names."""
    found: dict[str, dict[str, Any]] = model.model_json_schema().get("$defs", {})
    return found


def spoken_type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REFS)
        return "[target](#target)" if name == TARGET else f"[{titled(name)}](#{titled(name).replace(' ', '-')}-part)"
    if "anyOf" in schema:
        forms = [spoken_type(one) for one in schema["anyOf"] if one != {"type": "null"}]
        forms = list(dict.fromkeys(forms))
        return "step or [target](#target)" if forms == ["name", "[target](#target)"] else " or ".join(forms)
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{one}`" for one in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        return f"list of {spoken_type(schema['items'])}" if schema.get("items") else "list"
    if schema.get("type") == "object":
        return _mapping(schema)
    return _PATTERNS.get(schema.get("pattern", ""), _PLAIN.get(schema.get("type", ""), "anything"))


def _mapping(schema: dict[str, Any]) -> str:
    values = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    value = next((one for one in values if isinstance(one, dict)), None)
    names = schema.get("propertyNames", {}).get("enum")
    keys = "by " + ", ".join(f"`{name}`" for name in names) if names else "by name"
    return f"{spoken_type(value) if value else 'anything'}, {keys}"


def titled(name: str) -> str:
    """`BankChoices` as people write it."""
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in name).strip()
    return words.removesuffix(" model")


def _default(schema: dict[str, Any]) -> str:
    default = schema.get("default")
    if default is None or default == {} or default == [] or default == "":
        return ""
    if isinstance(default, list):
        return ", ".join(f"`{one}`" for one in default)
    if isinstance(default, dict):
        return ""
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
