"""Keeps the journal of what is played, as the database would, and gives it back as talks."""

from __future__ import annotations

import msgspec

from core.dialog.engine import Turned
from core.dialog.recording.row import Recorded, Row, read_row
from core.dialog.replay.talks import Talk, talks_of

CONVERSATION = "telegram:7"


class Recorder:
    """`written`: the rows as JSON, each with its time."""

    def __init__(self, conversation: str = CONVERSATION) -> None:
        self.conversation = conversation
        self.written: list[tuple[int, str]] = []

    def keep(self, turned: Turned, at: int) -> None:
        self.written.append((at, msgspec.json.encode(turned.journal).decode()))

    @property
    def rows(self) -> list[Row]:
        return [recorded.row for recorded in self.recorded()]

    def recorded(self) -> list[Recorded]:
        found = []
        for number, (at, entry) in enumerate(self.written, 1):
            row = read_row(entry)
            assert row is not None, f"a row that cannot be read: {entry}"
            found.append(Recorded(number, at, row))
        return found

    def talks(self) -> list[Talk]:
        return list(talks_of(self.conversation, self.recorded()))

    @property
    def text(self) -> str:
        return "\n".join(entry for _, entry in self.written)
