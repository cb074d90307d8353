"""Every defect that people put into flows is named by its code, at its line."""

from __future__ import annotations

import pytest

from core.dialog.compiler import compile_loaded
from core.dialog.problems import FlowProblem
from core.dialog.signatures import build_catalogue
from core.dialog.source import read_source
from core.dialog.texts import digest
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import with_changes
from tests.dialog_hardening.defects import (
    MONEY,
    NOTICE,
    SECRET,
    SECRETS,
    SMALL,
    SYSTEM,
    TRANSFER,
    VALUES,
    WAYS,
    WRITTEN,
    Defect,
)

SPEND_ALL = {"name": "spend_all", "returns": {"cards": "list of card"}, "effect": "money"}
CATALOGUE = build_catalogue([*SIGNATURES, SPEND_ALL])
DEFECTS = {**WRITTEN, **WAYS, **VALUES, **MONEY, **SECRETS, **SYSTEM}


def found_in(flow: str, translation: str = "", langs: tuple[str, ...] = ("uk",)) -> list[FlowProblem]:
    """What is found in the flow and its English translation; other flows have none of their own."""
    folder = with_changes(flow)
    name = flow.partition("flow: ")[2].split()[0]
    if translation:
        source = read_source(translation, f"{name}.en.yaml", folder.problems)
        assert source is not None
        folder.flows[name].translations["en"] = source
    problems = compile_loaded(folder, CATALOGUE, langs).problems
    return [problem for problem in problems if problem.file in (f"{name}.yaml", f"{name}.en.yaml")]


def changed(defect: Defect) -> tuple[str, int]:
    """The flow with the defect in it, and the line of the mark."""
    text = defect.flow
    for old, new in defect.changes:
        assert old in text, f"the flow has no {old!r}"
        text = text.replace(old, new, 1)
    before, mark, after = text.partition("«")
    assert mark, "the change does not say where it must be found"
    return before + after, before.count("\n") + 1


@pytest.mark.parametrize("flow", [TRANSFER, SMALL, SECRET, NOTICE], ids=["transfer", "small", "secret", "notice"])
def test_the_flows_without_a_defect_have_no_error(flow: str) -> None:
    assert [str(problem) for problem in found_in(flow) if problem.severity == "error"] == []


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_named_by_its_code_at_its_line(name: str) -> None:
    defect = DEFECTS[name]
    text, line = changed(defect)

    found = found_in(text)

    named = [problem for problem in found if problem.code == defect.code]
    assert named, [str(problem) for problem in found]
    assert line in {problem.line for problem in named}, [str(problem) for problem in named]
    assert {problem.severity for problem in named} == {defect.severity}


def english(**changes: str) -> str:
    """The English texts of the small flow: by step, `<digest of what it translates>|<text>`."""
    entries = {
        "first.text": f"{digest('Say something')}|Tell me",
        "second.say": f"{digest('{note}')}|{{note}}",
        **changes,
    }
    return "".join(
        f"{key}: {{of: \"{entry.partition('|')[0]}\", text: '{entry.partition('|')[2]}'}}\n"
        for key, entry in entries.items()
        if entry
    )


def test_a_whole_translation_has_nothing_to_mend() -> None:
    errors = [problem for problem in found_in(SMALL, english(), ("uk", "en")) if problem.severity == "error"]

    assert [str(problem) for problem in errors] == []


TRANSLATED = {
    "missing": ({"second.say": ""}, "translation_missing", "small.yaml", 6),
    "stale": ({"first.text": "0123456789ab|Tell me"}, "translation_stale", "small.en.yaml", 1),
    "extra": ({"third.say": "0123456789ab|Hello"}, "translation_extra", "small.en.yaml", 3),
    "without its value": ({"second.say": f"{digest('{note}')}|Fine"}, "placeholders_differ", "small.en.yaml", 2),
    "with another filter": (
        {"second.say": f"{digest('{note}')}|{{note|upper}}"},
        "placeholders_differ",
        "small.en.yaml",
        2,
    ),
    "with an unknown value": ({"second.say": f"{digest('{note}')}|{{nota}}"}, "text", "small.en.yaml", 2),
    "with too many forms": (
        {"second.say": f"{digest('{note}')}|{{note}} {{count|plural: a, b, c}}"},
        "plural_forms",
        "small.en.yaml",
        2,
    ),
}


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_translation_with_a_defect_is_named_by_its_code_at_its_line(name: str) -> None:
    changes, code, file, line = TRANSLATED[name]

    named = [problem for problem in found_in(SMALL, english(**changes), ("uk", "en")) if problem.code == code]

    assert [(problem.file, problem.line) for problem in named] == [(file, line)]


TRAPS = """\
flow: traps
entry: {command: traps}
slots: {yes: text, no: text, phone: phone, at: text, sum: {type: money, in: UAH}, picked: choice}
steps:
  - {id: y, set: {yes: '"yes"', no: '"no"', phone: '"+380501234567"', at: '"22:30"'}}
  - id: on
    ask: picked
    text: 0501234567
    choices: [{value: yes, label: yes}, {value: no, label: no}, {value: 010, label: 010}, {value: 1.00, label: 1.00}]
    on: {yes: y2, no: y2, 010: y2, 1.00: y2}
  - {id: y2, ask: sum, text: 22:30, hints: [010, 1.00]}
  - {id: null, say: "{yes} {no} {phone|mask} {at} {sum|money} {picked}", end: done}
"""


def test_what_yaml_would_take_for_a_switch_an_octal_or_a_time_stays_the_text_that_was_written() -> None:
    folder = with_changes(TRAPS)
    compilation = compile_loaded(folder, CATALOGUE, ("uk",))
    assert [str(problem) for problem in compilation.errors] == []
    source = folder.flows["traps"].flow
    assert source is not None

    step = source.data["steps"][1]

    assert step["id"] == "on"
    assert step["text"] == "0501234567"
    assert list(step["on"]) == ["yes", "no", "010", "1.00"]
    assert source.data["steps"][2]["text"] == "22:30"
    assert source.data["steps"][3]["id"] == "null"
