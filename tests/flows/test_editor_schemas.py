"""What an editor shows: nothing is underlined in a shipped file, and what is written wrong is, where it stands."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.declarations import deployment
from core.dialog.compiling.validation import validated
from core.dialog.json_schema import engine_json_schema, flow_json_schema, json_schema_of_tests, translation_json_schema
from core.dialog.loader import flow_names
from core.dialog.problems import Problems
from core.dialog.schema import FlowModel
from core.dialog.source import read_source
from tests.flows.yaml12 import read_yaml12

FLOWS = Path(__file__).resolve().parents[2] / "flows"


@cache
def validator(kind: str) -> Draft202012Validator:
    here = deployment(flow_names(FLOWS))
    schemas = {
        "flow": lambda: flow_json_schema(here),
        "test": lambda: json_schema_of_tests(here),
        "translation": translation_json_schema,
        "engine": engine_json_schema,
    }
    schema = schemas[kind]()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def kind_of(file: Path) -> str:
    name, _, kind = file.name.removesuffix(".yaml").partition(".")
    if name == "engine":
        return "engine"
    return {"": "flow", "test": "test"}.get(kind, "translation")


@pytest.mark.parametrize("file", sorted(FLOWS.rglob("*.yaml")), ids=lambda file: file.name)
def test_a_shipped_file_has_nothing_underlined(file: Path) -> None:
    found = validator(kind_of(file)).iter_errors(read_yaml12(file.read_text()))

    assert [f"{error.json_path}: {error.message}" for error in found] == []


@pytest.mark.parametrize("file", sorted(FLOWS.rglob("*.yaml")), ids=lambda file: file.name)
def test_flows_and_tests_name_their_schema(file: Path) -> None:
    kind = kind_of(file)
    if kind in ("flow", "test"):
        first = file.read_text().partition("\n")[0]
        assert first.startswith("# yaml-language-server: $schema=")
        assert (file.parent / first.partition("=")[2]).resolve() == FLOWS.parent / "docs" / f"{kind}.schema.json"


FLOW = """\
flow: example
entry: {command: example}
auth: {level: otp, fresh: 5m}
slots: {amount: {type: money, in: UAH}, note: text}
steps:
  - {id: login, auth: otp, else: {end: failed}}
  - {id: sum, ask: amount, text: How much?, tries: 3, hints: [100, 5.50]}
  - {id: cards, call: bank.my_cards, on: {ok: part, refused: {say: No, end: refused}, unknown: part}}
  - {id: part, run: menu, on: {cancelled: told}, end: done}
  - id: settle
    wait: bank.settled
    match: {op: cards.op}
    text: Wait
    timeout: 5m
    on: {ok: told, refused: told, timeout: told}
  - {id: told, say: "{note}", image: {card: receipt, alt: 1.00}, end: done}
"""
MISTAKES: list[tuple[str, str, str]] = [
    ("tries: 3", "tries: many", "$.steps[1].tries"),
    ("text: How much?", "txt: How much?", "$.steps[1]"),
    ("call: bank.my_cards", "call: bank.my_card", "$.steps[2].call"),
    ("unknown: part}", "unknwon: part}", "$.steps[2].on"),
    ("end: refused}", "end: refusd}", "$.steps[2].on.refused"),
    ("run: menu", "run: mennu", "$.steps[3].run"),
    ("on: {cancelled: told}", "on: {canceled: told}", "$.steps[3].on"),
    ("wait: bank.settled", "wait: bank.setled", "$.steps[4].wait"),
    ("timeout: 5m", "timeout: soon", "$.steps[4].timeout"),
    ("    timeout: 5m\n", "", "$.steps[4]"),
    ("card: receipt", "card: reciept", "$.steps[5].image.card"),
    ("auth: otp, else", "auth: opt, else", "$.steps[0].auth"),
    ("id: told", "id: Told", "$.steps[5].id"),
    ('say: "{note}"', "sya: x", "$.steps[5]"),
    ("note: text}", "note: txt}", "$.slots.note"),
    ("type: money", "type: mony", "$.slots.amount"),
    ("level: otp", "level: sms", "$.auth.level"),
    ("flow: example", "flow: My flow", "$.flow"),
    ("entry:", "enter:", "$"),
]


def test_a_flow_that_is_written_right_is_taken_by_editor_and_loader() -> None:
    problems = Problems()
    source = read_source(FLOW, "example.yaml", problems)
    assert source is not None

    assert validated(FlowModel, source.data, source, (), problems, thing="a flow") is not None
    assert [error.message for error in validator("flow").iter_errors(read_yaml12(FLOW))] == []


@pytest.mark.parametrize(("right", "wrong", "path"), MISTAKES, ids=[wrong for _, wrong, _ in MISTAKES])
def test_what_is_written_wrong_is_underlined_where_it_is(right: str, wrong: str, path: str) -> None:
    assert right in FLOW

    found = list(validator("flow").iter_errors(read_yaml12(FLOW.replace(right, wrong, 1))))

    assert path in {error.json_path for error in found}, [(error.json_path, error.message) for error in found]


WRONG_TESTS: list[tuple[Any, str]] = [
    ([{"test": "x"}], "$[0]"),
    ([{"test": "x", "talk": [{"mee": "hi"}]}], "$[0].talk[0]"),
    ([{"test": "x", "talk": [{"bot": {"stepp": "a"}}]}], "$[0].talk[0].bot"),
    ([{"test": "x", "talk": [{"me": "hi"}], "bank": {"bank.nothing": "ok"}}], "$[0].bank"),
    ([{"test": "x", "talk": [{"me": "hi"}], "lang": "pl"}], "$[0].lang"),
]


@pytest.mark.parametrize(("data", "path"), WRONG_TESTS)
def test_a_test_that_is_written_wrong_is_underlined(data: Any, path: str) -> None:
    assert path in {error.json_path for error in validator("test").iter_errors(data)}


def test_translations_and_engine_texts_are_closed() -> None:
    assert [e.json_path for e in validator("translation").iter_errors({"a.say": {"of": "0123456789ab"}})] == [
        "$['a.say']"
    ]
    assert [e.json_path for e in validator("engine").iter_errors({"canceled": "x"})] == ["$"]
    assert list(validator("engine").iter_errors({"error.insufficient_funds": "x"})) == []


def test_every_key_says_what_it_means_where_the_mouse_rests() -> None:
    schema = flow_json_schema(deployment(flow_names(FLOWS)))
    models = {"": schema, **schema["$defs"], "test": json_schema_of_tests(deployment(()))["items"],
              **json_schema_of_tests(deployment(()))["$defs"]}  # fmt: skip

    silent = [f"{name}.{key}" for name, model in models.items() for key, one in model.get("properties", {}).items()
              if not one.get("description")]  # fmt: skip

    assert silent == [], "add a sentence to core/dialog/reference/keys.py, or a comment to the example of the kind"
