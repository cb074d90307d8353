"""The classifier: learning the phrases of the bank's flows with those of seven more, and ranking other phrasings."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from app.settings import ROOT
from benchmarks.parts import cost_us
from core.dialog.understanding.classifier import IGNORED, NgramClassifier
from core.dialog.understanding.ngrams import ngrams

_SETS: Final = ROOT / "tests" / "understanding"
_SHIPPED: Final = ("balance", "card_transfer", "language")
_LABELLED: Final = ("labelled_1", "labelled_2", "labelled_3")
_NAMES: Final = {"transfer": "card_transfer", "off_topic": IGNORED}


class Learned(NamedTuple):
    """`learn_ms`: learning the phrases once, the median of five. `memory_kb`: what the classifier then holds."""

    phrases: int
    learn_ms: float
    memory_kb: float


class Measured(NamedTuple):
    """`few`: the phrases that product owners would write; `many`: those with what customers' words were labelled.

    `rank_us` and, as the bound that no classifier of n-grams can beat, `cut_us`: of a phrase, medians, with `many`.
    """

    few: Learned
    many: Learned
    rank_us: float
    cut_us: float


def measure_classifier() -> Measured:
    written = _texts(_read(_SETS / "training.yaml"))
    for flow in _SHIPPED:
        written += _texts({flow: _read(ROOT / "flows" / f"{flow}.yaml")["entry"]["phrases"]})
    everything = written + [one for name in _LABELLED for one in _texts(_read(_SETS / f"{name}.yaml"))]
    asked = [text for _, text in _texts(_read(_SETS / "held_out.yaml"))]
    classifier = NgramClassifier(everything)
    allowed = frozenset(intent for intent, _ in everything if intent != IGNORED)

    def rank() -> None:
        for text in asked:
            classifier.rank(text, "uk", allowed)

    def cut() -> None:
        for text in asked:
            ngrams(text)

    count = len(asked)
    return Measured(_learned(written), _learned(everything), cost_us(rank, 1) / count, cost_us(cut, 1) / count)


def _learned(phrases: list[tuple[str, str]]) -> Learned:
    times = []
    for _ in range(5):
        began = time.process_time()
        NgramClassifier(phrases)
        times.append(time.process_time() - began)
    tracemalloc.start()
    kept = NgramClassifier(phrases)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return Learned(len(phrases), sorted(times)[2] * 1e3, held / 1024)


def _read(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def _texts(written: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (_NAMES.get(intent, intent), text)
        for intent, by_lang in written.items()
        for texts in by_lang.values()
        for text in texts
    ]
