"""What a wish says besides the wish: `перекажи 200 на 0671234567 з картки 4417`. Nothing is read twice or guessed.

Everything found here is only heard: the question that asks for it reads and checks it when its turn comes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from core.dialog.understanding.currency_marks import currencies_of
from core.dialog.understanding.dates import DAYS_AWAY, read_date
from core.dialog.understanding.normal import normalise
from core.dialog.understanding.phones import read_phone
from core.dialog.understanding.spoken_sum import spoken_sum

MOST_WORDS: Final = 24
_LONGEST: Final = 300
_LONGEST_PHONE: Final = 6
_LONGEST_DATE: Final = 4
_ENDS: Final = ".,!?;:"
_EXPECTED: Final = "UAH"
_ANY_DAY: Final = date(2000, 1, 1)
_PHONE: Final = re.compile(r"(?:\+|0|380|\()[0-9() ./\-]*")
_CARD_WORD: Final = re.compile(r"(?:карт|cards?\b).*")
_LAST_DIGITS: Final = re.compile(r"(?:no|#)?[*•·.x]*([0-9]{4})")
# With a digit and with the name of a month or the year: anything less may be a sum.
_SURE_DATE: Final = re.compile(r"[0-9].*[^\W\d_]|[^\W\d_].*[0-9]|[0-9]{4}")
_ENDING: Final = frozenset("ending in with no # номер нумар number".split())
_TARGET_WORDS: Final = frozenset("картку карту карточку card".split())
_TOWARDS: Final = frozenset(("на", "to", "onto"))
# Words that only tie a number to the sentence; without the number they mean nothing.
_TIES: Final = frozenset(
    "на до з із зі с со из у в во по для за кому телефон телефону номер номеру номером тел нумар нумару"
    " моєї мою моей маёй the my a to on with from for by until at phone number".split()
)


@dataclass(slots=True)
class Entities:
    """`found`: words by what they are: `money`, `phone`, `date`, `card` (to pay from), `payee` (a card to pay to).

    `rests`: the text without them, for finding out which flow is wished; the first one keeps more of its words.
    """

    found: dict[str, str] = field(default_factory=dict)
    rests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Span:
    start: int
    end: int
    kind: str
    said: str
    keeps: int = 0  # How many of its words are a part of the wish all the same.


def entities(text: str) -> Entities:
    """One of each kind at most: two sums or two phones are left where they are, for nobody knows which is meant."""
    words = normalise(text).split()
    if len(words) > MOST_WORDS or len(text) > _LONGEST:
        return Entities(rests=(text,))
    spans = _only_one_of_each([*_phones(words), *_cards(words), *_dates(words)])
    tight = _without(words, spans, keep=True)
    money, rest = spoken_sum(tight)
    found = {span.kind: span.said for span in spans}
    if money:
        found["money"] = money
    bare = spoken_sum(_without(words, spans, keep=False))[1]
    return Entities(found, tuple(dict.fromkeys((rest, bare))))


def card_role(before: str, word: str) -> str:
    """`payee` for a card that is paid to (`на картку`, `to card`), `card` for any other."""
    return "payee" if before in _TOWARDS and word in _TARGET_WORDS else "card"


def is_card_word(word: str) -> bool:
    return _CARD_WORD.fullmatch(word) is not None


def _bare(word: str) -> str:
    return word.rstrip(_ENDS)


def _phones(words: list[str]) -> Iterator[_Span]:
    """A run of digits that begins as people write phones; nine bare digits may as well be a sum."""
    start = 0
    while start < len(words):
        found = next(_phone_at(words, start), None)
        if found is not None:
            yield found
        start = found.end if found is not None else start + 1


def _phone_at(words: list[str], start: int) -> Iterator[_Span]:
    for end in range(min(start + _LONGEST_PHONE, len(words)), start, -1):
        run = _bare(" ".join(words[start:end]))
        if _PHONE.fullmatch(run) and read_phone(run) is not None:
            yield _Span(start, end, "phone", run)


def _cards(words: list[str]) -> Iterator[_Span]:
    """`картка 4417`, `card ending in 4417`; with a currency behind it the number is a sum."""
    for place, word in enumerate(words):
        if not is_card_word(word):
            continue
        at = place + 1
        while at < len(words) and words[at] in _ENDING:
            at += 1
        digits = _LAST_DIGITS.fullmatch(_bare(words[at])) if at < len(words) else None
        follows = _bare(words[at + 1]) if at + 1 < len(words) else ""
        if digits is not None and not currencies_of(follows, _EXPECTED):
            before = words[place - 1] if place else ""
            yield _Span(place, at + 1, card_role(before, word), digits[1], keeps=1)


def _dates(words: list[str]) -> Iterator[_Span]:
    start = 0
    while start < len(words):
        found = next(_date_at(words, start), None)
        if found is not None:
            yield found
        start = found.end if found is not None else start + 1


def _date_at(words: list[str], start: int) -> Iterator[_Span]:
    """Only what cannot be a sum: a day in words, with the name of its month, or with its year."""
    for end in range(min(start + _LONGEST_DATE, len(words)), start, -1):
        run = _bare(" ".join(words[start:end]))
        if run not in DAYS_AWAY and not (_SURE_DATE.search(run) and read_date(run, _ANY_DAY) is not None):
            continue
        follows = _bare(words[end]) if end < len(words) else ""
        if not (run[-1].isdigit() and currencies_of(follows, _EXPECTED)):
            yield _Span(start, end, "date", run)


def _only_one_of_each(spans: list[_Span]) -> list[_Span]:
    kinds = [span.kind for span in spans]
    single = [span for span in spans if kinds.count(span.kind) == 1]
    return [one for one in single if not any(_overlap(one, other) for other in single if other is not one)]


def _overlap(one: _Span, other: _Span) -> bool:
    return one.start < other.end and other.start < one.end


def _without(words: list[str], spans: list[_Span], *, keep: bool) -> str:
    """The words outside the spans, and without the small words that only led to them."""
    gone: set[int] = set()
    for span in spans:
        keeps = span.keeps if keep else 0
        gone.update(range(span.start + keeps, span.end))
        before = span.start - 1
        while not keeps and before >= 0 and words[before] in _TIES:
            gone.add(before)
            before -= 1
    return " ".join(word for place, word in enumerate(words) if place not in gone)
