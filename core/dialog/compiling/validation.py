"""From pydantic's errors to problems in the author's words, at the line and column of the author's file."""

from __future__ import annotations

from typing import Any, Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.dialog.problems import Problems
from core.dialog.slot_types import did_you_mean
from core.kernel.strict_yaml import Place, Source

_M = TypeVar("_M", bound=BaseModel)
_PATTERNS: Final = {
    "^[a-z][a-z0-9_]{0,39}$": "must be a name: small letters, digits and _, a letter first, at most 40",
    "^[1-9][0-9]{0,5}[smhd]$": "must be a duration such as 90s, 15m, 12h or 2d",
    "^[a-z0-9]{1,16}$": "must be 1 to 16 small letters and digits",
    r"^[0-9]{1,3}(\.[0-9])?%$": "must be a share such as 20% or 12.5%",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$": 'must be a time of day such as "10:00"',
    r"^https://[^\s{}]{1,500}$": "must be an https:// address",
}
_TYPES: Final = {
    "string_type": "must be a text",
    "dict_type": "must be a mapping",
    "list_type": "must be a list",
    "model_type": "must be a mapping",
    "bool_parsing": "must be true or false",
    "int_parsing": "must be a whole number",
    "string_too_short": "must not be empty",
}


def validated(model: type[_M], data: Any, source: Source, place: Place, problems: Problems, *, thing: str) -> _M | None:
    """The data as the model, or None after problems. `thing` is what the author calls it: "an ask step"."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        known = [field.alias or name for name, field in model.model_fields.items()]
        for details in error.errors(include_url=False, include_context=True):
            _report(details, data, source, place, problems, thing, known)
        return None


def _report(
    details: ErrorDetails, data: Any, source: Source, place: Place, problems: Problems, thing: str, known: list[str]
) -> None:
    path = _within(data, details["loc"])
    name = str(details["loc"][-1]) if details["loc"] else thing
    kind = details["type"]
    if kind == "extra_forbidden":
        hint = did_you_mean(name, known) if len(details["loc"]) == 1 else ""
        sentence = f"'{name}' is not a part of {thing}{hint}"
        problems.error("unknown_key", source.key_mark((*place, *path)), sentence)
        return
    if kind == "missing":
        mark = source.mark((*place, *path))
        problems.error("missing_key", mark, f"{thing} needs '{name}'")
        return
    spoken = ".".join(str(part) for part in path) or thing
    problems.error("invalid", source.mark((*place, *path)), f"'{spoken}' {_sentence(kind, details)}")


def _sentence(kind: str, details: ErrorDetails) -> str:
    context = details.get("ctx", {})
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(str(context.get("pattern")), f"must look like {context.get('pattern')}")
    if kind in ("literal_error", "enum"):
        return f"must be {context.get('expected')}"
    if kind == "duration":
        return f"is too long: {details['msg']}"
    return _TYPES.get(kind, f"is wrong: {details['msg'].lower()}")


def _within(data: Any, loc: tuple[int | str, ...]) -> Place:
    """The part of pydantic's location that exists in the data; names of union members are not in it."""
    path: list[int | str] = []
    for part in loc:
        inside = _child(data, part)
        if inside is not None:
            data = inside
            path.append(part)
    return tuple(path)


def _child(data: Any, part: int | str) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    return data[part] if isinstance(data, list) and isinstance(part, int) and part < len(data) else None
