"""The fault dial: what shall go wrong, where, for which reference, how often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from simulators.bank.clock import Clock
from simulators.bank.errors import RestRefusal
from simulators.bank.fault_kinds import ANY, Kind, applies, unusable

_MOST_FAULTS: Final = 1000

Seconds = Annotated[float, Meta(gt=0, le=86_400)]


class FaultOrder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `POST /control/faults` takes. `times` null means for ever; `seconds` and `delay_ms` are real time, except
    that `processing` and `status_not_found_until` count their `seconds` by the bank's clock."""

    system: str
    operation: str
    fault: Kind
    times: Annotated[int, Meta(ge=1, le=1_000_000)] | None = 1
    probability: Annotated[float, Meta(gt=0, le=1)] = 1.0
    reference: Annotated[str, Meta(pattern=r"\A[A-Z0-9]{20}\Z")] | None = None
    delay_ms: Annotated[int, Meta(ge=0, le=600_000)] = 1000
    seconds: Seconds = 60.0
    code: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_]{1,32}\Z")] = ""


class Fault:
    """One order on the dial, with what is left of it."""

    def __init__(self, fault_id: str, order: FaultOrder, set_at_ms: int) -> None:
        self.id = fault_id
        self.order = order
        self.hits = 0
        self._set_at_ms = set_at_ms

    @property
    def kind(self) -> Kind:
        return self.order.fault

    def spent(self, now_ms: int) -> bool:
        """`status_not_found_until` ends with its time, every other fault with its number of times."""
        if self.kind == "status_not_found_until":
            return now_ms >= self._set_at_ms + self.order.seconds * 1000
        return self.order.times is not None and self.hits >= self.order.times

    def meets(self, system: str, operation: str, reference: str | None) -> bool:
        order = self.order
        return (
            order.system == system
            and order.operation in (operation, ANY)
            and order.reference in (None, reference)
            and applies(order.fault, system, operation)
        )

    def json(self) -> dict[str, Any]:
        return {"id": self.id, **msgspec.to_builtins(self.order), "hits": self.hits}


class FaultDial:
    """`chance` draws a number in [0, 1) for faults that happen with a probability."""

    def __init__(self, clock: Clock, chance: Callable[[], float]) -> None:
        self._clock = clock
        self._chance = chance
        self._faults: dict[str, Fault] = {}
        self._number = 0

    def add(self, order: FaultOrder) -> Fault:
        """Raises `RestRefusal` 400 for an order that could never happen, 429 for more faults than anyone can follow."""
        reason = unusable(order.fault, order.system, order.operation)
        if reason:
            raise RestRefusal(400, "bad_request", reason)
        if order.fault == "fault_business" and not order.code:
            raise RestRefusal(400, "bad_request", "fault_business needs a code")
        if len(self._faults) >= _MOST_FAULTS:
            raise RestRefusal(429, "too_many_faults", f"the dial holds {_MOST_FAULTS} faults; delete some first")
        self._number += 1
        fault = Fault(f"fault_{self._number}", order, self._clock.now_ms())
        self._faults[fault.id] = fault
        return fault

    def take(self, system: str, operation: str, reference: str | None) -> Fault | None:
        """The oldest fault that strikes this call, with one of its times used up."""
        now_ms = self._clock.now_ms()
        for fault in self._faults.values():
            if fault.spent(now_ms) or not fault.meets(system, operation, reference):
                continue
            if self._chance() < fault.order.probability:
                fault.hits += 1
                return fault
        return None

    def items(self) -> list[dict[str, Any]]:
        return [fault.json() for fault in self._faults.values()]

    def get(self, fault_id: str) -> Fault:
        """Raises `RestRefusal` 404."""
        if fault_id not in self._faults:
            raise RestRefusal(404, "not_found", "no such fault on the dial")
        return self._faults[fault_id]

    def remove(self, fault_id: str) -> None:
        """Raises `RestRefusal` 404."""
        del self._faults[self.get(fault_id).id]

    def clear(self) -> None:
        self._faults.clear()
