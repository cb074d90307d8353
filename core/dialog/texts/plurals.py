"""Plural forms: one, few, many for Ukrainian, Russian and Belarusian; one, other for English."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from babel import Locale

CATEGORIES: Final = {
    "uk": ("one", "few", "many"),
    "ru": ("one", "few", "many"),
    "be": ("one", "few", "many"),
    "en": ("one", "other"),
}


@lru_cache(maxsize=4096)
def plural_index(language: str, number: int) -> int:
    """Which of the written forms goes with the number."""
    category = Locale.parse(language).plural_form(abs(number))
    return CATEGORIES[language].index(category)
