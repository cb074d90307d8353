"""A row of the journal as it is read back. Fields that a row does not have keep their defaults."""

from __future__ import annotations

from typing import Any, Final

import msgspec


class RecordedCall(msgspec.Struct, kw_only=True):
    """`id` is the beginning of the call's id; `money` are the sums among its arguments, by their names."""

    id: str
    op: str
    effect: str = "none"
    step: str = ""
    money: dict[str, Any] = {}


class OpenBefore(msgspec.Struct, kw_only=True):
    id: str
    op: str
    flow: str = ""
    amount: dict[str, Any] | None = None


class EarlyBefore(msgspec.Struct, kw_only=True):
    name: str
    op: str = ""
    data: dict[str, Any] = {}


class Given(msgspec.Struct, kw_only=True):
    """What was known when nothing was open; see `recording.given`."""

    lang: str = "uk"
    greeted: bool = False
    customer: bool = False
    named: bool = False
    auth: tuple[str, int] | None = None
    muted: bool = False
    open: list[OpenBefore] = []
    early: list[EarlyBefore] = []


class Row(msgspec.Struct, kw_only=True):
    """`as_` is written `as`. `outside`: the intent that an understanding outside of the engine heard. `wakes`: when the
    session must be woken, in ms from this turn, where that has changed."""

    event: str = ""
    given: Given | None = None
    flows: dict[str, str] = {}
    began: list[str] = []
    path: list[str] = []
    arms: list[str] = []
    marks: list[str] = []
    drawn: dict[str, int] = {}
    calls: list[RecordedCall] = []
    notes: list[str] = []
    wakes: int = 0
    quiet: bool = False
    text: str | None = None
    masked: bool = False
    word: str = ""
    act: str = ""
    place: int = -1
    pick: Any = None
    as_: str = msgspec.field(default="", name="as")
    value: Any = None
    outside: str = ""
    meant: str = ""
    exact: bool = False
    guesses: tuple[str, ...] = ()
    found: dict[str, str] = {}
    denied: bool = False
    kinds: list[str] = []
    payload: str = ""
    contact: str = ""
    named: bool = False
    unreadable: bool = False
    media: str = ""
    size: int = 0
    file: str = ""
    caption: str = ""
    degrees: tuple[int, int] | None = None
    call: str = ""
    arm: str = ""
    reason: str = ""
    data: dict[str, Any] = {}
    grant: str = ""
    other: bool = False
    name: str = ""
    op: str = ""

    @property
    def ends(self) -> list[str]:
        """`flow:outcome` of the flows that ended in this turn, and `handoff:<queue>`, in order."""
        return ends_in(self.notes)


class Recorded(msgspec.Struct, frozen=True):
    """`number` is the row's place in the journal, `at` its time in ms."""

    number: int
    at: int
    row: Row


def ends_in(notes: list[str]) -> list[str]:
    ends = []
    for note in notes:
        if note.startswith("end "):
            ends.append(note[4:])
        elif note.startswith("handoff "):
            ends.append(f"handoff:{note[8:]}")
    return ends


_decode: Final = msgspec.json.Decoder(Row).decode


def read_row(entry: str | bytes) -> Row | None:
    """None for a row that this version cannot read, such as one of before rows could be played again."""
    try:
        return _decode(entry)
    except msgspec.MsgspecError:
        return None
