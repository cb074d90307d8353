"""What finds out which intent words mean, whoever does it: the classifier here, or a service behind the same method."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple, Protocol

from core.kernel.errors import TellerError


class Ranked(NamedTuple):
    """An intent with how sure it is, from 0 to 1. The scores of several intents do not add up to 1."""

    intent: str
    score: float


class NluUnavailable(TellerError):
    """The service gave no answer that can be used: too busy, broken, or not what it should be."""

    code = "nlu_unavailable"


class RemoteNlu(Protocol):
    """The same as `Nlu`, asked over a network. Raises `NluUnavailable`; whoever asks sets the limit of time."""

    async def rank(self, text: str, lang: str, allowed: Collection[str]) -> Sequence[Ranked]: ...


class Nlu(Protocol):
    def rank(self, text: str, lang: str, allowed: Collection[str]) -> Sequence[Ranked]:
        """The allowed intents that it knows, the likeliest first. `lang`: the conversation's language, uk ru be or en.

        Any text gives an answer; one that means none of the intents gives low scores.
        """
