"""What finds out which intent words mean, whoever does it: the classifier here, or a service behind the same method."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol


class Ranked(NamedTuple):
    """An intent with how sure it is, from 0 to 1. The scores of several intents do not add up to 1."""

    intent: str
    score: float


class Nlu(Protocol):
    def rank(self, text: str, lang: str, allowed: Collection[str]) -> Sequence[Ranked]:
        """The allowed intents that it knows, the likeliest first. `lang`: the conversation's language, uk ru be or en.

        Any text gives an answer; one that means none of the intents gives low scores.
        """
