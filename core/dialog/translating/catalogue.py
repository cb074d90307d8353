"""Every text of a folder of flows with its translation into one language, and what has to be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, Literal

from core.dialog.compiling.flow import compile_flow
from core.dialog.engine_texts import MEANING
from core.dialog.loader import FlowFiles, FlowFolder
from core.dialog.problems import Problems, TooManyProblems
from core.dialog.program import BASE_LANG, FlowText
from core.dialog.signatures import Catalogue
from core.dialog.texts import digest
from core.kernel.strict_yaml import Mark, Source

ENGINE: Final = "engine"
State = Literal["done", "missing", "stale", "extra"]


@dataclass(frozen=True, slots=True)
class Translated:
    """One text. `flow` is `engine` for the engine's own, whose translations keep no digest and so are never stale.

    `base` is "" when the flow no longer has the text, `text` "" when it is not translated. `mark`: of the base text,
    of the translation where there is none. `about`: what the translator should know.
    """

    flow: str
    key: str
    base: str
    text: str
    state: State
    mark: Mark
    about: str = ""

    @property
    def context(self) -> str:
        """What names it in a PO file."""
        return f"{self.flow}:{self.key}"


def translated(folder: FlowFolder, catalogue: Catalogue, lang: str) -> list[Translated]:
    """In the order of the files and of the texts in them. Flows that do not compile give the texts that do."""
    found = [one for files in folder.flows.values() for one in _of_flow(files, catalogue, lang)]
    return [*found, *_of_engine(folder, lang)]


def _of_flow(files: FlowFiles, catalogue: Catalogue, lang: str) -> Iterator[Translated]:
    if files.flow is None:
        return
    source = files.translations.get(lang)
    entries = source.data if source is not None and isinstance(source.data, dict) else {}
    texts = {text.key: text for text in base_texts(files.flow, catalogue)}
    about = files.flow.data.get("about", "") if isinstance(files.flow.data, dict) else ""
    for key, text in texts.items():
        entry: Any = entries.get(key)
        written = entry.get("text", "") if isinstance(entry, dict) else ""
        state: State = "done"
        if not written:
            state = "missing"
        elif entry.get("of") != digest(text.base.source):
            state = "stale"
        yield Translated(files.name, key, text.base.source, written, state, text.mark, about)
    if source is not None:
        for key, entry in entries.items():
            if key not in texts:
                written = entry.get("text", "") if isinstance(entry, dict) else ""
                yield Translated(files.name, key, "", written, "extra", source.key_mark((key,)))


def base_texts(flow: Source, catalogue: Catalogue) -> list[FlowText]:
    """The texts of a flow in the base language, whatever else may be wrong with it."""
    problems = Problems()
    with suppress(TooManyProblems):
        compiled = compile_flow(flow, {}, catalogue, (BASE_LANG,), problems)
        return compiled.builder.texts.found if compiled is not None else []
    return []


def _of_engine(folder: FlowFolder, lang: str) -> Iterator[Translated]:
    base, texts = _engine_texts(folder, BASE_LANG), _engine_texts(folder, lang)
    for key, (source, written) in base.items():
        text = texts[key][1] if key in texts else ""
        state: State = "done" if text else "missing"
        yield Translated(ENGINE, key, written, text, state, source.mark((key,)), MEANING.get(key, ""))
    for key, (source, written) in texts.items():
        if key not in base:
            yield Translated(ENGINE, key, "", written, "extra", source.key_mark((key,)))


def _engine_texts(folder: FlowFolder, lang: str) -> dict[str, tuple[Source, str]]:
    """By key: the file that has the last word, and its text."""
    return {
        key: (source, str(text))
        for source in folder.engine.get(lang, [])
        if isinstance(source.data, dict)
        for key, text in source.data.items()
    }
