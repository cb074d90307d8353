"""SOAP 1.1 envelopes, document/literal, read strictly and with a hardened parser, and written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import SEEK_END, BytesIO
from typing import Final

from lxml import etree
from msgspec import Struct

from simulators.bank.errors import SoapRefusal

ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_CORRELATION: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ACTION: Final = re.compile(r'"([^"\s]{1,200})/([A-Za-z]{1,64})"')
NO_CORRELATION: Final = ""


class SoapRequest(Struct, frozen=True):
    """`session_id` is "" for Login, whose header has none. `content` is the action's element."""

    action: str
    session_id: str
    correlation: str
    content: etree._Element


def read_request(raw: bytes, namespace: str, soap_action: str) -> SoapRequest:
    """Raises `SoapRefusal` BAD_REQUEST for anything but an envelope as WIRE.md writes it."""
    envelope = _parse(raw)
    _expect(envelope, ENVELOPE, "Envelope")
    header, body = _children(envelope, ENVELOPE, ("Header", "Body"))
    content = _only_child(body)
    named = _ACTION.fullmatch(soap_action)
    if named is None or named.group(1) != namespace:
        raise SoapRefusal("BAD_REQUEST", 'SOAPAction must be "<namespace>/<Action>" in quotes')
    action = named.group(2)
    _expect(content, namespace, action)
    auth = _only_child(header)
    _expect(auth, namespace, "Auth")
    names = ("Corr",) if action == "Login" else ("SessionId", "Corr")
    values = leaves(auth, namespace, names)
    if not _CORRELATION.fullmatch(values["Corr"]):
        raise SoapRefusal("BAD_REQUEST", "Corr must be a UUID")
    return SoapRequest(action, values.get("SessionId", ""), values["Corr"], content)


def leaves(element: etree._Element, namespace: str, names: Sequence[str]) -> dict[str, str]:
    """The texts of exactly these child elements in exactly this order."""
    values = {}
    for name, child in zip(names, _children(element, namespace, names), strict=True):
        if len(child):
            raise SoapRefusal("BAD_REQUEST", f"{name} must hold only text")
        values[name] = child.text or ""
    return values


def correlation_of(raw: bytes, namespace: str) -> str:
    """The correlation id of a request that may be wrong elsewhere, so that its fault can name it."""
    try:
        texts = _parse(raw).xpath(
            "/e:Envelope/e:Header/n:Auth/n:Corr/text()", namespaces={"e": ENVELOPE, "n": namespace}
        )
    except SoapRefusal:
        return NO_CORRELATION
    found = str(texts[0]) if isinstance(texts, list) and texts else NO_CORRELATION
    return found if _CORRELATION.fullmatch(found) else NO_CORRELATION


def _parse(raw: bytes) -> etree._Element:
    # Requests are UTF-8 whatever they claim, so a DOCTYPE cannot hide from this search in another encoding.
    if b"<!DOCTYPE" in raw:
        raise SoapRefusal("BAD_REQUEST", "a DOCTYPE is not accepted")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        return etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise SoapRefusal("BAD_REQUEST", "the body is not well-formed XML in UTF-8") from None


def _expect(element: etree._Element, namespace: str, name: str) -> None:
    if element.tag != f"{{{namespace}}}{name}":
        raise SoapRefusal("BAD_REQUEST", f"expected element {name} of {namespace}")
    if element.attrib:
        raise SoapRefusal("BAD_REQUEST", f"{name} takes no attributes")


def _children(element: etree._Element, namespace: str, names: Sequence[str]) -> list[etree._Element]:
    children = list(element)
    texts = [element.text, *(child.tail for child in children)]
    if any(text and text.strip() for text in texts):
        raise SoapRefusal("BAD_REQUEST", f"text between the elements of {etree.QName(element).localname}")
    if len(children) != len(names):
        raise SoapRefusal("BAD_REQUEST", f"expected exactly: {', '.join(names)}")
    for child, name in zip(children, names, strict=True):
        _expect(child, namespace, name)
    return children


def _only_child(element: etree._Element) -> etree._Element:
    if len(element) != 1:
        raise SoapRefusal("BAD_REQUEST", f"{etree.QName(element).localname} must hold exactly one element")
    return element[0]


class Node(Struct, frozen=True):
    """An element to write: text or children, never both."""

    name: str
    text: str = ""
    attributes: Mapping[str, str] = {}
    children: Sequence[Node] = ()


def write_reply(namespace: str, action: str, correlation: str, nodes: Sequence[Node], encoding: str) -> bytes:
    envelope, body = _envelope(namespace, "0", correlation)
    response = etree.SubElement(body, f"{{{namespace}}}{action}Response")
    for node in nodes:
        _append(response, namespace, node)
    return _bytes(envelope, encoding)


def write_fault(namespace: str, correlation: str, code: str, text: str) -> bytes:
    envelope, body = _envelope(namespace, code, correlation)
    fault = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = "soapenv:Server" if code == "TECH" else "soapenv:Client"
    etree.SubElement(fault, "faultstring").text = text
    detail = etree.SubElement(fault, "detail")
    etree.SubElement(detail, f"{{{namespace}}}Error", code=code)
    return _bytes(envelope, "utf-8")


def _bytes(envelope: etree._Element, encoding: str) -> bytes:
    buffer = BytesIO(f'<?xml version="1.0" encoding="{encoding}"?>\n'.encode())
    buffer.seek(0, SEEK_END)
    etree.ElementTree(envelope).write(buffer, xml_declaration=False, encoding=encoding)
    return buffer.getvalue()


def _envelope(namespace: str, code: str, correlation: str) -> tuple[etree._Element, etree._Element]:
    envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE, "n": namespace})
    header = etree.SubElement(envelope, f"{{{ENVELOPE}}}Header")
    etree.SubElement(header, f"{{{namespace}}}Reply", code=code, corr=correlation)
    return envelope, etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")


def _append(parent: etree._Element, namespace: str, node: Node) -> None:
    element = etree.SubElement(parent, f"{{{namespace}}}{node.name}", dict(node.attributes))
    if node.text:
        element.text = node.text
    for child in node.children:
        _append(element, namespace, child)
