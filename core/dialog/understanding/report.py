"""Which phrases of which flows are hard to tell apart, for the people who write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.dialog.understanding.classifier import trained
from core.dialog.understanding.decision import ACCEPT, MARGIN
from core.dialog.understanding.phrases import pairs


@dataclass(frozen=True, slots=True)
class Confusion:
    """A phrase with the score of its own intent and that of the nearest other one ("" when there is no other)."""

    phrase: str
    intent: str
    nearest: str
    own_score: float
    nearest_score: float

    @property
    def doubtful(self) -> bool:
        """Said a little differently, the customer would be asked which of the two is meant."""
        return self.own_score - self.nearest_score < MARGIN

    @property
    def clear(self) -> bool:
        """Said a little differently, it is still understood at once."""
        return self.own_score >= ACCEPT and not self.doubtful


def confusion(phrases: Mapping[str, Sequence[str]], ignored: Sequence[str] = ()) -> list[Confusion]:
    """Every phrase as a classifier sees it that has learned them all, the most doubtful first."""
    classifier = trained(pairs(phrases, ignored))
    found = []
    for intent, phrase in pairs(phrases, ()):
        ranked = classifier.rank(phrase, "", phrases.keys())
        own = next(one.score for one in ranked if one.intent == intent)
        other = next((one for one in ranked if one.intent != intent), None)
        found.append(Confusion(phrase, intent, other.intent if other else "", own, other.score if other else 0.0))
    return sorted(found, key=lambda one: (one.own_score - one.nearest_score, one.phrase))
