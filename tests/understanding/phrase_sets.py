"""The phrases that are trained on, chosen on and measured with; nobody is in two of the sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import yaml

HERE: Final = Path(__file__).resolve().parent
FLOWS: Final = HERE.parents[1] / "flows"
OFF_TOPIC: Final = "off_topic"
LABELLED: Final = ("labelled_1", "labelled_2", "labelled_3")
SHIPPED: Final = {"balance": "balance", "transfer": "card_transfer", "language": "language"}


class Labelled(NamedTuple):
    intent: str
    lang: str
    text: str


def phrase_set(name: str) -> list[Labelled]:
    """`dev`, `held_out` or one of `LABELLED`."""
    return _labelled(yaml.safe_load((HERE / f"{name}.yaml").read_text(encoding="utf-8")))


def training() -> dict[str, list[str]]:
    """By intent: the phrases of the bank's own flows, and those of flows that do not exist yet.

    Both with what customers wrote differently and somebody labelled: the sets that had measured before.
    """
    written = yaml.safe_load((HERE / "training.yaml").read_text(encoding="utf-8"))
    for intent, flow in SHIPPED.items():
        source = yaml.safe_load((FLOWS / f"{flow}.yaml").read_text(encoding="utf-8"))
        written[intent] = source["entry"]["phrases"]
    phrases: dict[str, list[str]] = {}
    for one in (*_labelled(written), *(one for name in LABELLED for one in phrase_set(name))):
        if one.intent != OFF_TOPIC:
            phrases.setdefault(one.intent, []).append(one.text)
    return phrases


def ignored() -> list[str]:
    """What was labelled as nothing that any flow is about."""
    return [one.text for name in LABELLED for one in phrase_set(name) if one.intent == OFF_TOPIC]


def _labelled(written: Mapping[str, Mapping[str, Sequence[str]]]) -> list[Labelled]:
    return [
        Labelled(intent, lang, text)
        for intent, by_lang in written.items()
        for lang, texts in by_lang.items()
        for text in texts
    ]
