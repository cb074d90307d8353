"""From syntax tree to closures, checking types on the way. Whatever is not listed here does not exist."""

from __future__ import annotations

import ast
import keyword
import operator
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from core.dialog.expressions.arithmetic import Operation, arithmetic, negation
from core.dialog.expressions.comparisons import SIGNS, comparison, list_membership, membership
from core.dialog.expressions.errors import ExpressionError
from core.dialog.expressions.expression import Expression, Run
from core.dialog.expressions.functions import FUNCTIONS, function_call
from core.dialog.expressions.logic import conjunction, disjunction, inversion
from core.dialog.expressions.names import field, known, slot
from core.dialog.expressions.native import Native, compiled, constant, joined
from core.dialog.expressions.operands import BOOL, INT, NUMBER, TEXT, Operand, written_number
from core.dialog.expressions.parsing import Source
from core.dialog.slot_types import SlotType, did_you_mean

MAX_DEPTH: Final = 20
_NO_SLOTS: Final[frozenset[str]] = frozenset()
_PATH: Final = re.compile(r"[a-z_]\w*(?:\.[a-z_]\w*)*", re.ASCII)
_NUMBER: Final = re.compile(r"\d{1,15}(?:\.\d{1,9})?", re.ASCII)
_SWITCHES: Final = {"true": True, "false": False}
_SUMS: Final[dict[type[ast.operator], Operation]] = {ast.Add: operator.add, ast.Sub: operator.sub}


def compile_expression(source: str, scope: Mapping[str, SlotType]) -> Expression:
    """Compiles `source` over the slots of `scope`. Raises `ExpressionError`, and nothing else, for any text."""
    compiler = _Compiler(Source(source), scope)
    result = compiler.operand(compiler.source.tree)
    reads, guarded = frozenset(compiler.reads), frozenset(compiler.guarded)
    return Expression(source, result.type, reads, guarded, result.run, lambda: compiled(result.written))


def compile_path(source: str, scope: Mapping[str, SlotType]) -> Expression | None:
    """The same for `slot` and `slot.field`, without a syntax tree; None for everything else.

    Most of what texts show is such a path, and a folder of flows has tens of thousands of them.
    """
    name, *fields = source.split(".")
    if (
        not _PATH.fullmatch(source)
        or name not in scope
        or keyword.iskeyword(name)
        or any(map(keyword.iskeyword, fields))
    ):
        return None
    found = slot(name, scope, 1)
    for one in fields:
        found = field(found, one, 1)
    return Expression(source, found.type, frozenset((name,)), _NO_SLOTS, found.run, lambda: compiled(found.written))


class _Compiler:
    def __init__(self, source: Source, scope: Mapping[str, SlotType]) -> None:
        self.source = source
        self.reads: set[str] = set()
        self.guarded: set[str] = set()
        self._scope = scope
        self._depth = 0

    def operand(self, node: ast.expr) -> Operand:
        if self._depth >= MAX_DEPTH:
            raise ExpressionError(f"the expression is nested deeper than {MAX_DEPTH}", self.source.column(node))
        self._depth += 1
        try:
            return self._dispatch(node)
        finally:
            self._depth -= 1

    def _dispatch(self, node: ast.expr) -> Operand:
        match node:
            case ast.Name():
                return self._name(node)
            case ast.Constant():
                return self._constant(node)
            case ast.Attribute():
                self._check_spelling(node, node.attr)
                return field(self.operand(node.value), node.attr, self.source.column(node))
            case ast.Compare():
                return self._comparisons(node)
            case ast.BoolOp():
                return self._bool_op(node)
            case ast.BinOp():
                return self._bin_op(node)
            case ast.UnaryOp():
                return self._unary_op(node)
            case ast.Call():
                return self._call(node)
        raise self._refusal("this is not part of the expression language", node)

    def _refusal(self, message: str, node: ast.expr) -> ExpressionError:
        return ExpressionError(message, self.source.column(node))

    def _check_spelling(self, node: ast.expr, name: str) -> None:
        """Python reads look-alike letters as plain ones; here a name is what is written."""
        if not self.source.written(node).endswith(name):
            raise self._refusal(f"'{name}' is not written in plain letters", node)

    def _name(self, node: ast.Name) -> Operand:
        self._check_spelling(node, node.id)
        column = self.source.column(node)
        if node.id in _SWITCHES and node.id not in self._scope:
            return _switch(_SWITCHES[node.id], column)
        found = slot(node.id, self._scope, column)
        self.reads.add(node.id)
        return found

    def _constant(self, node: ast.Constant) -> Operand:
        column, value = self.source.column(node), node.value
        if isinstance(value, bool):
            return _switch(value, column)
        if isinstance(value, str):
            return Operand(TEXT, lambda _slots: value, column, value, text=value, native=constant(value))
        if value is None:
            raise ExpressionError("None does not exist here; known(slot) tells whether a slot has a value", column)
        written = self.source.written(node)
        if not _NUMBER.fullmatch(written):
            message = "write a number with at most 15 digits, a point and at most 9 decimals"
            raise ExpressionError(message, column)
        return written_number(Decimal(written), NUMBER if "." in written else INT, column)

    def _comparisons(self, node: ast.Compare) -> Operand:
        nodes = [node.left, *node.comparators]
        runs = [
            self._comparison(sign, nodes[index], nodes[index + 1], last=index + 1 == len(node.ops))
            for index, sign in enumerate(node.ops)
        ]
        run, native = conjunction([run for run, _ in runs]), joined("and", [native for _, native in runs])
        return Operand(BOOL, run, self.source.column(node), "the comparison", native=native)

    def _comparison(self, sign: ast.cmpop, left: ast.expr, right: ast.expr, *, last: bool) -> tuple[Run, Native]:
        if isinstance(sign, ast.In | ast.NotIn):
            if not last:
                raise self._refusal("'in' cannot be followed by another comparison", right)
            run = self._membership(left, right, negated=isinstance(sign, ast.NotIn))
            return run, lambda writer: f"{writer.bind(run)}(s)"
        if type(sign) not in SIGNS:
            raise self._refusal("write '==' or '!=' instead of 'is'", right)
        return comparison(SIGNS[type(sign)], self.operand(left), self.operand(right))

    def _membership(self, left: ast.expr, right: ast.expr, *, negated: bool) -> Run:
        if not isinstance(right, ast.List | ast.Tuple):
            return list_membership(self.operand(left), self.operand(right), negated)
        elements = [self.operand(element) for element in right.elts]
        for element in elements:
            if element.number is None and element.text is None:
                raise ExpressionError("a list may hold only written numbers and texts", element.column)
        return membership(self.operand(left), elements, negated)

    def _bool_op(self, node: ast.BoolOp) -> Operand:
        word = "and" if isinstance(node.op, ast.And) else "or"
        parts = [self._truth(value, word) for value in node.values]
        runs = [part.run for part in parts]
        run = conjunction(runs) if word == "and" else disjunction(runs)
        native = joined(word, [part.written for part in parts])
        return Operand(BOOL, run, self.source.column(node), f"the '{word}'", native=native)

    def _truth(self, node: ast.expr, word: str) -> Operand:
        operand = self.operand(node)
        if operand.kind != "bool":
            raise ExpressionError(f"{operand.described()}; '{word}' needs something true or false", operand.column)
        return operand

    def _bin_op(self, node: ast.BinOp) -> Operand:
        operation = _SUMS.get(type(node.op))
        if operation is None:
            raise self._refusal("only + and - can be calculated here", node)
        return arithmetic(operation, self.operand(node.left), self.operand(node.right))

    def _unary_op(self, node: ast.UnaryOp) -> Operand:
        column = self.source.column(node)
        if isinstance(node.op, ast.Not):
            inside = self._truth(node.operand, "not")
            native: Native = lambda writer: f"(not {inside.written(writer)})"  # noqa: E731
            return Operand(BOOL, inversion(inside.run), column, "the 'not'", native=native)
        if isinstance(node.op, ast.USub):
            return negation(self.operand(node.operand), column)
        raise self._refusal("this is not part of the expression language", node)

    def _call(self, node: ast.Call) -> Operand:
        column = self.source.column(node)
        if not isinstance(node.func, ast.Name):
            raise self._refusal("only a function can be called", node)
        self._check_spelling(node.func, node.func.id)
        if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
            raise self._refusal("arguments are written without names and stars", node)
        if node.func.id == "known":
            return self._known(node)
        function = FUNCTIONS.get(node.func.id)
        if function is None:
            suggestion = did_you_mean(node.func.id, [*FUNCTIONS, "known"])
            raise ExpressionError(f"unknown function '{node.func.id}'{suggestion}", column)
        return function_call(function, [self.operand(argument) for argument in node.args], column)

    def _known(self, node: ast.Call) -> Operand:
        if len(node.args) != 1:
            raise self._refusal("known(slot) takes 1 argument", node)
        path: list[str] = []
        inner = node.args[0]
        self.operand(inner)
        while isinstance(inner, ast.Attribute):
            path.append(inner.attr)
            inner = inner.value
        if not isinstance(inner, ast.Name):
            raise self._refusal("known(slot) takes the name of a slot", node)
        self.guarded.add(inner.id)
        return known((inner.id, *reversed(path)), self.source.column(node))


def _switch(value: bool, column: int) -> Operand:
    return Operand(BOOL, lambda _slots: value, column, str(value).lower(), native=constant(value))
