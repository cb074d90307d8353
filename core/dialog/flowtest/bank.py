"""The bank of a flow test: it answers as the test says, counts its calls, and notices answers that nobody wanted."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Final, Protocol

from core.dialog.contracts import Call, CallResult, Grant
from core.dialog.flowtest.answers import Answer, read_answer
from core.dialog.flowtest.values import ValueUnreadable, read_value
from core.dialog.signatures import Catalogue, Operation, spoken

CUSTOMER: Final = "customer"
# Lists that a test gives once; the operations that return such rows read them, whatever their field is called.
LISTS: Final[Mapping[str, str]] = {"cards": "list of card", "payees": "list of payee"}


class Bank(Protocol):
    """`calls`: what was asked, each call once, as (operation, arguments)."""

    calls: list[tuple[str, dict[str, Any]]]

    def answer(self, call: Call) -> tuple[CallResult, Answer]: ...

    def fork(self) -> Bank: ...


class CannedBank:
    """`given` holds lists by the name of the field that returns them or by what they are, and the customer."""

    def __init__(self, answers: Mapping[str, Any], given: Mapping[str, Any], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._given = given
        self._answers = {spoken(name): answer for name, answer in answers.items()}
        self._serves_again = False
        self._asked: dict[str, int] = {}
        self._results: dict[str, tuple[CallResult, Answer]] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def fork(self) -> CannedBank:
        """A bank of its own that goes on from here. There the talk goes another way, and may ask more often than the
        test says: the last of several answers serves again."""
        other = copy.copy(self)
        other._serves_again = True
        other._asked = dict(self._asked)
        other._results = dict(self._results)
        other.calls = list(self.calls)
        return other

    def answer(self, call: Call) -> tuple[CallResult, Answer]:
        """The same call is answered the same, and asked only once.

        Raises `ValueUnreadable` when the test has no answer, or one that is not what the operation returns.
        """
        known = self._results.get(call.id)
        if known is not None:
            return known
        name = spoken(call.operation)
        self.calls.append((name, call.args))
        self._asked[name] = self._asked.get(name, 0) + 1
        operation = self._catalogue[name]
        answer = self._answer(name, operation)
        grant = granted(operation, answer, self._given)
        result = CallResult(call=call.id, arm=answer.arm, data=dict(answer.data), reason=answer.reason, grant=grant)
        self._results[call.id] = result, answer
        return result, answer

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

    def _answer(self, name: str, operation: Operation) -> Answer:
        answer = self._answers.get(name)
        if answer is None:
            return self._from_given(name, operation)
        if not isinstance(answer, list):
            return read_answer(answer, operation)
        place = self._asked[name] - 1
        if place >= len(answer) and self._serves_again and answer:
            place = len(answer) - 1
        if place >= len(answer):
            raise ValueUnreadable(f"{name} was called {place + 1} times, but the test has {len(answer)} answers")
        return read_answer(answer[place], operation)

    def _from_given(self, name: str, operation: Operation) -> Answer:
        data = {}
        for field, kind in operation.returns.items():
            written = self._given.get(field)
            if written is None:
                written = next((self._given.get(key) for key, form in LISTS.items() if str(kind) == form), None)
            if written is None:
                raise ValueUnreadable(f"{name} was called, but the test has no answer under `bank`")
            data[field] = read_value(written, kind)
        if not data:
            raise ValueUnreadable(f"{name} was called, but the test has no answer under `bank`")
        return Answer(data=data)


def granted(operation: Operation, answer: Answer, given: Mapping[str, Any]) -> Grant | None:
    """The proof that an accepted call of the operation gives."""
    level = operation.signature.grants
    if not level or answer.arm != "ok":
        return None
    customer = str(given.get("customer", CUSTOMER))
    return Grant(level=level, customer=customer, name=str(given.get("name", customer.title())))
