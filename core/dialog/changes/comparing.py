"""All changes between two editions: pure, over what is written, whether it would compile or not."""

from __future__ import annotations

from core.dialog.changes.flow import compare_flow
from core.dialog.changes.found import Found
from core.dialog.changes.model import IMPORTANCE, Change, Edition, FlowEdition, Importance
from core.dialog.changes.step import importance_of
from core.dialog.changes.translated import compare_engine_texts, compare_translations
from core.dialog.changes.words import shown


def changes_between(before: Edition, after: Edition) -> tuple[Change, ...]:
    """The most important first, then by flow; within a flow in the order of its file. None for the same edition."""
    changes: list[Change] = []
    for name in sorted({*before.flows, *after.flows}):
        changes += _of_flow(name, before, after)
    engine = Found("")
    compare_engine_texts(before.engine, after.engine, engine)
    changes += engine.changes
    return tuple(sorted(changes, key=lambda change: IMPORTANCE.index(change.importance)))


def _of_flow(name: str, before: Edition, after: Edition) -> list[Change]:
    nothing = FlowEdition(None, {})
    old, new = before.flows.get(name, nothing), after.flows.get(name, nothing)
    found = Found(name)
    if old.data is None and new.data is not None:
        found.add(_importance(new.data), "flow_added", f"new flow {shown(name)}{_called(new.data)}")
    elif old.data is not None and new.data is None:
        found.add(_importance(old.data), "flow_removed", f"flow {shown(name)} was removed{_called(old.data)}")
    else:
        if old.data is not None:
            compare_flow(old.data, new.data, found)
        compare_translations(old, new, found)
    return found.changes


def _called(data: object) -> str:
    """The title or the description of a flow, where it has one."""
    written = (data.get("title") or data.get("about")) if isinstance(data, dict) else None
    return f": {shown(written)}" if written else ""


def _importance(data: object) -> Importance:
    steps = data.get("steps") if isinstance(data, dict) else None
    flow = data if isinstance(data, dict) else {}
    moves_money = isinstance(steps, list) and any(importance_of(step, flow) == "money" for step in steps)
    return "money" if moves_money else "way"
