"""The one error of message texts."""

from __future__ import annotations

from core.dialog.errors import LanguageError


class TextError(LanguageError):
    """A text that cannot be read, a filter that does not fit its slot, or a value that is not there."""

    code = "text_invalid"
