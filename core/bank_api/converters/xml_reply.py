"""A bank's XML to the platform's JSON by rules, and the list of what no rule has read.

`xsi:nil` becomes null, an absent element is missing, an empty one is "".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from core.bank_api.answer import Converted
from core.bank_api.converters import values
from core.bank_api.converters.rules import Rule
from core.bank_api.converters.xml_paths import XmlPath, compile_path
from core.bank_api.errors import ConversionError

MAX_REPORTED_PATHS: Final = 50

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_NIL: Final = f"{_XSI}nil"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_TEXT: Final = "text()"
_BLANK: Final = " \t\r\n"


@dataclass(frozen=True, slots=True)
class _Field:
    """A rule with its paths compiled."""

    name: str
    rule: Rule
    path: XmlPath
    currency: XmlPath | None
    fields: tuple[_Field, ...]


class XmlReplyMapping:
    """Compiled once per action. Raises ValueError when a rule makes no sense in XML."""

    def __init__(self, rules: Mapping[str, Rule], namespaces: Mapping[str, str], zone: ZoneInfo) -> None:
        self._fields = tuple(_compiled(name, rule, namespaces) for name, rule in rules.items())
        self._zone = zone

    def convert(self, root: etree._Element) -> Converted:
        """Raises `ConversionError` with the path of the first node that does not have the form of its rule."""
        reading = _Reading(self._zone)
        reading.visit(root)
        data = reading.object_of(root, self._fields)
        paths = list(reading.unmapped(root))
        return Converted(data, tuple(paths[:MAX_REPORTED_PATHS]), len(paths))


def _compiled(name: str, rule: Rule, namespaces: Mapping[str, str]) -> _Field:
    if rule.kind in ("minor", "money") and not rule.currency:
        raise ValueError(f"{name}: a sum in XML needs the path of its `currency`")
    if rule.kind in ("bool", "time"):
        raise ValueError(f"{name}: {rule.kind} is read from JSON only")
    currency = compile_path(rule.currency, namespaces) if rule.currency else None
    fields = tuple(_compiled(inner, part, namespaces) for inner, part in rule.fields_.items())
    return _Field(name, rule, compile_path(rule.path, namespaces), currency, fields)


class _Reading:
    """One document being read: remembers which elements, attributes and texts a rule has asked for."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._used: dict[etree._Element, set[str]] = {}

    def visit(self, element: etree._Element, part: str = "") -> None:
        """Marks the element, the ones around it, and the part of it that was read."""
        above: etree._Element | None = element
        while above is not None and above not in self._used:
            self._used[above] = set()
            above = above.getparent()
        if part:
            self._used[element].add(part)

    def object_of(self, element: etree._Element, fields: tuple[_Field, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for field in fields:
            try:
                found = self._nodes(element, field.path)
                if field.rule.each:
                    result[field.name] = [self._value(element, node, field) for node in found]
                elif len(found) == 1:
                    result[field.name] = self._value(element, found[0], field)
                elif found or not field.rule.optional:
                    raise ConversionError(f"{len(found)} nodes where one is expected")
            except ConversionError as error:
                raise ConversionError(f"{field.path.written}: {error.detail}") from None
        return result

    def _nodes(self, element: etree._Element, path: XmlPath) -> list[etree._Element]:
        found = path.elements(element)
        if path.attribute:
            return [node for node in found if path.attribute in node.attrib]
        return found

    def _value(self, context: etree._Element, node: etree._Element, field: _Field) -> Any:
        if field.path.attribute:
            self.visit(node, field.path.attribute)
            return self._scalar(context, str(node.attrib[field.path.attribute]), field)
        if _is_nil(node):
            self.visit(node)
            self._mark_currency(context, field)
            return None
        if field.fields:
            self.visit(node)
            return self.object_of(node, field.fields)
        if len(node):
            raise ConversionError("elements where text is expected")
        self.visit(node, _TEXT)
        return self._scalar(context, node.text or "", field)

    def _scalar(self, context: etree._Element, text: str, field: _Field) -> Any:
        rule = field.rule
        if rule.values:
            if text.strip(_BLANK) not in rule.values:
                raise ConversionError("a value that the system's YAML does not list")
            return rule.values[text.strip(_BLANK)]
        if rule.kind == "text":
            return text
        return self._typed(context, text.strip(_BLANK), field)

    def _typed(self, context: etree._Element, text: str, field: _Field) -> Any:
        match field.rule.kind:
            case "int":
                return values.whole_number(text)
            case "code":
                return values.code_word(text)
            case "yes_no":
                return values.yes_or_no(text)
            case "local_time":
                return values.utc_from_local(text, self._zone)
            case "local_date":
                return values.date_from_local(text)
        currency = self._currency(context, field)
        amount = values.minor_units(text, currency)
        return amount if field.rule.kind == "minor" else values.money_value(amount, currency)

    def _currency(self, context: etree._Element, field: _Field) -> str:
        nodes = self._mark_currency(context, field)
        if len(nodes) != 1 or field.currency is None:
            raise ConversionError("the sum has no currency")
        text = nodes[0].get(field.currency.attribute) if field.currency.attribute else nodes[0].text
        return (text or "").strip(_BLANK)

    def _mark_currency(self, context: etree._Element, field: _Field) -> list[etree._Element]:
        nodes = self._nodes(context, field.currency) if field.currency is not None else []
        for node in nodes:
            self.visit(node, field.currency.attribute or _TEXT if field.currency else "")
        return nodes

    def unmapped(self, root: etree._Element) -> Iterator[str]:
        """Paths of what no rule has asked for; of an element that is not known, only the element itself."""
        for element in root.iter():
            used = self._used.get(element)
            if used is None:
                if element.getparent() in self._used:
                    yield _path_of(element, root)
                continue
            for name in map(str, element.attrib):
                if name not in used and not name.startswith((_XSI, _XML)):
                    yield f"{_path_of(element, root)}/@{etree.QName(name).localname}"
            if _TEXT not in used and _own_text(element).strip(_BLANK):
                yield f"{_path_of(element, root)}/{_TEXT}"


def _path_of(element: etree._Element, root: etree._Element) -> str:
    around = [element]
    while around[-1] is not root and (parent := around[-1].getparent()) is not None:
        around.append(parent)
    return "/".join(etree.QName(part).localname for part in reversed(around))


def _own_text(element: etree._Element) -> str:
    return "".join([element.text or "", *(child.tail or "" for child in element)])


def _is_nil(element: etree._Element) -> bool:
    nil = element.get(_NIL)
    if nil is None or nil.strip(_BLANK) not in ("true", "1"):
        return False
    if len(element) or _own_text(element):
        raise ConversionError("xsi:nil on an element that has content")
    return True
