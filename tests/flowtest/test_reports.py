"""What is told of a run of tests: which steps and arms were reached, for build servers, and on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner

from app.channel_looks import LOOKS
from app.cli.flows import cli
from core.dialog.flowtest.coverage import Coverage, coverage
from core.dialog.flowtest.junit import junit
from core.dialog.flowtest.runner import TestOutcome, run_compiled
from tests.dialog.compiled import CARD_TRANSFER, FLOWS
from tests.flowtest.folders import proven

SHIPPED = Path(__file__).resolve().parents[2] / "flows"
TESTS = (FLOWS / "card_transfer.test.yaml").read_text(encoding="utf-8")
WITHOUT_REFUSALS = "\n".join(part for part in TESTS.split("\n\n") if "bank.transfer: {arm: refused" not in part) + "\n"


def covered(tests: str) -> Coverage:
    compilation = proven(CARD_TRANSFER, tests)
    assert compilation.programs is not None
    sources = {name: files.flow for name, files in compilation.folder.flows.items()}
    return coverage(run_compiled(compilation, LOOKS), compilation.programs, sources)


def test_an_arm_that_no_test_takes_is_named_with_the_line_where_it_is_written() -> None:
    report = covered(WITHOUT_REFUSALS)

    gaps = {gap.name: gap.mark.line for gap in report.effect_gaps}
    line = next(number for number, text in enumerate(CARD_TRANSFER.split("\n"), 1) if "pending: settle" in text)
    assert gaps == {"card_transfer.pay:refused": line}


def test_ways_of_the_engine_are_counted_apart_and_free_runs_count_for_them() -> None:
    (flow,) = [flow for flow in covered(TESTS).flows if flow.flow == "card_transfer"]

    missing = {gap.name for gap in flow.missing_engine}
    assert flow.engine.all > flow.engine.reached > 0
    assert "card_transfer.sum:cancel" not in missing
    assert "card_transfer.sum:expired" not in missing
    assert "card_transfer.review:edit source" in missing
    assert not {"card_transfer.sum:cancel", "card_transfer.sum:expired"} & {gap.name for gap in flow.missing_arms}


def test_the_percentage_is_of_what_authors_have_written() -> None:
    report = covered(TESTS)

    whole = report.steps + report.arms
    assert report.percent == pytest.approx(100 * whole.reached / whole.all)
    assert Coverage(()).percent == 100


def test_build_servers_read_the_outcomes() -> None:
    failing = TESTS.replace("end: cancelled", "end: done")

    root = ElementTree.fromstring(junit(run_compiled(proven(CARD_TRANSFER, failing), LOOKS)))

    (suite,) = root.findall("testsuite")
    assert suite.get("name") == "card_transfer"
    assert int(suite.get("tests", "0")) == len(suite.findall("testcase"))
    failed = [case for case in suite.findall("testcase") if case.find("failure") is not None]
    assert len(failed) == int(suite.get("failures", "0")) > 0
    (failure,) = failed[0].findall("failure")
    assert "should end 'done'" in failure.get("message", "")
    assert "me: " in (failure.text or "")


def test_what_xml_cannot_hold_does_not_break_the_report() -> None:
    outcome = TestOutcome("a\x00b\ud800<&>", "small", "sms", "small.test.yaml", 1, ())

    (case,) = ElementTree.fromstring(junit([outcome])).iter("testcase")

    assert case.get("name") == "a\ufffdb\ufffd<&> [sms]"


# The command line.


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(cli, list(arguments))
    return result.exit_code, result.output


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    for file in SHIPPED.rglob("*.yaml"):
        copy = tmp_path / "flows" / file.relative_to(SHIPPED)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(file.read_bytes())
    return tmp_path / "flows"


def changed(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_command_counts_tests_and_plays(shipped: Path) -> None:
    code, output = run("test", str(shipped), "--flow", "language")

    assert code == 0
    assert "6 passed, 0 failed; 1 tests, played " in output


def test_the_command_shows_coverage_and_asks_for_all_of_the_effects(shipped: Path) -> None:
    code, output = run("test", str(shipped), "--flow", "card_transfer", "--coverage", "--channel", "telegram")
    short, missing = run("test", str(shipped), "--flow", "card_transfer", "-k", "phone", "--coverage")

    assert code == 0, output
    assert "card_transfer  22/23" in output
    assert "no test" in output
    assert short == 1
    assert "card_transfer.pay:unknown moves money and no test goes there" in missing


def test_the_command_asks_for_as_much_as_it_is_told(shipped: Path) -> None:
    enough, _ = run("test", str(shipped), "--flow", "language", "--min", "99")
    more, output = run("test", str(shipped), "--flow", "balance", "-k", "silent", "--min", "99")

    assert (enough, more) == (0, 1)
    assert "% of steps and arms are reached" in output


def test_a_failure_is_printed_with_its_place_and_who_said_what(shipped: Path) -> None:
    changed(shipped, "balance.test.yaml", "Доступно", "Було")

    code, output = run("test", str(shipped), "--flow", "balance", "-k", "one of two", "--channel", "sms", "--slowest")

    assert code == 1
    assert "balance.test.yaml:2 the balance of one of two cards [sms]" in output
    assert "balance.test.yaml:14:7: error [test_failed] the bot should say 'Було 12,00 ₴'" in output
    assert "      me: скільки на картці" in output
    assert "      bot: Яку картку показати? / 1. Щоденна ··4417 / 2. На відпустку ··2002" in output
    assert " ms  " in output


def test_the_command_writes_what_it_is_asked_to(shipped: Path, tmp_path: Path) -> None:
    code, output = run("test", str(shipped), "--flow", "language", "--json", "--junit", str(tmp_path / "out.xml"),
                       "--coverage")  # fmt: skip

    report = json.loads(output)
    assert code == 0
    assert {test["channel"] for test in report["tests"]} == {look.name for look in LOOKS}
    assert report["coverage"]["steps"] == [4, 4]
    assert ElementTree.parse(tmp_path / "out.xml").getroot().tag == "testsuites"


def test_the_command_updates_tests_and_says_what_it_changed(shipped: Path) -> None:
    changed(shipped, "balance.test.yaml", "Доступно", "Було")

    code, output = run("test", str(shipped), "--flow", "balance", "--update")

    assert code == 0, output
    assert 'balance.test.yaml:14: reads: ["Було 12,00 ₴", "На рахунку 15,00 ₴"]' in output
    assert "1 lines changed" in output
    assert '"Доступно 12,00 ₴"' in (shipped / "balance.test.yaml").read_text(encoding="utf-8")


def test_flows_with_errors_are_neither_tested_nor_updated(shipped: Path) -> None:
    changed(shipped, "balance.yaml", "{available|money}", "{availible|money}")

    assert run("test", str(shipped))[0] == 1
    assert run("test", str(shipped), "--update")[0] == 1
    assert "teller flows check" in run("test", str(shipped), "--update")[1]


def test_the_command_says_when_there_is_nothing_to_run(shipped: Path) -> None:
    nothing, output = run("test", str(shipped), "-k", "no such words")
    wrong, hint = run("test", str(shipped), "--channel", "smss")

    assert (nothing, wrong) == (1, 2)
    assert "No test was chosen." in output
    assert "did you mean 'sms'?" in " ".join(hint.replace("│", " ").split())


def test_the_walk_says_how_far_it_went(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLER_FLOWS_DIR", str(shipped))

    code, output = run("walk", "language", "--turns", "300", "--channel", "web")

    assert code == 0, output
    assert "0 findings" in output


def test_the_walk_prints_what_it_finds_as_a_test(shipped: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a flow that reads as if a value had been forgotten
    monkeypatch.setenv("TELLER_FLOWS_DIR", str(shipped))
    changed(shipped, "language.en.yaml", "English it is", "{{name}} it is")

    code, output = run("walk", "language", "--turns", "300", "--seed", "4")

    assert code == 1
    assert "FOUND [placeholder] the bot says '{name}' instead of a value" in output
    assert '- test: "walk 4: placeholder"\n  channel: telegram\n' in output


@pytest.mark.parametrize(
    ("arguments", "hint"), [(["languag"], "did you mean 'language'?"), (["--channel", "smss"], "did you mean 'sms'?")]
)
def test_the_walk_asks_what_was_meant(
    shipped: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], hint: str
) -> None:
    monkeypatch.setenv("TELLER_FLOWS_DIR", str(shipped))

    code, output = run("walk", *arguments)

    assert code == 2
    assert hint in " ".join(output.replace("│", " ").split())
