"""The three ways to call a method: JSON, urlencoded and multipart, the last two with objects as JSON strings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from simulators.messengers.multipart import Upload, read_multipart
from simulators.messengers.shapes import Field, ShapeError, read_json
from simulators.messengers.telegram.fields import SHAPES
from simulators.messengers.telegram.refusal import bad_request

# A document may have 50 MB; the rest of the call is small.
MAX_BODY: Final = 52_000_000
MAX_FIELDS: Final = 100

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
_SCALARS: Final = frozenset({"Integer", "String", "Boolean", "Float", "InputFile"})


@dataclass(frozen=True)
class Call:
    """`fields` are checked against the method's table, except those of kind InputFile."""

    fields: dict[str, Any]
    uploads: dict[str, Upload]


def read_call(content_type: str, query: Mapping[str, str], body: bytes, table: Mapping[str, Field]) -> Call:
    """Decode and check one call. Raises `Refusal`."""
    kind = content_type.partition(";")[0].strip().casefold()
    uploads: dict[str, Upload] = {}
    raw: dict[str, Any] = dict(query)
    if kind == "application/json":
        raw |= _read_json(body)
    elif kind == "application/x-www-form-urlencoded":
        raw |= _read_form(_utf8(body))
    elif kind == "multipart/form-data":
        raw |= _read_multipart(content_type, body, uploads)
    elif body.strip():
        raise bad_request("unsupported content type of the request")
    try:
        return Call(_check(raw, uploads, table), uploads)
    except ShapeError as error:
        raise bad_request(str(error)) from error


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = read_json(body or b"{}")
    except UnicodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except ValueError as error:
        raise bad_request("can't parse JSON object") from error
    if not isinstance(value, dict):
        raise bad_request("can't parse JSON object")
    return value


def _utf8(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error


def _read_form(text: str) -> dict[str, str]:
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise bad_request("too many fields") from error


def _read_multipart(content_type: str, body: bytes, uploads: dict[str, Upload]) -> dict[str, str]:
    try:
        fields, files = read_multipart(content_type, body)
    except UnicodeError as error:
        raise bad_request("strings must be encoded in UTF-8") from error
    except ValueError as error:
        raise bad_request(str(error)) from error
    uploads |= files
    return fields


def _check(raw: Mapping[str, Any], uploads: Mapping[str, Upload], table: Mapping[str, Field]) -> dict[str, Any]:
    fields = {}
    for name, value in raw.items():
        if name not in table:
            raise ShapeError("unknown", name)
        fields[name] = _convert(value, table[name])
        if "InputFile" not in table[name].kinds or not isinstance(fields[name], str):
            SHAPES.check_kinds(fields[name], table[name].kinds, name)
    for field in table.values():
        uploaded = "InputFile" in field.kinds and field.name in uploads
        if field.required and field.name not in fields and not uploaded:
            raise ShapeError("missing", field.name)
    for name in uploads:
        attached = any(value == f"attach://{name}" for value in fields.values())
        if not attached and (name not in table or "InputFile" not in table[name].kinds):
            raise ShapeError("unknown", name)
    return fields


def _convert(value: object, field: Field) -> Any:
    """A value that came as text becomes what its field is; everything else stays as it is."""
    if not isinstance(value, str) or "String" in field.kinds or "InputFile" in field.kinds:
        return value
    if field.kinds == ("Integer",):
        return int(value) if _INTEGER.fullmatch(value) else value
    if field.kinds == ("Boolean",):
        return _BOOLEANS.get(value.casefold(), value)
    if _SCALARS.isdisjoint(field.kinds):
        try:
            return read_json(value.encode())
        except ValueError as error:
            raise bad_request(f"can't parse {field.name} JSON object") from error
    return value
