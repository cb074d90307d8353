"""What changed in the translations of a flow, which of them are stale now, and what changed in the engine's texts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.changes.found import Found
from core.dialog.changes.model import FlowEdition
from core.dialog.changes.words import are_mappings, differing, same, shown
from core.dialog.texts import digest

_FIELDS: Final = frozenset(("of", "text"))


def compare_translations(before: FlowEdition, after: FlowEdition, found: Found) -> None:
    for lang in dict.fromkeys((*before.translations, *after.translations)):
        old, new = before.translations.get(lang), after.translations.get(lang)
        if not are_mappings(old, new):
            if not same(old, new):
                found.value("translation", "translation", f"the translation into {lang}", old, new, lang=lang)
            continue
        for key, was, becomes in differing(old, new):
            _entry(key, was, becomes, lang, found)
        for key, entry in (new or {}).items():
            _stale(key, entry, lang, (before.data, after.data), found)


def _entry(key: str, before: Any, after: Any, lang: str, found: Found) -> None:
    subject = f"translation {lang} of {shown(key)}"
    if _is_entry(before) and _is_entry(after):
        if before["text"] == after["text"]:
            found.add("translation", "translation_checked", f"{subject} is kept for the text of now", lang=lang)
            return
        before, after = before["text"], after["text"]
    else:
        before = before["text"] if _is_entry(before) else before
        after = after["text"] if _is_entry(after) else after
    found.value("translation", "translation", subject, before, after, lang=lang)


def _is_entry(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _FIELDS


def _stale(key: str, entry: Any, lang: str, flows: tuple[Any, Any], found: Found) -> None:
    """The text was changed and its translation was not."""
    base = base_text(flows[1], key)
    if base is None or not _is_entry(entry) or base_text(flows[0], key) == base or entry["of"] == digest(base):
        return
    found.add("translation", "translation_stale", f"translation {lang} of {shown(key)} is stale", lang=lang)


def base_text(flow: Any, key: str) -> str | None:
    """The text in the base language that a key of a translation stands for, where it is."""
    first, _, rest = key.partition(".")
    if first == "flow":
        place = flow
    elif first == "slots":
        place = flow.get("slots") if isinstance(flow, dict) else None
    else:
        place = _step(flow, first)
    for part in rest.split("."):
        place = _within(place, part)
    return place if isinstance(place, str) else None


def _step(flow: Any, identity: str) -> Any:
    steps = flow.get("steps") if isinstance(flow, dict) else None
    found = steps if isinstance(steps, list) else []
    return next((step for step in found if isinstance(step, dict) and step.get("id") == identity), None)


def _within(place: Any, part: str) -> Any:
    """One part of a key: a field, a place counted from 1, or the value of a choice."""
    if isinstance(place, dict):
        return place.get(part)
    if not isinstance(place, list):
        return None
    choice = next((one for one in place if isinstance(one, dict) and one.get("value") == part), None)
    if choice is not None:
        return choice.get("label")
    return place[int(part) - 1] if part.isdecimal() and 0 < int(part) <= len(place) else None


def compare_engine_texts(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]], found: Found
) -> None:
    for lang in dict.fromkeys((*before, *after)):
        if lang not in before or lang not in after:
            done = "removed" if lang in before else "added"
            found.add("text", f"engine_language_{done}", f"the engine's texts ({lang}) were {done}", lang=lang)
            continue
        for key, old, new in differing(dict(before[lang]), dict(after[lang])):
            found.value("text", "engine_text", f"the engine's text {shown(key)} ({lang})", old, new, lang=lang)
