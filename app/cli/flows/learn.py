"""`teller flows learn`: labelled phrases become phrases of the flows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from app.cli.flows.shared import Folder, compiled, console, phrases_by_lang
from core.dialog.compiler import Compilation
from core.dialog.phrase_writing import NotWritable, with_phrases
from core.dialog.problems import Problems
from core.dialog.program import LANGS
from core.dialog.source import read_source
from core.dialog.system_flows import UNRECOGNISED
from core.dialog.understanding.classifier import IGNORED
from core.dialog.understanding.lessons import Lesson, study
from core.dialog.understanding.misunderstood import language_of_letters
from core.dialog.understanding.normal import words_of
from core.kernel.strict_yaml import Mark, Source

_IGNORE: Final = "ignore"


def learn(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the labelled file")],
    folder: Folder = None,
) -> None:
    """Write labelled phrases into the flows, except those that would make others ambiguous; exit code 1 for those."""
    compilation = compiled(folder)
    if compilation.programs is None:
        console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    problems = Problems()
    lessons = _read(file, compilation, problems)
    if problems.found:
        for problem in problems.found:
            console.print(str(problem), markup=False)
        raise typer.Exit(1)
    known = {
        flow: [phrase for texts in by.values() for phrase in texts]
        for flow, by in phrases_by_lang(compilation.folder).items()
    }
    ignored = known.pop(UNRECOGNISED, [])
    studied = study(known, ignored, lessons)
    _write(studied.learned, compilation)
    for lesson in studied.learned:
        console.print(f"{lesson.intent or _IGNORE}: {lesson.phrase}", markup=False)
    for refusal in studied.refused:
        mark = refusal.lesson.mark
        console.print(f"{mark.file}:{mark.line}: not learned, {refusal.why}: {refusal.lesson.phrase}", markup=False)
    console.print(f"{len(studied.learned)} learned, {len(studied.refused)} refused")
    raise typer.Exit(1 if studied.refused else 0)


def _read(file: Path, compilation: Compilation, problems: Problems) -> list[Lesson]:
    source = read_source(file.read_bytes(), str(file), problems)
    if source is None:
        return []
    if not isinstance(source.data, list):
        problems.error("type", source.mark(()), "a labelled file is a list of `{phrase, label}`")
        return []
    read = [_lesson(source, place, item, compilation, problems) for place, item in enumerate(source.data)]
    return [lesson for lesson in read if lesson is not None]


def _lesson(
    source: Source, place: int, item: Any, compilation: Compilation, problems: Problems
) -> Lesson | None:  # fmt: skip
    """None for a phrase without a label, and after a problem."""
    mark = source.mark((place,))
    if not isinstance(item, Mapping) or not isinstance(item.get("phrase"), str):
        problems.error("type", mark, "each item must be a mapping with `phrase` and `label`")
        return None
    label, phrase = item.get("label") or "", words_of(item["phrase"])
    if not label:
        return None
    lang = item.get("lang") or language_of_letters(phrase)
    if lang not in LANGS:
        problems.error("lang", source.mark((place, "lang")), f"'{lang}' is no language; they are {', '.join(LANGS)}")
        return None
    flows = compilation.programs.flows if compilation.programs is not None else {}
    named = Mark(*source.mark((place, "label")))
    if label in (_IGNORE, UNRECOGNISED):
        return Lesson(phrase, IGNORED, lang, named)
    if not isinstance(label, str) or label not in flows or not flows[label].entry.phrases:
        can = ", ".join(sorted(name for name, flow in flows.items() if flow.entry.phrases))
        problems.error("label", named, f"'{label}' is no flow with phrases", f"Write one of {can}, or {_IGNORE}.")
        return None
    return Lesson(phrase, label, lang, named)


def _write(lessons: Sequence[Lesson], compilation: Compilation) -> None:
    by_flow: dict[str, dict[str, list[str]]] = {}
    for lesson in lessons:
        flow = lesson.intent or UNRECOGNISED
        by_flow.setdefault(flow, {}).setdefault(lesson.lang, []).append(lesson.phrase)
    written: dict[Path, str] = {}
    for flow, by_lang in by_flow.items():
        source = compilation.folder.flows[flow].flow
        if source is None:
            continue
        path = Path(source.file)
        content = path.read_bytes().decode("utf-8-sig")
        ends = "\r\n" if "\r\n" in content else "\n"
        content = content.replace("\r\n", "\n")
        try:
            for lang, phrases in by_lang.items():
                content = with_phrases(content, lang, phrases)
        except NotWritable as error:
            console.print(f"{path}: {error.detail}", markup=False)
            raise typer.Exit(1) from error
        written[path] = content.replace("\n", ends)
    for path, content in written.items():
        path.write_bytes(content.encode())
