"""The expression language of flows: `amount > source.available`, `known(fee) and lang in ["uk", "be"]`.

Small on purpose: no loops, no attributes, no calls but a closed list, decimal numbers only.
"""

from core.dialog.expressions.compiling import compile_expression, compile_path
from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.expression import Expression

__all__ = ["Expression", "ExpressionError", "compile_expression", "compile_path"]
