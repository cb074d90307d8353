"""XML of requests from a template and the arguments: element order is the template's, every value is escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from core.bank_api.converters import values
from core.bank_api.converters.json_request import Template
from core.bank_api.converters.template import ABSENT, Slot, compile_slot
from core.bank_api.errors import ConversionError, UnwritableValue
from core.kernel.money import Money, MoneyError

XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
_UNWRITABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_Compiled = dict[str, "Slot | str | _Compiled"]


class XmlRequestTemplate:
    """Keys are element names of `namespace`, `@name` an attribute, `#` the text beside attributes.

    An absent optional value leaves its element out, null makes `xsi:nil`, "" an empty element.
    Raises ValueError for a malformed slot or name.
    """

    def __init__(self, template: Template, namespace: str, zone: ZoneInfo) -> None:
        self._template = _compiled(template)
        self._namespace = namespace
        self._zone = zone

    def fill(self, parent: etree._Element, arguments: Mapping[str, Any]) -> None:
        """Adds the elements to `parent`. Raises `UnwritableValue` for what is missing or has no form in XML."""
        self._fill(parent, self._template, arguments)

    def _fill(self, parent: etree._Element, template: _Compiled, arguments: Mapping[str, Any]) -> None:
        for name, node in template.items():
            if isinstance(node, dict):
                self._fill(etree.SubElement(parent, f"{{{self._namespace}}}{name}"), node, arguments)
                continue
            value = node if isinstance(node, str) else self._text(node, arguments)
            if value is not ABSENT:
                self._write(parent, name, value)

    def _write(self, parent: etree._Element, name: str, value: Any) -> None:
        if name.startswith("@"):
            parent.set(name[1:], _writable(name, value))
        elif name == "#":
            parent.text = _writable(name, value)
        elif value is None:
            etree.SubElement(parent, f"{{{self._namespace}}}{name}").set(f"{{{XSI}}}nil", "true")
        else:
            etree.SubElement(parent, f"{{{self._namespace}}}{name}").text = _writable(name, value)

    def _text(self, slot: Slot, arguments: Mapping[str, Any]) -> Any:
        value = slot.value(arguments)
        if value is None or value is ABSENT or not slot.kind:
            return value
        try:
            if slot.kind == "amount":
                return str(Money(value["amount"], value["currency"])).split(" ")[0]
            if slot.kind == "local_date":
                return values.local_from_date(value)
            return values.local_from_utc(value, self._zone)
        except (ConversionError, MoneyError, KeyError, TypeError):
            raise UnwritableValue(f"the argument {'.'.join(slot.path)} is not a {slot.kind}") from None


def _compiled(template: Template) -> _Compiled:
    for name in template:
        if name != "#" and not _NAME.fullmatch(name.removeprefix("@")):
            raise ValueError(f"not an XML name: {name!r}")
    return {name: compile_slot(part) if isinstance(part, str) else _compiled(part) for name, part in template.items()}


def _writable(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise UnwritableValue(f"{name}: only text is written into XML, got {type(value).__name__}")
    if _UNWRITABLE.search(value):
        raise UnwritableValue(f"{name}: a character that XML 1.0 cannot hold")
    return value
