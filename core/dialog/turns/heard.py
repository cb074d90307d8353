"""What was said before its question was asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.dialog.turns.work import Work

# What may have been said, with the types of the slots that it can fill. A phone pays to a payee, if the flow has one.
_FILLS: Final[Mapping[str, tuple[str, ...]]] = {
    "money": ("money",),
    "phone": ("payee", "phone"),
    "payee": ("payee",),
    "card": ("card",),
    "date": ("date",),
}


def hear(work: Work, found: Mapping[str, str]) -> None:
    """Each thing said for the only slot that the flow just begun asks for and that it can fill.

    Its question is skipped if the words can be read and pass its checks then, and forgotten if they cannot be read.
    """
    if not found:
        return
    program, heard = work.program, work.frame.heard
    for kind, words in found.items():
        fitting = [name for name in program.asked if program.slots[name].type.kind in _FILLS[kind]]
        if len(fitting) == 1:
            heard.setdefault(fitting[0], words)
