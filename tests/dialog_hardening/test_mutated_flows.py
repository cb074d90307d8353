"""Whatever happens to the text of a shipped flow: a located answer, and never an unproven way to money."""

from __future__ import annotations

import random

import pytest

from core.dialog.compiler import Compilation
from tests.dialog_hardening.mutations import mutated
from tests.dialog_hardening.oracle import unproven_way
from tests.dialog_hardening.shipped import compile_changed, flow_files, text_of

MONEY_MUTANTS = 220
FLOW_MUTANTS = 12
TEXT_MUTANTS = 3
MOST_FINDINGS = 1500


def check_answer(compilation: Compilation, why: str) -> None:
    for problem in compilation.problems:
        assert problem.line >= 1, why
        assert problem.column >= 1, why
        assert problem.file, why
        assert problem.code, why
        assert problem.sentence.strip(), why
    assert len(compilation.problems) <= MOST_FINDINGS, why
    assert (compilation.programs is None) == bool(compilation.errors), why
    if compilation.programs is not None:
        for program in compilation.programs.flows.values():
            assert unproven_way(program) == [], f"{why}: {program.name} was accepted"


def mutants(file: str) -> int:
    if file == "card_transfer.yaml":
        return MONEY_MUTANTS
    return FLOW_MUTANTS if file.count(".") == 1 else TEXT_MUTANTS


@pytest.mark.parametrize("file", flow_files())
def test_a_changed_flow_is_accepted_with_its_proof_or_refused_with_places(file: str) -> None:
    text = text_of(file)

    for seed in range(mutants(file)):
        changed = mutated(text, random.Random(f"{file} {seed}"))

        check_answer(compile_changed(file, changed), f"{file} seed {seed}")


@pytest.mark.parametrize("part", range(12))
def test_a_money_flow_cut_off_anywhere_is_refused_or_harmless(part: int) -> None:
    raw = text_of("card_transfer.yaml").encode()

    for end in range(part * len(raw) // 12, (part + 1) * len(raw) // 12, 97):
        check_answer(compile_changed("card_transfer.yaml", raw[:end]), f"cut at {end}")


def test_many_of_the_changes_leave_a_flow_that_is_accepted() -> None:
    """Otherwise the second opinion would never be asked."""
    file = "card_transfer.yaml"
    text = text_of(file)

    changed = [mutated(text, random.Random(f"{file} {seed}")) for seed in range(60)]

    assert sum(compile_changed(file, one).programs is not None for one in changed if one != text) >= 5
