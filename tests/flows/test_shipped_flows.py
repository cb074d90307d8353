"""The bank's own flows: nothing to mend, every test passes on every channel, every way of a money call is tested."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.channel_looks import LOOKS
from app.declarations import catalogue_signatures, deployment
from core.dialog.compiler import compile_folder
from core.dialog.flowtest.coverage import coverage
from core.dialog.flowtest.model import CHANNELS
from core.dialog.flowtest.runner import TestOutcome, run_flow_tests
from core.dialog.json_schema import engine_json_schema, flow_json_schema, json_schema_of_tests, translation_json_schema
from core.dialog.loader import flow_names

ROOT = Path(__file__).resolve().parents[2]
FLOWS = ROOT / "flows"


@pytest.fixture(scope="module")
def outcomes() -> list[TestOutcome]:
    return run_flow_tests(FLOWS, catalogue_signatures(), looks=LOOKS)


def test_the_flows_have_no_errors_and_no_warnings() -> None:
    assert [str(problem) for problem in compile_folder(FLOWS, catalogue_signatures()).problems] == []


def test_every_test_beside_the_flows_passes(outcomes: list[TestOutcome]) -> None:
    assert [str(failure) for outcome in outcomes for failure in outcome.failures] == []
    assert {outcome.channel for outcome in outcomes} == {*CHANNELS}


def test_every_arm_of_a_money_call_is_tested(outcomes: list[TestOutcome]) -> None:
    programs = compile_folder(FLOWS, catalogue_signatures()).programs
    assert programs is not None
    report = coverage(outcomes, programs)
    assert report.effect_gaps == ()


def test_the_schema_for_editors_is_current() -> None:
    committed = json.loads((ROOT / "docs" / "flow.schema.json").read_text())
    here = deployment(flow_names(FLOWS))
    assert committed == json.loads(json.dumps(flow_json_schema(here))), "run: make docs"
    others = {
        "test": json_schema_of_tests(here),
        "translation": translation_json_schema(),
        "engine": engine_json_schema(),
    }
    for kind, schema in others.items():
        committed = json.loads((ROOT / "docs" / f"{kind}.schema.json").read_text())
        assert committed == json.loads(json.dumps(schema)), "run: make docs"


@pytest.mark.parametrize(
    ("broken", "mended", "sentence"),
    [
        ("    auth: otp\n    else: {end: failed}\n", "    say: Вітаю.\n", "can be reached without auth 'otp'"),
        ("    effect: money\n", "", "has the effect money"),
        (", unknown: settle}", "}", "unknown"),
        ("confirm: [source, target, amount, fee, payee,", "confirm: [source, target, amount, payee,", "fee"),
        ("{amount|money} → {payee}", "{amount|mony} → {payee}", "mony"),
    ],
)
def test_a_flow_that_could_go_wrong_with_money_is_refused_with_its_place(
    tmp_path: Path, broken: str, mended: str, sentence: str
) -> None:
    # Given the shipped flows with one careless change in the transfer
    shutil.copytree(FLOWS, tmp_path / "flows")
    flow = tmp_path / "flows" / "card_transfer.yaml"
    text = flow.read_text()
    assert broken in text
    flow.write_text(text.replace(broken, mended, 1))

    # Then nothing is published, and the owner reads file, line and a sentence
    compilation = compile_folder(tmp_path / "flows", catalogue_signatures())
    assert compilation.programs is None
    told = [error for error in compilation.errors if sentence in error.sentence]
    assert told, [str(error) for error in compilation.errors]
    assert all(error.file.endswith("card_transfer.yaml") and error.line > 1 for error in told)
