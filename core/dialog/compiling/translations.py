"""Translations of a flow: texts by `step.field`, each with the digest of the text that it translates."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from core.dialog.problems import Problems
from core.dialog.texts import Text
from core.kernel.strict_yaml import Mark, Source

FIELDS: Final = frozenset(("of", "text"))


@dataclass(frozen=True, slots=True)
class Translation:
    """`of`: digest of the base text it was made from."""

    of: str
    text: str
    mark: Mark


@dataclass(slots=True)
class Translations:
    """The translations of one flow into one language; `used` are those whose text still exists."""

    lang: str
    file: str
    entries: dict[str, Translation]
    used: set[str] = field(default_factory=set)

    def find(self, key: str) -> Translation | None:
        self.used.add(key)
        return self.entries.get(key)

    def report_extra(self, problems: Problems) -> None:
        for key, entry in self.entries.items():
            if key not in self.used:
                sentence = f"'{key}' translates a text that the flow does not have"
                problems.error("translation_extra", entry.mark, sentence, "Remove it.")


def read_translations(source: Source, lang: str, problems: Problems) -> Translations:
    """`{step.field: {of: digest, text: ...}}`."""
    entries: dict[str, Translation] = {}
    data = source.data
    if not isinstance(data, dict):
        problems.error("type", source.mark(()), "a file of translations maps `step.field` to `{of, text}`")
        data = {}
    for key, value in data.items():
        entry = _entry(source, key, value, problems)
        if entry is not None:
            entries[key] = entry
    return Translations(lang, source.file, entries)


def _entry(source: Source, key: str, value: Any, problems: Problems) -> Translation | None:
    if not isinstance(value, dict) or value.keys() != FIELDS or not all(isinstance(v, str) for v in value.values()):
        sentence = f"'{key}' must be a mapping of exactly `of` and `text`"
        problems.error("type", source.key_mark((key,)), sentence)
        return None
    return Translation(value["of"], value["text"], source.mark((key, "text")))


def check_translation(
    key: str, base: Text, of: str, entry: Translation, text: Text, lang: str, problems: Problems
) -> None:
    """Stale, or not showing what the base text shows. `of`: the digest that the base text has now."""
    if entry.of != of:
        sentence = f"'{key}' was translated from another text than it has now"
        problems.error("translation_stale", entry.mark, sentence, f"Check the text, then write `of: {of}`.")
    if base.placeholders != text.placeholders and _shape(base) != _shape(text):
        shown, wanted = _spoken(text), _spoken(base)
        sentence = f"'{key}' shows {shown} in {lang}, but {wanted} in the base language"
        problems.error("placeholders_differ", entry.mark, sentence)


def _shape(text: Text) -> list[tuple[str, tuple[str, ...]]]:
    """Placeholders with the names of their filters; the order and the forms of plurals belong to the language."""
    return sorted(
        (path, tuple(one.partition(":")[0].strip() for one in filters.split("|")))
        for path, filters in text.placeholders
    )


def _spoken(text: Text) -> str:
    return ", ".join(f"{{{'|'.join(part for part in item if part)}}}" for item in text.placeholders) or "no values"
