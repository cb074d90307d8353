"""Labelled phrases that the flows may learn, and why they may not learn the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from core.dialog.understanding.classifier import IGNORED
from core.dialog.understanding.ngrams import ngrams
from core.dialog.understanding.normal import words_of
from core.dialog.understanding.report import Confusion, confusion
from core.kernel.strict_yaml import Mark

_LONGEST: Final = 100
_MOST_DIGITS: Final = 3
_MUCH: Final = 0.4  # Of the n-grams of a phrase.


@dataclass(frozen=True, slots=True)
class Lesson:
    """`intent`: the flow that the phrase asks for, `IGNORED` for none. `mark`: where the label was written."""

    phrase: str
    intent: str
    lang: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Refusal:
    lesson: Lesson
    why: str


@dataclass(frozen=True, slots=True)
class Studied:
    """`learned`: what can be added together. What the flows know already is in neither list."""

    learned: list[Lesson]
    refused: list[Refusal]


def study(phrases: Mapping[str, Sequence[str]], ignored: Sequence[str], lessons: Sequence[Lesson]) -> Studied:
    """Which of the lessons leave every phrase as clear as it was. `phrases`: those of each flow by now."""
    wanted, refused = _presentable(phrases, ignored, lessons)
    clear = {(one.intent, one.phrase) for one in confusion(phrases, ignored) if one.clear}
    while wanted:
        taught = {intent: [*known] for intent, known in phrases.items()}
        taught[IGNORED] = [*ignored]
        for lesson in wanted:
            taught.setdefault(lesson.intent, []).append(lesson.phrase)
        stray = taught.pop(IGNORED)
        blurred = _blurred(confusion(taught, stray), clear, wanted)
        if not blurred:
            break
        wanted = [lesson for lesson in wanted if lesson not in blurred]
        refused += [Refusal(lesson, why) for lesson, why in blurred.items()]
    return Studied(wanted, sorted(refused, key=lambda one: one.lesson.mark))


def _presentable(
    phrases: Mapping[str, Sequence[str]], ignored: Sequence[str], lessons: Sequence[Lesson]
) -> tuple[list[Lesson], list[Refusal]]:
    owners = {words_of(phrase): intent for intent, known in phrases.items() for phrase in known}
    owners |= {words_of(phrase): IGNORED for phrase in ignored if words_of(phrase) not in owners}
    wanted, refused = [], []
    for lesson in lessons:
        words = words_of(lesson.phrase)
        owner = owners.get(words)
        if not any(map(str.isalpha, words)):
            refused.append(Refusal(lesson, "it has no words"))
        elif len(words) > _LONGEST:
            refused.append(Refusal(lesson, f"it is longer than {_LONGEST} characters"))
        elif sum(map(str.isdigit, words)) > _MOST_DIGITS:
            refused.append(Refusal(lesson, "it has digits that may be of a card or a phone"))
        elif owner is not None and owner != lesson.intent:
            refused.append(Refusal(lesson, f"it is a phrase of {_name(owner)} already"))
        elif owner is None:
            owners[words] = lesson.intent
            wanted.append(lesson)
    return wanted, refused


def _blurred(
    report: Sequence[Confusion], clear: set[tuple[str, str]], lessons: Sequence[Lesson]
) -> dict[Lesson, str]:  # fmt: skip
    """The lessons without which phrases would be clearer, with the reason."""
    mine = {(lesson.intent, lesson.phrase): lesson for lesson in lessons}
    blurred: dict[Lesson, str] = {}
    for one in report:
        own = mine.get((one.intent, one.phrase))
        if own is not None and one.doubtful:
            blurred.setdefault(own, f"it reads as much like {one.nearest}")
        elif own is None and not one.clear and (one.intent, one.phrase) in clear:
            others = [lesson for lesson in lessons if lesson.intent != one.intent]
            guilty = _likest(one, [lesson for lesson in others if lesson.intent == one.nearest or not one.doubtful])
            if guilty is not None:
                blurred.setdefault(guilty, f"'{one.phrase}' would no longer surely mean {one.intent}")
    return blurred


def _likest(confused: Confusion, lessons: Sequence[Lesson]) -> Lesson | None:
    """The lesson that has most in common with the phrase, if that is much.

    Each phrase that is learned shifts all the others a little; what is not like a phrase is not to blame for it.
    """
    grams = ngrams(confused.phrase).keys()
    shared = [(len(grams & ngrams(lesson.phrase).keys()), lesson) for lesson in lessons]
    most, lesson = max(shared, key=lambda one: one[0], default=(0, None))
    return lesson if most >= _MUCH * len(grams) else None


def _name(intent: str) -> str:
    return f"'{intent}'" if intent != IGNORED else "those to be ignored"
