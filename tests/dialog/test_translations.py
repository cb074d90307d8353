"""Every text in every language, and none of them older than what it translates."""

from __future__ import annotations

from typing import Final

import pytest

from core.dialog.compiler import Compilation, compile_loaded
from core.dialog.loader import FlowFiles, load_folder
from core.dialog.program import LANGS
from core.dialog.signatures import build_catalogue
from core.dialog.source import read_source
from core.dialog.texts import digest
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS

FLOW: Final = """\
flow: cards
entry: {command: cards}
slots: {count: {type: int, label: Кількість}}
steps:
  - {id: ask, ask: count, text: Скільки карток?}
  - {id: tell, say: "{count} {count|plural: картка, картки, карток}", end: done}
"""
TEXTS: Final = {
    "slots.count.label": ("Кількість", "Count"),
    "ask.text": ("Скільки карток?", "How many cards?"),
    "tell.say": ("{count} {count|plural: картка, картки, карток}", "{count} {count|plural: card, cards}"),
}
PLURALS: Final = {"ru": "карта, карты, карт", "be": "картка, карткі, картак"}


def _translation(lang: str, **changed: str | None) -> str:
    lines = []
    for key, (source, english) in TEXTS.items():
        text = english.replace("card, cards", PLURALS[lang]) if lang in PLURALS else english
        text = changed.get(key.replace(".", "_"), text) or ""
        if text:
            lines.append(f'{key}: {{of: {digest(source)}, text: "{text}"}}\n')
    return "".join(lines)


def _compile(flow: str = FLOW, **by_lang: str) -> Compilation:
    folder = load_folder(FLOWS)
    folder.flows.clear()
    files = FlowFiles("cards", read_source(flow, "cards.yaml", folder.problems))
    for lang in ("ru", "be", "en"):
        written = by_lang.get(lang, _translation(lang))
        source = read_source(written, f"cards.{lang}.yaml", folder.problems)
        assert source is not None
        files.translations[lang] = source
    folder.flows["cards"] = files
    return compile_loaded(folder, build_catalogue(SIGNATURES), LANGS)


def _problems(compilation: Compilation) -> list[tuple[str, str, str]]:
    return [(one.code, one.file, one.sentence) for one in compilation.problems if one.code != "system_flow_missing"]


def test_a_flow_with_all_its_texts_is_accepted() -> None:
    assert _problems(_compile()) == []


def test_a_missing_text_is_named_with_its_language() -> None:
    compilation = _compile(en=_translation("en", ask_text=None) or "x: y")

    assert ("translation_missing", "cards.yaml", "'ask.text' has no text in en") in _problems(compilation)


def test_a_text_that_changed_since_it_was_translated_is_stale() -> None:
    compilation = _compile(FLOW.replace("Скільки карток?", "Скільки карток потрібно?"))

    assert [code for code, _, _ in _problems(compilation)] == ["translation_stale"] * 3


def test_a_translation_of_nothing_is_extra() -> None:
    compilation = _compile(en=_translation("en") + f'old.say: {{of: {digest("x")}, text: "gone"}}\n')

    assert _problems(compilation) == [
        ("translation_extra", "cards.en.yaml", "'old.say' translates a text that the flow does not have")
    ]


@pytest.mark.parametrize("text", ["no number", "{count}", "{count} {count} {count|plural: card, cards}"])
def test_a_translation_must_show_what_the_text_shows(text: str) -> None:
    compilation = _compile(en=_translation("en", tell_say=text))

    assert [code for code, _, _ in _problems(compilation)] == ["placeholders_differ"]


def test_plural_forms_are_counted_for_each_language() -> None:
    compilation = _compile(ru=_translation("ru", tell_say="{count} {count|plural: карта, карты}"))

    assert [code for code, _, _ in _problems(compilation)] == ["plural_forms"]


def test_a_translation_that_is_no_translation_is_refused_at_its_line() -> None:
    compilation = _compile(en=_translation("en") + "odd: text\n")

    found = [one for one in compilation.errors if one.code == "type"]
    assert [(one.file, one.line) for one in found] == [("cards.en.yaml", 4)]
