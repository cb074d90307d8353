"""A compiled expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from core.dialog.expressions.errors import ExpressionError
from core.dialog.slot_types import SlotType
from core.kernel.errors import ValidationFailed

Slots = Mapping[str, Any]
Run = Callable[[Slots], Any]

# What a closure raises when a stored value does not have the form of its declared type.
MALFORMED: Final = (TypeError, LookupError, ValueError, AttributeError, ArithmeticError, ValidationFailed)


class Expression:
    """`type` is the type of the result, `reads` the names of the slots it looks at.

    `guarded` are those of them that stand in a `known(...)`: the expression itself asks whether they have a value.
    `run` is `evaluate` without its translation of `MALFORMED`, for callers that do it themselves.
    """

    __slots__ = ("_quick", "guarded", "reads", "run", "source", "type")

    def __init__(
        self, source: str, slot_type: SlotType, reads: frozenset[str], guarded: frozenset[str], run: Run,
        quicken: Callable[[], Run] | None = None,
    ) -> None:  # fmt: skip
        """`quicken` makes the quick form of `run`, when the expression is evaluated for the first time."""
        self.source = source
        self.type = slot_type
        self.reads = reads
        self.guarded = guarded
        self.run = run
        self._quick = run if quicken is None else self._quickened(quicken)

    def evaluate(self, slots: Slots) -> Any:
        """The result, as a stored value (money as a mapping), from slots that hold stored values.

        Raises `ExpressionError` when a slot has no value, when two currencies meet, or when a stored value does not
        have the form of its declared type.
        """
        try:
            return self._quick(slots)
        except MALFORMED:
            return self._explained(slots)

    def _explained(self, slots: Slots) -> Any:
        """The same by the closures, which tell what is wrong."""
        try:
            return self.run(slots)
        except MALFORMED as error:
            raise ExpressionError("a slot holds a value that is not of its declared type") from error

    def _quickened(self, quicken: Callable[[], Run]) -> Run:
        def first(slots: Slots) -> Any:
            self._quick = quicken()
            return self._quick(slots)

        return first

    def __repr__(self) -> str:
        return f"Expression({self.source!r}, {self.type})"
