"""The one error of the expression language."""

from __future__ import annotations

from core.dialog.errors import LanguageError


class ExpressionError(LanguageError):
    """An expression that cannot be read, does not fit its types, or met a value that is not there."""

    code = "expression_invalid"
