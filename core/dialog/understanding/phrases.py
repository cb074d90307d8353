"""Which flow a person asks for, by the phrases that product owners wrote into the flows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from core.dialog.understanding.normal import words_of
from core.dialog.understanding.similarity import CLOSE, is_close, only


class Phrases:
    """Phrases by name, made ready once for many messages."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for name, spellings in phrases.items():
            for spelling in spellings:
                self._names[words_of(spelling)].add(name)
        for spelling in self._names:
            self._by_length[len(spelling)].append(spelling)

    def match(self, text: str) -> str | None:
        """The name whose phrase this is, exactly or nearly; None when no name or more than one fits."""
        words = words_of(text)
        if not words:
            return None
        if words in self._names:
            return only(self._names[words])
        return only(name for spelling in self._near_length(words) for name in self._names[spelling])

    def _near_length(self, words: str) -> list[str]:
        """The ratio of two lengths bounds how alike two texts can be; most phrases need not be compared."""
        shortest, longest = int(len(words) * CLOSE / (2 - CLOSE)), int(len(words) * (2 - CLOSE) / CLOSE)
        candidates = (
            spelling for length in range(shortest, longest + 1) for spelling in self._by_length.get(length, ())
        )
        return [spelling for spelling in candidates if is_close(words, spelling)]


def phrase_match(text: str, phrases: Mapping[str, Sequence[str]]) -> str | None:
    """`Phrases(phrases).match(text)`, for a caller that asks once."""
    return Phrases(phrases).match(text)
