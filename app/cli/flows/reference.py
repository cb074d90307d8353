"""`teller flows reference`: the pages about the language, written from its code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.settings import ROOT
from core.dialog.reference.page import checks_page, reference_page


def reference(
    into: Annotated[Path, typer.Argument(help="folder that the pages are written into")] = ROOT / "docs" / "flows",
) -> None:
    """Write `reference.md` and `checks.md`: every key, type, filter, word and check of the language."""
    into.mkdir(parents=True, exist_ok=True)
    for name, page in (("reference.md", reference_page()), ("checks.md", checks_page())):
        (into / name).write_text(page, encoding="utf-8")
        typer.echo(into / name)
