"""`teller flows translations`: what is missing or stale, PO files for translators out and back in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.flows.shared import console, flows_folder
from app.declarations import catalogue_signatures
from core.dialog.loader import load_folder
from core.dialog.program import BASE_LANG, LANGS
from core.dialog.signatures import build_catalogue
from core.dialog.translating.catalogue import Translated, translated
from core.dialog.translating.importing import import_po
from core.dialog.translating.po import PoRefused, from_po, language_of_po, to_po

cli = typer.Typer(help="Translations of the conversations.", no_args_is_help=True)
_Folder = Annotated[Path | None, typer.Option("--folder", help="folder of flows; the configured one by default")]
_OTHERS: Final = tuple(lang for lang in LANGS if lang != BASE_LANG)


@cli.command()
def status(
    lang: Annotated[str | None, typer.Argument(help="one language; all by default")] = None,
    folder: _Folder = None,
    all_texts: Annotated[bool, typer.Option("--all", help="name every text that is not done")] = False,
) -> None:
    """Count what is missing, stale or extra; exit code 1 when anything is."""
    unfinished = 0
    for one_lang in [_checked(lang)] if lang is not None else _OTHERS:
        texts = _translated(folder, one_lang)
        for flow in dict.fromkeys(one.flow for one in texts):
            of_flow = [one for one in texts if one.flow == flow]
            counts = Counter(one.state for one in of_flow)
            todo = {state: counts[state] for state in ("missing", "stale", "extra") if counts[state]}
            unfinished += sum(todo.values())
            told = ", ".join(f"{count} {state}" for state, count in todo.items()) or "done"
            console.print(f"{one_lang}  {flow:<24} {counts.total() - counts['extra']:>4} texts  {told}", markup=False)
        for one in texts:
            if all_texts and one.state != "done":
                console.print(f"{one.mark.file}:{one.mark.line}: {one_lang} {one.state} {one.context}", markup=False)
    raise typer.Exit(1 if unfinished else 0)


@cli.command()
def export(
    lang: Annotated[str, typer.Option(help="language to translate into")],
    out: Annotated[Path, typer.Option("--out", "-o", help="file to write")],
    folder: _Folder = None,
) -> None:
    """Write a PO file with every text, its translation so far, and what a translator should know."""
    texts = _translated(folder, _checked(lang))
    out.write_text(to_po(texts, lang, str(flows_folder(folder))), encoding="utf-8")
    todo = sum(one.state in ("missing", "stale") for one in texts)
    console.print(f"{out}: {sum(one.state != 'extra' for one in texts)} texts, {todo} to translate", markup=False)


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the translated PO file")],
    lang: Annotated[str | None, typer.Option(help="language; by default the one in the file's header")] = None,
    folder: _Folder = None,
) -> None:
    """Take translations from a PO file; with anything that the compiler would refuse, nothing is written."""
    content = file.read_bytes()
    language = _checked(lang or language_of_po(content.decode(errors="replace")))
    try:
        entries = from_po(content, str(file), language)
    except PoRefused as error:
        console.print(error.detail, markup=False)
        raise typer.Exit(1) from error
    catalogue = build_catalogue(catalogue_signatures())
    imported = import_po(flows_folder(folder), catalogue, language, entries, str(file))
    for line in imported.refused:
        console.print(line, markup=False)
    if imported.refused:
        console.print("Nothing was written.")
        raise typer.Exit(1)
    for path, written in imported.files.items():
        path.write_bytes(written.encode())
    console.print(f"{imported.changed} translations in {len(imported.files)} files, {imported.fuzzy} still fuzzy")


def _translated(folder: Path | None, lang: str) -> list[Translated]:
    return translated(load_folder(flows_folder(folder)), build_catalogue(catalogue_signatures()), lang)


def _checked(lang: str) -> str:
    if lang not in _OTHERS:
        raise typer.BadParameter(f"'{lang}' is none of {', '.join(_OTHERS)}")
    return lang
