"""What one action of one bank system came to, before the catalogue gives it its meaning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.bank_api.contracts import ReplyClass


@dataclass(frozen=True, slots=True)
class Converted:
    """`data` is plain JSON. `unmapped`: paths of what the bank sent and no rule reads, at most 50."""

    data: dict[str, Any]
    unmapped: tuple[str, ...] = ()
    unmapped_count: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """`code`: an error code of the platform when refused, else empty. `note` is for the masked journal only."""

    cls: ReplyClass
    data: dict[str, Any] = field(default_factory=dict, repr=False)
    code: str = ""
    note: str = ""
    unmapped: tuple[str, ...] = ()
    unmapped_count: int = 0


def accepted(converted: Converted) -> Answer:
    return Answer("accepted", converted.data, unmapped=converted.unmapped, unmapped_count=converted.unmapped_count)
