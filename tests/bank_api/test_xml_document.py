"""XML that is built to harm is refused with a typed error, whatever it hides behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bank_api.converters.xml_document import MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, parse_xml
from core.bank_api.errors import XmlRefused

BOMB = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;&x;">]><a>&y;</a>'
FILE = '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>'
NETWORK = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/evil.dtd"><a/>'
BEFORE = ["", " ", "\n", "<!-- c -->", "<?pi data?>", "<!-- - > -->", "<?p <!DOCTYPE?>", '<?xml-style x="?"?>']


@given(
    doctype=st.sampled_from([BOMB, FILE, NETWORK, "<!DOCTYPE a><a/>"]),
    before=st.lists(st.sampled_from(BEFORE), max_size=5),
    encoding=st.sampled_from(["utf-8", "windows-1251", "koi8-r", "utf-16", "iso-8859-5"]),
    declared=st.booleans(),
)
def test_a_doctype_is_refused_wherever_it_may_stand(
    doctype: str, before: list[str], encoding: str, declared: bool
) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>' if declared else ""
    raw = (declaration + "".join(before) + doctype).encode(encoding)
    with pytest.raises(XmlRefused, match="DOCTYPE"):
        parse_xml(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"<a/><!DOCTYPE a>",
        b"<a><!DOCTYPE b></a>",
        b"<!doctype a><a/>",
        b"<a>&undeclared;</a>",
        b"",
        b"   ",
        b"<a",
        b"<a></b>",
        b"<a/><b/>",
        b"not XML",
        b"\x00\xff<{[",
        b"<a>\x00</a>",
        b"<p:a/>",
        b'<a b="1" b="2"/>',
        b"<!-- never closed",
        b"<?never closed",
        b"<!-- a -- b --><a/>",
        b"\xff\xfe<\x00",
        b'{"json": true}',
    ],
)
def test_what_is_not_well_formed_is_refused(raw: bytes) -> None:
    with pytest.raises(XmlRefused):
        parse_xml(raw)


@pytest.mark.parametrize("name", ["utf-7", "utf-32", "cp037", "rot13", "unicode_escape", "idna", "no-such-thing"])
def test_an_encoding_that_could_hide_markup_is_refused(name: str) -> None:
    with pytest.raises(XmlRefused, match="encoding that is not accepted"):
        parse_xml(f'<?xml version="1.0" encoding="{name}"?><a/>'.encode())


@pytest.mark.parametrize("encoding", ["utf-8", "us-ascii"])
def test_bytes_that_are_not_of_the_declared_encoding_are_refused(encoding: str) -> None:
    with pytest.raises(XmlRefused, match="encoding that it declares"):
        parse_xml(f'<?xml version="1.0" encoding="{encoding}"?><a>'.encode() + "Київ".encode("cp1251") + b"</a>")


def test_a_doctype_that_is_only_text_is_only_text() -> None:
    root = parse_xml(b"<a><!-- <!DOCTYPE x> --><![CDATA[<!DOCTYPE html>]]>&lt;!DOCTYPE&gt;</a>")
    assert root.text == "<!DOCTYPE html><!DOCTYPE>"


@given(depth=st.integers(min_value=1, max_value=300))
def test_depth_is_bounded_at_64(depth: int) -> None:
    raw = b"<a>" * depth + b"</a>" * depth
    if depth <= MAX_DEPTH:
        assert parse_xml(raw).tag == "a"
    else:
        with pytest.raises(XmlRefused):
            parse_xml(raw)


@pytest.mark.parametrize(("count", "taken"), [(MAX_ELEMENTS, True), (MAX_ELEMENTS + 1, False)])
def test_the_number_of_elements_is_bounded(count: int, taken: bool) -> None:
    raw = b"<a>" + b"<b/>" * (count - 1) + b"</a>"
    if taken:
        assert len(parse_xml(raw)) == count - 1
    else:
        with pytest.raises(XmlRefused, match="more than 50000 elements"):
            parse_xml(raw)


def test_size_is_bounded_at_one_mebibyte() -> None:
    fits = b"<a>" + b"x" * (MAX_BYTES - 7) + b"</a>"
    assert len(parse_xml(fits).text or "") == MAX_BYTES - 7
    with pytest.raises(XmlRefused, match="larger than"):
        parse_xml(fits + b" ")


@given(st.binary(max_size=300))
def test_any_bytes_give_a_tree_or_a_typed_error(raw: bytes) -> None:
    try:
        root = parse_xml(raw)
    except XmlRefused:
        return
    assert root.tag
