"""`--update`: what the bot says now is written into `bot:` lines, and every other sign of the file stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.channel_looks import LOOKS
from core.dialog.compiler import Compilation, compile_folder
from core.dialog.flowtest.runner import run_compiled
from core.dialog.flowtest.update import update_tests
from core.dialog.flowtest.yaml_edits import YamlEdits, written
from core.kernel.strict_yaml import read_yaml
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import UK

FLOW = """\
flow: small
entry: {command: small}
slots: {which: choice}
steps:
  - id: which
    ask: which
    text: |-
      Good day.
      Which card?
    choices: [{value: a, label: Visa}, {value: b, label: Mastercard}]
  - {id: told, say: "You have chosen {which}.", end: done}
"""
TESTS = """\
# Two lines that nobody else may touch.
- test: the second of two   # here neither
  given:  {customer: anna}
  talk:
    - me: /small
    - bot: {step: what, reads: [Good morning, "Which card?"], choices: [a, c]}   # the question
    - tap: b
    - bot:
        # what was chosen
        reads: |-
          You chose b.

    - bot: {}
  then: {end: done}
"""


@pytest.fixture
def small(folder: Path) -> Path:
    for file in folder.glob("*.test.yaml"):
        file.unlink()
    (folder / "small.yaml").write_text(FLOW, encoding="utf-8")
    return folder


def compiled(folder: Path) -> Compilation:
    compilation = compile_folder(folder, SIGNATURES, UK)
    assert compilation.programs is not None, [str(error) for error in compilation.errors]
    return compilation


def updated(folder: Path, tests: str) -> tuple[str, tuple[str, ...]]:
    """The new text of the file and what was changed in it."""
    file = folder / "small.test.yaml"
    file.write_text(tests, encoding="utf-8")
    updates = update_tests(compiled(folder), LOOKS)
    if not updates:
        return tests, ()
    (update,) = updates
    assert update.file == str(file)
    file.write_text(update.text, encoding="utf-8")
    return update.text, update.changes


def test_lines_that_are_not_met_get_what_the_bot_says_now(small: Path) -> None:
    text, changes = updated(small, TESTS.replace("    - bot: {}\n", ""))

    assert (
        text
        == """\
# Two lines that nobody else may touch.
- test: the second of two   # here neither
  given:  {customer: anna}
  talk:
    - me: /small
    - bot: {step: which, reads: [Good day., "Which card?"], choices: [a, b]}   # the question
    - tap: b
    - bot:
        # what was chosen
        reads: You have chosen b.

  then: {end: done}
"""
    )
    assert [change.partition("small.test.yaml:")[2] for change in changes] == [
        "6: step: what -> which",
        '6: reads: [Good morning, "Which card?"] -> [Good day., "Which card?"]',
        "6: choices: [a, c] -> [a, b]",
        "10: reads: You chose b. -> You have chosen b.",
    ]
    assert all(outcome.passed for outcome in run_compiled(compiled(small), LOOKS))


def test_what_is_met_already_is_left_as_it_is(small: Path) -> None:
    first, _ = updated(small, TESTS.replace("    - bot: {}\n", ""))

    assert updated(small, first) == (first, ())


def test_a_line_to_which_nothing_was_said_is_left_to_a_person(small: Path) -> None:
    text, _ = updated(small, TESTS)

    assert "    - bot: {}\n" in text
    failures = [failure for outcome in run_compiled(compiled(small), LOOKS) for failure in outcome.failures]
    assert {failure.sentence for failure in failures} == {"the bot said nothing"}


def test_calls_and_the_end_are_never_written(small: Path) -> None:
    wrong = TESTS.replace("then: {end: done}", "then: {calls: {bank.transfer: 1}, end: refused}")

    text, changes = updated(small, wrong)

    assert "then: {calls: {bank.transfer: 1}, end: refused}" in text
    assert not any("then" in change for change in changes)


SMS = """\
- test: the first
  given: {customer: anna}
  talk:
    - me: /small
    - bot: {step: which, reads: Which card}
    - bot_line
    - tap: a
"""


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        (
            'bot: {step: which, on: {sms: {reads: "1. Vasa"}}}',
            "bot: {step: which, on: {sms: {reads: 1. Visa}}}",
        ),
        (
            "bot: {step: which, on: {sms: {choices: [c]}}}",
            "bot: {step: which, on: {sms: {choices: [a, b]}}}",
        ),
        (
            "bot:\n        on: {sms: {reads: 1 Visa}}",
            "bot:\n        on: {sms: {reads: 1. Visa}}",
        ),
    ],
)
def test_what_reads_otherwise_on_one_channel_is_changed_for_that_channel(small: Path, line: str, becomes: str) -> None:
    tests = SMS.replace("    - bot: {step: which, reads: Which card}\n", "")

    text, _ = updated(small, tests.replace("bot_line", line))

    assert text == tests.replace("bot_line", becomes)


def test_what_only_one_channel_says_otherwise_is_kept_apart(small: Path) -> None:
    # Given a line that only SMS does not meet, for it has numbers
    flow = FLOW.replace("id: which\n    ask", "id: which\n    image: {card: flags, alt: Flags}\n    ask")
    (small / "small.yaml").write_text(flow, encoding="utf-8")
    tests = SMS.replace("    - bot_line\n", "").replace("reads: Which card", 'reads: "1. Visa"')

    on_all, changes = updated(small, tests)
    on_both, _ = updated(small, tests.replace("given", "channel: [sms, web]\n  given").replace("1. Visa", "2. Visa"))

    # Then the others change, under their own names, or all do where none is met
    assert "on: {telegram: {reads: " in on_all
    assert 'reads: "1. Visa", on' in on_all
    assert len(changes) == 5
    assert "reads: 1. Visa, on: {web: {reads: " in on_both


@given(
    st.dictionaries(
        st.from_regex(r"[a-z]{1,5}", fullmatch=True),
        st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20) | st.just("a\nb\t\\\"'"),
        max_size=4,
    )
)
def test_what_is_written_reads_the_same(values: dict[str, str]) -> None:
    text = "a: {b: 1}\nc:\n  d: 2\n"
    edits = YamlEdits(text)
    for key, value in values.items():
        edits.put(("a",), f"x{key}", value)
        edits.put(("c",), f"x{key}", [value])

    source = read_yaml(edits.result(), "x.yaml").source

    assert source is not None, edits.result()
    assert source.data["a"] == {"b": "1", **{f"x{key}": value for key, value in values.items()}}
    assert source.data["c"] == {"d": "2", **{f"x{key}": [value] for key, value in values.items()}}


@pytest.mark.parametrize(
    ("value", "text"),
    [("Visa", "Visa"), ("0501", '"0501"'), ("1,00", '"1,00"'), ("a: b", '"a: b"'), ("$pay.op", "$pay.op"), ("", '""')],
)
def test_values_are_written_as_people_would(value: str, text: str) -> None:
    assert written(value) == text
