"""What the README, the editors' schema and the session say about the language is what the code does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from core.dialog import engine_texts
from core.dialog.engine import new_session
from core.dialog.json_schema import Deployment, flow_json_schema
from core.dialog.session import decode_session, encode_session
from core.dialog.signatures import build_catalogue
from core.dialog.slot_types import UnknownType
from core.dialog.steps import KINDS
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import programs_with
from tests.dialog.conversation import Conversation

README = (Path(engine_texts.__file__).parent / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("verb", KINDS)
def test_the_readme_names_every_kind_of_step(verb: str) -> None:
    assert f"- `{verb}`: " in README


@pytest.mark.parametrize("verb", KINDS)
def test_the_example_of_a_kind_is_a_step_of_that_kind(verb: str) -> None:
    kind = KINDS[verb]

    steps = yaml.load(kind.example, Loader=yaml.CBaseLoader)  # noqa: S506

    for step in steps:
        assert verb in step
        assert kind.model.model_validate(step).id == step["id"]


def test_the_schema_for_editors_knows_every_kind_and_the_deployments_operations() -> None:
    schema = flow_json_schema(Deployment(signatures=tuple(SIGNATURES)))

    kinds = schema["properties"]["steps"]["items"]["allOf"]
    assert [kind["then"]["$ref"] for kind in kinds] == [f"#/$defs/step_{verb}" for verb in KINDS]
    assert "bank.quote" in schema["$defs"]["step_call"]["properties"]["call"]["enum"]
    assert all(schema["$defs"][f"step_{verb}"]["additionalProperties"] is False for verb in KINDS)
    assert json.loads(json.dumps(schema)) == schema


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = flow_json_schema(Deployment(signatures=tuple(SIGNATURES)))

    def references(node: object) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return own + [found for value in node.values() for found in references(value)]
        return [found for item in node for found in references(item)] if isinstance(node, list) else []

    assert {name.removeprefix("#/$defs/") for name in references(schema)} <= schema["$defs"].keys()


def test_operations_are_known_by_the_name_that_flows_write() -> None:
    catalogue = build_catalogue([{"name": "quote", "params": {"sum": "money", "note?": "text"}}])

    assert catalogue["bank.quote"].required == {"sum"}
    assert catalogue["bank.quote"].name == "quote"


def test_an_operation_with_an_unknown_type_is_refused() -> None:
    with pytest.raises(UnknownType):
        build_catalogue([{"name": "quote", "params": {"sum": "float"}}])


def test_a_session_is_json_that_a_person_can_read_and_comes_back_unchanged() -> None:
    talk = Conversation(programs_with()).at_settle()

    raw = encode_session(talk.session)

    assert decode_session(raw) == talk.session
    assert decode_session(raw.decode()) == talk.session
    assert json.loads(raw)["stack"][0]["step"] == "settle"


def test_a_new_session_is_small_and_in_a_language_we_speak() -> None:
    assert encode_session(new_session("telegram:1")) == b'{"id":"telegram:1"}'
    assert new_session("telegram:1", "en-GB").lang == "en"
    assert new_session("telegram:1", "de").lang == "uk"


def test_a_copy_of_a_session_equals_it_and_shares_nothing_that_changes() -> None:
    session = Conversation(programs_with()).at_settle().session

    copy = session.copy()
    assert copy == session
    copy.stack[0].slots["amount"] = None
    copy.stack[0].visits["pay"] = 9
    next(iter(copy.open.values())).given_up = True

    assert session.stack[0].slots["amount"] is not None
    assert session.stack[0].visits["pay"] == 1
    assert not next(iter(session.open.values())).given_up
