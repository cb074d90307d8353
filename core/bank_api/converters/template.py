"""Slots of a request template: `$name`, `$money.currency`, `$name?` (left out when absent), `$name|local_date`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.bank_api.errors import UnwritableValue

_SLOT: Final = re.compile(r"\$([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)(\?)?(?:\|([a-z_]+))?")
KINDS: Final = frozenset({"", "amount", "local_date", "local_time"})
ABSENT: Final = object()


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a value of the arguments goes. `kind` says how XML writes it."""

    path: tuple[str, ...]
    optional: bool
    kind: str

    def value(self, arguments: Mapping[str, Any]) -> Any:
        """The argument, or `ABSENT`. Raises `UnwritableValue` when one that must be there is not."""
        found: Any = arguments
        for part in self.path:
            found = found.get(part, ABSENT) if isinstance(found, Mapping) else ABSENT
        if found is ABSENT and not self.optional:
            raise UnwritableValue(f"the request needs the argument {'.'.join(self.path)}")
        return found


def compile_slot(written: str) -> Slot | str:
    """A slot, or the text itself when it does not begin with `$`. Raises ValueError for a malformed slot."""
    if not written.startswith("$"):
        return written
    match = _SLOT.fullmatch(written)
    if match is None or (match[3] or "") not in KINDS:
        raise ValueError(f"expected $name, $name.field, $name? or $name|kind of {sorted(KINDS)[1:]}, got {written!r}")
    return Slot(tuple(match[1].split(".")), bool(match[2]), match[3] or "")
