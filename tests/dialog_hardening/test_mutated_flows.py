"""Whatever happens to the text of a shipped flow: a located answer, and never an unproven way to money."""

from __future__ import annotations

import random

import pytest

from core.dialog.compiler import Compilation
from core.dialog.program import ProgramSet
from tests.dialog_hardening.family import FAMILY, compile_family
from tests.dialog_hardening.mutations import mutated
from tests.dialog_hardening.oracle import unproven_way
from tests.dialog_hardening.shipped import compile_changed, flow_files, text_of

MONEY_MUTANTS = 220
FAMILY_MUTANTS = 90
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
        check_proof(compilation.programs, why)


_walked: set[frozenset[str]] = set()


def check_proof(programs: ProgramSet, why: str) -> None:
    """The second opinion on every flow; flows that were walked through already stay what they were."""
    everything = frozenset(program.revision for program in programs.flows.values())
    for program in programs.flows.values():
        alone = not any(step.kind in ("run", "auth", "confirm") for step in program.steps.values())
        known = frozenset((program.revision,)) if alone else everything | {program.name}
        if known not in _walked:
            _walked.add(known)
            assert unproven_way(program, programs.flows) == [], f"{why}: {program.name} was accepted"


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


@pytest.mark.parametrize("flow", FAMILY)
@pytest.mark.parametrize("part", range(3))
def test_a_changed_flow_of_several_that_run_each_other_is_proven_or_refused(flow: str, part: int) -> None:
    for seed in range(part * FAMILY_MUTANTS // 3, (part + 1) * FAMILY_MUTANTS // 3):
        changed = mutated(FAMILY[flow], random.Random(f"{flow} {seed}"))

        check_answer(compile_family(flow, changed), f"{flow} seed {seed}")


def test_the_flows_that_run_each_other_are_accepted_as_they_are() -> None:
    compilation = compile_family("pay_friend", FAMILY["pay_friend"])

    assert [str(problem) for problem in compilation.problems] == []
    check_answer(compilation, "unchanged")


@pytest.mark.parametrize("part", range(12))
def test_a_money_flow_cut_off_anywhere_is_refused_or_harmless(part: int) -> None:
    raw = text_of("card_transfer.yaml").encode()

    for end in range(part * len(raw) // 12, (part + 1) * len(raw) // 12, 97):
        check_answer(compile_changed("card_transfer.yaml", raw[:end]), f"cut at {end}")


def test_many_of_the_changes_leave_a_flow_that_is_accepted() -> None:
    """Otherwise the second opinion would never be asked."""
    file = "card_transfer.yaml"
    text = text_of(file)

    changed = [mutated(text, random.Random(f"{file} {seed}")) for seed in range(100)]

    assert sum(compile_changed(file, one).programs is not None for one in changed if one != text) >= 5
