"""The bank of a walk: it answers anything that it may, soon or late, and remembers it as a test has it."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any, Final

from core.dialog.contracts import Call, CallResult
from core.dialog.flowtest.answers import Answer, read_answer
from core.dialog.flowtest.bank import granted
from core.dialog.signatures import Catalogue, Operation, spoken
from core.dialog.slot_types import SlotType

_PLAIN: Final[Mapping[str, Sequence[str]]] = {
    "money": ("5.00 UAH", "0.00 UAH", "120.50 UAH"),
    "int": ("3", "0"),
    "bool": ("false", "true"),
    "date": ("2026-11-22",),
    "phone": ("+380501112233",),
    "iban": ("UA213223130000026007233566001",),
    "id": ("R1", "R2"),
    "text": ("Olha K.", ""),
}
# Texts that hold a time, by the names that banks give them.
_TIMES: Final = frozenset(("at", "as_of"))
_TIME: Final = "2026-11-22T10:00:00Z"
_CARD: Final = {"name": "Visa", "pan": "••••4417", "currency": "UAH", "available": "900.00 UAH"}
_PAYEE: Final = {"name": "Taras S.", "masked": "••••7101"}
_REASONS: Final = ("error.insufficient_funds", "error.confirmation_wrong", "error.limit_exceeded")
_DELAYS: Final = ("5s", "40s", "3m", "20m")


class WalkBank:
    """`answers`: for each operation what it answered, as a test writes it. Those that are there to begin with are given
    first; then chance decides, or, without chance, every call goes well."""

    def __init__(
        self, catalogue: Catalogue, given: Mapping[str, Any], chance: Random | None, answers: Mapping[str, list[Any]]
    ) -> None:
        self._catalogue = catalogue
        self._given = given
        self._chance = chance
        self._results: dict[str, tuple[CallResult, Answer]] = {}
        self._asked: dict[str, int] = {}
        self.answers = {name: list(known) for name, known in answers.items()}
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def fork(self) -> WalkBank:
        """A bank of its own, at which every further call goes well."""
        other = copy.copy(self)
        other._chance = None
        other._results, other._asked = dict(self._results), dict(self._asked)
        other.answers = {name: list(known) for name, known in self.answers.items()}
        other.calls = list(self.calls)
        return other

    def answer(self, call: Call) -> tuple[CallResult, Answer]:
        known = self._results.get(call.id)
        if known is not None:
            return known
        name = spoken(call.operation)
        operation = self._catalogue[name]
        place = self._asked.get(name, 0)
        self._asked[name] = place + 1
        self.calls.append((name, call.args))
        written = self.answers.setdefault(name, [])
        if place == len(written):
            written.append(made_up(operation, self._chance))
        answer = read_answer(written[place], operation)
        grant = granted(operation, answer, self._given)
        result = CallResult(call=call.id, arm=answer.arm, data=dict(answer.data), reason=answer.reason, grant=grant)
        self._results[call.id] = result, answer
        return result, answer

    def used(self) -> dict[str, list[Any]]:
        """The answers that were asked for."""
        return {name: known[: self._asked[name]] for name, known in self.answers.items() if self._asked.get(name)}


def made_up(operation: Operation, chance: Random | None) -> Any:
    """An answer of the operation as a test writes it; without chance a good one at once."""
    data = {
        name: _TIME if name in _TIMES and kind.kind == "text" else _value(kind, chance)
        for name, kind in operation.returns.items()
    }
    if chance is None:
        return data or "ok"
    written: dict[str, Any] = dict(data)
    arms = tuple(dict.fromkeys((*operation.signature.arms, "unknown")))
    # What reads goes well more often, or few walks would come to the money.
    arm = "ok" if chance.random() < (0.8 if operation.signature.effect == "none" else 0.3) else chance.choice(arms)
    if arm != "ok":
        written = {"arm": arm, **({"reason": chance.choice(_REASONS)} if arm == "refused" else {})}
    if chance.random() < 0.2:
        written["after"] = chance.choice(_DELAYS)
    if chance.random() < 0.15:
        written["times"] = "2"
    return written or "ok"


def _value(kind: SlotType, chance: Random | None) -> Any:
    if kind.item is not None:
        count = 2 if chance is None else chance.choice((2, 2, 2, 1, 0))
        return [_row(kind.item, place) for place in range(count)]
    if kind.fields:
        return _row(kind, 0)
    values = _PLAIN.get(kind.kind, _PLAIN["text"])
    return values[0] if chance is None else chance.choice(values)


def _row(kind: SlotType, place: int) -> Any:
    if kind.kind == "card":
        return {"id": f"c{place + 1}", **_CARD}
    if kind.kind == "payee":
        return {**_PAYEE, "name": f"Taras {'SK'[place % 2]}.", "card_token": f"t{place + 1}"}
    return _PLAIN.get(kind.kind, _PLAIN["text"])[0]
