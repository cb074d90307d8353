"""The n-gram classifier's laws: any text, any order of phrases, any spelling of the same words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dialog.understanding.classifier import NgramClassifier, trained
from core.dialog.understanding.ngrams import ngrams
from core.dialog.understanding.training import example, related, train
from tests.understanding.phrase_sets import training

PHRASES = [(intent, phrase) for intent, spellings in training().items() for phrase in spellings]
INTENTS = frozenset(intent for intent, _ in PHRASES)
CLASSIFIER = trained(PHRASES)
FEW = [one for one in PHRASES if one[0] in ("balance", "transfer", "language")]


@given(st.text(max_size=300))
def test_any_text_gives_every_intent_a_score_the_likeliest_first(text: str) -> None:
    ranked = CLASSIFIER.rank(text, "uk", INTENTS)

    assert {one.intent for one in ranked} == INTENTS
    scores = [one.score for one in ranked]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


@settings(max_examples=8, deadline=None)
@given(st.permutations(FEW))
def test_the_order_of_the_phrases_makes_no_difference(phrases: list[tuple[str, str]]) -> None:
    shuffled, ordered = NgramClassifier(phrases), NgramClassifier(FEW)

    for text in ("скільки грошей", "перекажи мамі", "погода", "change the language"):
        assert shuffled.rank(text, "uk", INTENTS) == ordered.rank(text, "uk", INTENTS)


@given(st.sampled_from([phrase for _, phrase in PHRASES]), st.integers(0, 8), st.sampled_from("\u200b\u2060\u00ad"))
def test_case_spaces_and_invisible_signs_make_no_difference(phrase: str, at: int, invisible: str) -> None:
    spelled = f"  {phrase[:at]}{invisible}{phrase[at:]}".upper().replace(" ", " \u00a0 ")

    assert CLASSIFIER.rank(spelled, "uk", INTENTS) == CLASSIFIER.rank(phrase, "uk", INTENTS)


def test_only_allowed_intents_are_ranked() -> None:
    ranked = CLASSIFIER.rank("перекажи гроші", "uk", {"balance", "unheard_of"})

    assert [one.intent for one in ranked] == ["balance"]


@pytest.mark.parametrize("lang", ["uk", "ru", "be", "en"])
def test_the_language_of_the_conversation_makes_no_difference(lang: str) -> None:
    assert CLASSIFIER.rank("block my card", lang, INTENTS)[0].intent == "block_card"


def test_without_phrases_there_is_nothing_to_rank() -> None:
    assert NgramClassifier([]).rank("перекажи", "uk", {"transfer"}) == ()


def test_one_flow_alone_is_told_from_small_talk() -> None:
    alone = NgramClassifier([("transfer", "переказати гроші"), ("transfer", "перекажи")])

    assert alone.rank("переказати грошики", "uk", {"transfer"})[0].score > 0.9
    assert alone.rank("яка завтра погода", "uk", {"transfer"})[0].score < 0.1


def test_a_phrase_that_is_small_talk_elsewhere_can_be_a_flow_s_own() -> None:
    greeting = NgramClassifier([("greeting", "як тебе звати"), ("transfer", "переказати гроші")])

    assert greeting.rank("як тебе звати", "uk", {"greeting"})[0].score > 0.9


def test_the_same_phrases_are_learned_once() -> None:
    assert trained(FEW) is trained(reversed(FEW))
    assert trained(FEW) is not trained(PHRASES)


def test_sums_and_fillers_say_nothing_about_the_wish() -> None:
    assert ngrams("хочу переказати 500грн 200") == ngrams("переказати")
    assert ngrams("Please!") != {}


def test_only_the_beginning_of_a_very_long_text_is_read() -> None:
    assert ngrams("слово " * 10_000) == ngrams("слово " * 100)
    assert len(ngrams("".join(chr(1072 + at % 31) for at in range(4096)))) < 1000


def test_examples_that_share_nothing_with_an_intent_teach_it_nothing() -> None:
    places = {"transfer": [(0, 1, 2), (1, 3)], "balance": [(4, 5), (3, 5)], "rates": [(6, 7), (7, 8)]}
    pairs = [(intent, group) for intent, groups in places.items() for group in groups]
    examples = [example(intent, group, [len(group) ** -0.5] * len(group)) for intent, group in pairs]
    among = related(examples)["transfer"]

    assert among == [0, 1, 3]
    assert train(examples, "transfer", 9, among) == train(examples, "transfer", 9, range(len(examples)))
