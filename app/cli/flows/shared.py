"""What the commands share: the folder argument, the console, and flows that must compile."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from app.declarations import catalogue_signatures
from app.settings import Settings
from core.dialog.compiler import Compilation, compile_folder

Folder = Annotated[Path | None, typer.Argument(help="folder of flows; the configured one by default")]
console: Final = Console(highlight=False, soft_wrap=True)


def flows_folder(folder: Path | None) -> Path:
    return folder or Settings().flows_dir


def compiled(folder: Path | None) -> Compilation:
    return compile_folder(flows_folder(folder), catalogue_signatures())
