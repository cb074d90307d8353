"""The bank of a flow test: it answers as the test says, counts its calls, and notices answers that nobody wanted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.contracts import Arm, Call, CallResult, Grant
from core.dialog.flowtest.values import ValueUnreadable, read_value
from core.dialog.signatures import Catalogue, Operation, spoken

_ARMS: Final[Mapping[str, Arm]] = {"ok": "ok", "refused": "refused", "pending": "pending", "unknown": "unknown"}
_CUSTOMER: Final = "customer"


class CannedBank:
    """`given` holds lists by the name of the field that returns them, and the customer."""

    def __init__(self, answers: Mapping[str, Any], given: Mapping[str, Any], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._given = given
        self._answers = {spoken(name): answer for name, answer in answers.items()}
        self._asked: dict[str, int] = {}
        self._ids: set[str] = set()
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def answer(self, call: Call) -> CallResult:
        """Raises `ValueUnreadable` when the test has no answer, or one that is not what the operation returns."""
        name = spoken(call.operation)
        if call.id not in self._ids:
            self._ids.add(call.id)
            self.calls.append((name, call.args))
            self._asked[name] = self._asked.get(name, 0) + 1
        return self._result(call, self._catalogue[name], self._answer(name))

    def unused(self) -> list[str]:
        """Operations whose answers were not all wanted."""
        unused = []
        for name, answer in self._answers.items():
            wanted = len(answer) if isinstance(answer, list) else 1
            if self._asked.get(name, 0) < wanted:
                unused.append(name)
        return unused

    def count(self, operation: str) -> int:
        return self._asked.get(spoken(operation), 0)

    def _answer(self, name: str) -> Any:
        answer = self._answers.get(name)
        if answer is None:
            return self._from_given(name)
        if not isinstance(answer, list):
            return answer
        place = self._asked[name] - 1
        if place >= len(answer):
            raise ValueUnreadable(f"{name} was called {place + 1} times, but the test has {len(answer)} answers")
        return answer[place]

    def _from_given(self, name: str) -> Any:
        returns = self._catalogue[name].returns
        if not returns or any(field not in self._given for field in returns):
            raise ValueUnreadable(f"{name} was called, but the test has no answer under `bank`")
        return {field: self._given[field] for field in returns}

    def _result(self, call: Call, operation: Operation, answer: Any) -> CallResult:
        written = {"arm": answer} if isinstance(answer, str) else dict(answer)
        arm = _ARMS.get(written.pop("arm", "ok"))
        reason = written.pop("reason", "")
        if arm is None:
            raise ValueUnreadable(f"{spoken(operation.name)}: the arms are {', '.join(_ARMS)}")
        data = {name: read_value(value, self._field(operation, name)) for name, value in written.items()}
        return CallResult(call=call.id, arm=arm, data=data, reason=reason, grant=self._grant(operation, arm))

    def _field(self, operation: Operation, name: str) -> Any:
        field = operation.returns.get(name)
        if field is None:
            raise ValueUnreadable(f"{spoken(operation.name)} returns no '{name}'")
        return field

    def _grant(self, operation: Operation, arm: str) -> Grant | None:
        level = operation.signature.grants
        if not level or arm != "ok":
            return None
        customer = str(self._given.get("customer", _CUSTOMER))
        return Grant(level=level, customer=customer, name=str(self._given.get("name", customer.title())))
