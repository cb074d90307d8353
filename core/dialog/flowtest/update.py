"""Writing what the bot says now into `bot:` lines that are not met. Only `step`, `reads` and `choices` are touched:
what the bank is called for, and how it ends, nobody decides but a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path
from typing import Any

from core.dialog.compiler import Compilation
from core.dialog.flowtest.expectations import Met, texts
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.model import BotModel
from core.dialog.flowtest.plays import Play
from core.dialog.flowtest.reading import ReadTest
from core.dialog.flowtest.runner import EVERYTHING, Chosen, all_tests
from core.dialog.flowtest.talk import names_of, plain
from core.dialog.flowtest.yaml_edits import YamlEdits, written
from core.dialog.program import ProgramSet
from core.kernel.masking import mask_text
from core.kernel.strict_yaml import Place

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Update:
    """A file of tests with its new text. `changes`: what was changed, as `file:line: field: old -> new`."""

    file: str
    text: str
    changes: tuple[str, ...]


def update_tests(compilation: Compilation, looks: Sequence[Look], chosen: Chosen = EVERYTHING) -> list[Update]:
    """The files that are to be written anew. Nothing is written here."""
    programs = compilation.programs
    if programs is None:
        return []
    reads = [read for read in all_tests(compilation, programs, looks) if chosen.wants(read)]
    updates = []
    for file, found in groupby(reads, key=lambda read: read.source.file):
        edits = YamlEdits(Path(file).read_text(encoding="utf-8-sig"))
        changes = [change for read in found if not read.problems for change in _update(read, programs, edits)]
        if changes:
            updates.append(Update(file, edits.result(), tuple(changes)))
    return updates


def _update(read: ReadTest, programs: ProgramSet, edits: YamlEdits) -> Iterator[str]:
    assert read.model is not None
    plays = [Play(read, read.model, programs, look) for look in read.looks]
    for play in plays:
        play.failures(go_on=True)
    for place, line in enumerate(read.model.talk):
        if not isinstance(line.bot, BotModel):
            continue
        proposals = {play.look.name: _proposal(line.bot, play.met.get(place), play.look) for play in plays}
        if any(proposals.values()):
            yield from _edit(read, place, line.bot, proposals, edits)


def _proposal(wanted: BotModel, met: Met | None, look: Look) -> Fields:
    """What the line must say to be met on the channel; empty where it is met, or where nothing was said at all."""
    if met is None or not met.complaint:
        return {}
    fields: Fields = {}
    own = wanted.look(look.name)
    if wanted.step is not None and wanted.step not in {step.rpartition(".")[2] for step in met.said.steps}:
        fields["step"] = met.step
    text = plain(mask_text(met.seen.text))
    parts = texts(own.reads)
    if any(plain(part) not in text for part in parts):
        now = list(dict.fromkeys(part if plain(part) in text else _nearest(part, text) for part in parts))
        fields["reads"] = now[0] if len(now) == 1 else now
    if own.choices is not None:
        known = {name for option in met.offered for name in names_of(option)}
        if any(choice not in known for choice in own.choices):
            fields["choices"] = [mask_text(names_of(option)[0]) for option in met.offered]
    return fields


def _nearest(part: str, text: str) -> str:
    """As many lines of the text as the part has, those most like it."""
    lines = text.split("\n")
    count = min(part.count("\n") + 1, len(lines))
    windows = ["\n".join(lines[start : start + count]) for start in range(len(lines) - count + 1)]
    best = max((window for window in windows if window.strip()), default=text, key=lambda one: _likeness(part, one))
    return best.strip()


def _likeness(part: str, window: str) -> float:
    return SequenceMatcher(None, plain(part), window, autojunk=False).ratio()


def _edit(
    read: ReadTest, place: int, wanted: BotModel, proposals: Mapping[str, Fields], edits: YamlEdits
) -> Iterator[str]:
    """What is otherwise on every channel changes the line, what is otherwise on some of them goes under `on`."""
    at: Place = (read.index, "talk", place, "bot")
    failing = {name: fields for name, fields in proposals.items() if fields}
    steps = {fields["step"] for fields in failing.values() if "step" in fields}
    common: Fields = {}
    if len(failing) == len(proposals):
        first = next(iter(failing.values()))
        common = {key: value for key, value in first.items() if key != "step" or len(steps) == 1}
    elif steps:
        return
    for key, value in common.items():
        if key == "step" or not all(key in _own(wanted, name) for name in failing):
            edits.put(at, key, value)
            yield _change(read, place, key, getattr(wanted, key), value)
    special: dict[str, Fields] = {}
    for name, fields in failing.items():
        for key, value in fields.items():
            if key == "step" or (common.get(key) == value and key not in _own(wanted, name)):
                continue
            special.setdefault(name, {})[key] = value
    yield from _edit_on(read, place, wanted, special, edits)


def _edit_on(
    read: ReadTest, place: int, wanted: BotModel, special: Mapping[str, Fields], edits: YamlEdits
) -> Iterator[str]:
    at: Place = (read.index, "talk", place, "bot")
    new: dict[str, Fields] = {}
    for name, fields in special.items():
        for key, value in fields.items():
            if edits.has((*at, "on", name)):
                edits.put((*at, "on", name), key, value)
            else:
                new.setdefault(name, {})[key] = value
            yield _change(read, place, f"on {name}, {key}", getattr(wanted.look(name), key), value)
    if not new:
        return
    if edits.has((*at, "on")):
        for name, fields in new.items():
            edits.put((*at, "on"), name, fields)
    else:
        edits.put(at, "on", new)


def _own(wanted: BotModel, channel: str) -> frozenset[str]:
    """The fields that the line has for the channel alone."""
    look = wanted.on.get(channel)
    return frozenset(look.model_fields_set) if look is not None else frozenset()


def _change(read: ReadTest, place: int, what: str, old: Any, new: Any) -> str:
    mark = read.mark("talk", place, "bot")
    return f"{mark.file}:{mark.line}: {what}: {written(old if old is not None else '')} -> {written(new)}"
