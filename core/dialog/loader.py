"""A folder of flows. All the rest of the language works on what is read here.

`<flow>.yaml`, its translations `<flow>.<lang>.yaml` and its tests `<flow>.test.yaml`; the flows that the engine itself
needs lie in `system/` with the engine's texts `engine.<lang>.yaml`. A flow of the same name beside `system/` takes its
place. The files may also come from elsewhere, such as a release that was published: `load_files`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.dialog.problems import Problems
from core.dialog.program import LANGS
from core.dialog.source import read_source
from core.kernel.strict_yaml import MAX_BYTES, Mark, Source

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
    """Everything read. `engine`: the engine's texts by language, the system's own first. `files`: what was read, by its
    path within the folder."""

    path: str
    flows: dict[str, FlowFiles] = field(default_factory=dict)
    engine: dict[str, list[Source]] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    files: Mapping[str, bytes] = field(default_factory=dict)

    def within(self, source: Source) -> str:
        """The path within the folder of a file that was read."""
        return source.file.removeprefix(f"{self.path}/")


def load_folder(path: Path) -> FlowFolder:
    """Every YAML file of the folder and of its `system/`. One that cannot be read is a problem, the rest is there."""
    if not path.is_dir():
        folder = FlowFolder(str(path))
        folder.problems.error("no_folder", Mark(str(path), 1, 1), "there is no such folder")
        return folder
    problems = Problems()
    files: dict[str, bytes] = {}
    for place in (path / _SYSTEM, path):
        for file in sorted(place.glob("*.yaml"))[:MOST_FILES]:
            content = _content(file, problems)
            if content is not None:
                files[file.relative_to(path).as_posix()] = content
    return load_files(files, str(path), problems)


def load_files(files: Mapping[str, bytes], path: str, problems: Problems | None = None) -> FlowFolder:
    """The same for files that were read already: content by path within the folder. `path` is named in problems."""
    folder = FlowFolder(path, problems=problems or Problems(), files=files)
    for system in (True, False):
        own: dict[str, FlowFiles] = {}
        for name, content in sorted(files.items()):
            if name.startswith(f"{_SYSTEM}/") == system:
                _load(name, content, own, folder)
        folder.flows.update(own)
    for flow in folder.flows.values():
        _check_flow_is_there(flow, folder)
    return folder


def flow_names(path: Path) -> tuple[str, ...]:
    """The names of the flows in the folder, without reading them."""
    files = (*path.glob("*.yaml"), *(path / _SYSTEM).glob("*.yaml"))
    return tuple(sorted({file.stem for file in files if "." not in file.stem}))


def _content(file: Path, problems: Problems) -> bytes | None:
    """One byte more than is allowed tells the reader that a file is too large."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        problems.error("unreadable", Mark(str(file), 1, 1), f"the file cannot be read: {error.strerror}")
        return None


def _load(path: str, content: bytes, flows: dict[str, FlowFiles], folder: FlowFolder) -> None:
    name, dot, kind = path.rpartition("/")[2].removesuffix(".yaml").partition(".")
    source = read_source(content, f"{folder.path}/{path}", folder.problems)
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
