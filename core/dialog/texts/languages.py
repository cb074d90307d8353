"""The languages that texts are rendered in."""

from __future__ import annotations

from typing import Final

LANGUAGES: Final = ("uk", "ru", "be", "en")
FALLBACK: Final = "en"
_EXACT: Final = {language: language for language in LANGUAGES}


def language_of(tag: str) -> str:
    """One of `LANGUAGES` for a platform's tag such as `uk-UA`; English for everything else."""
    exact = _EXACT.get(tag)
    return exact if exact is not None else _EXACT.get(tag.replace("_", "-").partition("-")[0].lower(), FALLBACK)
