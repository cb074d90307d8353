"""Paths of the rules in XML: compiled to namespace URIs, so a bank may write whatever prefixes it likes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lxml import etree

_NAME: Final = re.compile(r"(?:([A-Za-z_][\w.\-]*):)?([A-Za-z_][\w.\-]*)")


@dataclass(frozen=True, slots=True)
class XmlPath:
    """`up` parents first, then down by `steps` (`{uri}name`), then to the attribute when one is named."""

    written: str
    up: int
    steps: tuple[str, ...]
    attribute: str

    def elements(self, start: etree._Element) -> list[etree._Element]:
        """Every element that the path leads to, without its attribute, in document order."""
        found = [start]
        for _ in range(self.up):
            found = [parent for element in found if (parent := element.getparent()) is not None]
        for step in self.steps:
            found = [child for element in found for child in element.iterchildren(step)]
        return found


def compile_path(written: str, namespaces: Mapping[str, str]) -> XmlPath:
    """`namespaces`: URI by prefix, "" for names without one. Unprefixed attributes have no namespace, as XML has it.

    Raises ValueError for a path that is none.
    """
    up, attribute = 0, ""
    steps: list[str] = []
    parts = written.split("/")
    for position, part in enumerate(parts):
        if part == ".." and not steps:
            up += 1
        elif part.startswith("@") and position == len(parts) - 1:
            attribute = _clark(part[1:], {**namespaces, "": ""})
        elif part != "." or len(parts) > 1:
            steps.append(_clark(part, namespaces))
    return XmlPath(written, up, tuple(steps), attribute)


def _clark(name: str, namespaces: Mapping[str, str]) -> str:
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"not an XML name: {name!r}")
    prefix, local = match[1] or "", match[2]
    if prefix not in namespaces:
        raise ValueError(f"prefix {prefix!r} has no namespace in this file")
    return f"{{{namespaces[prefix]}}}{local}" if namespaces[prefix] else local
