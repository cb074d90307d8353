"""The texts of one flow in all languages: compiled, compared with their translations, counted for plurals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from core.dialog.compiling.translations import Translations, check_translation
from core.dialog.problems import Problems
from core.dialog.program import BASE_LANG, FlowText
from core.dialog.slot_types import SlotType
from core.dialog.texts import Known, Text, TextError, compile_text, digest
from core.kernel.strict_yaml import Mark

_PLACED: Final = re.compile(r"\{\s*(\w+)")


@dataclass(frozen=True, slots=True)
class FlowTexts:
    """`langs`: the languages that every text must have. `found`: every text so far."""

    problems: Problems
    langs: tuple[str, ...]
    translations: Mapping[str, Translations]
    found: list[FlowText] = field(default_factory=list)

    def in_every_language(self, key: str, written: str, mark: Mark, types: Mapping[str, SlotType]) -> FlowText:
        known: Known = {}
        base = self.in_base_language(written, mark, types, known)
        by_lang = {BASE_LANG: base}
        of = digest(base.source)
        for lang in self.langs:
            if lang != BASE_LANG:
                translated = self._translated(key, base, of, lang, types, mark, known)
                if translated is not None:
                    by_lang[lang] = translated
        self._check_plurals(base, BASE_LANG, mark)
        text = FlowText(key, mark, by_lang)
        self.found.append(text)
        return text

    def in_base_language(
        self, written: str, mark: Mark, types: Mapping[str, SlotType], known: Known | None = None
    ) -> Text:  # fmt: skip
        """The compiled text; an empty one after a problem, so that everything else is still looked at."""
        try:
            return compile_text(written, types, known)
        except TextError as error:
            names = [name for name in _PLACED.findall(written) if name in types]
            secret = any(types[name].kind == "secret" for name in names)
            place = Mark(mark.file, mark.line, mark.column + max(error.column - 1, 0))
            self.problems.error("secret_shown" if secret else "text", place, error.message)
            return compile_text("", {})

    def _translated(
        self, key: str, base: Text, of: str, lang: str, types: Mapping[str, SlotType], mark: Mark, known: Known
    ) -> Text | None:  # fmt: skip
        """`of`: the digest of the base text."""
        translations = self.translations.get(lang)
        entry = translations.find(key) if translations is not None else None
        if entry is None:
            self.problems.error("translation_missing", mark, f"'{key}' has no text in {lang}")
            return None
        try:
            text = compile_text(entry.text, types, known)
        except TextError as error:
            self.problems.error("text", entry.mark, f"'{key}' in {lang}: {error.message}")
            return None
        check_translation(key, base, of, entry, text, lang, self.problems)
        self._check_plurals(text, lang, entry.mark)
        return text

    def _check_plurals(self, text: Text, lang: str, mark: Mark) -> None:
        try:
            text.check_plurals(lang)
        except TextError as error:
            self.problems.error("plural_forms", mark, f"in {lang}: {error.message}")
