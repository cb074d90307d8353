"""The flows that the engine starts by itself: what it fills, what their outcome decides, and what they may do.

A flow of the same name beside `system/` takes the place of the one that is shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from core.dialog.slot_types import SlotType, parse_type

WELCOME: Final = "welcome"
LOGIN: Final = "login"
MENU: Final = "menu"
HELP: Final = "help"
UNRECOGNISED: Final = "unrecognised"
LATE_OUTCOME: Final = "late_outcome"
CANCELLED: Final = "cancelled"
NOTHING_BACK: Final = "nothing_back"
EXPIRED: Final = "expired"
RESUMED: Final = "resumed"
CORRECTED: Final = "corrected"
DID_YOU_MEAN: Final = "did_you_mean"
HANDED_OVER: Final = "handed_over"

# Whose questions are which flow is wished: what is typed there is no answer to anything else.
ASK_FOR_WISHES: Final = frozenset((MENU, DID_YOU_MEAN))

# The kinds of steps that are over at once and leave nothing to be done.
SPEAKS: Final = frozenset(("say", "branch", "set", "go", "end"))
ASKS: Final = SPEAKS | {"ask", "handoff"}
ACTS: Final = ASKS | {"call", "run"}
ANYTHING: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class SystemFlow:
    """`fills`: slots that the flow may take, with the types that the engine fills them with.

    `steps`: the kinds of steps it may have, `ANYTHING` for all. `returns`: what it must give back when it ends `done`.
    A `notice` is begun by the engine in the middle of something: nobody else begins it, and nothing in it may hold.
    """

    fills: Mapping[str, SlotType]
    steps: frozenset[str] = ANYTHING
    returns: tuple[str, str] | None = None
    notice: bool = False


def _flow(
    *names: str, steps: frozenset[str] = ANYTHING, notice: bool = False, returns: tuple[str, str] | None = None
) -> SystemFlow:
    """`names`: slots, as text or with a type behind a colon."""
    parts = [name.partition(":") for name in names]
    fills = {name: parse_type(written or "text") for name, _, written in parts}
    return SystemFlow(fills, steps, returns, notice)


SYSTEM_FLOWS: Final[Mapping[str, SystemFlow]] = {
    WELCOME: _flow("payload"),
    LOGIN: _flow("level"),
    MENU: _flow(),
    HELP: _flow(),
    UNRECOGNISED: _flow(),
    LATE_OUTCOME: _flow("op", "outcome", "operation", "reference", "reason_text", "amount_text"),
    CANCELLED: _flow("flow", "title", "step", steps=ACTS, notice=True),
    NOTHING_BACK: _flow("word", "why", steps=SPEAKS, notice=True),
    EXPIRED: _flow("flow", "title", "kind", steps=ASKS, notice=True),
    RESUMED: _flow("flow", "title", steps=SPEAKS, notice=True),
    CORRECTED: _flow("what", "value", steps=SPEAKS, notice=True),
    DID_YOU_MEAN: _flow("guesses:list of flow", steps=ASKS, notice=True, returns=("chosen", "flow")),
    HANDED_OVER: _flow("queue", steps=SPEAKS, notice=True),
}
