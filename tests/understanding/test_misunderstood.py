"""What was not understood, as a file to label that says nothing of the people who wrote it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.understanding.misunderstood import Misunderstood, as_yaml, language_of_letters, presentable
from tests.dialog.conversation import Conversation
from tests.dialog.test_understanding import BALANCE, DOUBTFUL, TRANSFER, programs_with


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("переведи Лене 500 на 0671234567", "переведи … на …"),
        ("пишіть на olena@example.com", "пишіть на …"),
        ("дивись www.bank.com/x", "дивись …"),
        ("ДЕ МОЇ ГРОШІ", "де мої гроші"),
        ("4111 1111 1111 1111", ""),
        ("•••", ""),
        ("😀", ""),
        ("слово " * 30, ""),
    ],
)
def test_numbers_names_and_addresses_are_left_out(text: str, phrase: str) -> None:
    assert presentable(text) == phrase


@given(st.text(max_size=150))
def test_no_digit_is_ever_shown(text: str) -> None:
    assert not any(map(str.isdigit, presentable(text)))


@given(st.lists(st.text(min_size=1, max_size=60), max_size=8))
def test_the_file_to_label_can_be_read_whatever_was_written(texts: list[str]) -> None:
    found = [Misunderstood(phrase, 2) for text in texts if (phrase := presentable(text))]

    read: Any = yaml.load(as_yaml(found, [[("balance", 0.4)] for _ in found]), Loader=yaml.BaseLoader)  # noqa: S506

    assert [one["phrase"] for one in read] == [one.phrase for one in found]


def test_the_file_says_how_often_and_what_was_picked() -> None:
    one = Misunderstood("скільки там", 3, Counter(balance=2, none=1))

    assert as_yaml([one], [[("balance", 0.41)]]).splitlines()[2:] == [
        "- phrase: скільки там",
        "  lang: uk",
        "  label:",
        "  times: 3",
        "  nearest: {balance: 0.41}",
        "  chosen: {balance: 2, none: 1}",
    ]


@pytest.mark.parametrize(
    ("phrase", "lang"),
    [("скільки там", "uk"), ("где мои деньги", "uk"), ("сколько рублей", "uk"), ("мой счёт", "ru"), ("выписка", "ru"),
     ("які ўлік", "be"), ("пакажы мне гісторыю", "be"), ("my money", "en")],
)  # fmt: skip
def test_the_language_is_told_by_letters_that_only_one_has(phrase: str, lang: str) -> None:
    assert language_of_letters(phrase) == lang


@pytest.mark.parametrize("before", ["", "меню", DOUBTFUL])
def test_the_journal_says_which_words_were_not_understood(before: str) -> None:
    talk = Conversation(programs_with(BALANCE, TRANSFER)).welcomed()
    if before:
        talk.says(before)

    talk.says("яка завтра погода")

    assert talk.journal["notes"][0] == "not understood"


def test_a_wrong_answer_to_a_flow_s_own_question_is_no_phrase_to_learn() -> None:
    talk = Conversation(programs_with(BALANCE, TRANSFER)).welcomed()
    talk.says("переказ")

    talk.says("яка завтра погода")

    assert "notes" not in talk.journal


def test_the_journal_says_which_words_were_asked_about_and_what_was_picked() -> None:
    talk = Conversation(programs_with(BALANCE, TRANSFER)).welcomed()

    talk.says(DOUBTFUL)
    assert talk.journal["notes"] == ["asked which flow"]
    talk.taps("balance")
    assert "meant balance" in talk.journal["notes"]
