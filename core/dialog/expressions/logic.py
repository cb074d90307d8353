"""`and`, `or` and `not`, which stop at the first value that decides."""

from __future__ import annotations

from collections.abc import Sequence

from core.dialog.expressions.expression import Run


def conjunction(runs: Sequence[Run]) -> Run:
    result = runs[-1]
    for earlier in reversed(runs[:-1]):
        result = _both(earlier, result)
    return result


def disjunction(runs: Sequence[Run]) -> Run:
    result = runs[-1]
    for earlier in reversed(runs[:-1]):
        result = _either(earlier, result)
    return result


def inversion(run: Run) -> Run:
    return lambda slots: not run(slots)


def _both(first: Run, second: Run) -> Run:
    return lambda slots: first(slots) and second(slots)


def _either(first: Run, second: Run) -> Run:
    return lambda slots: first(slots) or second(slots)
