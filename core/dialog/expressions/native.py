"""The quick form of an expression: one Python lambda in place of a tree of closures.

It is written from parts that are fixed here, from names of slots as quoted keys, and from bound values; nothing of what
an author typed is ever executed. Where it meets anything unusual it gives up with `LookupError` or another error of
`MALFORMED`, and the closures are asked, which know what to say about it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NoReturn, TypeAlias

from core.dialog.expressions.expression import Run


class Writer:
    """Names for the values and variables of one lambda."""

    __slots__ = ("bound", "count")

    def __init__(self) -> None:
        self.bound: dict[str, Any] = {}
        self.count = 0

    def fresh(self) -> str:
        """A variable that is not used yet."""
        self.count += 1
        return f"v{self.count}"

    def bind(self, value: Any) -> str:
        """The name by which the lambda finds the value."""
        name = f"k{len(self.bound)}"
        self.bound[name] = value
        return name


Native: TypeAlias = Callable[[Writer], str]


def compiled(native: Native) -> Run:
    writer = Writer()
    code = native(writer)
    names = {"__builtins__": {}, "give_up": _give_up, **writer.bound}
    run: Run = eval(compile(f"lambda s: {code}", "<expression>", "eval"), names)  # noqa: S307 the code is our own
    return run


def _give_up() -> NoReturn:
    raise LookupError


def present(value: str, writer: Writer) -> str:
    """The value, which must not be None."""
    name = writer.fresh()
    return f"({name} if ({name} := {value}) is not None else give_up())"


def constant(value: Any) -> Native:
    return lambda writer: repr(value) if type(value) in _PLAIN else writer.bind(value)


def joined(word: str, parts: list[Native]) -> Native:
    """`word` is `and` or `or`."""
    return lambda writer: f"({f' {word} '.join(part(writer) for part in parts)})"


def infix(sign: str, left: Native, right: Native) -> Native:
    return lambda writer: f"({left(writer)} {sign} {right(writer)})"


def money_infix(sign: str, left: Native, right: Native) -> Native:
    """Two sums that are both in slots: of one currency or nothing."""

    def native(writer: Writer) -> str:
        ours, theirs = writer.fresh(), writer.fresh()
        same = f"({ours} := {left(writer)})['currency'] == ({theirs} := {right(writer)})['currency']"
        return f"({ours}['amount'] {sign} {theirs}['amount'] if {same} else give_up())"

    return native


def money_sum(sign: str, left: Native, right: Native) -> Native:
    def native(writer: Writer) -> str:
        ours, theirs = writer.fresh(), writer.fresh()
        same = f"({ours} := {left(writer)})['currency'] == ({theirs} := {right(writer)})['currency']"
        total = f"{{'amount': {ours}['amount'] {sign} {theirs}['amount'], 'currency': {ours}['currency']}}"
        return f"({total} if {same} else give_up())"

    return native


def money_with_number(sign: str, money: Native, minor_units: Callable[[str], int], declared: str) -> Native:
    """A sum against a written number, which takes the currency of the sum."""

    def native(writer: Writer) -> str:
        ours = writer.fresh()
        if declared:
            held = f"({ours} := {money(writer)})['currency'] == {declared!r}"
            return f"({ours}['amount'] {sign} {minor_units(declared)} if {held} else give_up())"
        table = writer.bind(_ByCurrency(minor_units))
        return f"(({ours} := {money(writer)})['amount'] {sign} {table}[{ours}['currency']])"

    return native


class _ByCurrency(dict[str, int]):
    """The number in minor units of each currency that has been met. Currencies are few: ISO 4217 names them all."""

    def __init__(self, minor_units: Callable[[str], int]) -> None:
        super().__init__()
        self._minor_units = minor_units

    def __missing__(self, currency: str) -> int:
        amount = self[currency] = self._minor_units(currency)
        return amount


_PLAIN: Final = frozenset((int, str, bool))
