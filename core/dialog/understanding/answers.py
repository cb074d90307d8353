"""Short answers: yes and no, whole numbers, one-time codes."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from core.dialog.understanding.normal import HYPHEN, normalise, only_plain_digits, words_of
from core.dialog.understanding.number_words import read_number

_YES: Final = frozenset(
    "так да yes y yep yeah ага угу ок окей ok okay добре гаразд хорошо добра згода згоден згодна согласен согласна"
    " підтверджую подтверждаю пацвярджаю confirm sure 👍 + ✅".split()
)
_NO: Final = frozenset("ні нет не no n nope nah неа ніт нє отказ відмова 👎 - ❌".split())
ANSWER_WORDS: Final = _YES | _NO
_CODE: Final = re.compile(r"[0-9](?:[ \-]?[0-9]){3,7}")
_DIGITS: Final = re.compile(r"[0-9]{1,15}")
_MOST_WORDS: Final = 30
_WHOLE: Final = re.compile(r"-?(?:[0-9]{1,15}|[0-9]{1,3}(?:[ '][0-9]{3}){1,4})")


def read_bool(text: str) -> bool | None:
    """Yes or no in Ukrainian, Russian, Belarusian or English; None for anything else."""
    words = words_of(text)
    if words in _YES:
        return True
    return False if words in _NO else None


def read_int(text: str) -> int | None:
    """A whole number of at most 15 digits, in digits or words; a minus is kept."""
    written = normalise(text).replace("−", "-")
    if not only_plain_digits(text):
        return None
    if _WHOLE.fullmatch(written):
        return int(re.sub(r"[ ']", "", written))
    tokens = HYPHEN.sub(" ", written).split()[:_MOST_WORDS]
    number = read_number([Decimal(token) if _DIGITS.fullmatch(token) else token for token in tokens])
    return None if number is None or number != number.to_integral_value() else int(number)


def read_code(text: str) -> str | None:
    """The 4 to 8 digits of a one-time code, with single spaces or dashes between them allowed."""
    written = normalise(text)
    return re.sub(r"[ \-]", "", written) if _CODE.fullmatch(written) else None
