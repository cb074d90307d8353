"""What a step kind compiles itself with: the flow's names and types, its texts, targets and problems."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from core.dialog.auth_levels import LEVELS
from core.dialog.compiling.texts import FlowTexts
from core.dialog.documents import DocumentSpec, Drawing, is_name
from core.dialog.durations import parse_duration
from core.dialog.expressions import Expression, ExpressionError, compile_expression
from core.dialog.pictures import PictureSpec
from core.dialog.problems import Problems
from core.dialog.program import BASE_LANG, FlowText, Requirement, Slot, Step
from core.dialog.reading import read_answer
from core.dialog.schema import CHANNELS, DocumentModel, ImageModel, InlineTarget
from core.dialog.signatures import Catalogue, Operation, spoken
from core.dialog.slot_types import SlotType, did_you_mean
from core.dialog.steps.end import EndStep
from core.dialog.steps.handoff import HandoffStep
from core.dialog.steps.run import RunStep
from core.dialog.steps.say import SayStep
from core.kernel.strict_yaml import Mark, Place, Source

MISSING_STEP: Final = ""
_CALL_REFERENCE: Final = re.compile(r"([a-z][a-z0-9_]*)\.op")
_LITERAL: Final = re.compile(r"\"([^\"]{1,64})\"|'([^']{1,64})'")
_TEXT: Final = SlotType("text")
IMPLICIT: Final[Mapping[str, SlotType]] = {
    "customer_name": _TEXT,
    "lang": _TEXT,
    "auth_level": _TEXT,
    "channel": _TEXT,
    "reason": _TEXT,
    "reason_code": _TEXT,
}
ALWAYS_KNOWN: Final = frozenset(("customer_name", "lang", "auth_level", "channel"))
_WIDER: Final = {"text": frozenset(("text", "id", "choice", "phone", "iban", "date"))}


@dataclass(slots=True)
class Builder:
    """One flow being compiled. `following` is the id of the step after the present one, "" after the last."""

    source: Source
    problems: Problems
    catalogue: Catalogue
    texts: FlowTexts
    slots: dict[str, Slot] = field(default_factory=dict)
    scope: dict[str, SlotType] = field(default_factory=lambda: dict(IMPLICIT))
    askers: dict[str, str] = field(default_factory=dict)
    call_steps: dict[str, str] = field(default_factory=dict)
    auth: Requirement | None = None
    extra: list[Step] = field(default_factory=list)
    targets: list[tuple[str, Mark]] = field(default_factory=list)
    literals: set[str] = field(default_factory=set)
    place: Place = ()
    step_id: str = ""
    following: str = MISSING_STEP

    # Places and problems.

    def mark(self, *path: str | int) -> Mark:
        return self.source.mark((*self.place, *path))

    def problem(self, code: str, sentence: str, fix: str = "", *path: str | int) -> None:
        self.problems.error(code, self.mark(*path), sentence, fix)

    # Names and types.

    def slot(self, name: str, *path: str | int) -> Slot | None:
        slot = self.slots.get(name)
        if slot is None:
            suggestion = did_you_mean(name, self.slots)
            self.problem("unknown_slot", f"there is no slot '{name}'{suggestion}", "Declare it under `slots`.", *path)
        return slot

    def slot_type(self, name: str, *path: str | int) -> SlotType | None:
        slot = self.slot(name, *path)
        return slot.type if slot is not None else None

    def asker(self, slot: str, *path: str | int) -> str:
        """The step that asks for the slot, "" when none does."""
        asker = self.askers.get(slot, "")
        if not asker:
            self.problem("not_asked", f"'{slot}' cannot be edited: no step asks for it", "", *path)
        return asker

    def operation(self, name: str, *path: str | int) -> Operation | None:
        operation = self.catalogue.get(spoken(name))
        if operation is None:
            suggestion = did_you_mean(spoken(name), self.catalogue)
            self.problem("unknown_operation", f"the bank has no operation '{name}'{suggestion}", "", *path)
        return operation

    def call_reference(self, formula: str) -> str | None:
        """The step id of `pay.op`; None when the formula is something else."""
        match = _CALL_REFERENCE.fullmatch(formula)
        return match[1] if match is not None and match[1] in self.call_steps else None

    def event_fields(self, event: str, call_steps: list[str], *path: str | int) -> dict[str, SlotType]:
        """What an event that settles one of the calls brings: what the operation returns, and how it ended."""
        types = {"op": SlotType("id"), "outcome": _TEXT, "reason": _TEXT, "reference": SlotType("id")}
        settling = [operation for operation in self.catalogue.values() if spoken(event) == self._settles(operation)]
        if not settling:
            self.problem("unknown_event", f"no operation of the bank is settled by '{event}'", "", *path)
        for step in call_steps:
            operation = self.catalogue.get(spoken(self.call_steps[step]))
            if operation is None:
                continue
            types.update(operation.returns)
            if self._settles(operation) != spoken(event):
                self.problem("unknown_event", f"'{event}' does not settle {self.call_steps[step]}", "", *path)
        return types

    def _settles(self, operation: Operation) -> str:
        return spoken(operation.signature.settles) if operation.signature.settles else ""

    def requirement(self, level: str, fresh: str | None, *path: str | int) -> Requirement:
        """Auth as this step needs it; how fresh it must be comes from the flow where the step does not say."""
        if level not in LEVELS:
            sentence = f"there is no auth level '{level}'{did_you_mean(level, LEVELS)}"
            self.problem("unknown_level", sentence, f"Levels are {', '.join(LEVELS)}.", *path)
        if fresh is not None:
            return Requirement(level, parse_duration(fresh))
        return Requirement(level, self.auth.fresh_ms if self.auth is not None else 0)

    # Formulas.

    def formula(self, written: str, *path: str | int, kinds: Iterable[str] = ()) -> Expression:
        """The compiled formula; after a problem one that is simply true. Secrets are not there to be looked at."""
        expression = self._expression(written, *path)
        wanted = tuple(kinds)
        for name in self._secrets(expression.reads):
            self.problem("secret_formula", f"'{name}' is secret; no formula may look at it", "", *path)
        if wanted and expression.type.kind not in wanted:
            sentence = f"'{written}' is {expression.type}, but {' or '.join(wanted)} is needed here"
            self.problem("type", sentence, "", *path)
        return expression

    def _expression(self, written: str, *path: str | int) -> Expression:
        self.literals.update(one or other for one, other in _LITERAL.findall(written))
        try:
            return compile_expression(written, self.scope)
        except ExpressionError as error:
            mark = self.mark(*path)
            place = Mark(mark.file, mark.line, mark.column + max(error.column - 1, 0))
            self.problems.error("expression", place, error.message)
            return compile_expression("true", {})

    def _secrets(self, names: Iterable[str]) -> list[str]:
        return sorted({name for name in names if name in self.scope and self.scope[name].kind == "secret"})

    def condition(self, written: str, *path: str | int) -> Expression:
        return self.formula(written, *path, kinds=("bool",))

    def value_for(self, slot: str, written: str, *path: str | int) -> Expression:
        """A formula whose value fits the slot."""
        slot_type = self.slot_type(slot, *path)
        expression = self.formula(written, *path)
        if slot_type is not None and not fits(expression.type, slot_type) and not _writes(expression, slot_type):
            self.problem("type", f"'{slot}' is {slot_type}, but '{written}' is {expression.type}", "", *path)
        return expression

    def arguments(
        self, operation: Operation, written: Mapping[str, str], *path: str | int
    ) -> dict[str, Expression]:  # fmt: skip
        """The arguments of a call, of the declared names and types. A secret must be a slot, nothing worked out."""
        for name in sorted(operation.required - written.keys()):
            self.problem("argument_missing", f"{spoken(operation.name)} needs '{name}'", "", *path)
        expressions = {}
        for name, formula in written.items():
            wanted = operation.params.get(name)
            if wanted is None:
                suggestion = did_you_mean(name, operation.params)
                sentence = f"{spoken(operation.name)} takes no '{name}'{suggestion}"
                self.problem("unknown_argument", sentence, "", *path, name)
                continue
            expression = self._expression(formula, *path, name)
            self._check_argument(operation, name, wanted, expression, (*path, name))
            expressions[name] = expression
        return expressions

    def _check_argument(
        self, operation: Operation, name: str, wanted: SlotType, expression: Expression, path: Place
    ) -> None:
        called, written = spoken(operation.name), expression.source
        secrets = self._secrets(expression.reads)
        if secrets and (wanted.kind != "secret" or expression.type.kind != "secret"):
            sentence = f"'{secrets[0]}' is secret, but {called} does not take a secret as '{name}'"
            self.problem("secret_argument", sentence, "", *path)
        elif not fits(expression.type, wanted):
            sentence = f"{called} takes {wanted} as '{name}', but '{written}' is {expression.type}"
            self.problem("type", sentence, "", *path)

    def saved(
        self, written: Mapping[str, str], types: Mapping[str, SlotType], name: str, *path: str | int
    ) -> dict[str, str]:  # fmt: skip
        """Slots and the fields that they are filled from, where names and types fit."""
        saved = {}
        for slot, field_name in written.items():
            slot_type = self.slot_type(slot, *path, slot)
            field_type = types.get(field_name)
            if field_type is None:
                suggestion = did_you_mean(field_name, types)
                self.problem("unknown_field", f"{name} brings no '{field_name}'{suggestion}", "", *path, slot)
            elif slot_type is not None and not fits(field_type, slot_type):
                sentence = f"'{slot}' is {slot_type}, but {name} brings '{field_name}' as {field_type}"
                self.problem("type", sentence, "", *path, slot)
            elif slot_type is not None:
                saved[slot] = field_name
        return saved

    # Texts.

    def text(
        self, written: str, *path: str | int, key: str = "", scope: Mapping[str, SlotType] | None = None
    ) -> FlowText:
        """The text in every language. Its key is the step's id and the path of its field."""
        name = f"{self.step_id}.{key or '.'.join(_counted(part) for part in path)}"
        types = {**self.scope, **scope} if scope is not None else self.scope
        return self.texts.in_every_language(name, written, self.mark(*path), types)

    def varied(self, written: str, variants: Mapping[str, str], *path: str | int) -> FlowText:
        """The text with what customers of some channels read instead of it."""
        text = self.text(written, *path)
        for channel in variants:
            if channel not in CHANNELS:
                sentence = f"there is no channel '{channel}'{did_you_mean(channel, CHANNELS)}"
                self.problem("unknown_channel", sentence, f"Channels are {', '.join(CHANNELS)}.", "variants", channel)
        forms = {channel: self.text(other, "variants", channel) for channel, other in variants.items()}
        return replace(text, variants=forms)

    def title(self, written: str | None) -> FlowText | None:
        """The flow's own name; it can show no values, since it is read before the flow begins."""
        if written is None:
            return None
        return self.texts.in_every_language("flow.title", written, self.mark("title"), {})

    def picture(self, model: ImageModel | None, *path: str | int) -> PictureSpec | None:
        if model is None:
            return None
        if isinstance(model.data, list):
            mark = self.mark(*path, "data")
            names = [name for name in model.data if self.slot(name, *path, "data") is not None]
            data = {name: self._plain_picture_text(name, mark) for name in names}
        else:
            data = {name: self.text(text, *path, "data", name) for name, text in model.data.items()}
        return PictureSpec(model.card, data, self.text(model.alt, *path, "alt"))

    def drawn(self, image: ImageModel | None, document: DocumentModel | None) -> Drawing | None:
        """What a message carries: a picture or a document."""
        if image is not None and document is not None:
            sentence = "a message carries a picture or a document, not both"
            self.problem("two_attachments", sentence, "Send the document by a `say` of its own.", "document")
        page = self.picture(document, "document")
        if document is None or page is None:
            return self.picture(image, "image")
        mark = self.mark("document", "name")
        if not is_name(document.name):
            sentence = f"'{document.name}' cannot be the name of a file in every messenger"
            fix = "Write Latin letters, digits, - and _, and .pdf at the end, as in `receipt-{ref}.pdf`."
            self.problems.error("document_name", mark, sentence, fix)
        name = self.texts.in_base_language(document.name, mark, self.scope)
        return DocumentSpec(page, FlowText(f"{self.step_id}.document.name", mark, {BASE_LANG: name}))

    def _plain_picture_text(self, name: str, mark: Mark) -> FlowText:
        """A slot as it is written by default; the same in every language."""
        text = self.texts.in_base_language(_shown(name, self.scope.get(name)), mark, self.scope)
        return FlowText(f"{self.step_id}.image.{name}", mark, {BASE_LANG: text})

    # Targets.

    def target(self, target: str | InlineTarget, *path: str | int) -> str:
        """The id of the step that an arm leads to; a target written in place becomes a step of its own."""
        mark = self.mark(*path)
        if isinstance(target, str):
            self.targets.append((target, mark))
            return target
        identity = f"{self.step_id}.{'.'.join(_counted(part) for part in path)}"
        then = self._terminal(target, identity, mark)
        if target.run is not None:
            rest = then or self._extra(EndStep(id=f"{identity}.end", mark=mark, outcome="done"))
            then = self._extra(
                RunStep(
                    id=f"{identity}.run",
                    mark=mark,
                    flow=target.run,
                    args={},
                    save={},
                    arms={},
                    otherwise=None,
                    then=rest,
                )
            )
        if target.say is not None:
            text = self.text(target.say, *path, "say")
            then = self._extra(SayStep(id=f"{identity}.say", mark=mark, text=text, then=then or MISSING_STEP))
        if not then:
            self.problem("empty_target", "a target needs one of say, run, handoff, go or end", "", *path)
            then = self._extra(EndStep(id=f"{identity}.end", mark=mark, outcome="failed"))
        return then

    def then(self, model: Any) -> str:
        """Where a step leads that may have `end`, `handoff` or `go` beside its verb."""
        return self._terminal(model, self.step_id, self.mark()) or self.following

    def _terminal(self, model: Any, identity: str, mark: Mark) -> str:
        ways = [name for name in ("end", "handoff", "go") if getattr(model, name) is not None]
        if len(ways) > 1:
            self.problems.error("two_ways", mark, f"a step goes one way, but here are {' and '.join(ways)}")
        if model.end is not None:
            return self._extra(EndStep(id=f"{identity}.end", mark=mark, outcome=model.end))
        if model.handoff is not None:
            return self._extra(HandoffStep(id=f"{identity}.handoff", mark=mark, queue=model.handoff))
        if model.go is not None:
            self.targets.append((model.go, mark))
            return str(model.go)
        return ""

    def _extra(self, step: Step) -> str:
        self.extra.append(step)
        return step.id


def fits(given: SlotType, wanted: SlotType) -> bool:
    """Whether a value of one type can stand where the other is wanted. Every kind of text is also plain text."""
    if given.item is not None or wanted.item is not None:
        return given.item is not None and wanted.item is not None and fits(given.item, wanted.item)
    if given.kind == wanted.kind:
        return not (given.currency and wanted.currency) or given.currency == wanted.currency
    if wanted.kind == "text":
        return given.kind in _WIDER["text"]
    return (given.kind, wanted.kind) in {("text", "id"), ("text", "choice"), ("choice", "id")}


def _writes(expression: Expression, wanted: SlotType) -> bool:
    """Whether the formula is a written constant in exactly the form in which a slot of the type holds its value."""
    if expression.reads or expression.type.kind != "text" or wanted.kind not in ("date", "phone", "iban"):
        return False
    value = expression.evaluate({})
    return bool(read_answer(wanted, value, currency="", now_ms=0, lang=BASE_LANG) == value)


def _counted(part: str | int) -> str:
    return str(part + 1) if isinstance(part, int) else part


def _shown(name: str, slot_type: SlotType | None) -> str:
    """How a slot is written into a picture when the flow does not say: personal values masked."""
    kind = slot_type.kind if slot_type is not None else "text"
    return f"{{{name}|{kind}}}" if kind in ("money", "date", "phone") else f"{{{name}}}"
