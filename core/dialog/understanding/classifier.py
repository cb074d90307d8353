"""The classifier that is always there: n-grams of words, weighed by rarity, in one model for all languages."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from core.dialog.understanding.ngrams import ngrams
from core.dialog.understanding.nlu import Ranked
from core.dialog.understanding.normal import words_of
from core.dialog.understanding.small_talk import SMALL_TALK
from core.dialog.understanding.training import BIAS, Example, example, related, train

Phrase = tuple[str, str]  # The intent and one of its phrases.

IGNORED: Final = ""  # The intent of small talk and of phrases that are to be ignored; no flow has this name.
_AGAINST: Final = 0.5  # How much of the evidence for small talk counts against every intent.
_NOTICEABLE: Final = 0.05  # Smaller weights take time and decide nothing.
_DIGITS: Final = 2  # Of a share, behind the point.
# A logistic curve from evidence to score, fitted to the development phrases in tests/understanding/dev.yaml.
_STEEPNESS: Final = 6.8
_MIDDLE: Final = -0.82


class _Known(NamedTuple):
    """An n-gram: the square of its rarity, and what it adds to the evidence for intents, by their places in the order
    of names; small talk comes last."""

    square: float
    shares: tuple[tuple[int, float], ...]


class NgramClassifier:
    """`rank` takes some 50 µs; learning takes some 0.1 s for 250 phrases of 10 intents, 0.4 s for 900."""

    def __init__(self, phrases: Iterable[Phrase]) -> None:
        """Neither order nor repetition of the phrases matters, nor how they are spelled by case, spaces and marks.

        Phrases of the intent `IGNORED` teach what no flow is about, unless a flow has the same phrase.
        """
        given = {(intent, words_of(phrase)) for intent, phrase in phrases}
        wished = {(intent, words) for intent, words in given if intent != IGNORED}
        taken = {words for _, words in wished}
        stray = {words for intent, words in given if intent == IGNORED} | set(map(words_of, SMALL_TALK))
        talk = {(IGNORED, words) for words in stray - taken}
        texts = [(intent, tuple(ngrams(words))) for intent, words in sorted(wished | talk)]
        self._intents = sorted({intent for intent, _ in wished})
        count = len(texts)
        seen = Counter(gram for _, grams in texts for gram in grams)
        self._rarity = {gram: _rarity(count, times) for gram, times in seen.items()}
        self._unknown = _Known(_rarity(count, 0) ** 2, ())
        self._known = self._learned(texts)

    def rank(self, text: str, lang: str, allowed: Collection[str]) -> tuple[Ranked, ...]:
        """See `Nlu`. The language is not needed: all of them are in the one model and help each other."""
        evidence = [0.0] * (len(self._intents) + 1)
        squares = 0.0
        for gram in ngrams(text):
            square, shares = self._known.get(gram, self._unknown)
            squares += square
            for place, share in shares:
                evidence[place] += share
        length = math.sqrt(squares) or 1.0
        against = _AGAINST * evidence.pop()
        found = [
            Ranked(intent, _score(BIAS + (total - against) / length))
            for intent, total in zip(self._intents, evidence, strict=True)
            if intent in allowed
        ]
        found.sort(key=lambda one: -one.score)
        return tuple(found)

    def _learned(self, texts: list[tuple[str, tuple[str, ...]]]) -> dict[str, _Known]:
        if not self._intents:
            return {}
        places = {gram: place for place, gram in enumerate(self._rarity)}
        examples = [self._example(intent, grams, places) for intent, grams in texts if grams]
        shares: list[list[tuple[int, float]]] = [[] for _ in places]
        rarities = list(self._rarity.values())
        among = related(examples)
        for number, intent in enumerate([*self._intents, IGNORED]):
            for place, weight in enumerate(train(examples, intent, len(places), among.get(intent, ()))):
                if abs(weight) > _NOTICEABLE:
                    shares[place].append((number, round(weight * rarities[place], _DIGITS)))
        # Most n-grams say the same as many others; kept once, they are where the processor has just looked.
        kept: dict[_Known, _Known] = {}
        known = ((gram, _Known(self._rarity[gram] ** 2, tuple(shares[place]))) for gram, place in places.items())
        return {gram: kept.setdefault(one, one) for gram, one in known}

    def _example(self, intent: str, grams: tuple[str, ...], places: Mapping[str, int]) -> Example:
        values = [self._rarity[gram] for gram in grams]
        length = math.sqrt(sum(value * value for value in values))
        return example(intent, [places[gram] for gram in grams], [value / length for value in values])


def _rarity(count: int, times: int) -> float:
    """The inverse document frequency, smoothed as if one more text had every n-gram."""
    return math.log((1 + count) / (1 + times)) + 1


def _score(evidence: float) -> float:
    return 1 / (1 + math.exp(-_STEEPNESS * (evidence - _MIDDLE)))


def trained(phrases: Iterable[Phrase]) -> NgramClassifier:
    """A classifier of these phrases; the one of before when a folder is compiled again with the same ones."""
    return _trained(frozenset(phrases))


@lru_cache(maxsize=8)
def _trained(phrases: frozenset[Phrase]) -> NgramClassifier:
    return NgramClassifier(phrases)
