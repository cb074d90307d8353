"""`teller flows schema`: what an editor needs to complete and underline flow files."""

from __future__ import annotations

import json

import typer

from app.declarations import catalogue_signatures
from core.dialog.json_schema import flow_json_schema


def schema() -> None:
    """Print the JSON Schema that lets an editor complete and underline flow files."""
    typer.echo(json.dumps(flow_json_schema(catalogue_signatures()), ensure_ascii=False, indent=2))
