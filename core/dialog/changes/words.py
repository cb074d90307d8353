"""Values in a sentence: short, on one line, and told apart from the words around them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

_LONGEST: Final = 160
_LED_UP_TO: Final = 24
_MOST_NAMED: Final = 8
_INVISIBLE: Final = "·"


def shown(value: Any) -> str:
    """The value as it could be written in the file, on one line, cut where it is long; None is nothing."""
    text = _flat(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flat(key)}: {_flat(item)}' for key, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flat, value))}]"
    words = " ".join(str(value).split()) if value is not None else ""
    return "".join(letter if letter.isprintable() else _INVISIBLE for letter in words)


def arrow(before: Any, after: Any) -> str:
    """`old → new`; of long values the part in which they differ."""
    old, new = _flat(before), _flat(after)
    if old == new:
        return f"{shown(before)} (only in spaces or in the order of keys)"
    pairs = enumerate(zip(old, new, strict=False))
    start = next((place for place, (one, other) in pairs if one != other), 0) - _LED_UP_TO
    if max(len(old), len(new)) > _LONGEST and start > 0:
        old, new = f"…{old[start:]}", f"…{new[start:]}"
    return f"{shown(old)} → {shown(new)}"


def listed(names: Iterable[str]) -> str:
    """Names one after the other; of very many the first ones."""
    known = [shown(name) for name in names]
    rest = len(known) - _MOST_NAMED
    return ", ".join(known[:_MOST_NAMED]) + (f" and {rest} more" if rest > 0 else "")


def same(before: Any, after: Any) -> bool:
    """Equal also in the order of keys, which can matter to a flow."""
    if isinstance(before, dict) and isinstance(after, dict):
        return list(before) == list(after) and all(same(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(same, before, after))
    return type(before) is type(after) and bool(before == after)


def differing(before: Any, after: Any) -> Iterator[tuple[str, Any, Any]]:
    """(key, old value, new value) of the keys in which two mappings differ; None where there is none."""
    old = before if isinstance(before, dict) else {}
    new = after if isinstance(after, dict) else {}
    for key in [*old, *(key for key in new if key not in old)]:
        if not same(old.get(key), new.get(key)):
            yield key, old.get(key), new.get(key)


def are_mappings(before: Any, after: Any) -> bool:
    """Whether each of the two is a mapping or not there at all."""
    return all(value is None or isinstance(value, dict) for value in (before, after))


def are_texts(*values: Any) -> bool:
    """Whether each is a list of texts or not there at all."""
    return all(
        value is None or (isinstance(value, list) and all(isinstance(item, str) for item in value)) for value in values
    )
