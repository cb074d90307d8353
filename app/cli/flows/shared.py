"""What the commands share: the folder argument, the console, and flows that must compile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from app.declarations import catalogue_signatures, channel_limits
from app.settings import Settings
from core.dialog.compiler import Compilation, compile_folder
from core.dialog.loader import FlowFolder

Folder = Annotated[Path | None, typer.Argument(help="folder of flows; the configured one by default")]
FolderOption = Annotated[Path | None, typer.Option("--flows", help="folder of flows; the configured one by default")]
console: Final = Console(highlight=False, soft_wrap=True)


def flows_folder(folder: Path | None) -> Path:
    return folder or Settings().flows_dir


def compiled(folder: Path | None) -> Compilation:
    """The flows, checked for the channels of this deployment."""
    return compile_folder(flows_folder(folder), catalogue_signatures(), channels=channel_limits(Settings()))


def phrases_by_lang(folder: FlowFolder) -> dict[str, dict[str, list[str]]]:
    """By flow and language, of a folder that compiled."""
    found = {}
    for name, files in folder.flows.items():
        data = files.flow.data if files.flow is not None else {}
        phrases = data.get("entry", {}).get("phrases", {})
        if phrases:
            found[name] = phrases
    return found
