"""`teller flows schema`: what an editor needs to complete and underline the files of a folder of flows."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated, Any

import typer

from app.cli.flows.shared import FolderOption, flows_folder
from app.declarations import deployment
from core.dialog.json_schema import engine_json_schema, flow_json_schema, json_schema_of_tests, translation_json_schema
from core.dialog.loader import flow_names


class Kind(StrEnum):
    FLOW = "flow"
    TEST = "test"
    TRANSLATION = "translation"
    ENGINE = "engine"


def schema(
    kind: Annotated[Kind, typer.Option("--for", help="which kind of file")] = Kind.FLOW, folder: FolderOption = None
) -> None:
    """Print the JSON Schema of one kind of file, with the names of operations, events, flows and pictures."""
    typer.echo(json.dumps(_schema(kind, folder), ensure_ascii=False, indent=2))


def _schema(kind: Kind, folder: FolderOption) -> dict[str, Any]:
    if kind is Kind.TRANSLATION:
        return translation_json_schema()
    if kind is Kind.ENGINE:
        return engine_json_schema()
    here = deployment(flow_names(flows_folder(folder)))
    return json_schema_of_tests(here) if kind is Kind.TEST else flow_json_schema(here)
