"""Labelled phrases: which of them the flows may learn."""

from __future__ import annotations

import pytest

from core.dialog.understanding.lessons import Lesson, study
from core.kernel.strict_yaml import Mark

KNOWN = {
    "pay": ["переказ грошей", "перекажи гроші", "надіслати гроші", "відправити кошти"],
    "balance": ["скільки на рахунку", "мій баланс", "покажи залишок"],
    "language": ["змінити мову", "інша мова"],
}
IGNORED = ["яка погода"]


def _lesson(phrase: str, intent: str, line: int = 1) -> Lesson:
    return Lesson(phrase, intent, "uk", Mark("labels.yaml", line, 1))


def _why(*lessons: Lesson) -> list[str]:
    return [refusal.why for refusal in study(KNOWN, IGNORED, lessons).refused]


def test_a_phrase_that_blurs_nothing_is_learned() -> None:
    lesson = _lesson("скинь бабла", "pay")

    studied = study(KNOWN, IGNORED, [lesson])

    assert (studied.learned, studied.refused) == ([lesson], [])


def test_a_phrase_to_be_ignored_is_learned_too() -> None:
    lesson = _lesson("розкажи анекдот", "")

    assert study(KNOWN, IGNORED, [lesson]).learned == [lesson]


def test_what_is_known_already_is_left_out() -> None:
    studied = study(KNOWN, IGNORED, [_lesson("Мій БАЛАНС!", "balance"), _lesson("яка погода", "")])

    assert (studied.learned, studied.refused) == ([], [])


@pytest.mark.parametrize(
    ("phrase", "intent", "why"),
    [
        ("мій баланс", "pay", "it is a phrase of 'balance' already"),
        ("яка погода", "pay", "it is a phrase of those to be ignored already"),
        ("інша мова", "", "it is a phrase of 'language' already"),
        ("на 4417 8120", "pay", "it has digits that may be of a card or a phone"),
        ("500", "pay", "it has no words"),
        ("слово " * 30, "pay", "it is longer than 100 characters"),
    ],
)
def test_what_cannot_be_a_phrase_is_refused(phrase: str, intent: str, why: str) -> None:
    assert _why(_lesson(phrase, intent)) == [why]


def test_the_second_of_two_labels_for_the_same_words_is_refused() -> None:
    assert _why(_lesson("дай грошей", "pay"), _lesson("Дай грошей!", "balance", 2)) == [
        "it is a phrase of 'pay' already"
    ]


def test_a_phrase_that_makes_another_flow_s_phrase_ambiguous_is_refused() -> None:
    blurring, harmless = _lesson("покажи залишок будь ласка", "language"), _lesson("скинь бабла", "pay", 2)

    studied = study(KNOWN, IGNORED, [blurring, harmless])

    assert studied.learned == [harmless]
    assert [refusal.lesson for refusal in studied.refused] == [blurring]
