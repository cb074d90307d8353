"""Words instead of buttons: normal spelling, choices and engine words."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.understanding import (
    engine_word,
    is_empty,
    match_choice,
    normalise,
    words_of,
)

CARDS = ["💳 Чорна ••••0008", "💳 Зелена ••••4417", "Інша картка"]

PLAIN_SIGNS = [chr(sign) for sign in (*range(0x20, 0x7F), *range(0x400, 0x530)) if chr(sign) != "`"]


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("  Переказ\u00a0 ГРОШЕЙ\n", "переказ грошей"),
        ("ｓｅｎｄ", "send"),
        ("се\u200bнд\u00ad", "сенд"),
        ("п’ять пʼять п`ять", "п'ять п'ять п'ять"),
        ("a\x00b\x1b", "ab"),
        ("Straße", "strasse"),
        ("❤️", "❤"),
    ],
)
def test_one_spelling_stands_for_many(text: str, normal: str) -> None:
    assert normalise(text) == normal


@given(st.text(max_size=200))
def test_normal_spelling_is_already_normal(text: str) -> None:
    once = normalise(text)

    assert normalise(once) == once
    assert is_empty(text) is (once == "")


@given(st.text(st.sampled_from(PLAIN_SIGNS), max_size=40))
def test_plain_letters_are_only_folded_and_spaced_as_the_whole_way_would(text: str) -> None:
    whole = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())

    assert normalise(text) == " ".join(whole.split())


def test_a_message_of_invisible_signs_is_empty() -> None:
    assert is_empty(" \u200b\u2060\ufeff\n")
    assert not is_empty("👍")


def test_a_message_longer_than_any_channel_sends_is_cut() -> None:
    assert len(normalise("a" * 1_000_000)) == 4096


@pytest.mark.parametrize(
    ("text", "words"), [("Так, «звісно»!", "так звісно"), ("👍", "👍"), ("Ещё", "еще"), ("'ні'", "ні")]
)
def test_punctuation_and_pictures_do_not_change_the_words(text: str, words: str) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("1", 0),
        ("2.", 1),
        ("2)", 1),
        ("№3", 2),
        ("2️⃣", 1),
        ("💳 Чорна ••••0008", 0),
        ("чорна 0008", 0),
        ("Зел", 1),
        ("зелена", 1),
        ("інша картка", 2),
        ("инша картка", 2),
        ("інша карткаа", 2),
    ],
)
def test_a_choice_is_recognised_by_number_label_beginning_or_near_spelling(text: str, index: int) -> None:
    assert match_choice(text, CARDS) == index


@pytest.mark.parametrize("text", ["", "0", "4", "999", "ч", "карта", "Чорна 0009", "1 2", "так"])
def test_a_text_that_fits_no_choice_chooses_none(text: str) -> None:
    assert match_choice(text, CARDS) is None


def test_a_text_that_fits_two_choices_chooses_none() -> None:
    assert match_choice("картка", ["Картка Анни", "Картка Богдана"]) is None
    assert match_choice("так", ["Так", "так"]) is None
    assert match_choice("переказати", ["переказатии", "переказатиї"]) is None


def test_a_number_that_is_also_the_beginning_of_a_label_is_not_guessed() -> None:
    assert match_choice("1", ["500", "100"]) is None
    assert match_choice("1", ["100", "500"]) == 0
    assert match_choice("2", ["2", "1"]) == 0


@given(st.lists(st.text(min_size=1, max_size=30).filter(lambda label: not is_empty(label)), min_size=1, max_size=8))
def test_the_exact_label_always_chooses_its_choice(labels: list[str]) -> None:
    unique = list({normalise(label): label for label in labels}.values())

    for index, label in enumerate(unique):
        assert match_choice(label, unique) == index


@given(st.text(max_size=60), st.lists(st.text(max_size=20), max_size=6))
def test_a_choice_is_never_outside_the_list(text: str, labels: list[str]) -> None:
    index = match_choice(text, labels)

    assert index is None or 0 <= index < len(labels)


@pytest.mark.parametrize(
    ("word", "spellings"),
    [
        ("cancel", ["скасувати", "Отмена!", "адмяніць", "cancel", "СТОП", "stop", "/cancel", "/cancel@teller_bot"]),
        ("back", ["назад", "Back", "/back", "крок назад"]),
        ("help", ["допомога", "помощь", "дапамога", "help", "/help", "help!"]),
        ("operator", ["оператор", "аператар", "человек", "людина", "operator", "/operator"]),
        ("menu", ["меню", "menu", "/menu", "Головне меню", "главное меню", "галоўнае меню"]),
    ],
)
def test_an_engine_word_is_known_in_every_language_and_as_a_command(word: str, spellings: list[str]) -> None:
    assert [engine_word(spelling) for spelling in spellings] == [word] * len(spellings)


@pytest.mark.parametrize("text", ["", "/start", "/", "cancel my card", "не стоп", "/cancel now", "назад дороги немає"])
def test_a_sentence_that_only_contains_such_a_word_is_none(text: str) -> None:
    assert engine_word(text) is None
