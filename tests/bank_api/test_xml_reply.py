"""XML to JSON by rules: the difference between null, missing and empty, lists, namespaces, exact sums."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.bank_api.answer import Converted
from core.bank_api.converters.rules import Rule
from core.bank_api.converters.xml_document import parse_xml
from core.bank_api.converters.xml_reply import XmlReplyMapping
from core.bank_api.errors import ConversionError
from core.kernel.money import Money

KYIV = ZoneInfo("Europe/Kyiv")
NIL = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"'


def converted(rules: dict[str, Any], xml: str, namespaces: dict[str, str] | None = None) -> Converted:
    parsed = {name: Rule.model_validate(rule) for name, rule in rules.items()}
    return XmlReplyMapping(parsed, namespaces or {"": ""}, KYIV).convert(parse_xml(xml.encode()))


def test_null_missing_and_empty_are_three_things() -> None:
    rules = {"a": "A?", "b": "B?", "c": "C?"}
    assert converted(rules, f"<r><A {NIL}/><C/></r>").data == {"a": None, "c": ""}


def test_nil_is_null_for_every_kind_of_field_and_inside_lists() -> None:
    rules = {
        "sum": {"at": "S", "as": "money", "currency": "S/@ccy"},
        "at": "T|local_time",
        "object": {"at": "O", "fields": {"x": "X"}},
        "list": {"each": "L"},
    }
    xml = f'<r><S ccy="UAH" {NIL}/><T {NIL}/><O {NIL}/><L>1</L><L {NIL}/></r>'
    found = converted(rules, xml)
    assert found == Converted({"sum": None, "at": None, "object": None, "list": ["1", None]})


def test_nil_with_content_contradicts_itself() -> None:
    with pytest.raises(ConversionError, match="A: xsi:nil on an element that has content"):
        converted({"a": "A"}, f"<r><A {NIL}>x</A></r>")


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_a_list_is_a_list_however_many_entries_it_has(count: int) -> None:
    entries = "".join(f'<I n="{n}"/>' for n in range(count))
    found = converted({"items": {"each": "I", "fields": {"n": "@n|int"}}}, f"<r>{entries}</r>")
    assert found.data == {"items": [{"n": n} for n in range(count)]}


def test_a_field_that_must_be_there_is_named_when_it_is_not() -> None:
    with pytest.raises(ConversionError, match="O: X/Y: 0 nodes where one is expected"):
        converted({"o": {"at": "O", "fields": {"y": "X/Y"}}}, "<r><O><X/></O></r>")


def test_two_elements_where_one_is_expected_are_refused() -> None:
    with pytest.raises(ConversionError, match="A: 2 nodes"):
        converted({"a": "A?"}, "<r><A>1</A><A>2</A></r>")


def test_names_are_compared_by_namespace_and_not_by_prefix() -> None:
    namespaces = {"": "urn:one", "t": "urn:two"}
    xml = '<p:r xmlns:p="urn:one" xmlns:q="urn:two"><q:A>two</q:A><p:A q:x="y">one</p:A></p:r>'
    found = converted({"one": "A", "two": "t:A", "x": "A/@t:x"}, xml, namespaces)
    assert found == Converted({"one": "one", "two": "two", "x": "y"})


def test_an_element_of_another_namespace_is_not_the_one_that_is_meant() -> None:
    assert converted({"a": "A?"}, '<r><A xmlns="urn:other">1</A></r>') == Converted({}, ("r/A",), 1)


def test_text_keeps_its_white_space_and_its_characters() -> None:
    assert converted({"a": "A"}, "<r><A> a\tb &#13;\n&lt;ґ&gt; </A></r>").data == {"a": " a\tb \r\n<ґ> "}


def test_kinds_of_values() -> None:
    rules = {
        "n": "N|int",
        "on": "On|yes_no",
        "day": "D|local_date",
        "at": "T|local_time",
        "word": "W|code",
        "minor": {"at": "S", "as": "minor", "currency": "S/@ccy"},
        "state": {"at": "St", "values": {"A": "active"}},
    }
    xml = (
        "<r><N> -12 </N><On>Y</On><D>01.02.2026</D><T>01.07.2026 12:00:00</T><W>BOOKED</W>"
        '<S ccy="JPY">-1200</S><St> A </St></r>'
    )
    assert converted(rules, xml).data == {
        "n": -12,
        "on": True,
        "day": "2026-02-01",
        "at": "2026-07-01T09:00:00Z",
        "word": "booked",
        "minor": -1200,
        "state": "active",
    }


@pytest.mark.parametrize("local", ["25.10.2026 03:30:00", "25.10.2026 03:59:59"])
def test_of_the_hour_that_comes_twice_the_first_is_taken(local: str) -> None:
    found = converted({"at": "T|local_time"}, f"<r><T>{local}</T></r>").data["at"]
    assert found == f"2026-10-25T00:{local[14:16]}:{local[17:]}Z"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("A|int", "1.0"),
        ("A|int", ""),
        ("A|int", "1" * 19),
        ("A|yes_no", "y"),
        ("A|code", "two words"),
        ("A|local_date", "1.2.2026"),
        ("A|local_date", "30.02.2026"),
        ({"at": "A", "values": {"X": "x"}}, "Y"),
        ({"at": "A", "as": "money", "currency": "B"}, "1.00"),
        ({"at": "A", "as": "money", "currency": "."}, "1.00"),
    ],
)
def test_a_value_of_another_form_is_refused_and_never_repeated_in_the_message(rule: Any, text: str) -> None:
    with pytest.raises(ConversionError) as refused:
        converted({"a": rule}, f"<r><A>{text}</A></r>")
    assert refused.value.detail.startswith("A: ")
    assert len(text) < 3 or text not in refused.value.detail


def test_the_list_of_unmapped_paths_is_bounded_and_the_count_is_not() -> None:
    found = converted({}, f"<r>{'<X/>' * 60}</r>")
    assert (len(found.unmapped), found.unmapped_count) == (50, 60)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"at": "A", "as": "money"}, "needs the path of its `currency`"),
        ({"at": "A", "as": "bool"}, "from JSON only"),
        ({"at": "p:A"}, "prefix 'p' has no namespace"),
        ({"at": "A//B"}, "not an XML name"),
        ({"at": "A", "each": "B"}, "exactly one of"),
        ({}, "exactly one of"),
        ({"at": "A", "as": "int", "values": {"a": "b"}}, "translates text only"),
        ({"at": "A", "as": "int", "fields": {"a": "b"}}, "makes an object"),
        ("A | B | C", "expected path"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_before_any_reply_comes(rule: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        converted({"a": rule}, "<r/>")


@given(
    amount=st.integers(min_value=-(10**14), max_value=10**14),
    currency=st.sampled_from(["UAH", "JPY", "KWD", "EUR", "CLF"]),
)
def test_a_sum_written_as_text_comes_back_to_the_last_unit(amount: int, currency: str) -> None:
    text = str(Money(amount, currency)).split(" ")[0]
    rules = {"m": {"at": "S", "as": "money", "currency": "S/@ccy"}}
    found = converted(rules, f'<r><S ccy="{currency}">{text}</S></r>')
    assert found == Converted({"m": {"amount": amount, "currency": currency}})


@given(
    whole=st.integers(min_value=0, max_value=10**9),
    decimals=st.text("0123456789", min_size=1, max_size=6),
    currency=st.sampled_from([("UAH", 2), ("JPY", 0), ("KWD", 3)]),
)
def test_more_decimals_than_the_currency_has_are_never_rounded(
    whole: int, decimals: str, currency: tuple[str, int]
) -> None:
    code, exponent = currency
    rules = {"m": {"at": "S", "as": "minor", "currency": "S/@ccy"}}
    xml = f'<r><S ccy="{code}">{whole}.{decimals}</S></r>'
    if len(decimals) > exponent:
        with pytest.raises(ConversionError):
            converted(rules, xml)
    else:
        assert converted(rules, xml).data == {"m": int(f"{whole}{decimals.ljust(exponent, '0')}")}
