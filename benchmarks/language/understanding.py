"""Understanding: learning the phrases of the bank's flows with those of seven more, ranking others; writing a text."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path
from typing import Any, Final

import yaml

from app.settings import ROOT
from benchmarks.language.figures import ROUNDS, Figure, compared
from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text
from core.dialog.understanding.classifier import IGNORED, NgramClassifier, Phrase
from core.dialog.understanding.ngrams import ngrams

_SETS: Final = ROOT / "tests" / "understanding"
_SHIPPED: Final = ("balance", "card_transfer", "language")
_LABELLED: Final = ("labelled_1", "labelled_2", "labelled_3")
_NAMES: Final = {"transfer": "card_transfer", "off_topic": IGNORED}
_RANK_US: Final = 150
_LEARN_MS: Final = 1000
_RENDER_US: Final = 1.5


def measure_understanding() -> list[Figure]:
    """`few` phrases: what product owners write; `many`: with what customers wrote differently and somebody labelled."""
    few = _texts(_read(_SETS / "training.yaml"))
    for flow in _SHIPPED:
        few += _texts({flow: _read(ROOT / "flows" / f"{flow}.yaml")["entry"]["phrases"]})
    many = few + [one for name in _LABELLED for one in _texts(_read(_SETS / f"{name}.yaml"))]
    return [*_learning(few), *_learning(many), _ranking(many), _writing()]


def _learning(phrases: list[Phrase]) -> list[Figure]:
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        NgramClassifier(phrases)
        times.append((time.process_time() - began) * 1e3)
    tracemalloc.start()
    kept = NgramClassifier(phrases)
    held = tracemalloc.get_traced_memory()[0] / 1024
    tracemalloc.stop()
    del kept
    return [
        Figure(f"learning {len(phrases):,} phrases", "ms", tuple(times), most=_LEARN_MS),
        Figure(f"memory that holds {len(phrases):,} phrases", "KB", (held,)),
    ]


def _ranking(phrases: list[Phrase]) -> Figure:
    asked = [text for _, text in _texts(_read(_SETS / "held_out.yaml"))]
    classifier = NgramClassifier(phrases)
    allowed = frozenset(intent for intent, _ in phrases if intent != IGNORED)

    def rank() -> None:
        for text in asked:
            classifier.rank(text, "uk", allowed)

    def cut() -> None:
        for text in asked:
            ngrams(text)

    return compared("ranking a phrase", rank, len(asked), "cutting its n-grams", cut, most=_RANK_US)


def _writing() -> Figure:
    text = compile_text("Надіслати {sum|money} до {name}?", {"sum": SlotType("money"), "name": SlotType("text")})
    slots = {"sum": {"amount": 123_456, "currency": "UAH"}, "name": "Олена К."}

    def written() -> None:
        text.render(slots, "uk")

    def joined() -> None:
        "".join(["Надіслати ", "1 234,56 ₴", " до ", "Олена К.", "?"])

    return compared(
        "writing a text with a sum and a name", written, 1, "joining its pieces", joined, times=20_000,
        most=_RENDER_US,
    )  # fmt: skip


def _read(file: Path) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return data


def _texts(written: dict[str, Any]) -> list[Phrase]:
    return [
        (_NAMES.get(intent, intent), text)
        for intent, by_lang in written.items()
        for texts in by_lang.values()
        for text in texts
    ]
