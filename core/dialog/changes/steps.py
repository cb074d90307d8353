"""What changed among the steps of a flow: new ones, removed and renamed ones, their order, and each by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.changes.found import Found
from core.dialog.changes.model import Importance
from core.dialog.changes.step import compare_step, importance_of, verb_of
from core.dialog.changes.words import arrow, same, shown

# Kinds that never lead to the step written after them, and keys that lead elsewhere.
_ENDS: Final = frozenset(("call", "wait", "end", "handoff", "go"))
_LEADS_ELSEWHERE: Final = frozenset(("end", "handoff", "go"))


def compare_steps(before: Mapping[str, Any], after: Mapping[str, Any], found: Found) -> None:
    """`before` and `after` are whole flows, whose slots tell what a step is about."""
    old, new = before.get("steps"), after.get("steps")
    if not isinstance(old, list) or not isinstance(new, list):
        found.value("way", "steps", "the list of steps", old, new)
        return
    steps_before, steps_after = _by_id(old), _by_id(new)
    renamed = _renamed(steps_before, steps_after)
    count = len(found.changes)
    for name, step in steps_before.items():
        place = renamed.get(name, name)
        if place not in steps_after:
            found.add(importance_of(step, before), "step_removed", f"step {shown(name)} was removed: {_about(step)}",
                      step=name, before=step)  # fmt: skip
        elif place != name:
            found.add("way", "step_renamed", f"step {shown(name)} is called {shown(place)} now", step=name,
                      before=name, after=place)  # fmt: skip
        elif not same(step, steps_after[name]):
            compare_step(name, step, steps_after[name], (before, after), found)
    _new_steps(steps_before, steps_after, renamed, after, found)
    _order(steps_before, steps_after, renamed, found)
    if len(found.changes) == count:
        found.add("other", "order", "the steps are written in another order", before=list(steps_before),
                  after=list(steps_after))  # fmt: skip


def _by_id(steps: list[Any]) -> dict[str, Any]:
    """Steps by their id; one without an id of its own by its place."""
    named: dict[str, Any] = {}
    for place, step in enumerate(steps, 1):
        identity = step.get("id") if isinstance(step, dict) else None
        key = identity if isinstance(identity, str) and identity not in named else f"#{place}"
        named[key] = step
    return named


def _renamed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, str]:
    """Removed steps that are there under another name, and otherwise just as they were."""
    fresh = {name: _nameless(step) for name, step in after.items() if name not in before}
    pairs: dict[str, str] = {}
    for name, step in before.items():
        if name in after:
            continue
        twin = next((new for new, body in fresh.items() if same(body, _nameless(step))), None)
        if twin is not None:
            pairs[name] = twin
            del fresh[twin]
    return pairs


def _nameless(step: Any) -> Any:
    return {key: value for key, value in step.items() if key != "id"} if isinstance(step, dict) else step


def _new_steps(
    before: Mapping[str, Any], after: Mapping[str, Any], renamed: Mapping[str, str], flow: Mapping[str, Any],
    found: Found,
) -> None:  # fmt: skip
    names = list(after)
    for place, name in enumerate(names):
        if name in before or name in renamed.values():
            continue
        where = f" after {shown(names[place - 1])}" if place else " at the beginning"
        sentence = f"new step {shown(name)}{where}: {_about(after[name])}"
        found.add(importance_of(after[name], flow), "step_added", sentence, step=name, after=after[name])


def _about(step: Any) -> str:
    """What a step does, in a few words."""
    verb = verb_of(step)
    if not verb:
        return shown(step)
    said = step.get("text") if verb in ("ask", "confirm", "wait") else None
    return f"{verb} {shown(step[verb])}" + (f", “{shown(said)}”" if said is not None else "")


def _order(before: Mapping[str, Any], after: Mapping[str, Any], renamed: Mapping[str, str], found: Found) -> None:
    """Where a step that simply goes on leads to another one than before, because another one is written after it."""
    names, then, now = [renamed.get(name, name) for name in before], list(before), list(after)
    if names and now and names[0] != now[0]:
        found.add("way", "first_step", f"the flow begins with step {arrow(then[0], now[0])}", before=then[0],
                  after=now[0])  # fmt: skip
    following = dict(zip(now, [*now[1:], ""], strict=True))
    for place, name in enumerate(names):
        if name not in following or not _goes_on(after[name]):
            continue
        followed = names[place + 1] if place + 1 < len(names) else ""
        if following[name] != followed:
            sentence = f"after step {shown(name)} comes {shown(following[name]) or 'nothing'} now"
            was = f" (it was {shown(followed)})" if followed else ""
            found.add(_order_importance(followed, before), "next_step", sentence + was, step=name, before=followed,
                      after=following[name])  # fmt: skip


def _order_importance(step: str, steps: Mapping[str, Any]) -> Importance:
    """A confirmation or a login that is not reached any more is more than a matter of order."""
    verb = verb_of(steps.get(step))
    return "money" if verb == "confirm" else "access" if verb == "auth" else "way"


def _goes_on(step: Any) -> bool:
    """Whether the step leads to the one that is written after it, at least on one of its ways."""
    verb = verb_of(step)
    if verb in _ENDS or (isinstance(step, dict) and _LEADS_ELSEWHERE & step.keys() and verb in ("say", "set", "run")):
        return False
    return not (verb == "confirm" and "yes" in step) and not (verb == "branch" and "else" in step)
