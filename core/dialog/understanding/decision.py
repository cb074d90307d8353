"""What follows from ranked intents: one is meant, a few may be meant, or none is.

The thresholds were chosen on the development phrases (tests/understanding/dev.yaml), never on those that the accuracy
is measured with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.dialog.understanding.nlu import Ranked

ACCEPT: Final = 0.95
MARGIN: Final = 0.45
SUGGEST: Final = 0.5
_WORTH_NAMING: Final = 0.2
_FEWEST, _MOST = 2, 3


@dataclass(frozen=True, slots=True)
class Understood:
    """`intent`: what is meant, "" when that is not sure; then `guesses` are worth asking about, the likeliest first."""

    intent: str = ""
    guesses: tuple[str, ...] = ()


def decide(ranked: Sequence[Ranked]) -> Understood:
    """`ranked`: the likeliest first. Sure is what scores high with nothing else near it."""
    if not ranked or ranked[0].score < SUGGEST:
        return Understood()
    second = ranked[1].score if len(ranked) > 1 else 0.0
    if ranked[0].score >= ACCEPT and ranked[0].score - second >= MARGIN:
        return Understood(intent=ranked[0].intent)
    return doubt(ranked)


def doubt(ranked: Sequence[Ranked]) -> Understood:
    """The likeliest ones, to be asked about."""
    worth = sum(one.score >= _WORTH_NAMING for one in ranked[:_MOST])
    return Understood(guesses=tuple(one.intent for one in ranked[: max(worth, _FEWEST)]))
