"""What a wish says besides the wish, what takes an answer back, and words with a slip in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.understanding import (
    by_last_digits,
    engine_word,
    entities,
    is_offered,
    near_engine_word,
    read_correction,
    read_phone,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("перекажи 250 на 0671112233", {"money": "250", "phone": "0671112233"}),
        ("переведи 1,5к маме на 067 111 22 33", {"money": "1,5к", "phone": "067 111 22 33"}),
        ("перавядзі пяцьдзясят грыўняў на +380671112233", {"money": "пяцьдзясят грыўняў", "phone": "+380671112233"}),
        ("send $20 to (067) 111-22-33", {"money": "$20", "phone": "(067) 111-22-33"}),
        ("250 067 111 22 33", {"money": "250", "phone": "067 111 22 33"}),
        ("заплати з картки 8830", {"card": "8830"}),
        ("заплати карткою *8830", {"card": "8830"}),
        ("pay with the card ending in 8830", {"card": "8830"}),
        ("скільки на картці 8830", {"card": "8830"}),
        ("скинь 100 на картку 8830", {"payee": "8830", "money": "100"}),
        ("send 100 to card 8830", {"payee": "8830", "money": "100"}),
        ("скинь на картку 8830 грн", {"money": "8830 грн"}),
        ("нагадай завтра", {"date": "завтра"}),
        ("нагадай 7 березня", {"date": "7 березня"}),
        ("напомни 07.03.2027", {"date": "07.03.2027"}),
        ("remind me on March 7, 2027", {"date": "march 7, 2027"}),
        ("заплати 12.50", {"money": "12.50"}),
        # A sum of nine digits may as well be a phone: it is what it was said to be first, a sum.
        ("скинь 671112233", {"money": "671112233"}),
        ("подзвони на 0671112233 або 0501112233", {}),
        ("скинь 100 або 200", {}),
        ("баланс", {}),
    ],
)
def test_sums_phones_cards_and_days_are_found(text: str, found: dict[str, str]) -> None:
    assert entities(text).found == found


@pytest.mark.parametrize(
    ("text", "rests"),
    [
        ("перекажи 250 на 0671112233", ("перекажи",)),
        ("скільки на картці 8830", ("скільки на картці", "скільки")),
        ("send 20 from my card 8830", ("send from my card", "send")),
        ("баланс", ("баланс",)),
    ],
)
def test_the_wish_is_left_without_what_was_found(text: str, rests: tuple[str, ...]) -> None:
    assert entities(text).rests == rests


@given(st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    found = entities(text)

    assert found.rests
    assert found.found.keys() <= {"money", "phone", "date", "card", "payee"}
    assert "phone" not in found.found or read_phone(found.found["phone"]) is not None


@pytest.mark.parametrize(
    ("text", "words", "denied", "kinds"),
    [
        ("ні, 500", "500", True, set()),
        ("нет, пятьсот", "пятьсот", True, set()),
        ("не, 500", "500", True, set()),
        ("sorry, 500", "500", True, set()),
        ("не 200, а 500", "500", True, set()),
        ("not 200 but 500", "500", True, set()),
        ("ой, на 067 111 22 33", "067 111 22 33", True, set()),
        ("зміни суму на 500", "500", True, {"money"}),
        ("измени сумму на 500", "500", True, {"money"}),
        ("change the amount to 500", "500", True, {"money"}),
        ("сума 500", "500", False, {"money"}),
        ("не той номер", "", True, {"phone", "payee"}),
        ("другой получатель", "", True, {"payee"}),
        ("не з тієї картки", "", True, {"card"}),
        ("not from that card", "", True, {"card"}),
        ("ні, на картку 8830", "8830", True, {"payee"}),
        ("інша дата, завтра", "завтра", True, {"date"}),
        ("ні", "", True, set()),
        ("500", "500", False, set()),
        ("Олена", "Олена", False, set()),
    ],
)
def test_what_takes_an_answer_back_is_read(text: str, words: str, denied: bool, kinds: set[str]) -> None:
    correction = read_correction(text)

    assert (correction.words, correction.denied, set(correction.kinds)) == (words, denied, kinds)


@given(st.text(max_size=200))
def test_any_text_can_be_read_as_a_correction(text: str) -> None:
    correction = read_correction(text)

    assert correction.denied or correction.kinds or correction.words == text


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("скасуваті", "cancel"),
        ("отмна", "cancel"),
        ("cacnel", "cancel"),
        ("назал", "back"),
        ("довідкка", "help"),
        ("апператар", "operator"),
        ("gallery", None),
        ("manu", None),
        ("about", None),
        ("", None),
    ],
)
def test_a_word_of_the_engine_is_known_with_one_slip(text: str, word: str | None) -> None:
    assert engine_word(text) is None
    assert near_engine_word(text) == word


def test_what_a_label_reads_is_offered_and_its_beginning_is_not() -> None:
    labels = ["Стоп-кредит", "Оператор"]

    assert is_offered("стоп кредит", labels)
    assert is_offered("оператор!", labels)
    assert is_offered("опператор", labels)
    assert not is_offered("стоп", labels)
    assert not is_offered("меню", labels)


def test_a_number_is_known_by_its_last_four_digits_when_it_is_the_only_one() -> None:
    numbers = ["••••8830", "535353******9921", ""]

    assert by_last_digits("8830", numbers) == 0
    assert by_last_digits("*9921", numbers) == 1
    assert by_last_digits("8831", numbers) is None
    assert by_last_digits("830", numbers) is None
    assert by_last_digits("8830", ["1238830", "••••8830"]) is None
