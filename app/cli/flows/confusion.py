"""`teller flows confusion`: phrases that customers' words may be mistaken for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from app.cli.flows.shared import Folder, compiled, console, phrases_by_lang
from core.dialog.system_flows import UNRECOGNISED
from core.dialog.understanding.report import Confusion
from core.dialog.understanding.report import confusion as confusions

_Languages = Mapping[tuple[str, str], str]


def confusion(
    folder: Folder = None,
    most: Annotated[int, typer.Option(min=1, help="how many phrases to list")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="every phrase, for machines")] = False,
    fail: Annotated[bool, typer.Option("--fail", help="exit code 1 when a phrase is doubtful")] = False,
) -> None:
    """List the phrases that are hardest to tell from those of another flow."""
    compilation = compiled(folder)
    if compilation.programs is None:
        console.print("The flows have errors; see: teller flows check")
        raise typer.Exit(1)
    written = phrases_by_lang(compilation.folder)
    langs = {(flow, phrase): lang for flow, by in written.items() for lang, texts in by.items() for phrase in texts}
    known = {flow: [phrase for texts in by.values() for phrase in texts] for flow, by in written.items()}
    ignored = known.pop(UNRECOGNISED, [])
    found = confusions(known, ignored)
    if as_json:
        typer.echo(json.dumps([_plain(one, langs) for one in found], ensure_ascii=False, indent=1))
    else:
        _show(found, most, langs)
    raise typer.Exit(1 if fail and any(one.doubtful for one in found) else 0)


def _show(found: Sequence[Confusion], most: int, langs: _Languages) -> None:
    for one in found[:most]:
        mark = "(doubtful)" if one.doubtful else ""
        scores = f"{one.own_score:.2f} {one.nearest_score:.2f}"
        lang = langs[one.intent, one.phrase]
        console.print(f"{scores}  {lang}  {one.intent} / {one.nearest}  {one.phrase} {mark}".rstrip(), markup=False)
    phrases = Counter(langs[one.intent, one.phrase] for one in found)
    doubtful = Counter(langs[one.intent, one.phrase] for one in found if one.doubtful)
    told = ", ".join(f"{lang} {doubtful[lang]} of {count}" for lang, count in sorted(phrases.items()))
    console.print(f"Doubtful: {told or 'no phrases'}")


def _plain(one: Confusion, langs: _Languages) -> dict[str, Any]:
    return {
        "flow": one.intent,
        "lang": langs[one.intent, one.phrase],
        "phrase": one.phrase,
        "score": round(one.own_score, 3),
        "nearest": one.nearest,
        "nearest_score": round(one.nearest_score, 3),
        "doubtful": one.doubtful,
    }
