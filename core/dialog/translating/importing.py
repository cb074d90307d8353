"""A translated PO file becomes translations of the flows, or a list of what the compiler would refuse, by its lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from core.dialog.compiler import compile_loaded
from core.dialog.loader import FlowFolder, load_folder
from core.dialog.problems import Problems
from core.dialog.program import LANGS
from core.dialog.signatures import Catalogue
from core.dialog.source import read_source
from core.dialog.texts import digest
from core.dialog.translating.catalogue import ENGINE, Translated, translated
from core.dialog.translating.po import PoEntry
from core.dialog.translating.writing import NotWritable, Written, with_translations
from core.kernel.strict_yaml import Source


@dataclass(slots=True)
class Imported:
    """`files`: the new content of each file that changes, by its path. `refused`: lines to show; then no file changes.

    `changed`: how many texts; `fuzzy`: how many are still marked as not looked at, and left as they are.
    """

    files: dict[Path, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    changed: int = 0
    fuzzy: int = 0


def import_po(path: Path, catalogue: Catalogue, lang: str, entries: Sequence[PoEntry], po_file: str) -> Imported:
    """`path`: the folder of flows. Nothing is written; the caller writes `files` when nothing is refused."""
    folder = load_folder(path)
    found = {one.context: one for one in translated(folder, catalogue, lang) if one.state != "extra"}
    imported = Imported()
    changes: dict[str, dict[str, Written]] = {}
    lines: dict[tuple[str, str], int] = {}
    for entry in entries:
        one = found.get(entry.context)
        why = _why_not(one, entry)
        if why:
            imported.refused.append(f"{po_file}:{entry.line}: {why}")
        elif one is not None and entry.text and entry.fuzzy:
            imported.fuzzy += 1
        elif one is not None and entry.text and (entry.text != one.text or one.state == "stale"):
            of = digest(one.base) if one.flow != ENGINE else ""
            changes.setdefault(one.flow, {})[one.key] = Written(entry.text, of)
            lines[one.flow, one.key] = entry.line
    for flow, changed in changes.items():
        _write(path, folder, flow, lang, changed, imported)
    imported.changed = len(lines)
    imported.refused += _refused_by_compiler(path, catalogue, lang, imported.files, lines, po_file)
    return imported


def _why_not(one: Translated | None, entry: PoEntry) -> str:
    if one is None:
        return f"no flow has a text '{entry.context}'; export again"
    if one.base != entry.base:
        return f"'{entry.context}' has another text by now; export again"
    return ""


def _write(
    path: Path, folder: FlowFolder, flow: str, lang: str, changed: Mapping[str, Written], imported: Imported
) -> None:  # fmt: skip
    for file, part in _by_file(path, folder, flow, lang, changed).items():
        content = file.read_bytes().decode("utf-8-sig") if file.exists() else ""
        ends = "\r\n" if "\r\n" in content else "\n"
        try:
            written = with_translations(content.replace("\r\n", "\n"), part)
        except NotWritable as error:
            imported.refused.append(f"{file}: {error.detail}")
            continue
        imported.files[file] = written.replace("\n", ends)


def _by_file(
    path: Path, folder: FlowFolder, flow: str, lang: str, changed: Mapping[str, Written]
) -> dict[Path, dict[str, Written]]:  # fmt: skip
    """Of the engine's texts each belongs to the file that has the last word on it."""
    if flow != ENGINE:
        files = folder.flows[flow]
        source = files.translations.get(lang)
        beside = Path(files.flow.file) if files.flow is not None else path
        return {Path(source.file) if source else beside.with_name(f"{flow}.{lang}.yaml"): dict(changed)}
    sources = folder.engine.get(lang, [])
    found: dict[Path, dict[str, Written]] = {}
    for key, one in changed.items():
        having = [source for source in sources if isinstance(source.data, dict) and key in source.data]
        file = Path((having or sources)[-1].file) if sources else path / "system" / f"{ENGINE}.{lang}.yaml"
        found.setdefault(file, {})[key] = one
    return found


def _refused_by_compiler(
    path: Path, catalogue: Catalogue, lang: str, files: Mapping[Path, str],
    lines: Mapping[tuple[str, str], int], po_file: str,
) -> list[str]:  # fmt: skip
    """What the compiler says about the texts that changed. What it says about others was there before."""
    folder = load_folder(path)
    folder.problems = Problems()
    keys: dict[tuple[str, int], tuple[str, str]] = {}
    for file, content in files.items():
        source = read_source(content, str(file), folder.problems)
        if source is not None:
            flow = _exchange(folder, file, lang, source)
            keys |= {(str(file), line): (flow, key) for key, line in _lines_of(source)}
    compilation = compile_loaded(folder, catalogue, LANGS)
    found = ((keys.get((problem.file, problem.line)), problem) for problem in compilation.problems)
    return [
        f"{po_file}:{lines[key]}: {problem.severity} [{problem.code}] {problem.sentence}"
        for key, problem in found
        if key is not None and key in lines and problem.severity == "error"
    ]


def _exchange(folder: FlowFolder, file: Path, lang: str, source: Source) -> str:
    """Put the source where the file of the same name was. The flow that it belongs to."""
    flow = file.name.partition(".")[0]
    if flow == ENGINE:
        sources = folder.engine.setdefault(lang, [])
        known = [one.file for one in sources]
        at = known.index(str(file)) if str(file) in known else len(known)
        sources[at : at + 1] = [source]
    else:
        folder.flows[flow].translations[lang] = source
    return flow


def _lines_of(source: Source) -> Iterable[tuple[str, int]]:
    data = source.data if isinstance(source.data, dict) else {}
    for key, value in data.items():
        place = (key, "text") if isinstance(value, dict) else (key,)
        yield key, source.mark(place).line
