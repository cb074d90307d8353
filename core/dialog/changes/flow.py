"""What changed in one flow around its steps: how people get in, what it needs, what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from core.dialog.changes.found import Found
from core.dialog.changes.model import Importance
from core.dialog.changes.steps import compare_steps
from core.dialog.changes.words import are_mappings, differing, same, shown

_PEOPLE: Final = {
    "pin": "people inside keep the revision that they entered",
    "follow": "people inside go on with the newest revision",
    "restart": "people inside begin the newest revision anew",
}


def compare_flow(before: Any, after: Any, found: Found) -> None:
    """Of two flows that are both there; what cannot be read as a flow is compared as a whole."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        if not same(before, after):
            found.value("way", "flow", "the whole file", before, after)
        return
    for key, old, new in differing(before, after):
        if key == "steps":
            compare_steps(before, after, found)
        else:
            _FIELDS.get(key, _plain("other", f"`{shown(key)}`"))(old, new, found)
    if not found.changes and not same(before, after):
        found.add("other", "order", "the same is written in another order")


def _plain(importance: Importance, subject: str) -> Callable[[Any, Any, Found], None]:
    def compare(before: Any, after: Any, found: Found) -> None:
        found.value(importance, subject.strip("`").replace(" ", "_"), subject, before, after)

    return compare


def _entry(before: Any, after: Any, found: Found) -> None:
    if not are_mappings(before, after):
        found.value("entry", "entry", "`entry`", before, after)
        return
    for key, old, new in differing(before, after):
        if key == "phrases" and are_mappings(old, new):
            for lang, fewer, more in differing(old, new):
                _phrases(lang, fewer, more, found)
        elif key == "intents":
            found.names("entry", "intents", old, new, more="intents added", fewer="intents removed", order="`intents`")
        else:
            found.value("entry", key, f"the {shown(key)} by which it begins", old, new)


def _phrases(lang: str, before: Any, after: Any, found: Found) -> None:
    found.names(
        "entry", "phrases", before, after, lang=lang,
        more=f"phrases added ({lang})", fewer=f"phrases removed ({lang})", order=f"the list of phrases ({lang})",
    )  # fmt: skip


def _auth(before: Any, after: Any, found: Found) -> None:
    if not are_mappings(before, after):
        found.value("access", "auth", "the login that effects need", before, after)
        return
    for key, old, new in differing(before, after):
        subject = {
            "level": "the login level that effects need",
            "fresh": "how recent the login must be for effects",
        }.get(key, f"`auth.{shown(key)}`")
        found.value("access", f"auth_{key}", subject, old, new)


def _revisions(before: Any, after: Any, found: Found) -> None:
    sentence = f"when it changes, {_PEOPLE.get(str(after or 'pin'), shown(after))}"
    found.add("way", "revisions", sentence, before=before or "pin", after=after or "pin")


def _moved(before: Any, after: Any, found: Found) -> None:
    if not are_mappings(before, after):
        found.value("way", "moved", "`moved`", before, after)
        return
    for step, old, new in differing(before, after):
        sentence = f"people on the removed step {shown(step)} go on at {shown(new)}"
        if new is None:
            sentence = f"people on the removed step {shown(step)} do not go on at {shown(old)} any more"
        found.add("way", "moved", sentence, step=step, before=old, after=new)


def _slots(before: Any, after: Any, found: Found) -> None:
    if not are_mappings(before, after):
        found.value("way", "slots", "`slots`", before, after)
        return
    for name, old, new in differing(before, after):
        if old is None or new is None:
            found.value(_slot_importance(old or new), "slot", f"slot {shown(name)}", old, new)
        else:
            _slot(name, _slot_fields(old), _slot_fields(new), found)


def _slot_fields(written: Any) -> Mapping[str, Any]:
    return written if isinstance(written, dict) else {"type": written}


def _slot_importance(written: Any) -> Importance:
    return "money" if _slot_fields(written).get("type") == "money" else "way"


def _slot(name: str, before: Mapping[str, Any], after: Mapping[str, Any], found: Found) -> None:
    subjects: dict[str, tuple[Importance, str]] = {
        "type": ("money" if "money" in (before.get("type"), after.get("type")) else "way", "the type"),
        "in": ("money", "the currency"),
        "pii": ("access", "what is personal about it"),
        "label": ("text", "the label"),
    }
    for key, old, new in differing(before, after):
        importance, subject = subjects.get(key, ("other", f"`{shown(key)}`"))
        found.value(importance, f"slot_{key}", f"slot {shown(name)}: {subject}", old, new)


def _taken(before: Any, after: Any, found: Found) -> None:
    found.names("way", "takes", before, after, more="it now takes", fewer="it takes no longer", order="`takes`")


def _returned(before: Any, after: Any, found: Found) -> None:
    more, fewer = "it now gives back", "it gives back no longer"
    found.names("way", "returns", before, after, more=more, fewer=fewer, order="`returns`")


_FIELDS: Final[Mapping[str, Callable[[Any, Any, Found], None]]] = {
    "flow": _plain("way", "the name"),
    "title": _plain("text", "the title"),
    "about": _plain("other", "the description"),
    "spec": _plain("other", "the version of the language"),
    "entry": _entry,
    "auth": _auth,
    "revisions": _revisions,
    "moved": _moved,
    "slots": _slots,
    "takes": _taken,
    "returns": _returned,
}
