"""From the written expression to Python's syntax tree, with limits and with columns that a person can count."""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

from core.dialog.expressions.errors import ExpressionError

MAX_LENGTH: Final = 500
_HINTS: Final = (
    (re.compile(r"&"), "write 'and' instead of '&&'"),
    (re.compile(r"\|"), "write 'or' instead of '||'"),
    (re.compile(r"<>"), "write '!=' instead of '<>'"),
    (re.compile(r"!(?!=)"), "write 'not' or '!=' instead of '!'"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "write '==' to compare"),
)


class Source:
    """The text of an expression and its syntax tree.

    Python counts columns in bytes from 0, people in letters from 1.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MAX_LENGTH:
            raise ExpressionError(f"an expression may have {MAX_LENGTH} characters, this one has {len(text)}")
        if not text.strip():
            raise ExpressionError("the expression is empty")
        if "\\" in text:
            raise ExpressionError("a backslash has no meaning in an expression", text.index("\\") + 1)
        one_line = text.replace("\n", " ").replace("\r", " ")
        self._code = one_line.lstrip()
        self._skipped = len(one_line) - len(self._code)
        self.tree = self._parse()
        self._bytes = self._code.encode()

    def _parse(self) -> ast.expr:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # What Python only warns of, such as `1and 2`, is refused here.
                return ast.parse(self._code, mode="eval").body
        except SyntaxError as error:
            column = min(error.offset or 1, len(self._code)) + self._skipped
            raise ExpressionError(f"this cannot be read as an expression{self._hint()}", column) from error
        except (ValueError, RecursionError, MemoryError) as error:
            raise ExpressionError("this cannot be read as an expression") from error

    def _hint(self) -> str:
        return next((f"; {advice}" for sign, advice in _HINTS if sign.search(self._code)), "")

    def column(self, node: ast.expr) -> int:
        return len(self._bytes[: node.col_offset].decode()) + 1 + self._skipped

    def written(self, node: ast.expr) -> str:
        """The node as the author wrote it; a number must not pass through Python's float."""
        return self._bytes[node.col_offset : node.end_col_offset].decode()
