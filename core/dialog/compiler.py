"""A folder of flows becomes a verified set of programs, or a list of everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from core.dialog.channel_limits import ChannelLimits
from core.dialog.checks.folder import check_folder
from core.dialog.checks.graph import Graph
from core.dialog.checks.graphs import build_graphs, graph_beside
from core.dialog.checks.runs import flows_that_pay
from core.dialog.checks.whole import check_whole
from core.dialog.compiling.flow import Compiled, compile_flow
from core.dialog.compiling.translations import Translations, read_translations
from core.dialog.engine_texts import compile_engine_texts
from core.dialog.loader import FlowFiles, FlowFolder, load_folder
from core.dialog.problems import FlowProblem, Problems, TooManyProblems
from core.dialog.program import BASE_LANG, LANGS, FlowText, Program, ProgramSet
from core.dialog.recording.words import Words, words_in
from core.dialog.signatures import Catalogue, Signature, build_catalogue
from core.dialog.system_flows import UNRECOGNISED, WELCOME
from core.dialog.understanding.phrases import Phrases
from core.dialog.verifier import verify_flow
from core.kernel.collector import paused_collector


@dataclass(frozen=True, slots=True)
class Compilation:
    """`programs` is None when any problem is an error: what was published before keeps running."""

    programs: ProgramSet | None
    problems: tuple[FlowProblem, ...]
    folder: FlowFolder

    @property
    def errors(self) -> tuple[FlowProblem, ...]:
        return tuple(problem for problem in self.problems if problem.severity == "error")


def compile_folder(
    path: Path,
    signatures: Iterable[Signature | Mapping[str, Any]],
    langs: tuple[str, ...] = LANGS,
    channels: Sequence[ChannelLimits] = (),
) -> Compilation:
    """Reads, compiles and verifies every flow of the folder. Texts must be there in all of `langs`.

    `channels`: those that the flows are checked for; what they cannot do is never an error.
    """
    with paused_collector():
        return compile_loaded(load_folder(path), build_catalogue(signatures), langs, channels)


def compile_loaded(
    folder: FlowFolder, catalogue: Catalogue, langs: tuple[str, ...] = LANGS, channels: Sequence[ChannelLimits] = ()
) -> Compilation:
    """The same, for files that were read already."""
    problems = folder.problems
    if problems.has_errors and not folder.flows and not folder.engine:
        return Compilation(None, tuple(problems.found), folder)
    compiled = [
        found
        for files in folder.flows.values()
        if files.flow is not None and (found := _compile(files, catalogue, langs, problems)) is not None
    ]
    programs = {one.program.name: one.program for one in compiled}
    texts: dict[str, FlowText] = {}
    with suppress(TooManyProblems):
        texts = compile_engine_texts(folder.engine, langs, problems, folder.path)
    with suppress(TooManyProblems):
        check_folder(compiled, programs, folder.path, problems)
    graphs = build_graphs(programs)
    with suppress(TooManyProblems):
        check_whole(graphs, problems)
    verified = [_verified(graphs[name], problems, channels) for name in programs]
    everything = tuple(sorted(problems.found, key=lambda problem: (problem.file, problem.line, problem.column)))
    if problems.has_errors:
        return Compilation(None, everything, folder)
    return Compilation(build_set(verified, texts, catalogue), everything, folder)


def compile_kept(
    folder: FlowFolder, revision: str, catalogue: Catalogue, flows: Mapping[str, Program]
) -> Program | None:
    """One flow as it was published once, for those who are still in it, beside the flows of now.

    `folder` holds its files, `revision` is the hash under which it was published. None when this program cannot run it;
    why is in the problems of the folder.
    """
    problems = folder.problems
    compiled = [
        found
        for files in folder.flows.values()
        if files.flow is not None and (found := _compile(files, catalogue, LANGS, problems)) is not None
    ]
    if len(compiled) != 1:
        return None
    program = _verified(graph_beside(compiled[0].program, flows), problems, ())
    return None if problems.has_errors else replace(program, revision=revision)


def _verified(graph: Graph, problems: Problems, channels: Sequence[ChannelLimits]) -> Program:
    with suppress(TooManyProblems):
        return replace(graph.program, known=verify_flow(graph, problems, channels))
    return graph.program


def _compile(
    files: FlowFiles, catalogue: Catalogue, langs: tuple[str, ...], problems: Problems
) -> Compiled | None:  # fmt: skip
    with suppress(TooManyProblems):
        return _compiled(files, catalogue, langs, problems)
    return None


def _compiled(
    files: FlowFiles, catalogue: Catalogue, langs: tuple[str, ...], problems: Problems
) -> Compiled | None:  # fmt: skip
    if files.flow is None:
        return None
    translations = {
        lang: read_translations(files.translations[lang], lang, problems)
        if lang in files.translations
        else Translations(lang, files.flow.file, {})
        for lang in langs
        if lang != BASE_LANG
    }
    return compile_flow(files.flow, translations, catalogue, langs, problems)


def build_set(programs: Iterable[Program], texts: Mapping[str, FlowText], catalogue: Catalogue) -> ProgramSet:
    """The set, with its indices of how customers get in."""
    flows = {program.name: program for program in programs}
    commands = {program.entry.command: program.name for program in flows.values() if program.entry.command}
    links = {program.entry.link: program.name for program in flows.values() if program.entry.link}
    starts = [program.name for program in flows.values() if program.entry.start]
    return ProgramSet(
        flows=flows,
        revisions={program.revision: program for program in flows.values()},
        engine_texts=texts,
        operations=catalogue,
        commands=commands,
        links=links,
        phrases=_phrases(flows),
        intents={intent: program.name for program in flows.values() for intent in program.entry.intents},
        start=starts[0] if starts else WELCOME,
        words=Words(
            phrases=words_in(phrase for program in flows.values() for phrase in program.entry.phrases),
            literals=frozenset().union(*(program.literals for program in flows.values())),
            commands=frozenset(commands),
            links=frozenset(links),
        ),
    )


def _phrases(flows: Mapping[str, Program]) -> Phrases:
    """Of the flows that customers ask for. The phrases of `unrecognised` say what is to be left unrecognised."""
    wished = {name: flow.entry.phrases for name, flow in flows.items() if flow.entry.phrases}
    ignored = wished.pop(UNRECOGNISED, ())
    return Phrases(wished, ignored=ignored, careful=flows_that_pay(flows))
