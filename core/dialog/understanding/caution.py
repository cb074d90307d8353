"""Flows that move money begin by likeness only where every word is like one of their own.

"Перекажи кошти мамі" is a wish to send money; "хто мені переказав кошти" has a word that no phrase of that wish has,
and may be about something else: then the customer is asked.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.dialog.understanding.ngrams import ngrams, telling_words

_LIKE: Final = 0.5  # The share of a word's n-grams that its flow's phrases have too; chosen on labelled phrases.
_STEM: Final = 4  # Words that begin with the same letters are like each other whatever they end in.


class OwnWords:
    """What the phrases of one flow are made of."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._grams = frozenset(gram for phrase in phrases for gram in ngrams(phrase))

    def explain(self, text: str) -> bool:
        """Whether each word that tells anything is like a word of the flow."""
        return all(self._like(word) for word in telling_words(text))

    def _like(self, word: str) -> bool:
        if len(word) > _STEM and f" {word[:_STEM]}" in self._grams:
            return True
        grams = ngrams(word)
        return sum(gram in self._grams for gram in grams) >= _LIKE * len(grams)
