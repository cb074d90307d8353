"""Talks: a conversation cut where nothing was open in it, so that each piece can be played from its beginning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.dialog.recording.row import Given, Recorded


@dataclass(frozen=True, slots=True)
class Talk:
    """`conversation` is `<channel>:<id>`. The first of `rows` is the one that `given` belongs to."""

    conversation: str
    given: Given
    rows: list[Recorded]

    @property
    def flows(self) -> frozenset[str]:
        return frozenset(flow for recorded in self.rows for flow in recorded.row.began)


def talks_of(conversation: str, rows: Iterable[Recorded]) -> Iterator[Talk]:
    """The talks in the rows of one conversation, in their order. What comes before the first beginning is left out."""
    talk: Talk | None = None
    for recorded in rows:
        if recorded.row.given is not None:
            if talk is not None:
                yield talk
            talk = Talk(conversation, recorded.row.given, [])
        if talk is not None:
            talk.rows.append(recorded)
    if talk is not None:
        yield talk
