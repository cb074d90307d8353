"""Folders of flows for publishing: the shipped ones, with passages of one file changed."""

from __future__ import annotations

import fnmatch
from functools import cache

from app.declarations import catalogue_signatures
from core.dialog.changes.model import Edition, edition_of
from core.dialog.compiler import Compilation, compile_loaded
from core.dialog.loader import load_files
from core.dialog.program import Program
from core.dialog.signatures import build_catalogue
from core.publishing.candidate import candidate_of
from core.publishing.schema import Candidate
from tests.dialog_hardening.shipped import FLOWS, flow_files

CATALOGUE = build_catalogue(catalogue_signatures())
Change = tuple[str, str, str]
"""A file or several (`*`), a passage in them, and what stands there instead."""

LONGER_TTL: Change = ("card_transfer.yaml", "ttl: 110s", "ttl: 100s")
FOLLOW: Change = ("system/menu.yaml", "slots: {what: choice}", "revisions: follow\nslots: {what: choice}")
RESTART: Change = ("balance.yaml", "auth: {level: otp", "revisions: restart\nauth: {level: otp")


@cache
def shipped() -> dict[str, bytes]:
    return {name: (FLOWS / name).read_bytes() for name in flow_files()}


@cache
def compiled(*changes: Change) -> Compilation:
    files = dict(shipped())
    for pattern, old, new in changes:
        touched = fnmatch.filter(files, pattern)
        assert any(old in files[name].decode() for name in touched), f"{pattern} has no {old!r}"
        files.update({name: files[name].decode().replace(old, new).encode() for name in touched})
    compilation = compile_loaded(load_files(files, "flows"), CATALOGUE)
    assert compilation.programs is not None, [str(problem) for problem in compilation.errors]
    return compilation


def candidate(*changes: Change) -> Candidate:
    return candidate_of(compiled(*changes))


def flows(*changes: Change) -> dict[str, Program]:
    programs = compiled(*changes).programs
    assert programs is not None
    return dict(programs.flows)


def edition(*changes: Change) -> Edition:
    return edition_of(compiled(*changes).folder)
