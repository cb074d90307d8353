"""Which flow a person asks for, by the phrases that product owners wrote into the flows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from core.dialog.understanding.caution import OwnWords
from core.dialog.understanding.classifier import IGNORED, Phrase, trained
from core.dialog.understanding.corrections import Correction, read_correction
from core.dialog.understanding.decision import Understood, decide, doubt
from core.dialog.understanding.entities import Entities, entities
from core.dialog.understanding.nlu import Nlu, Ranked
from core.dialog.understanding.normal import words_of
from core.dialog.understanding.similarity import only


class Phrases:
    """Phrases by the name of their flow, made ready once for many messages. `nlu`: what knows them when not exact.

    `ignored`: what customers write that no flow is about. `careful`: the names of flows that move money.
    """

    def __init__(
        self,
        phrases: Mapping[str, Sequence[str]],
        nlu: Nlu | None = None,
        *,
        ignored: Sequence[str] = (),
        careful: Collection[str] = (),
    ) -> None:
        self._names: defaultdict[str, set[str]] = defaultdict(set)
        for name, spellings in phrases.items():
            for spelling in spellings:
                self._names[words_of(spelling)].add(name)
        self._allowed = frozenset(phrases)
        self._careful = {name: OwnWords(phrases.get(name, ())) for name in careful}
        self._nlu: Nlu = nlu or trained(pairs(phrases, ignored))

    def match(self, text: str) -> str | None:
        """The name whose phrase this is, in these words; None when no name or more than one has it."""
        return only(self._names.get(words_of(text), ()))

    def entities(self, text: str) -> Entities:
        """What a wish says besides the wish."""
        return entities(text)

    def correction(self, text: str) -> Correction:
        """What the words take back, and what they say instead."""
        return read_correction(text)

    def ranked(self, text: str, lang: str) -> Sequence[Ranked]:
        """Every name with how much the words are like its phrases, the likeliest first."""
        return self._nlu.rank(text, lang, self._allowed)

    def understand(self, text: str, lang: str) -> Understood:
        """The name that other words mean, or those that they may mean."""
        ranked = self.ranked(text, lang)
        understood = decide(ranked)
        return understood if self.may_begin(understood.intent, text) else doubt(ranked)

    def may_begin(self, name: str, text: str) -> bool:
        """Whether these words are enough to begin the flow: of one that moves money all must be like its own."""
        own = self._careful.get(name)
        return own is None or own.explain(text)


def pairs(phrases: Mapping[str, Sequence[str]], ignored: Sequence[str]) -> Iterator[Phrase]:
    """What the classifier learns: each phrase with its intent, and those to be ignored."""
    for name, spellings in phrases.items():
        for spelling in spellings:
            yield name, spelling
    for spelling in ignored:
        yield IGNORED, spelling
