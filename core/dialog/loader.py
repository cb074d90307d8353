"""A folder of flows. All the rest of the language works on what is read here.

`<flow>.yaml`, its translations `<flow>.<lang>.yaml` and its tests `<flow>.test.yaml`; the flows that the engine itself
needs lie in `system/` with the engine's texts `engine.<lang>.yaml`. A flow of the same name beside `system/` takes its
place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.dialog.problems import Problems
from core.dialog.program import LANGS
from core.dialog.source import read_source_file
from core.kernel.strict_yaml import Mark, Source

_SYSTEM: Final = "system"
_ENGINE: Final = "engine"
_TEST: Final = "test"
MOST_FILES: Final = 2000


@dataclass(slots=True)
class FlowFiles:
    """One flow's files; `flow` is None when only its translations or tests were found, or it could not be read."""

    name: str
    flow: Source | None = None
    translations: dict[str, Source] = field(default_factory=dict)
    tests: Source | None = None


@dataclass(slots=True)
class FlowFolder:
    """Everything read. `engine`: the engine's texts by language, the system's own first."""

    path: str
    flows: dict[str, FlowFiles] = field(default_factory=dict)
    engine: dict[str, list[Source]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)


def load_folder(path: Path) -> FlowFolder:
    """Every YAML file of the folder and of its `system/`. One that cannot be read is a problem, the rest is there."""
    folder = FlowFolder(str(path))
    if not path.is_dir():
        folder.problems.error("no_folder", Mark(str(path), 1, 1), "there is no such folder")
        return folder
    for place in (path / _SYSTEM, path):
        own: dict[str, FlowFiles] = {}
        for file in sorted(place.glob("*.yaml"))[:MOST_FILES]:
            _load(file, own, folder)
        folder.flows.update(own)
    for files in folder.flows.values():
        _check_flow_is_there(files, folder)
    return folder


def _load(file: Path, flows: dict[str, FlowFiles], folder: FlowFolder) -> None:
    name, dot, kind = file.name.removesuffix(".yaml").partition(".")
    source = read_source_file(file, folder.problems)
    if name == _ENGINE and kind in LANGS:
        if source is not None:
            folder.engine.setdefault(kind, []).append(source)
        return
    files = flows.setdefault(name, FlowFiles(name))
    if source is None:
        return
    if not dot:
        files.flow = source
        _check_name(files, folder.problems)
    elif kind == _TEST:
        files.tests = source
    elif kind in LANGS:
        files.translations[kind] = source
    else:
        sentence = f"'{kind}' is neither a language ({', '.join(LANGS)}) nor 'test'"
        folder.problems.error("file_name", source.mark(()), sentence, "Rename the file.")


def _check_name(files: FlowFiles, problems: Problems) -> None:
    source = files.flow
    if source is None or not isinstance(source.data, dict):
        return
    written = source.data.get("flow")
    if isinstance(written, str) and written != files.name:
        sentence = f"the file is called '{files.name}.yaml', but the flow in it '{written}'"
        problems.error("file_name", source.mark(("flow",)), sentence, "Give both one name.")


def _check_flow_is_there(files: FlowFiles, folder: FlowFolder) -> None:
    if files.flow is not None or folder.problems.has_errors:
        return
    lonely = files.tests or next(iter(files.translations.values()))
    sentence = f"there is no flow '{files.name}' beside this file"
    folder.problems.error("lonely_file", lonely.mark(()), sentence)
