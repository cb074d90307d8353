"""JSON Schema for editors: of flows, tests, translations and engine texts, with the names of the deployment itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from pydantic import BaseModel

from core.dialog.auth_levels import LEVELS
from core.dialog.engine_texts import ENGINE_TEXTS, MEANING
from core.dialog.flowtest.model import TestModel
from core.dialog.reference.keys import described
from core.dialog.reference.sub_models import model_called
from core.dialog.schema import FlowModel
from core.dialog.signatures import Signature, build_catalogue, spoken
from core.dialog.slot_types import KINDS as SLOT_KINDS
from core.dialog.steps import KINDS

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_REFS: Final = "#/$defs/{model}"
_NAME: Final = "^[a-z][a-z0-9_]{0,39}$"


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """The names that flows of one deployment may use. Where one is empty, any name is allowed.

    `images`: templates of pictures, `queues`: of people who take over.
    """

    signatures: tuple[Signature | Mapping[str, Any], ...] = ()
    flows: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()


# A deployment of which nothing is known.
ANYWHERE: Final = Deployment()


def flow_json_schema(deployment: Deployment = ANYWHERE) -> dict[str, Any]:
    """The schema of a flow file: closed objects, one for each kind of step, chosen by the step's verb."""
    definitions: dict[str, Any] = {}
    schema = _of_model(FlowModel, definitions)
    for kind in KINDS.values():
        own = _of_model(kind.model, definitions)
        own["required"] = sorted({*own.get("required", ()), "id", kind.verb})
        own["description"] = _about(kind.example, own)
        definitions[f"step_{kind.verb}"] = own
    schema["properties"]["steps"]["items"] = _step()
    types = {"enum": [*SLOT_KINDS, *(f"list of {kind}" for kind in SLOT_KINDS)]}
    definitions["SlotModel"]["properties"]["type"].update(types)
    _keyed(schema["properties"]["slots"], {"anyOf": [types, {"$ref": _REFS.format(model="SlotModel")}]})
    _name_what_is_there(definitions, deployment)
    return _whole(schema, definitions, "A flow: one conversation with a customer.")


def json_schema_of_tests(deployment: Deployment = ANYWHERE) -> dict[str, Any]:
    """The schema of a `<flow>.test.yaml`."""
    definitions: dict[str, Any] = {}
    test = _of_model(TestModel, definitions)
    operations = sorted(build_catalogue(deployment.signatures))
    if operations:
        test["properties"]["bank"]["propertyNames"] = {"enum": operations}
        definitions["ThenModel"]["properties"]["calls"]["propertyNames"] = {"enum": operations}
    return _whole({"type": "array", "items": test}, definitions, "Tests of a flow.")


def translation_json_schema() -> dict[str, Any]:
    """The schema of a `<flow>.<lang>.yaml`."""
    fields = {
        "of": {"type": "string", "description": "The digest of the text that this one translates."},
        "text": {"type": "string", "description": "The text in the language of the file."},
    }
    entry = {"type": "object", "properties": fields, "required": ["of", "text"], "additionalProperties": False}
    pattern = r"^[a-z][a-z0-9_]*\.[^\s]+$"
    schema = {"type": "object", "patternProperties": {pattern: entry}, "additionalProperties": False}
    return _whole(schema, {}, "Translations of a flow, by `step.field`.")


def engine_json_schema() -> dict[str, Any]:
    """The schema of an `engine.<lang>.yaml`."""
    properties = {
        key: {"type": "string", "minLength": 1, "description": f"Said when {MEANING.get(key, key)}."}
        for key in ENGINE_TEXTS
    }
    reason = {"type": "string", "minLength": 1, "description": "A reason of a refusal, shown by `{reason}`."}
    schema = {
        "type": "object",
        "properties": properties,
        "patternProperties": {r"^error\.": reason},
        "additionalProperties": False,
    }
    return _whole(schema, {}, "The texts of the engine in one language.")


def _whole(schema: dict[str, Any], definitions: dict[str, Any], about: str) -> dict[str, Any]:
    loosened = {key: _loosened(value) for key, value in schema.items()}
    whole = {"$schema": _DIALECT, **loosened, "description": about}
    return {**whole, "$defs": _loosened(dict(sorted(definitions.items())))} if definitions else whole


def _step() -> dict[str, Any]:
    """A step is of the kind whose verb it has; of two the one that stands further up in the order of kinds."""
    kinds, before = [], list[str]()
    for verb in KINDS:
        chosen: dict[str, Any] = {"required": [verb]}
        if before:
            chosen["not"] = {"anyOf": [{"required": [other]} for other in before]}
        kinds.append({"if": chosen, "then": {"$ref": _REFS.format(model=f"step_{verb}")}})
        before.append(verb)
    verbs = {verb: {"description": described(kind.model, verb)} for verb, kind in KINDS.items()}
    return {
        "type": "object",
        "description": "One step: an id, and the verb that says what it does.",
        "properties": {"id": {"description": described(KINDS["say"].model, "id")}, **verbs},
        "required": ["id"],
        "anyOf": [{"required": [verb]} for verb in KINDS],
        "allOf": kinds,
    }


def _about(example: str, own: dict[str, Any]) -> str:
    return f"{own.get('description', '')}\n\n{example.strip()}".strip()


def _of_model(model: type[BaseModel], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema of a model with every key described; the models inside go where all definitions are."""
    schema = model.model_json_schema(ref_template=_REFS)
    inside = schema.pop("$defs", {})
    for name, own in inside.items():
        definitions[name] = _described(own, model_called(name))
    return _described(schema, model)


def _described(schema: dict[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    for key, own in schema.get("properties", {}).items():
        sentence = described(model, key)
        if sentence:
            own["description"] = sentence
        own.pop("title", None)
    return schema


def _name_what_is_there(definitions: dict[str, Any], deployment: Deployment) -> None:
    catalogue = build_catalogue(deployment.signatures)
    events = sorted({spoken(one.signature.settles) for one in catalogue.values() if one.signature.settles})
    _limit(definitions, ("step_call", "call"), catalogue)
    rows = definitions["BankChoices"]["properties"]["of"]
    if catalogue:
        # The rows may also stand in a slot.
        rows.pop("type", None)
        rows["anyOf"] = [{"enum": sorted(catalogue)}, {"type": "string", "pattern": _NAME}]
    _limit(definitions, ("step_wait", "wait"), [*events, "all", "any"] if events else ())
    _limit(definitions, ("AwaitedModel", "event"), events)
    _limit(definitions, ("step_auth", "auth"), LEVELS)
    _limit(definitions, ("AuthModel", "level"), LEVELS)
    for place in (("step_run", "run"), ("InlineTarget", "run"), ("step_unschedule", "unschedule")):
        _limit(definitions, place, deployment.flows)
    for model in ("ImageModel", "DocumentModel"):
        _limit(definitions, (model, "card"), deployment.images)
    for model in (*(f"step_{verb}" for verb in KINDS), "InlineTarget"):
        _limit(definitions, (model, "handoff"), deployment.queues)


def _limit(definitions: dict[str, Any], place: tuple[str, str], names: Iterable[str]) -> None:
    """Only these names are taken at the key of the model, if there is such a key and any names are known."""
    key = definitions.get(place[0], {}).get("properties", {}).get(place[1])
    known = sorted(names)
    if key is None or not known:
        return
    description = {name: key[name] for name in ("description", "default") if name in key}
    key.clear()
    key.update({"enum": known, **description})


def _keyed(schema: dict[str, Any], value: dict[str, Any]) -> None:
    """What stands under each key of a mapping, however its keys are bounded."""
    for name in ("patternProperties", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            schema[name] = {pattern: value for pattern in schema[name]} if name == "patternProperties" else value


def _loosened(schema: Any) -> Any:
    """Editors read `amount: 1.00` as a number where the language reads what is written: free text may be either. What
    is left out is no `null`, and keys that fit no pattern are wrong."""
    if isinstance(schema, list):
        return [_loosened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    loosened = {key: _loosened(value) for key, value in schema.items() if key != "default" or value is not None}
    if "anyOf" in loosened:
        loosened = _without_null(loosened)
    if "patternProperties" in loosened:
        loosened.setdefault("additionalProperties", False)
    if loosened.get("const") == "1":
        return {key: value for key, value in loosened.items() if key not in ("const", "type")} | {"enum": ["1", 1]}
    free = loosened.get("type") == "string" and not loosened.keys() & {"pattern", "enum", "const"}
    return {**loosened, "type": ["string", "number", "boolean"]} if free else loosened


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    left = [one for one in schema["anyOf"] if one != {"type": "null"}]
    if len(left) == 1:
        return {**left[0], **{key: value for key, value in schema.items() if key != "anyOf"}}
    return {**schema, "anyOf": left}
