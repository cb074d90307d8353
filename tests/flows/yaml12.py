"""YAML as the server of editors reads it: YAML 1.2 with its core schema, where `on` is a word and `1.00` a number."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

_INT: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_OCTAL: Final = re.compile(r"0o[0-7]+")
_HEX: Final = re.compile(r"0x[0-9a-fA-F]+")
_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def read_yaml12(text: str) -> Any:
    return _value(yaml.compose(text, Loader=yaml.CBaseLoader))


def _value(node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _value(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_value(item) for item in node.value]
    return node.value if node.style else _plain(node.value)


def _plain(written: str) -> Any:
    if written in _WORDS:
        return _WORDS[written]
    if _INT.fullmatch(written):
        return int(written)
    if _OCTAL.fullmatch(written):
        return int(written[2:], 8)
    if _HEX.fullmatch(written):
        return int(written, 16)
    return float(written) if _FLOAT.fullmatch(written) else written
