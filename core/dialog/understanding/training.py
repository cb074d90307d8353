"""Linear classifiers learned from examples, one intent against all others, and nothing left to chance.

Each is a support vector machine with squared hinge loss, found by coordinate descent on its dual problem (Hsieh and
others, "A Dual Coordinate Descent Method for Large-scale Linear SVM", 2008).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter, mul
from typing import Final, NamedTuple

BIAS: Final = -1.2  # Where nothing is known of a text it is clearly none of the intents.
_COST: Final = 1.0
_DIAGONAL: Final = 1 / (2 * _COST)
_MOST_ROUNDS: Final = 12
_GOOD_ENOUGH: Final = 0.05
_FAR: Final = 0.2  # An example so far on the right side is not looked at again.


class Example(NamedTuple):
    """A vector of length 1 by its non-zero places; `pick` takes those places out of a list of weights."""

    intent: str
    places: tuple[int, ...]
    values: tuple[float, ...]
    pick: Callable[[list[float]], tuple[float, ...]]


def example(intent: str, places: Sequence[int], values: Sequence[float]) -> Example:
    """Needs at least two places, which the n-grams of any word have."""
    return Example(intent, tuple(places), tuple(values), itemgetter(*places))


def related(examples: Sequence[Example]) -> dict[str, list[int]]:
    """For each intent its examples and those that share a place with one of them.

    All others stay where they are: their evidence never rises above nothing, so they are clearly not the intent.
    """
    holders: dict[int, list[int]] = {}
    wanted: dict[str, set[int]] = {}
    for index, one in enumerate(examples):
        wanted.setdefault(one.intent, set()).update(one.places)
        for place in one.places:
            holders.setdefault(place, []).append(index)
    return {
        intent: sorted({index for place in places for index in holders[place]}) for intent, places in wanted.items()
    }


def train(examples: Sequence[Example], intent: str, size: int, among: Sequence[int]) -> list[float]:
    """The weights by which `BIAS + weights * vector` is about 1 for the intent and about -1 for the others.

    `among`: the indices of the examples to learn from, see `related`.
    """
    weights = [0.0] * size
    alphas = [0.0] * len(examples)
    active = among
    for _ in range(_MOST_ROUNDS):
        active, largest = _round(examples, intent, weights, alphas, active)
        if largest < _GOOD_ENOUGH:
            break
    return weights


def _round(
    examples: Sequence[Example], intent: str, weights: list[float], alphas: list[float], active: Sequence[int]
) -> tuple[list[int], float]:
    """One pass over the examples. Those still to be looked at, and by how much the largest of the alphas changed."""
    kept: list[int] = []
    largest = 0.0
    for index in active:
        one = examples[index]
        sign = 1.0 if one.intent == intent else -1.0
        alpha = alphas[index]
        evidence = sum(map(mul, one.pick(weights), one.values))
        gradient = sign * (BIAS + evidence) - 1.0 + alpha * _DIAGONAL
        if alpha > 0.0 or gradient < _FAR:
            kept.append(index)
        change = max(alpha - gradient / (1.0 + _DIAGONAL), 0.0) - alpha
        if change:
            alphas[index] = alpha + change
            largest = max(largest, abs(change))
            for place, value in zip(one.places, one.values, strict=True):
                weights[place] += sign * change * value
    return kept, largest
