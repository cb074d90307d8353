"""Buttons that a customer could not tell apart."""

from __future__ import annotations

from collections.abc import Iterable

from core.dialog.checks.graph import Graph
from core.dialog.problems import Problems
from core.dialog.program import FlowText, Step
from core.dialog.steps.ask import AskStep
from core.dialog.steps.choices import StaticOptions
from core.dialog.steps.confirm import ConfirmStep
from core.dialog.understanding import normalise


def check_labels(graph: Graph, problems: Problems) -> None:
    for step in graph.program.steps.values():
        labels = list(_labels(step))
        for lang in {lang for label in labels for lang in label.by_lang}:
            _check(labels, lang, problems)


def _labels(step: Step) -> Iterable[FlowText]:
    if isinstance(step, AskStep) and isinstance(step.offers, StaticOptions):
        yield from (label for _, label in step.offers.choices)
    elif isinstance(step, ConfirmStep):
        yield from (label for label in (step.yes_label, step.no_label) if label is not None)
        yield from (slot.label for slot in step.editable.values() if slot.label is not None)


def _check(labels: list[FlowText], lang: str, problems: Problems) -> None:
    whole: dict[str, str] = {}
    for label in labels:
        text = label.by_lang.get(lang)
        if text is None or text.reads:
            continue
        written = normalise(text.source)
        if written in whole:
            sentence = f"'{label.key}' and '{whole[written]}' read the same in {lang}: {text.source}"
            problems.error("label_collision", label.mark, sentence)
        whole.setdefault(written, label.key)
