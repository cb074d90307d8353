"""A figure with its bound: both measured in turn, round after round, so that a machine that slows down slows both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

ROUNDS: Final = 9


@dataclass(frozen=True, slots=True)
class Figure:
    """`costs` and `bounds`: of each round, in `unit`. `most`: what it shall not exceed; `most_ratio`: times the bound.
    0 where nothing is asked for."""

    name: str
    unit: str
    costs: tuple[float, ...]
    bound: str = ""
    bounds: tuple[float, ...] = ()
    most: float = 0.0
    most_ratio: float = 0.0

    @property
    def cost(self) -> float:
        return statistics.median(self.costs)

    @property
    def ratio(self) -> float:
        """Median of the ratios of the rounds."""
        return statistics.median(cost / bound for cost, bound in zip(self.costs, self.bounds, strict=True))

    @property
    def reached(self) -> bool:
        return (not self.most or self.cost <= self.most) and (not self.most_ratio or self.ratio <= self.most_ratio)


def compared(
    name: str, work: Callable[[], object], per: int, bound: str, other: Callable[[], object], *, times: int = 1,
    most: float = 0.0, most_ratio: float = 0.0,
) -> Figure:  # fmt: skip
    """µs of CPU that `work` takes for each of `per` things, and `other` beside it."""
    work()
    other()
    costs, bounds = [], []
    for _ in range(ROUNDS):
        costs.append(_cpu_us(work, times) / per)
        bounds.append(_cpu_us(other, times) / per)
    return Figure(name, "µs", tuple(costs), bound, tuple(bounds), most, most_ratio)


def _cpu_us(work: Callable[[], object], times: int) -> float:
    began = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - began) / times * 1e6


def table(figures: list[Figure]) -> str:
    """Rows of Markdown: the median with the least and the greatest, the bound, the ratio and what is asked for."""
    lines = ["| | median (least to greatest) | bound in the same rounds | times the bound | asked for |",
             "|---|---:|---|---:|---|"]  # fmt: skip
    for one in figures:
        spread = f"{one.cost:,.4g} {one.unit} ({min(one.costs):,.4g} to {max(one.costs):,.4g})"
        bound = f"{one.bound}: {statistics.median(one.bounds):,.4g} {one.unit}" if one.bounds else ""
        ratio = f"{one.ratio:.2f}" if one.bounds else ""
        lines.append(f"| {one.name} | {spread} | {bound} | {ratio} | {_asked(one)} |")
    return "\n".join(lines)


def _asked(figure: Figure) -> str:
    wishes = [f"≤ {figure.most:g} {figure.unit}"] if figure.most else []
    wishes += [f"≤ {figure.most_ratio:g} times"] if figure.most_ratio else []
    if not wishes:
        return ""
    return f"{' and '.join(wishes)}: {'reached' if figure.reached else '**missed**'}"
