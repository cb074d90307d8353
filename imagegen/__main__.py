"""`python -m imagegen preview receipt --lang uk --out receipt.png`: a look at a template with its example data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from core.kernel.errors import TellerError
from imagegen.studio import TEMPLATES, Studio


def preview(template: str, lang: str, out: Path, folder: Path = TEMPLATES) -> None:
    """Draws a template with its example data into a file. Raises what Studio raises, and OSError."""
    studio = Studio(folder)
    drawing = studio.document if out.suffix == ".pdf" else studio.draw
    out.write_bytes(drawing(template, studio.example(template), lang))


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 after a sentence on standard error."""
    parser = argparse.ArgumentParser(prog="python -m imagegen", description="Pictures from templates.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("preview", help="draw a template with its example data")
    command.add_argument("template")
    command.add_argument("--lang", default="uk", help="language of the labels: uk, ru, be or en")
    command.add_argument("--out", type=Path, required=True, help="PNG or PDF file to write")
    command.add_argument("--templates", type=Path, default=TEMPLATES, help="folder of template files")
    chosen = parser.parse_args(arguments)
    try:
        preview(chosen.template, chosen.lang, chosen.out, chosen.templates)
    except (TellerError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
