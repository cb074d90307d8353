"""What changed in one step: what it asks of the bank and lets a customer confirm, where it leads, what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.dialog.changes.found import Found
from core.dialog.changes.model import Importance
from core.dialog.changes.words import are_mappings, differing, same, shown
from core.dialog.steps import KINDS
from core.dialog.texts import TextError
from core.dialog.texts.template import Placeholder, split

_BESIDE: Final = frozenset(("end", "handoff", "go"))
_TEXTS: Final = {"text": "the text", "say": "the text", "wrong": "what it says to a wrong answer"}
_TARGETS: Final = {
    "yes": "answer yes", "no": "answer no", "expired": "the way when it is not given in time", "else": "way else",
    "none": "the way when the bank has none", "go": "the way on",
    "back": "the way when the person has finished",
}  # fmt: skip
_SUBJECTS: Final = {
    "ttl": "how long the confirmation can be given", "timeout": "how long it waits", "tries": "the number of tries",
    "fresh": "how recent the login must be", "hints": "the list of answers worth one tap", "accept": "what it accepts",
    "own": "whether only the customer's own contact is taken", "hold": "whether it can be left",
    "secure": "the one-time page", "match": "which event it waits for", "effect": "the effect",
    "end": "how it ends", "handoff": "who takes over",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Place:
    """A step in its flow: how it is called in sentences, and how important it is what happens there."""

    name: str
    verb: str
    importance: Importance
    found: Found

    @property
    def spoken(self) -> str:
        kind = self.verb if self.verb in ("confirm", "call", "wait") else "step"
        return f"{kind} {shown(self.name)}"

    def importance_or(self, usual: Importance) -> Importance:
        return self.importance if self.importance in ("money", "access") else usual

    def value(self, key: str, subject: str, before: Any, after: Any, usual: Importance = "way") -> None:
        self.found.value(self.importance_or(usual), key, f"{self.spoken}: {subject}", before, after, step=self.name)


def verb_of(step: Any) -> str:
    """The kind of a step as it is written, "" where there is none."""
    if not isinstance(step, dict):
        return ""
    verbs = [verb for verb in KINDS if verb in step]
    return next((verb for verb in verbs if verb not in _BESIDE), verbs[0] if verbs else "")


def importance_of(step: Any, flow: Mapping[str, Any]) -> Importance:
    """A step is about money where it has an effect, lets one be confirmed, bounds a sum, or waits in such a flow."""
    verb = verb_of(step)
    if verb == "auth":
        return "access"
    if verb == "confirm" or _has_effect(step) or (verb == "wait" and _moves_money(flow)):
        return "money"
    slots = flow.get("slots")
    written = slots.get(step.get("ask")) if verb == "ask" and isinstance(slots, dict) else None
    kind = written.get("type") if isinstance(written, dict) else written
    return "money" if kind == "money" else "way"


def _has_effect(step: Any) -> bool:
    return isinstance(step, dict) and step.get("effect", "none") != "none"


def _moves_money(flow: Mapping[str, Any]) -> bool:
    steps = flow.get("steps")
    return isinstance(steps, list) and any(map(_has_effect, steps))


def compare_step(
    name: str, before: Any, after: Any, flows: tuple[Mapping[str, Any], Mapping[str, Any]], found: Found
) -> None:
    """Of two steps of the same id that are not the same. `flows`: the flows around them, of before and of now."""
    important = {importance_of(before, flows[0]), importance_of(after, flows[1])}
    importance: Importance = "money" if "money" in important else "access" if "access" in important else "way"
    place = _Place(name, verb_of(after), importance, found)
    if not isinstance(before, dict) or not isinstance(after, dict) or verb_of(before) != place.verb:
        found.value(importance, "step_kind", f"step {shown(name)}", before, after, step=name)
        return
    for key, old, new in differing(before, after):
        _compare(key, old, new, place)


def _compare(key: str, old: Any, new: Any, place: _Place) -> None:
    special = _SPECIAL.get(key)
    if special is not None:
        special(old, new, place)
    elif key in _TEXTS:
        _text(key, old, new, place)
    elif key in _TARGETS and key != place.verb:
        _target(_TARGETS[key], key, old, new, place)
    elif key == place.verb:
        place.value(key, f"what it {_verb_spoken(key)}", old, new)
    else:
        place.value(key, _SUBJECTS.get(key, f"`{shown(key)}`"), old, new)


def _verb_spoken(verb: str) -> str:
    return {"ask": "asks for", "run": "runs", "call": "asks of the bank", "wait": "waits for", "auth": "needs",
            "go": "goes to", "end": "ends with", "handoff": "hands over to"}.get(verb, "does")  # fmt: skip


# Texts.


def _text(key: str, old: Any, new: Any, place: _Place) -> None:
    _said(_TEXTS[key], "", old, new, place)


def _said(subject: str, where: str, old: Any, new: Any, place: _Place) -> None:
    """What a confirmation says is what the customer agrees to. `where`: the channel, if it is said in one only."""
    confirms = place.verb == "confirm"
    if confirms and old is not None and new is not None:
        _values_shown(where, _placed(old), _placed(new), place)
    importance: Importance = "money" if confirms else "text"
    place.found.value(importance, "text", f"{place.spoken}: {subject}{where}", old, new, step=place.name)


def _values_shown(where: str, before: list[str], after: list[str], place: _Place) -> None:
    for name in before:
        if name not in after:
            sentence = f"{place.spoken} no longer shows {name}{where}"
            place.found.add("money", "not_shown", sentence, step=place.name, before=name)
    for name in after:
        if name not in before:
            sentence = f"{place.spoken} shows {name} now, too{where}"
            place.found.add("money", "shown", sentence, step=place.name, after=name)


def _variants(old: Any, new: Any, place: _Place) -> None:
    if not are_mappings(old, new):
        place.value("variants", "`variants`", old, new, "text")
        return
    for channel, before, after in differing(old, new):
        _said("the text", f" in {shown(channel)}", before, after, place)


def _placed(text: Any) -> list[str]:
    """The slots whose values a text shows, each once; of a text that differs by channel, those that all show."""
    if isinstance(text, dict):
        first, *others = [_placed(variant) for variant in text.values()] or [[]]
        return [name for name in first if all(name in other for other in others)]
    try:
        pieces = split(text) if isinstance(text, str) else []
    except TextError:
        return []
    return list(dict.fromkeys(piece.path.partition(".")[0] for piece in pieces if isinstance(piece, Placeholder)))


# Ways.


def _target(way: str, key: str, old: Any, new: Any, place: _Place) -> None:
    importance = place.importance_or("way")
    if old is None or new is None or isinstance(old, dict) or isinstance(new, dict):
        place.found.value(importance, "way", f"{way} of {shown(place.name)}", old, new, step=place.name)
        return
    sentence = f"{way} of {shown(place.name)} now leads to {shown(new)} (it led to {shown(old)})"
    place.found.add(importance, "way", sentence, step=place.name, before=old, after=new)


def _arms(old: Any, new: Any, place: _Place) -> None:
    if not are_mappings(old, new):
        place.value("on", "where it leads", old, new)
        return
    for arm, before, after in differing(old, new):
        _target(f"arm {shown(arm)}", "on", before, after, place)


def _branches(old: Any, new: Any, place: _Place) -> None:
    if not isinstance(old, list) or not isinstance(new, list):
        place.value("branch", "the conditions", old, new)
        return
    for index, (before, after) in _pairs(old, new):
        place.value("branch", f"condition {index}", before, after)


def _pairs(old: list[Any], new: list[Any]) -> list[tuple[int, tuple[Any, Any]]]:
    """What differs at each place, counted from 1; where one list is longer, its rest stands alone."""
    longest = max(len(old), len(new))
    filled = [(*old, *[None] * (longest - len(old))), (*new, *[None] * (longest - len(new)))]
    return [(index, pair) for index, pair in enumerate(zip(*filled, strict=True), 1) if not same(*pair)]


# Values.


def _sealed(old: Any, new: Any, place: _Place) -> None:
    place.found.names(
        "money", "sealed", old, new, step=place.name, more=f"{place.spoken} now also seals",
        fewer=f"{place.spoken} no longer seals", order=f"{place.spoken}: the order of what it seals",
    )  # fmt: skip


def _editable(old: Any, new: Any, place: _Place) -> None:
    place.found.names(
        "money", "edit", old, new, step=place.name, more=f"{place.spoken} can now be changed in",
        fewer=f"{place.spoken} can no longer be changed in", order=f"{place.spoken}: the order of what can be changed",
    )  # fmt: skip


def _each(what: str, subject: str) -> Callable[[Any, Any, _Place], None]:
    """A mapping whose values are compared one by one; `subject` is followed by the key."""

    def compare(old: Any, new: Any, place: _Place) -> None:
        if not are_mappings(old, new):
            place.value(what, f"`{what}`", old, new)
            return
        for key, before, after in differing(old, new):
            place.value(what, f"{subject} {shown(key)}", before, after)
        if old is not None and new is not None and dict(old) == dict(new):
            place.value(what, f"the order of `{what}`", list(old), list(new))

    return compare


def _choices(old: Any, new: Any, place: _Place) -> None:
    values = _by_value(old), _by_value(new)
    if values[0] is None or values[1] is None:
        place.value("choices", "the choices", old, new)
        return
    for value, before, after in differing(*values):
        place.found.value("text", "choices", f"{place.spoken}: choice {shown(value)}", before, after, step=place.name)
    if dict(values[0]) == dict(values[1]):
        place.value("choices", "the order of the choices", list(values[0]), list(values[1]), "text")


def _by_value(choices: Any) -> dict[str, Any] | None:
    """The labels of written choices by their values; None for anything else."""
    if not isinstance(choices, list):
        return None
    plain = all(isinstance(one, dict) and one.keys() == {"value", "label"} for one in choices)
    labels = {str(one["value"]): one["label"] for one in choices} if plain else {}
    return labels if len(labels) == len(choices) else None


def _checks(old: Any, new: Any, place: _Place) -> None:
    old, new = old or [], new or []
    if not isinstance(old, list) or not isinstance(new, list):
        place.value("check", "the checks", old, new)
        return
    for index, (before, after) in _pairs(old, new):
        if isinstance(before, dict) and isinstance(after, dict) and same(before.get("if"), after.get("if")):
            sentence = f"{place.spoken}: what check {index} says"
            place.found.value("text", "check", sentence, before.get("say"), after.get("say"), step=place.name)
        else:
            place.value("check", f"check {index}", before, after)


def _labels(old: Any, new: Any, place: _Place) -> None:
    if not are_mappings(old, new):
        place.value("labels", "the labels", old, new, "text")
        return
    for key, before, after in differing(old, new):
        place.found.value("text", "label", f"{place.spoken}: the label of {shown(key)}", before, after, step=place.name)


def _picture(old: Any, new: Any, place: _Place) -> None:
    if not are_mappings(old, new) or old is None or new is None:
        place.found.value("text", "picture", f"{place.spoken}: the picture", old, new, step=place.name)
        return
    for key, before, after in differing(old, new):
        if key == "data" and isinstance(before, dict) and isinstance(after, dict):
            for name, was, becomes in differing(before, after):
                sentence = f"{place.spoken}: {shown(name)} in the picture"
                place.found.value("text", "picture", sentence, was, becomes, step=place.name)
        else:
            sentence = f"{place.spoken}: `{shown(key)}` of the picture"
            place.found.value("text", "picture", sentence, before, after, step=place.name)


_SPECIAL: Final[Mapping[str, Callable[[Any, Any, _Place], None]]] = {
    "variants": _variants,
    "on": _arms,
    "branch": _branches,
    "confirm": _sealed,
    "edit": _editable,
    "with": _each("with", "argument"),
    "save": _each("save", "what it saves in"),
    "set": _each("set", "the value of"),
    "choices": _choices,
    "check": _checks,
    "labels": _labels,
    "image": _picture,
}
