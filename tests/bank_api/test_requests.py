"""Requests built from templates: order, escaping, what is left out, and what cannot be written."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from core.bank_api.converters.json_request import JsonRequestTemplate
from core.bank_api.converters.rules import Rule
from core.bank_api.converters.xml_document import parse_xml
from core.bank_api.converters.xml_reply import XmlReplyMapping
from core.bank_api.converters.xml_request import XmlRequestTemplate
from core.bank_api.errors import UnwritableValue

KYIV = ZoneInfo("Europe/Kyiv")
# Every character that XML 1.0 can hold.
WRITABLE = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff").filter(
        lambda letter: letter >= " " or letter in "\t\n\r"
    )
)


def written(template: dict[str, Any], arguments: dict[str, Any]) -> bytes:
    root = etree.Element("{urn:x}Request", nsmap={"x": "urn:x", "xsi": "http://www.w3.org/2001/XMLSchema-instance"})
    XmlRequestTemplate(template, "urn:x", KYIV).fill(root, arguments)
    return etree.tostring(root, encoding="utf-8")


def inside(raw: bytes) -> str:
    return raw.decode().split(">", 1)[1].removesuffix("</x:Request>")


@given(WRITABLE)
def test_any_text_survives_being_written_and_read(text: str) -> None:
    raw = written({"A": "$a", "B": {"@b": "$a"}}, {"a": text})
    rules = {"a": Rule.model_validate("A"), "b": Rule.model_validate("B/@b")}
    assert XmlReplyMapping(rules, {"": "urn:x"}, KYIV).convert(parse_xml(raw)).data == {"a": text, "b": text}


@given(st.characters(max_codepoint=0x1F, exclude_characters="\t\n\r") | st.sampled_from("\ufffe\uffff\ud800\udfff"))
def test_a_character_that_xml_cannot_hold_is_refused(letter: str) -> None:
    with pytest.raises(UnwritableValue, match="A: a character"):
        written({"A": "$a"}, {"a": f"x{letter}"})


def test_elements_stand_in_the_order_of_the_template_and_values_are_escaped() -> None:
    raw = written({"B": "$b", "A": "$a", "C": "fixed"}, {"a": "<x>&amp;]]>", "b": 'say "no"'})
    assert inside(raw) == '<x:B>say "no"</x:B><x:A>&lt;x&gt;&amp;amp;]]&gt;</x:A><x:C>fixed</x:C>'


def test_null_empty_and_missing_are_written_as_three_things() -> None:
    raw = written({"A": "$a", "B": "$b", "C": "$c?"}, {"a": None, "b": ""})
    assert inside(raw) == '<x:A xsi:nil="true"/><x:B></x:B>'


def test_sums_times_days_attributes_and_objects_are_written_in_the_banks_way() -> None:
    template = {
        "Sum": {"@ccy": "$money.currency", "#": "$money|amount"},
        "At": "$at|local_time",
        "Day": "$day|local_date",
        "Who": {"Name": "$name"},
    }
    arguments = {
        "money": {"amount": 105, "currency": "UAH"},
        "at": "2026-11-20T21:59:58Z",
        "day": "2026-11-20",
        "name": "Ї",
    }
    assert inside(written(template, arguments)) == (
        '<x:Sum ccy="UAH">1.05</x:Sum><x:At>20.11.2026 23:59:58</x:At><x:Day>20.11.2026</x:Day>'
        "<x:Who><x:Name>Ї</x:Name></x:Who>"
    )


@pytest.mark.parametrize(
    ("slot", "arguments"),
    [
        ("$a", {}),
        ("$a.b", {"a": "text"}),
        ("$a", {"a": 5}),
        ("$a|amount", {"a": "1.00"}),
        ("$a|amount", {"a": {"amount": 5}}),
        ("$a|amount", {"a": {"amount": 5, "currency": "hryvnia"}}),
        ("$a|local_date", {"a": "20.11.2026"}),
        ("$a|local_time", {"a": "2026-11-20"}),
    ],
)
def test_an_argument_that_does_not_fit_its_slot_is_refused_by_name(slot: str, arguments: dict[str, Any]) -> None:
    with pytest.raises(UnwritableValue, match=r"\ba\b|A"):
        written({"A": slot}, arguments)


@pytest.mark.parametrize("template", [{"A": "$"}, {"A": "$a|b"}, {"A": "$A"}, {"1A": "$a"}, {"A": {"@": "$a"}}])
def test_a_malformed_template_is_refused_when_it_is_loaded(template: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"expected \$name|not an XML name"):
        XmlRequestTemplate(template, "urn:x", KYIV)


def test_json_keeps_the_type_of_values_and_leaves_out_what_is_absent() -> None:
    template = JsonRequestTemplate(
        {"n": "$n", "side": "send", "to": {"phone": "$to.phone?", "card": {"token": "$to.token?"}}, "x": "$x?"}
    )
    assert template.render({"n": 5, "to": {"phone": "+380"}}) == {"n": 5, "side": "send", "to": {"phone": "+380"}}
    assert template.render({"n": None, "to": {"token": "t"}}) == {
        "n": None,
        "side": "send",
        "to": {"card": {"token": "t"}},
    }
    with pytest.raises(UnwritableValue, match="needs the argument n"):
        template.render({"to": {}})


def test_a_json_template_has_no_kinds() -> None:
    with pytest.raises(ValueError, match="a: a value in JSON has no kind"):
        JsonRequestTemplate({"a": "$a|amount"})
