"""The shipped flows, with the text of one file changed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from app.declarations import catalogue_signatures
from core.dialog.compiler import Compilation, compile_loaded
from core.dialog.loader import FlowFolder, load_folder
from core.dialog.signatures import build_catalogue
from core.dialog.source import read_source

FLOWS: Final = Path(__file__).resolve().parents[2] / "flows"
CATALOGUE: Final = build_catalogue(catalogue_signatures())


@cache
def _loaded() -> FlowFolder:
    return load_folder(FLOWS)


@cache
def text_of(file: str) -> str:
    return (FLOWS / file).read_text(encoding="utf-8")


def flow_files() -> list[str]:
    """Every flow, translation and file of engine texts; the tests beside them are no part of what is published."""
    names = (path.relative_to(FLOWS).as_posix() for path in sorted(FLOWS.rglob("*.yaml")))
    return [name for name in names if not name.endswith(".test.yaml")]


def shipped_folder() -> FlowFolder:
    """A copy of the shipped folder as it was read, to be changed."""
    shipped = _loaded()
    return FlowFolder(
        shipped.path,
        {name: replace(files, translations=dict(files.translations)) for name, files in shipped.flows.items()},
        {lang: list(sources) for lang, sources in shipped.engine.items()},
    )


def compile_changed(file: str, content: str | bytes) -> Compilation:
    """The shipped folder as it would be read with this content in the file."""
    folder = shipped_folder()
    name, _, kind = Path(file).name.removesuffix(".yaml").partition(".")
    source = read_source(content, file, folder.problems)
    if name == "engine":
        folder.engine[kind] = [source] if source is not None else []
    elif not kind:
        folder.flows[name].flow = source
    elif source is not None:
        folder.flows[name].translations[kind] = source
    else:
        del folder.flows[name].translations[kind]
    return compile_loaded(folder, CATALOGUE)
