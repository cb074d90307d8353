"""What the bank answers in a test, read from how it is written: data, an arm, or both with how late and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from core.dialog.contracts import Arm
from core.dialog.durations import DurationError, parse_duration
from core.dialog.flowtest.values import ValueUnreadable, read_value
from core.dialog.signatures import Operation, spoken
from core.dialog.slot_types import did_you_mean

ARMS: Final[Mapping[str, Arm]] = {"ok": "ok", "refused": "refused", "pending": "pending", "unknown": "unknown"}
_TIMES: Final = {str(number): number for number in range(1, 6)}
_OWN: Final = ("arm", "reason", "after", "times")


@dataclass(frozen=True, slots=True)
class Answer:
    """`after_ms`: how long after the call it comes. `times`: how often it is delivered."""

    arm: Arm = "ok"
    data: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    after_ms: int = 0
    times: int = 1


def read_answer(written: Any, operation: Operation) -> Answer:
    """Raises `ValueUnreadable` with the place of what cannot be read."""
    name = spoken(operation.name)
    if isinstance(written, str):
        return Answer(_arm(written, operation))
    if not isinstance(written, dict):
        raise ValueUnreadable(f"{name}: an answer is its data or an arm")
    fields = {key: value for key, value in written.items() if key in operation.returns or key not in _OWN}
    own = {key: value for key, value in written.items() if key not in fields}
    data = {key: _field(key, value, operation) for key, value in fields.items()}
    return Answer(
        arm=_arm(own.get("arm", "ok"), operation, "arm"),
        data=data,
        reason=str(own.get("reason", "")),
        after_ms=_after(own.get("after")),
        times=_times(own.get("times", "1")),
    )


def _arm(written: Any, operation: Operation, *place: str) -> Arm:
    arm = ARMS.get(written) if isinstance(written, str) else None
    arms = tuple(dict.fromkeys((*operation.signature.arms, "unknown")))
    if arm is None or arm not in arms:
        hint = did_you_mean(str(written), arms)
        raise ValueUnreadable(f"{spoken(operation.name)} ends with {', '.join(arms)}{hint}", place)
    return arm


def _field(name: str, written: Any, operation: Operation) -> Any:
    kind = operation.returns.get(name)
    if kind is None:
        hint = did_you_mean(name, (*operation.returns, *_OWN))
        raise ValueUnreadable(f"{spoken(operation.name)} returns no '{name}'{hint}", (name,))
    try:
        return read_value(written, kind)
    except ValueUnreadable as error:
        where = ".".join(str(part) for part in (name, *error.place))
        raise ValueUnreadable(f"{spoken(operation.name)}, {where}: {error.detail}", (name, *error.place)) from error


def _after(written: Any) -> int:
    if written is None:
        return 0
    try:
        return parse_duration(str(written))
    except DurationError as error:
        raise ValueUnreadable(error.detail, ("after",)) from error


def _times(written: Any) -> int:
    times = _TIMES.get(written) if isinstance(written, str) else None
    if times is None:
        raise ValueUnreadable("`times` is a number from 1 to 5", ("times",))
    return times
