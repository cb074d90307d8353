"""A bank's JSON to the platform's JSON by the same rules as XML, and the list of what no rule has read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.bank_api.answer import Converted
from core.bank_api.converters import values
from core.bank_api.converters.rules import Rule
from core.bank_api.converters.xml_reply import MAX_REPORTED_PATHS
from core.bank_api.errors import ConversionError

_ABSENT: Final = object()
_MONEY_KEYS: Final = {"amount", "currency"}


def parse_json(body: bytes) -> Any:
    """Raises `ConversionError` for what is no JSON, or nested deeper than the decoder goes."""
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise ConversionError("the body is not JSON") from None


class JsonReplyMapping:
    """Raises ValueError when a rule makes no sense in JSON."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        _check(rules)
        self._rules = rules

    def convert(self, body: Any) -> Converted:
        """Raises `ConversionError` with the path of the first value that does not have the form of its rule."""
        unmapped: list[str] = []
        data = _object(body, self._rules, "", unmapped)
        return Converted(data, tuple(unmapped[:MAX_REPORTED_PATHS]), len(unmapped))


def _check(rules: Mapping[str, Rule]) -> None:
    for name, rule in rules.items():
        if rule.kind in ("code", "yes_no", "minor", "local_time", "local_date") or rule.currency:
            raise ValueError(
                f"{name}: code, yes_no, minor, local_time, local_date and `currency` are read from XML only"
            )
        if any(step in ("", ".", "..") or step.startswith("@") for step in rule.path.split("/")):
            raise ValueError(f"{name}: a path in JSON is made of keys only")
        _check(rule.fields_)


def _object(node: Any, rules: Mapping[str, Rule], above: str, unmapped: list[str]) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise ConversionError("not an object")
    result: dict[str, Any] = {}
    for name, rule in rules.items():
        try:
            value = _field(node, rule, f"{above}{rule.path}", unmapped)
        except ConversionError as error:
            raise ConversionError(f"{rule.path}: {error.detail}") from None
        if value is not _ABSENT:
            result[name] = value
    unmapped += _unread(node, [rule.path.split("/") for rule in rules.values()], above)
    return result


def _unread(node: dict[str, Any], paths: list[list[str]], above: str) -> list[str]:
    """Keys of the object, and of the objects that longer paths pass through, which no path names."""
    found = []
    for key, value in node.items():
        below = [path[1:] for path in paths if path[0] == key]
        if not below:
            found.append(f"{above}{key}")
        elif all(below) and isinstance(value, dict):
            found += _unread(value, below, f"{above}{key}/")
    return found


def _field(node: dict[str, Any], rule: Rule, path: str, unmapped: list[str]) -> Any:
    found: Any = node
    for step in rule.path.split("/"):
        found = found.get(step, _ABSENT) if isinstance(found, dict) else _ABSENT
    if found is _ABSENT:
        if not rule.optional:
            raise ConversionError("missing")
        return _ABSENT
    if rule.at:
        return _value(found, rule, path, unmapped)
    if not isinstance(found, list):
        raise ConversionError("not a list")
    return [_value(item, rule, path, unmapped) for item in found]


def _value(node: Any, rule: Rule, path: str, unmapped: list[str]) -> Any:
    if node is None:
        return None
    if rule.fields_:
        return _object(node, rule.fields_, f"{path}/", unmapped)
    match rule.kind:
        case "int" if type(node) is int:
            return node
        case "bool" if isinstance(node, bool):
            return node
        case "money" if isinstance(node, dict) and node.keys() >= _MONEY_KEYS:
            unmapped += [f"{path}/{key}" for key in node if key not in _MONEY_KEYS]
            return values.money_value(node["amount"], node["currency"])
        case "time" if isinstance(node, str):
            return values.utc_from_rfc3339(node)
        case "text" if isinstance(node, str):
            return _translated(node, rule)
    raise ConversionError(f"not a value of kind {rule.kind}")


def _translated(text: str, rule: Rule) -> str:
    if not rule.values:
        return text
    if text not in rule.values:
        raise ConversionError("a value that the system's YAML does not list")
    return rule.values[text]
