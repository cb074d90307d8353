"""What customers wrote and nobody understood, as phrases that a product owner can label; nothing says who wrote it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from core.dialog.understanding.normal import words_of
from core.kernel.masking import HIDDEN

_LONGEST: Final = 100  # What is longer is a letter, not a wish.
_LEFT_OUT: Final = "…"
_ADDRESS: Final = re.compile(r"[@/\\]|\w\.\w")
_BELARUSIAN: Final = re.compile("ў")
_LATIN: Final = re.compile("[a-z]")
_UKRAINIAN: Final = re.compile("[іїєґ]")
_RUSSIAN: Final = re.compile("[ыэъё]")


@dataclass(slots=True)
class Misunderstood:
    """`chosen`: how often which flow was picked when it was asked which is meant, "none" for none of them."""

    phrase: str
    times: int = 0
    chosen: Counter[str] = field(default_factory=Counter)

    @property
    def lang(self) -> str:
        return language_of_letters(self.phrase)


def presentable(text: str) -> str:
    """The words, without what may tell who wrote them: those with digits, addresses, and names by their capitals.

    "" when no word is left, or when the text is too long for a wish.
    """
    written = unicodedata.normalize("NFKC", text)
    if HIDDEN in written or len(written) > _LONGEST:
        return ""
    shouted = written.isupper()
    words = [_shown(word, first=not place or shouted) for place, word in enumerate(written.split())]
    told = [
        word for place, word in enumerate(words) if word and (word != _LEFT_OUT or words[place - 1 : place] != [word])
    ]
    return " ".join(told) if any(word != _LEFT_OUT for word in told) else ""


def _shown(word: str, *, first: bool) -> str:
    if any(map(str.isdigit, word)) or _ADDRESS.search(word) or (not first and word[:1].isupper()):
        return _LEFT_OUT
    bare = words_of(word)
    return bare if any(map(str.isalpha, bare)) else ""


def language_of_letters(phrase: str) -> str:
    """By the letters that only one of the four languages has; Ukrainian where nothing tells."""
    written = phrase.casefold()
    if _LATIN.search(written):
        return "en"
    ukrainian, russian = bool(_UKRAINIAN.search(written)), bool(_RUSSIAN.search(written))
    if _BELARUSIAN.search(written) or (ukrainian and russian):
        return "be"
    return "ru" if russian else "uk"


def as_yaml(found: Sequence[Misunderstood], nearest: Sequence[Sequence[tuple[str, float]]]) -> str:
    """The file to label. `nearest`: for each phrase the intents that come nearest, with their scores."""
    lines = [
        "# Behind each `label` write the name of the flow that is asked for, or: ignore. Leave it empty to skip it.",
        "# Then: teller flows learn THIS_FILE",
    ]
    for one, guesses in zip(found, nearest, strict=True):
        lines += [
            f"- phrase: {one.phrase}" if one.phrase[0].isalpha() else f"- phrase: '{one.phrase}'",
            f"  lang: {one.lang}",
            "  label:",
            f"  times: {one.times}",
        ]
        lines += [f"  nearest: {{{', '.join(f'{name}: {score:.2f}' for name, score in guesses)}}}"] if guesses else []
        chosen = ", ".join(f"{name}: {count}" for name, count in one.chosen.most_common())
        lines += [f"  chosen: {{{chosen}}}"] if chosen else []
    return "\n".join(lines if found else ["[]"]) + "\n"
