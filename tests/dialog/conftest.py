"""The fixture flows: compiled, in conversation, and as a folder of files that a test may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.dialog.program import ProgramSet
from tests.dialog.compiled import FLOWS, programs_with
from tests.dialog.conversation import Conversation


@pytest.fixture(scope="session")
def programs() -> ProgramSet:
    return programs_with()


@pytest.fixture
def talk(programs: ProgramSet) -> Conversation:
    return Conversation(programs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "system").mkdir()
    for file in FLOWS.rglob("*.yaml"):
        (tmp_path / file.relative_to(FLOWS)).write_bytes(file.read_bytes())
    return tmp_path
