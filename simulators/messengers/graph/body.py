"""A call of the Graph API: JSON, urlencoded or multipart, together with the query."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from simulators.messengers.graph.refusal import PARAMETER, refuse
from simulators.messengers.multipart import Upload, read_multipart
from simulators.messengers.shapes import Field, read_json

# A WhatsApp document may have 100 MB.
MAX_BODY: Final = 106_000_000
MAX_FIELDS: Final = 100

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}")
_BOOLEANS: Final = {"true": True, "false": False, "1": True, "0": False}
_CREDENTIALS: Final = ("access_token", "appsecret_proof")


@dataclass(frozen=True)
class Call:
    """`node` and `edge` are the path behind the version. `textual`: the fields that came as text, whatever they are.

    `fields` are free of `token` and `proof`.
    """

    verb: str
    node: str
    edge: str
    fields: dict[str, Any]
    textual: frozenset[str]
    uploads: dict[str, Upload]
    token: str
    proof: str

    def typed(self, table: Mapping[str, Field]) -> dict[str, Any]:
        """The fields, those that came as text converted to what the table says. Raises `Refusal`."""
        return {
            name: _convert(value, table[name]) if name in self.textual and name in table else value
            for name, value in self.fields.items()
        }


def read_call(
    verb: str, path: tuple[str, str], headers: Mapping[str, str], query: Mapping[str, str], body: bytes
) -> Call:
    """Raises `Refusal`. Names of headers in lower case."""
    content_type = headers.get("content-type", "")
    kind = content_type.partition(";")[0].strip().casefold()
    fields: dict[str, Any] = dict(query)
    uploads: dict[str, Upload] = {}
    textual = set(query)
    if kind == "application/json":
        given = _read_json(body)
        textual -= given.keys()
    elif kind == "application/x-www-form-urlencoded":
        given = _read_form(body)
        textual |= given.keys()
    elif kind == "multipart/form-data":
        given, uploads = _read_multipart(content_type, body)
        textual |= given.keys()
    elif body.strip():
        raise refuse(PARAMETER, "The body must be JSON, urlencoded or multipart")
    else:
        given = {}
    fields |= given
    credentials = {name: fields.pop(name, "") for name in _CREDENTIALS}
    bearer = headers.get("authorization", "").partition(" ")
    token = bearer[2] if bearer[0].casefold() == "bearer" else credentials["access_token"]
    proof = credentials["appsecret_proof"]
    if not isinstance(token, str) or not isinstance(proof, str):
        raise refuse(PARAMETER, "access_token and appsecret_proof must be strings")
    return Call(verb, *path, fields, frozenset(textual), uploads, token, proof)


def _read_json(body: bytes) -> dict[str, Any]:
    try:
        value = read_json(body or b"{}")
    except ValueError as error:
        raise refuse(PARAMETER, "The body is no valid JSON in UTF-8") from error
    if not isinstance(value, dict):
        raise refuse(PARAMETER, "The body must be a JSON object")
    return value


def _read_form(body: bytes) -> dict[str, Any]:
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError as error:
        raise refuse(PARAMETER, "The form is no UTF-8 or has too many fields") from error


def _read_multipart(content_type: str, body: bytes) -> tuple[dict[str, Any], dict[str, Upload]]:
    try:
        fields, uploads = read_multipart(content_type, body)
    except ValueError as error:
        raise refuse(PARAMETER, "The multipart body cannot be read") from error
    return dict(fields), uploads


def _convert(value: Any, field: Field) -> Any:
    if not isinstance(value, str) or "String" in field.kinds:
        return value
    if field.kinds == ("Boolean",):
        return _BOOLEANS.get(value.casefold(), value)
    if field.kinds == ("Integer",):
        return int(value) if _INTEGER.fullmatch(value) else value
    try:
        return read_json(value.encode("utf-8", "replace"))
    except ValueError as error:
        raise refuse(PARAMETER, f"Param {field.name} must be JSON") from error
