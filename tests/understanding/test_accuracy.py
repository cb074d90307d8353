"""How often customers are understood, on phrasings that nothing was trained on.

`dev.yaml` is where thresholds were chosen; `held_out.yaml` only measures. A question "did you mean" that has the right
flow among its buttons counts as understood; off-topic words must not even be asked about.
"""

from __future__ import annotations

from collections import Counter

import pytest

from core.dialog.understanding import Phrases, words_of
from core.dialog.understanding.decision import Understood
from tests.understanding.phrase_sets import OFF_TOPIC, Labelled, ignored, phrase_set, training

NOTHING = Understood()
MONEY = frozenset(("transfer", "mobile_topup"))


@pytest.fixture(scope="module")
def phrases() -> Phrases:
    return Phrases(training(), ignored=ignored(), careful=MONEY)


@pytest.fixture(scope="module", params=["dev", "held_out"])
def labelled(request: pytest.FixtureRequest) -> list[Labelled]:
    return phrase_set(request.param)


def _understood(phrases: Phrases, one: Labelled) -> Understood:
    return phrases.understand(one.text, "uk")


def test_what_is_meant_is_understood_or_among_the_buttons(phrases: Phrases, labelled: list[Labelled]) -> None:
    wishes = [one for one in labelled if one.intent != OFF_TOPIC]
    missed = []
    for one in wishes:
        understood = _understood(phrases, one)
        if one.intent not in (understood.intent, *understood.guesses):
            missed.append(one)

    assert 1 - len(missed) / len(wishes) >= 0.95, missed


def test_most_wishes_need_no_question(phrases: Phrases, labelled: list[Labelled]) -> None:
    wishes = [one for one in labelled if one.intent != OFF_TOPIC]
    at_once = [one for one in wishes if _understood(phrases, one).intent == one.intent]

    assert len(at_once) / len(wishes) >= 0.6


def test_nothing_else_is_taken_for_a_wish_to_move_money(phrases: Phrases, labelled: list[Labelled]) -> None:
    meant = [(_understood(phrases, one).intent, one) for one in labelled]

    assert [one for intent, one in meant if intent in MONEY and intent != one.intent] == []


def test_no_wish_is_surely_taken_for_another(phrases: Phrases, labelled: list[Labelled]) -> None:
    wishes = [one for one in labelled if one.intent != OFF_TOPIC]

    assert [one for one in wishes if _understood(phrases, one).intent not in ("", one.intent)] == []


def test_nineteen_of_twenty_phrases_are_dealt_with_rightly(phrases: Phrases, labelled: list[Labelled]) -> None:
    right = 0
    for one in labelled:
        understood = _understood(phrases, one)
        stray = one.intent == OFF_TOPIC
        right += understood == NOTHING if stray else one.intent in (understood.intent, *understood.guesses)

    assert right / len(labelled) >= 0.95


def test_what_no_flow_is_about_is_left_alone(phrases: Phrases, labelled: list[Labelled]) -> None:
    strays = [one for one in labelled if one.intent == OFF_TOPIC]
    answered = [one for one in strays if _understood(phrases, one) != NOTHING]

    assert 1 - len(answered) / len(strays) >= 0.9, answered


def test_the_held_out_set_is_large_and_speaks_every_language() -> None:
    counts = Counter((one.intent == OFF_TOPIC, one.lang) for one in phrase_set("held_out"))

    assert counts.total() >= 440
    assert sum(count for (stray, _), count in counts.items() if stray) >= 80
    assert all(counts[False, lang] >= 80 for lang in ("uk", "ru", "be", "en"))
    assert counts[False, "mixed"] + counts[False, "typos"] >= 30


def test_no_phrase_is_in_two_of_the_sets() -> None:
    trained = {words_of(phrase) for spellings in (*training().values(), ignored()) for phrase in spellings}
    dev = {words_of(one.text) for one in phrase_set("dev")}
    held_out = {words_of(one.text) for one in phrase_set("held_out")}

    assert trained & dev == set()
    assert (trained | dev) & held_out == set()
