"""What is asked of the recordings and what they answer, as plain data between the store and its callers."""

from __future__ import annotations

from datetime import datetime

import msgspec


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which happenings of the funnel are counted; "" means all. `since` at 00:00 UTC of its day."""

    since: datetime
    flow: str = ""
    channel: str = ""
    revision: str = ""


class StepCount(msgspec.Struct, frozen=True, kw_only=True):
    """One step of one flow; every count is defined in docs/flows/funnel.md."""

    flow: str
    step: str
    entered: int = 0
    answered: int = 0
    retried: int = 0
    back: int = 0
    edited: int = 0
    aside: int = 0
    gave_up: int = 0
    cancelled: int = 0
    expired: int = 0
    continued: int = 0
    handed_over: int = 0
    elsewhere: int = 0

    @property
    def left(self) -> int:
        ended = self.gave_up + self.cancelled + self.expired + self.handed_over + self.elsewhere
        return ended - self.continued


class FlowCount(msgspec.Struct, frozen=True, kw_only=True):
    """One flow: how often it began, how it ended, and what became of the money in it."""

    flow: str
    began: int = 0
    done: int = 0
    cancelled: int = 0
    refused: int = 0
    failed: int = 0
    expired: int = 0
    handed_over: int = 0
    elsewhere: int = 0
    confirmed: int = 0
    settled_ok: int = 0
    settled_refused: int = 0

    @property
    def unknown(self) -> int:
        """Confirmed, and nobody has been told yet how it ended."""
        return max(self.confirmed - self.settled_ok - self.settled_refused, 0)


class ShareCount(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a split: how many took it at `step`, and how the flow went on for them."""

    flow: str
    step: str
    share: str
    took: int = 0
    done: int = 0
    cancelled: int = 0
    refused: int = 0
    failed: int = 0
    expired: int = 0
    handed_over: int = 0
    confirmed: int = 0
