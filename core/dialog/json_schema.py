"""JSON Schema of flows for editors, with the names of the deployment's own operations for completion."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from core.dialog.schema import FlowModel
from core.dialog.signatures import Signature, build_catalogue
from core.dialog.slot_types import KINDS as SLOT_KINDS
from core.dialog.steps import KINDS

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_SLOT: Final = "^[a-z][a-z0-9_]{0,39}$"
_REFS: Final = "#/$defs/{model}"


def flow_json_schema(signatures: Iterable[Signature | Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The schema of a flow file: closed objects, one for each kind of step."""
    catalogue = build_catalogue(signatures)
    definitions: dict[str, Any] = {}
    schema = _moved(FlowModel.model_json_schema(ref_template=_REFS), definitions)
    kinds = []
    for kind in KINDS.values():
        own = _moved(kind.model.model_json_schema(ref_template=_REFS), definitions)
        own["required"] = sorted({*own.get("required", ()), "id", kind.verb})
        definitions[f"step_{kind.verb}"] = own
        kinds.append({"$ref": _REFS.format(model=f"step_{kind.verb}")})
    schema["properties"]["steps"]["items"] = {"oneOf": kinds}
    if catalogue:
        names = {"type": "string", "enum": sorted(catalogue)}
        definitions["step_call"]["properties"]["call"] = names
        definitions["BankChoices"]["properties"]["of"] = {"anyOf": [names, {"type": "string", "pattern": _SLOT}]}
    types = [*SLOT_KINDS, *(f"list of {kind}" for kind in SLOT_KINDS)]
    definitions["SlotModel"]["properties"]["type"] = {"type": "string", "enum": types}
    loosened = {key: _loosened(value) for key, value in schema.items()}
    return {"$schema": _DIALECT, **loosened, "$defs": _loosened(dict(sorted(definitions.items())))}


def _moved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema without its own definitions, which go where all of them are."""
    definitions.update(schema.pop("$defs", {}))
    return schema


def _loosened(schema: Any) -> Any:
    """Editors read `amount: 1.00` as a number where the language reads what is written: free text may be either."""
    if isinstance(schema, list):
        return [_loosened(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    loosened = {key: _loosened(value) for key, value in schema.items()}
    free = loosened.get("type") == "string" and not loosened.keys() & {"pattern", "enum", "const"}
    return {**loosened, "type": ["string", "number", "boolean"]} if free else loosened
