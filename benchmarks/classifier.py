"""The classifier: learning the phrases of the bank's flows with those of seven more, and ranking other phrasings."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from app.settings import ROOT
from benchmarks.parts import cost_us
from core.dialog.understanding.classifier import NgramClassifier
from core.dialog.understanding.ngrams import ngrams

_SETS: Final = ROOT / "tests" / "understanding"
_SHIPPED: Final = ("balance", "card_transfer", "language")


class Measured(NamedTuple):
    """`rank_us` and, as the bound that no classifier of n-grams can beat, `cut_us`: of a phrase, medians.

    `learn_ms`: learning them all once, the median of five."""

    phrases: int
    learn_ms: float
    rank_us: float
    cut_us: float


def measure_classifier() -> Measured:
    learned = _texts(_read(_SETS / "training.yaml"))
    for flow in _SHIPPED:
        learned += _texts({flow: _read(ROOT / "flows" / f"{flow}.yaml")["entry"]["phrases"]})
    asked = [text for _, text in _texts(_read(_SETS / "held_out.yaml"))]
    times = []
    for _ in range(5):
        began = time.process_time()
        classifier = NgramClassifier(learned)
        times.append(time.process_time() - began)
    allowed = frozenset(intent for intent, _ in learned)

    def rank() -> None:
        for text in asked:
            classifier.rank(text, "uk", allowed)

    def cut() -> None:
        for text in asked:
            ngrams(text)

    count = len(asked)
    return Measured(len(learned), sorted(times)[2] * 1e3, cost_us(rank, 1) / count, cost_us(cut, 1) / count)


def _read(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def _texts(written: dict[str, Any]) -> list[tuple[str, str]]:
    return [(intent, text) for intent, by_lang in written.items() for texts in by_lang.values() for text in texts]
