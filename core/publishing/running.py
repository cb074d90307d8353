"""What was published, compiled: the current release with the revisions that people still stand on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from core.dialog.compiler import Compilation, compile_kept, compile_loaded
from core.dialog.problems import FlowProblem
from core.dialog.program import Program, ProgramSet
from core.dialog.signatures import Catalogue
from core.kernel.collector import paused_collector
from core.publishing.candidate import folder_of, folder_of_files
from core.publishing.schema import Published, Revision


@dataclass(frozen=True, slots=True)
class Kept:
    """Revisions that can be run, and the first problem of each of those that this program cannot run."""

    programs: Mapping[str, Program]
    refused: Mapping[str, FlowProblem | None]


def compile_release(published: Published, catalogue: Catalogue) -> Compilation:
    """As a folder compiles; its flows are known by the hashes under which they were published."""
    with paused_collector():
        compilation = compile_loaded(folder_of(published), catalogue)
    if compilation.programs is None:
        return compilation
    return replace(compilation, programs=_as_published(compilation.programs, published.release.manifest))


def _as_published(programs: ProgramSet, manifest: Mapping[str, str]) -> ProgramSet:
    """A newer program may count hashes in another way, but sessions and other processes know the published ones."""
    flows = {
        name: program if program.revision == manifest[name] else replace(program, revision=manifest[name])
        for name, program in programs.flows.items()
    }
    own = {program.revision for program in programs.flows.values()}
    others = {digest: program for digest, program in programs.revisions.items() if digest not in own}
    return replace(programs, flows=flows, revisions={**others, **{one.revision: one for one in flows.values()}})


def compile_revisions(revisions: Iterable[Revision], catalogue: Catalogue, flows: Mapping[str, Program]) -> Kept:
    """Kept revisions, beside the flows that are published now."""
    programs: dict[str, Program] = {}
    refused: dict[str, FlowProblem | None] = {}
    for revision in revisions:
        folder = folder_of_files(revision.files, f"revision {revision.hash}")
        program = compile_kept(folder, revision.hash, catalogue, flows)
        if program is not None:
            programs[revision.hash] = program
        else:
            errors = [problem for problem in folder.problems.found if problem.severity == "error"]
            refused[revision.hash] = errors[0] if errors else None
    return Kept(programs, refused)
