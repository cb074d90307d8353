"""From a folder that compiles to what is published of it, and back from what was published to a folder."""

from __future__ import annotations

from typing import Final

import msgspec

from core.dialog.compiler import Compilation
from core.dialog.loader import FlowFiles, FlowFolder, load_files
from core.dialog.program import ProgramSet
from core.kernel.ids import derived_id
from core.publishing.schema import Candidate, Files, Policy, Published, Revision

_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")
_HASH: Final = 12


def candidate_of(compilation: Compilation) -> Candidate:
    """What a folder without errors would be published as. Tests beside the flows are no part of it."""
    programs, folder = compilation.programs, compilation.folder
    if programs is None:
        raise ValueError("flows with errors cannot be published")
    revisions = tuple(_revision(folder.flows[name], folder, programs) for name in sorted(programs.flows))
    sources = [source for lang in sorted(folder.engine) for source in folder.engine[lang]]
    texts = {lang: [source.data for source in sources] for lang, sources in folder.engine.items()}
    return Candidate(
        manifest={revision.flow: revision.hash for revision in revisions},
        revisions=revisions,
        engine={folder.within(source): _text(folder, folder.within(source)) for source in sources},
        engine_hash=derived_id(_HASH, "engine", _CANONICAL.encode(texts).decode()),
    )


def _revision(files: FlowFiles, folder: FlowFolder, programs: ProgramSet) -> Revision:
    program = programs.flows[files.name]
    sources = [source for source in (files.flow, *files.translations.values()) if source is not None]
    policy: Policy = program.revisions
    return Revision(
        hash=program.revision,
        flow=program.name,
        policy=policy,
        spec=_spec(files),
        files={path: _text(folder, path) for path in sorted(map(folder.within, sources))},
    )


def _spec(files: FlowFiles) -> str:
    written = files.flow.data.get("spec") if files.flow is not None and isinstance(files.flow.data, dict) else None
    return str(written or "1")


def _text(folder: FlowFolder, path: str) -> str:
    return folder.files[path].decode("utf-8-sig")


def folder_of(published: Published) -> FlowFolder:
    """A release as if it had been read from a folder of this name."""
    return folder_of_files(published.files, f"release {published.release.number}")


def folder_of_files(files: Files, name: str) -> FlowFolder:
    return load_files({path: text.encode() for path, text in files.items()}, name)
