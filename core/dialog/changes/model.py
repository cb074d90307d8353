"""What changed between two editions of the bank's conversations, in the words of those who write them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import msgspec

from core.dialog.loader import FlowFolder

Importance = Literal["money", "access", "way", "text", "entry", "translation", "other"]
IMPORTANCE: Final[tuple[Importance, ...]] = ("money", "access", "way", "text", "entry", "translation", "other")
"""What a reader must look at first: money, who may do what, where conversations lead, what they say, and the rest."""


class Change(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One change. `what` is a stable code; `flow` is "" for texts of the engine, `step` "" for the flow as a whole.

    `before` and `after` are values as they are written, shortened; "" where there is none.
    """

    flow: str
    step: str = ""
    importance: Importance
    what: str
    sentence: str
    before: str = ""
    after: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class FlowEdition:
    """The plain data of a flow and of its translations, readable or not."""

    data: Any
    translations: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Edition:
    """Everything that is compared. `engine`: by language the engine's texts by key."""

    flows: Mapping[str, FlowEdition]
    engine: Mapping[str, Mapping[str, Any]]


def edition_of(folder: FlowFolder) -> Edition:
    """What is written in a loaded folder. A file that could not be read counts as missing; the order of texts that are
    found by their keys counts for nothing."""
    flows = {
        name: FlowEdition(
            files.flow.data if files.flow is not None else None,
            {lang: _sorted(source.data) for lang, source in files.translations.items()},
        )
        for name, files in folder.flows.items()
        if files.flow is not None or files.translations
    }
    engine: dict[str, dict[str, Any]] = {}
    for lang, sources in folder.engine.items():
        texts = engine.setdefault(lang, {})
        for source in sources:
            texts.update(source.data if isinstance(source.data, dict) else {"": source.data})
    return Edition(flows, {lang: _sorted(texts) for lang, texts in engine.items()})


def _sorted(data: Any) -> Any:
    return dict(sorted(data.items())) if isinstance(data, dict) else data
