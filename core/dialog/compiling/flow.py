"""One flow: from its source to a program whose steps still have to be linked and verified."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from core.dialog.compiling.builder import IMPLICIT, MISSING_STEP, Builder
from core.dialog.compiling.texts import FlowTexts
from core.dialog.compiling.translations import Translations
from core.dialog.compiling.validation import validated
from core.dialog.durations import parse_duration
from core.dialog.problems import Problems, TooManyProblems
from core.dialog.program import Entry, FlowText, Program, Requirement, Slot, Step
from core.dialog.schema import MOST_STEPS, FlowModel, SlotModel
from core.dialog.signatures import Catalogue
from core.dialog.slot_types import SlotType, UnknownType, did_you_mean, parse_type
from core.dialog.steps import KINDS
from core.kernel.ids import derived_id
from core.kernel.money import MoneyError, exponent
from core.kernel.strict_yaml import Source

_ENGINE_FORMAT: Final = "1"
_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")
_RESERVED: Final = frozenset((*IMPLICIT, "it", "true", "false"))
_MOST_SLOTS: Final = 200
_BESIDE: Final = frozenset(("end", "handoff", "go"))


@dataclass(frozen=True, slots=True)
class Compiled:
    """A flow with what the checks need beside its program."""

    program: Program
    model: FlowModel
    source: Source
    builder: Builder


def compile_flow(
    source: Source,
    translations: Mapping[str, Translations],
    catalogue: Catalogue,
    langs: tuple[str, ...],
    problems: Problems,
) -> Compiled | None:
    """None when the outer form is so wrong that there is nothing to check; what is wrong is in `problems`."""
    model = validated(FlowModel, source.data, source, (), problems, thing="a flow")
    if model is None:
        _report_steps(source, problems)
        return None
    builder = Builder(source, problems, catalogue, FlowTexts(problems, langs, translations))
    _declare_slots(model, builder)
    title = builder.title(model.title)
    builder.auth = _requirement(model, builder)
    steps = _steps(model, builder)
    _check_targets(builder, steps)
    for found in translations.values():
        found.report_extra(problems)
    return Compiled(_program(model, source, builder, steps, translations, title), model, source, builder)


def _declare_slots(model: FlowModel, builder: Builder) -> None:
    builder.step_id = "slots"
    if len(model.slots) > _MOST_SLOTS:
        sentence = f"a flow has at most {_MOST_SLOTS} slots, this one has {len(model.slots)}"
        builder.problem("too_many_slots", sentence, "", "slots")
        raise TooManyProblems
    written = {name: SlotModel(type=slot) if isinstance(slot, str) else slot for name, slot in model.slots.items()}
    for name, slot in written.items():
        if name in _RESERVED:
            builder.problem("reserved_name", f"'{name}' belongs to the engine", "Choose another name.", "slots", name)
        try:
            builder.scope[name] = parse_type(slot.type)
        except UnknownType as error:
            builder.problem("unknown_type", error.detail, "", "slots", name, "type")
            builder.scope[name] = SlotType("text")
        if builder.scope[name].kind == "money" and slot.currency is not None and slot.currency.isupper():
            # Known before anybody answers: two currencies in one formula are found now.
            builder.scope[name] = SlotType("money", slot.currency)
    for name, slot in written.items():
        builder.slots[name] = _slot(name, slot, builder)
    for key, names in (("takes", model.takes), ("returns", model.returns)):
        for index, name in enumerate(names):
            builder.slot(name, key, index)


def _slot(name: str, slot: SlotModel, builder: Builder) -> Slot:
    slot_type = builder.scope[name]
    currency = None
    if slot.currency is not None:
        written = f'"{slot.currency}"' if slot.currency.isupper() else slot.currency
        if slot.currency.isupper():
            try:
                exponent(slot.currency)
            except MoneyError as error:
                builder.problem("currency_unknown", error.detail, "", "slots", name, "in")
        currency = builder.formula(written, "slots", name, "in", kinds=("text",))
    label = builder.text(slot.label, "slots", name, "label", key=f"{name}.label") if slot.label is not None else None
    return Slot(name, slot_type, builder.mark("slots", name), currency, slot.pii or "", label)


def _requirement(model: FlowModel, builder: Builder) -> Requirement | None:
    if model.auth is None:
        return None
    fresh = model.auth.fresh
    checked = builder.requirement(model.auth.level, fresh, "auth", "level")
    return Requirement(checked.level, parse_duration(fresh) if fresh is not None else 0)


def _report_steps(source: Source, problems: Problems) -> None:
    """What is wrong with the steps of a flow whose outer form is wrong too."""
    steps = source.data.get("steps") if isinstance(source.data, dict) else None
    for index, raw in enumerate(steps[:MOST_STEPS] if isinstance(steps, list) else []):
        verb = _verb(raw, index, source, problems)
        if verb is not None:
            validated(KINDS[verb].model, raw, source, ("steps", index), problems, thing=_named(verb))


def _steps(model: FlowModel, builder: Builder) -> dict[str, Step]:
    problems, source = builder.problems, builder.source
    parsed: list[tuple[int, str, Any]] = []
    for index, raw in enumerate(model.steps):
        verb = _verb(raw, index, source, problems)
        step = verb and validated(KINDS[verb].model, raw, source, ("steps", index), problems, thing=_named(verb))
        if verb and step:
            parsed.append((index, verb, step))
    for _, verb, step in parsed:
        if verb == "ask":
            builder.askers.setdefault(step.ask, step.id)
        elif verb == "call":
            builder.call_steps[step.id] = step.call
    return _compiled(parsed, builder)


def _compiled(parsed: list[tuple[int, str, Any]], builder: Builder) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    for position, (index, verb, model) in enumerate(parsed):
        builder.place = ("steps", index)
        builder.step_id = model.id
        builder.following = parsed[position + 1][2].id if position + 1 < len(parsed) else MISSING_STEP
        if model.id in steps:
            builder.problem("doubled_step", f"there is already a step '{model.id}'", "Rename one.", "id")
            continue
        step = KINDS[verb].compile(model, builder)
        if step is not None:
            steps[step.id] = step
    builder.place = ()
    steps.update((step.id, step) for step in builder.extra)
    return steps


def _verb(raw: Any, index: int, source: Source, problems: Problems) -> str | None:
    mark = source.mark(("steps", index))
    if not isinstance(raw, dict):
        problems.error("step_form", mark, "a step is a flat mapping with an id and one verb")
        return None
    verbs = [verb for verb in KINDS if verb in raw]
    main = [verb for verb in verbs if verb not in _BESIDE] or verbs[:1]
    if not main:
        keys = [key for key in raw if key != "id"]
        hint = next((hint for key in keys if (hint := did_you_mean(key, KINDS))), "")
        problems.error("no_verb", mark, f"this step has none of the verbs {', '.join(KINDS)}{hint}")
        return None
    if len(main) > 1:
        problems.error("two_verbs", mark, f"a step does one thing, but here are {' and '.join(main)}", "Make it two.")
        return None
    return main[0]


def _named(verb: str) -> str:
    return f"{'an' if verb[0] in 'ae' else 'a'} {verb} step"


def _check_targets(builder: Builder, steps: Mapping[str, Step]) -> None:
    for target, mark in builder.targets:
        if target not in steps:
            named = [name for name in steps if "." not in name]
            sentence = f"there is no step '{target}'{did_you_mean(target, named)}"
            builder.problems.error("unknown_step", mark, sentence)


def _program(
    model: FlowModel,
    source: Source,
    builder: Builder,
    steps: Mapping[str, Step],
    translations: Mapping[str, Translations],
    title: FlowText | None,
) -> Program:
    entry = model.entry
    phrases = tuple(phrase for spellings in entry.phrases.values() for phrase in spellings)
    said = {lang: {key: entry.text for key, entry in found.entries.items()} for lang, found in translations.items()}
    # Keys count in the order in which they are written: `set` gives its slots their values one after the other.
    written = msgspec.json.encode(source.data).decode()
    revision = derived_id(12, _ENGINE_FORMAT, written, _CANONICAL.encode(said).decode())
    return Program(
        name=model.flow,
        revision=revision,
        about=model.about,
        file=source.file,
        first=next(iter(steps), MISSING_STEP),
        steps=steps,
        slots=builder.slots,
        entry=Entry(
            phrases, entry.command or "", entry.link or "", entry.start, entry.menu or "", tuple(entry.intents)
        ),
        auth=builder.auth,
        revisions=model.revisions,
        takes=tuple(model.takes),
        returns=tuple(model.returns),
        moved=model.moved,
        asked=frozenset(builder.askers),
        title=title,
        literals=frozenset(builder.literals),
    )
