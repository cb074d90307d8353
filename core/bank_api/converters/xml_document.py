"""Bytes of a bank to an XML tree that can do no harm: bounded, without DOCTYPE, entities or network."""

from __future__ import annotations

import codecs
import re
from typing import Final

from lxml import etree

from core.bank_api.errors import XmlRefused

MAX_BYTES: Final = 1024 * 1024
MAX_DEPTH: Final = 64
MAX_ELEMENTS: Final = 50_000

_DECLARATION: Final = re.compile(r"<\?xml\s[^>]*\?>")
_ENCODING: Final = re.compile(r"""\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._\-]{0,39})["']""")
# Everything that XML 1.0 allows before the root element except a document type declaration.
_PROLOG: Final = re.compile(r"(?:[ \t\r\n]|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
# Names as `codecs.lookup` gives them. Nothing here can hide a `<` from the check of the prolog.
_ENCODINGS: Final = frozenset(
    ["utf-8", "ascii", "koi8-r", "koi8-u", "utf-16"]
    + [f"cp{number}" for number in range(1250, 1259)]
    + [f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)]
)
_PARSER: Final = etree.XMLParser(
    encoding="utf-8",
    resolve_entities=False,
    load_dtd=False,
    dtd_validation=False,
    attribute_defaults=False,
    no_network=True,
    huge_tree=False,
    recover=False,
    remove_comments=True,
    remove_pis=True,
)


def parse_xml(body: bytes) -> etree._Element:
    """The root element. The encoding is that of the byte order mark or of the XML declaration, else UTF-8.

    Raises `XmlRefused` for anything malformed, with a DOCTYPE, over 1 MiB, deeper than 64 or of over 50 000 elements.
    """
    if len(body) > MAX_BYTES:
        raise XmlRefused(f"XML document larger than {MAX_BYTES} bytes")
    text = _decoded(body)
    declaration = _DECLARATION.match(text)
    start = declaration.end() if declaration else 0
    prolog = _PROLOG.match(text, start)
    if prolog is not None and text.startswith("<!", prolog.end()):
        raise XmlRefused("XML document with a DOCTYPE")
    try:
        root = etree.fromstring(text[start:].encode(), _PARSER)
    except (etree.XMLSyntaxError, ValueError):
        raise XmlRefused("XML document is not well-formed") from None
    _check_size(root)
    return root


def _decoded(body: bytes) -> str:
    try:
        return body.decode(_encoding(body)).removeprefix("\ufeff")
    except UnicodeError:
        raise XmlRefused("XML document does not have the encoding that it declares") from None


def _encoding(body: bytes) -> str:
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if body.startswith(codecs.BOM_UTF8):
        return "utf-8"
    declaration = _DECLARATION.match(body[:200].decode("latin-1"))
    declared = _ENCODING.search(declaration.group()) if declaration else None
    if declared is None:
        return "utf-8"
    try:
        name = codecs.lookup(declared[1]).name
    except LookupError:
        name = ""
    if name not in _ENCODINGS:
        raise XmlRefused("XML document in an encoding that is not accepted")
    return name


def _check_size(root: etree._Element) -> None:
    level, depth, elements = [root], 1, 1
    while level:
        level = [child for element in level for child in element]
        elements += len(level)
        if level:
            depth += 1
        if depth > MAX_DEPTH:
            raise XmlRefused(f"XML document deeper than {MAX_DEPTH} elements")
        if elements > MAX_ELEMENTS:
            raise XmlRefused(f"XML document of more than {MAX_ELEMENTS} elements")
