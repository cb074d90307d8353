"""Understanding while a recording is played: words that were not kept mean what they were understood to mean."""

from __future__ import annotations

from collections.abc import Set
from typing import Final

from core.dialog.recording.row import Row
from core.dialog.recording.stand_ins import UNREADABLE
from core.dialog.understanding.corrections import Correction
from core.dialog.understanding.decision import Understood
from core.dialog.understanding.entities import Entities
from core.dialog.understanding.phrases import Phrases
from core.kernel.masking import HIDDEN

# What is typed where only the meaning of the words is known: with something else said beside a wish, or without.
ALONE: Final = UNREADABLE
BESIDE: Final = f"{UNREADABLE} {UNREADABLE}"


class RecordedPhrases(Phrases):
    """Asks the flows' own phrases, unless the words of the row being played were not kept."""

    def __init__(self, phrases: Phrases, flows: Set[str]) -> None:
        self._phrases = phrases
        self._flows = flows
        self._row: Row | None = None

    def expect(self, row: Row) -> None:
        """The next words are those of this row. A flow that is not there any more is not understood."""
        self._row = row if row.masked or row.text == HIDDEN or row.as_ == "correction" else None

    def match(self, text: str) -> str | None:
        row = self._row
        if row is None:
            return self._phrases.match(text)
        alone = text.lstrip("/") == ALONE
        return row.meant if row.exact and row.meant in self._flows and alone else None

    def may_begin(self, name: str, text: str) -> bool:
        return self._phrases.may_begin(name, text) if self._row is None else name == self._row.meant

    def understand(self, text: str, lang: str) -> Understood:
        row = self._row
        if row is None:
            return self._phrases.understand(text, lang)
        meant = row.meant if row.meant in self._flows else ""
        return Understood(meant, tuple(flow for flow in row.guesses if flow in self._flows))

    def entities(self, text: str) -> Entities:
        row = self._row
        return self._phrases.entities(text) if row is None else Entities(dict(row.found), (ALONE,))

    def correction(self, text: str) -> Correction:
        row = self._row
        if row is None:
            return self._phrases.correction(text)
        if row.as_ != "correction":
            return Correction(text, denied=False)
        return Correction(str(row.value), row.denied, frozenset(row.kinds))
