"""The one error of message texts."""

from __future__ import annotations

from core.kernel.errors import TellerError


class TextError(TellerError):
    """A text that cannot be read, a filter that does not fit its slot, or a value that is not there.

    `column` counts characters from 1; 0 means the text as a whole. The message never holds a slot's value.
    """

    code = "text_invalid"
    http_status = 422

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message, column=column)
        self.message = message
        self.column = column
