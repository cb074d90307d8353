"""The one error of the expression language."""

from __future__ import annotations

from core.kernel.errors import TellerError


class ExpressionError(TellerError):
    """An expression that cannot be read, does not fit its types, or met a value that is not there.

    `column` counts characters from 1; 0 means the expression as a whole. The message never holds a slot's value.
    """

    code = "expression_invalid"
    http_status = 422

    def __init__(self, message: str, column: int = 0) -> None:
        super().__init__(message, column=column)
        self.message = message
        self.column = column
