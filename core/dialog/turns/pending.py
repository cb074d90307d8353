"""What is to happen between two steps: a flow that the engine begins, or one of its own that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from core.dialog.session import Frame

_NOTHING: Final[Mapping[str, Any]] = {}


class Pending(NamedTuple):
    """A flow to begin before anything else is shown. `notice`: a system flow that tells what the engine did.

    `heard`: what the customer said with the wish for it, by kind.
    """

    flow: str
    slots: Mapping[str, Any] = _NOTHING
    notice: bool = False
    heard: Mapping[str, str] = _NOTHING


class Ended(NamedTuple):
    """A notice that is over; what its outcome means is up to the engine."""

    frame: Frame
    outcome: str
