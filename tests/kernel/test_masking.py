"""Masking as laws: what looks like a card number never gets through, and nothing else is touched."""

from __future__ import annotations

import string
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.kernel.masking import HIDDEN, find_card_numbers, luhn, mask_text, mask_value

ALPHABETS = ["0123456789", "0123456789", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]
SEPARATORS = ["", " ", "\u00a0", "\u202f", "-", "\u2011", "–", "−", ".", "/", "\u200b", "\u200d\u200d", "\u2060", " - ",
              "\ufeff", "\u00ad", "\t", "\n", "   ", "__", ". . ."]  # fmt: skip
# A card number of test ranges, and an IBAN made for these tests.
CARD = "4149499912345673"
IBAN = "UA923999990000026201234567890"


@st.composite
def card_numbers(draw: st.DrawFn) -> str:
    body = draw(st.text("0123456789", min_size=12, max_size=18))
    check = next(digit for digit in "0123456789" if luhn(body + digit))
    assume(len(set(body + check)) > 1)
    return body + check


@st.composite
def written(draw: st.DrawFn, number: str) -> str:
    """The number as somebody writes it: in any script's digits, with anything between them."""
    alphabet = draw(st.sampled_from(ALPHABETS))
    separators = draw(st.lists(st.sampled_from(SEPARATORS), min_size=len(number) - 1, max_size=len(number) - 1))
    digits = [alphabet[int(digit)] for digit in number]
    return digits[0] + "".join(gap + digit for gap, digit in zip(separators, digits[1:], strict=True))


def digits_of(text: str) -> str:
    return "".join(str(int(sign)) for sign in text if sign.isdecimal())


def windows(digits: str) -> list[str]:
    """Everything in a string of digits that could be a card number."""
    found = [digits[i : i + n] for n in range(13, 20) for i in range(len(digits) - n + 1)]
    return [one for one in found if luhn(one) and len(set(one)) > 1]


@given(number=card_numbers(), data=st.data())
def test_law_no_card_number_survives_however_it_is_written(number: str, data: st.DataObject) -> None:
    before = data.draw(st.text(string.ascii_letters + "Їжак, ", max_size=8))
    after = data.draw(st.text(string.ascii_letters + "Їжак, ", max_size=8))
    masked = mask_text(before + data.draw(written(number)) + after)
    assert len(digits_of(masked)) <= 4
    assert masked.startswith(before)
    assert masked.endswith(number[-4:] + after) or (data.draw(st.none()) is None and digits_of(masked))
    assert not find_card_numbers(masked)


@given(numbers=st.lists(card_numbers(), min_size=2, max_size=4), gap=st.sampled_from(SEPARATORS))
def test_law_of_several_numbers_in_a_row_none_survives(numbers: list[str], gap: str) -> None:
    left = digits_of(mask_text(gap.join(numbers)))
    assert all(number not in left for number in numbers)
    assert not windows(left)


@given(st.text("0123456789", min_size=13, max_size=80))
def test_law_at_most_four_digits_of_any_number_are_left_in_any_string_of_digits(digits: str) -> None:
    # Given where each digit of the text went
    spans = find_card_numbers(digits)
    shown = [place for place in range(len(digits)) if not any(start <= place < end - 4 for start, end in spans)]
    # Then every possible number has lost all but four of its digits
    for length in range(13, 20):
        for start in range(len(digits) - length + 1):
            number = digits[start : start + length]
            if luhn(number) and len(set(number)) > 1:
                assert sum(start <= place < start + length for place in shown) <= 4


@given(st.text(string.digits + " -.•aЖ", max_size=60))
def test_law_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask_text(mask_text(text)) == mask_text(text)


@given(st.text(max_size=80))
def test_law_a_text_without_thirteen_digits_stays_as_it_was(text: str) -> None:
    assume(sum(sign.isdecimal() for sign in text) < 13)
    assert mask_text(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Переказ 250,00 ₴ на 067 111 00 02",
        "0000 0000 0000 0000",
        "Операція 7K2QX0M4 від 22.11.2026",
        "123456789012",
        IBAN,
        "IBAN: UA92 3999 9900 0002 6201 2345 67890.",
        "ua923999990000026201234567890 500",
    ],
)
def test_what_is_no_card_number_stays(text: str) -> None:
    assert mask_text(text) == text


def test_a_long_number_that_only_looks_like_an_iban_is_masked() -> None:
    wrong_check = "UA933999990000026201234567890"
    assert mask_text(wrong_check) != wrong_check
    glued = f"X{IBAN}"
    assert mask_text(glued) != glued


def test_an_iban_does_not_protect_the_card_number_behind_it() -> None:
    assert mask_text(f"{IBAN} {CARD}") == f"{IBAN} ••••5673"


def test_too_many_signs_between_the_digits_make_them_two_numbers() -> None:
    assert mask_text("41494999" + " " * 9 + "12345673") == "41494999" + " " * 9 + "12345673"


@pytest.mark.parametrize(
    "hostile",
    [
        "1234567890" * 20_000,
        "1" * 200_000,
        ("123456789012" + "a") * 15_000,
        ("1" + " " * 8) * 22_000,
        ("1" + " " * 9) * 20_000,
        ("UA" + "123456789012345678901 ") * 8_000,
    ],
    ids=["digits", "equal digits", "one digit short", "gaps", "gaps too long", "false accounts"],
)
def test_hostile_texts_of_200_kilobytes_end(hostile: str) -> None:
    masked = mask_text(hostile)
    assert len(masked) <= len(hostile)
    assert not find_card_numbers(masked)


def test_luhn_counts_digits_of_any_script() -> None:
    assert luhn("٤١٤٩٤٩٩٩١٢٣٤٥٦٧٣")
    assert luhn(CARD)
    assert not luhn("4149499912345674")


class Odd:
    def __str__(self) -> str:
        return f"Odd({CARD})"


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        (CARD, "••••5673"),
        (int(CARD), "••••5673"),
        (-int(CARD), "-••••5673"),
        (Decimal(CARD), "••••5673"),
        (CARD.encode(), "b'••••5673'"),
        ({"note": [CARD, {"deep": (int(CARD),)}]}, {"note": ["••••5673", {"deep": ["••••5673"]}]}),
        ({CARD: 1}, {"••••5673": 1}),
        ({int(CARD): 1}, {"••••5673": 1}),
        ({("card", CARD): 1}, {"('card', '••••5673')": 1}),
        (Odd(), "Odd(••••5673)"),
        ([1, 2.5, True, None, "x", 10**14], [1, 2.5, True, None, "x", 10**14]),
        (float("inf"), float("inf")),
    ],
)
def test_card_numbers_are_masked_in_values_of_every_type(value: Any, masked: Any) -> None:
    assert mask_value(value) == masked


def test_a_card_number_as_a_float_is_masked() -> None:
    masked = mask_value({"n": float(CARD)})
    assert str(masked["n"]).startswith("••••")


@pytest.mark.parametrize(
    "key",
    ["password", "Password", "X-Viber-Auth-Token", "x-telegram-bot-api-secret-token", "authorization", "otp", "cvv",
     "core_password", "client-secret", "viber_token", "new_pin"],
)  # fmt: skip
def test_values_of_secret_keys_are_hidden_at_any_depth(key: str) -> None:
    assert mask_value({"a": [{key: "s"}]}) == {"a": [{key: HIDDEN}]}
    assert mask_value({key: {"even": "a tree"}}) == {key: HIDDEN}
    assert mask_value({key: 0}) == {key: HIDDEN}


def test_an_empty_secret_is_seen_to_be_empty() -> None:
    assert mask_value({"password": "", "token": None}) == {"password": "", "token": None}


def test_what_lies_too_deep_is_hidden_instead_of_ending_the_program() -> None:
    value: Any = CARD
    for _ in range(100_000):
        value = [value]
    assert CARD not in repr(mask_value(value))
    circle: dict[str, Any] = {}
    circle["again"] = circle
    assert HIDDEN in repr(mask_value(circle))
