"""Walks over the fixture flows, which have files, places, people and flows that begin by themselves, find nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.channel_looks import LOOKS
from core.dialog.compiler import compile_folder
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.walk.hunt import hunt
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import FLOWS, UK

AGAIN = """\
flow: again
entry: {command: again}
steps:
  - {id: later, run: again, after: 2h}
  - {id: told, say: Time for a glass of water, end: done}
"""
PERSON = """\
flow: person
entry: {command: person}
steps:
  - {id: later, run: again, after: 2h}
  - {id: person, handoff: experts, back: told}
  - {id: told, say: Back again, end: done}
"""


@pytest.mark.parametrize("look", [look for look in LOOKS if look.name in ("telegram", "sms")], ids=lambda one: one.name)
def test_walks_find_nothing(folder: Path, look: Look) -> None:
    for file in (FLOWS.parent / "delivery").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    for name, flow in (("again", AGAIN), ("person", PERSON)):
        (folder / f"{name}.yaml").write_text(flow, encoding="utf-8")
    programs = compile_folder(folder, SIGNATURES, UK).programs
    assert programs is not None

    made = hunt(programs, look, turns=3_000, seed=4)

    assert [(walked.finding, walked.path.as_test("found", look.name)) for walked in made.found] == []
