"""SOAP 1.1 envelopes (W3C Note, 8 May 2000) with the bank's `Auth` and `Reply` headers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from core.bank_api.converters.xml_document import parse_xml
from core.bank_api.converters.xml_request import XSI, XmlRequestTemplate
from core.bank_api.errors import ConversionError

SOAP: Final = "http://schemas.xmlsoap.org/soap/envelope/"


@dataclass(frozen=True, slots=True)
class Fault:
    """`code`: the bank's own code out of `detail/Error/@code`, "" when there is none."""

    code: str


@dataclass(frozen=True, slots=True)
class Head:
    """What goes into the header of a request. `Login` has no session yet."""

    correlation: str
    session_id: str = ""


def write_request(
    namespace: str, action: str, template: XmlRequestTemplate, arguments: Mapping[str, Any], head: Head
) -> bytes:
    """Raises `UnwritableValue` for an argument that is missing or has no form in XML."""
    envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soapenv": SOAP, "n": namespace, "xsi": XSI})
    auth = etree.SubElement(etree.SubElement(envelope, f"{{{SOAP}}}Header"), f"{{{namespace}}}Auth")
    if head.session_id:
        etree.SubElement(auth, f"{{{namespace}}}SessionId").text = head.session_id
    etree.SubElement(auth, f"{{{namespace}}}Corr").text = head.correlation
    body = etree.SubElement(envelope, f"{{{SOAP}}}Body")
    template.fill(etree.SubElement(body, f"{{{namespace}}}{action}"), arguments)
    return etree.tostring(envelope, xml_declaration=True, encoding="utf-8")


def read_reply(raw: bytes, namespace: str, action: str, correlation: str) -> etree._Element | Fault:
    """The element `<Action>Response`, or the fault.

    Raises `XmlRefused` for a document that is not taken, `ConversionError` for one that is no answer to this request.
    """
    envelope = parse_xml(raw)
    if envelope.tag != f"{{{SOAP}}}Envelope":
        raise ConversionError("not a SOAP 1.1 envelope")
    content = [child for body in envelope.iterchildren(f"{{{SOAP}}}Body") for child in body]
    if len(content) != 1:
        raise ConversionError(f"{len(content)} elements in the SOAP body where one is expected")
    if content[0].tag == f"{{{SOAP}}}Fault":
        _check_head(envelope, namespace, correlation, needed=False)
        return _fault(content[0], namespace)
    _check_head(envelope, namespace, correlation, needed=True)
    if content[0].tag != f"{{{namespace}}}{action}Response":
        raise ConversionError(f"the SOAP body holds something else than {action}Response")
    return content[0]


def _check_head(envelope: etree._Element, namespace: str, correlation: str, *, needed: bool) -> None:
    """A reply must name our request and the code 0; a fault may come without the header, but not with another's."""
    heads = envelope.findall(f"{{{SOAP}}}Header/{{{namespace}}}Reply")
    if not heads and not needed:
        return
    if len(heads) != 1 or heads[0].get("corr") != correlation:
        raise ConversionError("the correlation id is not that of the request")
    if needed and heads[0].get("code") != "0":
        raise ConversionError("the reply header has a code other than 0")


def _fault(fault: etree._Element, namespace: str) -> Fault:
    codes = [str(error.get("code") or "") for error in fault.findall(f"detail/{{{namespace}}}Error")]
    return Fault(codes[0] if len(codes) == 1 else "")
