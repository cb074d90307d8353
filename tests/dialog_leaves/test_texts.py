"""Message texts as product owners write them and customers read them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.dialog.slot_types import SlotType, parse_type
from core.dialog.texts import Text, TextError, compile_text, digest

NBSP, NARROW = "\u00a0", "\u202f"
SCOPE = {
    "amount": SlotType("money"),
    "payee": SlotType("text"),
    "source": SlotType("card"),
    "target": SlotType("payee"),
    "n": SlotType("int"),
    "birth": SlotType("date"),
    "posted": SlotType("text"),
    "tel": SlotType("phone"),
    "account": SlotType("iban"),
    "agreed": SlotType("bool"),
    "code": SlotType("secret"),
    "cards": parse_type("list of card"),
    "names": parse_type("list of text"),
}
SLOTS: dict[str, Any] = {
    "amount": {"amount": 20_000, "currency": "UAH"},
    "payee": "Ольга К.",
    "source": {
        "id": "c1",
        "name": "Чорна",
        "pan": "5375 41** **** 0008",
        "available": {"amount": 7, "currency": "BYN"},
    },
    "target": {"name": "Ольга Коваль", "phone": "+380671112233", "masked": "", "card_token": "", "card_id": ""},
    "n": 5,
    "birth": "1991-08-24",
    "posted": "2026-03-01T18:05:00+02:00",
    "tel": "+380671112233",
    "account": "UA903052992990004149123456789",
    "agreed": False,
    "names": ["Анна", "Богдан"],
    "cards": [{"name": "Чорна", "pan": "••••0008"}],
}


def rendered(text: str, lang: str = "uk", **slots: Any) -> str:
    return compile_text(text, SCOPE).render(SLOTS | slots, lang)


def compiled_or_refused(source: str) -> Text | TextError:
    try:
        return compile_text(source, SCOPE)
    except TextError as error:
        return error


@pytest.mark.parametrize(
    ("source", "lang", "expected"),
    [
        ("Hello", "uk", "Hello"),
        ("", "uk", ""),
        ("До {payee}.", "uk", "До Ольга К.."),
        ("{amount|money}", "uk", f"200,00{NBSP}₴"),
        ("{amount}", "uk", f"200,00{NBSP}₴"),
        ("{amount}", "ru", f"200,00{NBSP}₴"),
        ("{amount}", "be", f"200,00{NBSP}UAH"),
        ("{amount}", "en", "UAH200.00"),
        ("{source.available}", "be", f"0,07{NBSP}Br"),
        ("{birth}", "uk", f"24 серпня 1991{NARROW}р."),
        ("{birth|date}", "be", f"24 жніўня 1991{NARROW}г."),
        ("{birth}", "en", "August 24, 1991"),
        ("{posted|date} {posted|time}", "uk", f"1 березня 2026{NARROW}р. 18:05"),
        ("{agreed}", "uk", "ні"),
        ("{agreed}", "be", "не"),
        ("{n}", "en", "5"),
        ("{tel|phone}", "uk", "+380 67 111 2233"),
        ("{tel}", "uk", "+380 67 111 2233"),
        ("{tel|mask}", "uk", "••••2233"),
        ("{account|last4}", "uk", "6789"),
        ("{payee|mask}", "uk", "О••• К•••"),
        ("{source}", "uk", "Чорна ••••0008"),
        ("{source.name} {source.pan|last4}", "uk", "Чорна 0008"),
        ("{target|mask}", "uk", "••••2233"),
        ("{payee|upper} {payee|lower}", "uk", "ОЛЬГА К. ольга к."),
        ("{account|last4|mask}", "uk", "6•••"),
        ("{names}", "uk", "Анна, Богдан"),
        ("{cards}", "uk", "Чорна ••••0008"),
        ("{n} {n|plural: картка, картки, карток}", "uk", "5 карток"),
        ("{ n | plural : card , cards }", "en", "cards"),
        ("{{n}} is {n}", "uk", "{n} is 5"),
        ("}}{{", "uk", "}{"),
    ],
)
def test_a_text_reads(source: str, lang: str, expected: str) -> None:
    assert rendered(source, lang) == expected


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("uk-UA", f"200,00{NBSP}₴"), ("RU", f"200,00{NBSP}₴"), ("de", "UAH200.00"), ("", "UAH200.00")],
)
def test_a_platform_language_tag_leads_to_one_of_ours_or_to_english(lang: str, expected: str) -> None:
    assert rendered("{amount}", lang) == expected


@pytest.mark.parametrize(
    ("record", "shown"),
    [
        ({"masked": "4444 **** 1111", "phone": "+380671112233", "name": "Оля"}, "4444 **** 1111"),
        ({"masked": "", "phone": "+380671112233", "name": "Оля"}, "••••2233"),
        ({"masked": "", "phone": "", "name": "Оля"}, "О•••"),
        ({}, ""),
    ],
)
def test_a_payee_is_shown_by_the_safest_thing_known_of_it(record: dict[str, str], shown: str) -> None:
    assert rendered("{target}", target=record) == shown


def test_a_value_is_plain_text_whatever_is_in_it() -> None:
    assert rendered("{payee}", payee="<b>{amount}</b> *x* |mask") == "<b>{amount}</b> *x* |mask"


def test_a_value_cannot_turn_the_direction_of_the_text_beside_it() -> None:
    assert rendered("{payee} {amount}", payee="Ол\u202eя\x07\nК") == f"Оля\nК 200,00{NBSP}₴"


def test_a_phone_that_cannot_be_read_is_shown_as_it_is() -> None:
    assert rendered("{tel}", tel="12") == "12"


def test_a_text_shows_its_source_and_no_value() -> None:
    assert repr(compile_text("To {payee}", SCOPE)) == "Text('To {payee}')"


def test_a_text_knows_what_it_shows_and_how() -> None:
    text = compile_text("{payee} {tel|mask} {n|plural: a, b, c} {amount} {source.pan|last4}", SCOPE)

    assert text.source == "{payee} {tel|mask} {n|plural: a, b, c} {amount} {source.pan|last4}"
    assert text.reads == {"payee", "tel", "n", "amount", "source"}
    assert text.placeholders == (
        ("payee", ""),
        ("tel", "mask"),
        ("n", "plural: a, b, c"),
        ("amount", ""),
        ("source.pan", "last4"),
    )
    assert text.masked_reads == {"tel", "source"}
    assert text.open_reads == {"payee", "n", "amount"}


def test_a_slot_shown_once_openly_is_not_masked() -> None:
    assert compile_text("{tel|mask} {tel}", SCOPE).masked_reads == frozenset()


def test_a_card_or_payee_without_a_filter_is_shown_masked() -> None:
    assert compile_text("{source} {target}", SCOPE).masked_reads == {"source", "target"}


@pytest.mark.parametrize(
    ("source", "message", "column"),
    [
        ("To {pay}", "unknown name 'pay'; did you mean 'payee'?", 5),
        ("{source.nam}", "card has no field 'nam'; did you mean 'name'?", 2),
        ("{payee|mony}", "unknown filter 'mony'; did you mean 'money'?", 2),
        (
            "{payee|zz}",
            "unknown filter 'zz'; filters are money, date, time, mask, last4, phone, upper, lower, plural",
            2,
        ),
        ("{payee|}", "unknown filter ''; filters are money, date, time, mask, last4, phone, upper, lower, plural", 2),
        ("{payee|money}", "'payee' is text; filter 'money' takes money", 2),
        ("{amount|money|money}", "'amount' is text; filter 'money' takes money", 2),
        ("{amount|plural: a, b}", "'amount' is money; filter 'plural' takes int", 2),
        ("{n|plural}", "write the forms as {n|plural: card, cards}, separated by commas", 2),
        ("{n|plural: a,,b}", "write the forms as {n|plural: card, cards}, separated by commas", 2),
        ("{payee|upper: x}", "filter 'upper' takes nothing after a colon", 2),
        ("code {code}", "'code' is secret and cannot be shown in a text", 7),
        ("code {code|mask}", "'code' is secret and cannot be shown in a text", 7),
        ("an open { brace", "'{' without its pair; write '{{' for the character itself", 9),
        ("a shut } brace", "'}' without its pair; write '}}' for the character itself", 8),
        ("{}", "write a slot between the braces, as in {amount}; '' is not one", 2),
        ("{amount + 1}", "write a slot between the braces, as in {amount}; 'amount + 1' is not one", 2),
        ("{payee.__class__}", "'payee' is text, which has no fields", 2),
        ("x" * 5000, "a text may have 4096 characters, this one has 5000", 0),
        ("{n}" * 51, "a text may have 50 placeholders", 0),
    ],
)
def test_a_mistake_in_a_text_is_named_where_it_stands(source: str, message: str, column: int) -> None:
    with pytest.raises(TextError) as refusal:
        compile_text(source, SCOPE)

    assert (refusal.value.message, refusal.value.column) == (message, column)


@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from([*"{}|:., n", "payee", "mask"])).map("".join)))
@example("{a" + ".a" * 400 + "}")
@example("{None}")
@example("\ud800")
def test_any_source_is_a_text_or_a_text_error(source: str) -> None:
    outcome = compiled_or_refused(source)

    if isinstance(outcome, TextError):
        assert 0 <= outcome.column <= len(source) + 1
    else:
        assert outcome.reads <= SCOPE.keys()


@given(st.text(max_size=60))
def test_a_literal_text_with_doubled_braces_reads_as_it_was_meant(literal: str) -> None:
    source = literal.replace("{", "{{").replace("}", "}}")

    assert compile_text(source, {}).render({}, "uk") == literal


@pytest.mark.parametrize(
    ("source", "slots", "message"),
    [
        ("{payee}", {"payee": None}, "'payee' has no value yet"),
        ("{source.name}", {"source": {}}, "'source.name' has no value"),
        ("{amount}", {"amount": "200"}, "a slot holds a value that is not of its declared type"),
        (
            "{amount}",
            {"amount": {"amount": 1, "currency": "?"}},
            "a slot holds a value that is not of its declared type",
        ),
        (
            "{amount}",
            {"amount": {"amount": 1.5, "currency": "UAH"}},
            "a slot holds a value that is not of its declared type",
        ),
        ("{birth}", {"birth": "24.08.1991"}, "a slot holds a value that is not of its declared type"),
        ("{posted|time}", {"posted": "noon"}, "a slot holds a value that is not of its declared type"),
    ],
)
def test_a_missing_or_malformed_value_is_a_typed_error(source: str, slots: dict[str, Any], message: str) -> None:
    with pytest.raises(TextError) as refusal:
        rendered(source, **slots)

    assert refusal.value.message == message


@pytest.mark.parametrize(
    ("forms", "lang", "fits"),
    [
        ("a, b, c", "uk", True),
        ("a, b, c", "be", True),
        ("a, b", "ru", False),
        ("a, b", "en", True),
        ("a, b, c", "en", False),
    ],
)
def test_the_number_of_plural_forms_must_be_that_of_the_language(forms: str, lang: str, fits: bool) -> None:
    text = compile_text(f"You have {{n|plural: {forms}}}", SCOPE)
    if fits:
        text.check_plurals(lang)
        return

    with pytest.raises(TextError, match="'n' needs") as refusal:
        text.check_plurals(lang)

    assert refusal.value.column == 11


def test_the_digest_is_short_stable_and_changes_with_the_text() -> None:
    assert digest("How much?") == digest("How much?")
    assert len(digest("How much?")) == 12
    assert digest("How much?") != digest("How much ?")
