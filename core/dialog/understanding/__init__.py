"""What a person typed, read without a cloud: amounts, phones, dates, answers, choices, engine words and phrases.

Everything here is pure. A reader that is not sure says so instead of guessing: the flow asks again.
"""

from core.dialog.understanding.amounts import AmountProblem, read_amount
from core.dialog.understanding.amounts_in_text import find_amount
from core.dialog.understanding.answers import read_bool, read_code, read_int
from core.dialog.understanding.choices import by_last_digits, is_offered, match_choice
from core.dialog.understanding.corrections import Correction, read_correction
from core.dialog.understanding.dates import read_date
from core.dialog.understanding.engine_words import engine_word, near_engine_word
from core.dialog.understanding.entities import Entities, entities
from core.dialog.understanding.ibans import read_iban
from core.dialog.understanding.normal import is_empty, normalise, words_of
from core.dialog.understanding.phones import read_phone
from core.dialog.understanding.phrases import Phrases

__all__ = [
    "AmountProblem",
    "Correction",
    "Entities",
    "Phrases",
    "by_last_digits",
    "engine_word",
    "entities",
    "find_amount",
    "is_empty",
    "is_offered",
    "match_choice",
    "near_engine_word",
    "normalise",
    "read_amount",
    "read_bool",
    "read_code",
    "read_correction",
    "read_date",
    "read_iban",
    "read_int",
    "read_phone",
    "words_of",
]
