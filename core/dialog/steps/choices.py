"""What an `ask` offers to choose from: a fixed list, the rows of a slot or of the bank, hints beside a typed answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from core.dialog.contracts import CallResult
from core.dialog.expressions import Expression
from core.dialog.program import FlowText
from core.dialog.reading import today
from core.dialog.session import Option
from core.dialog.signatures import Operation
from core.dialog.slot_types import SlotType, to_stored
from core.dialog.texts import Text, compile_text
from core.dialog.texts.formats import NEAR_DAYS, day, near_day, yes_no
from core.dialog.turns.calls import READ_PATIENCE_MS, arguments, fields, issue
from core.dialog.turns.work import Work
from core.kernel.money import Money

MOST_ROWS: Final = 50
_LONGEST_LABEL: Final = 80
_SUM: Final[Text] = compile_text("{it|money}", {"it": SlotType("money")})
_SPOKEN: Final = {
    kind: compile_text(f"{{it{filters}}}", {"it": SlotType(kind)})
    for kind, filters in (
        ("money", "|money"), ("date", "|date"), ("phone", "|phone"), ("int", ""), ("choice", ""), ("iban", "|mask"),
        ("card", ""), ("payee", "|mask"), ("flow", ".title"),
    )
}  # fmt: skip
_HIDDEN: Final = compile_text("{it|mask}", {"it": SlotType("text")})


@dataclass(frozen=True, slots=True)
class StaticOptions:
    """Values with their labels, in the order of the flow."""

    choices: tuple[tuple[str, FlowText], ...]

    def options(self, work: Work) -> list[Option]:
        return [Option(work.render(label), value) for value, label in self.choices]


@dataclass(frozen=True, slots=True)
class Hints:
    """Answers worth one tap; anything else of the type may be typed. Sums are in the currency of the question, days
    are dates or `today` and its neighbours, and `yes` and `no` stand for themselves."""

    written: tuple[str, ...]
    kind: str
    currency: Expression | None

    def options(self, work: Work) -> list[Option]:
        if self.kind == "money" and self.currency is not None:
            return self._sums(work, str(self.currency.evaluate(work.values())))
        if self.kind == "date":
            return [self._day(work, hint) for hint in self.written]
        if self.kind == "bool":
            lang = work.session.lang
            return [Option(yes_no(hint == "yes", lang).capitalize(), hint == "yes") for hint in self.written]
        return [Option(hint, int(hint) if self.kind == "int" else hint) for hint in self.written]

    def _sums(self, work: Work, currency: str) -> list[Option]:
        sums = [to_stored(Money.of(hint, currency)) for hint in self.written]
        return [Option(_SUM.render({"it": value}, work.session.lang), value) for value in sums]

    def _day(self, work: Work, hint: str) -> Option:
        lang = work.session.lang
        if hint not in NEAR_DAYS:
            return Option(day(hint, lang), hint)
        value = (today(work.now) + timedelta(days=NEAR_DAYS[hint])).isoformat()
        return Option(near_day(hint, value, lang), value)


@dataclass(frozen=True, slots=True)
class ListOptions:
    """The rows that a slot holds; `label` shows one of them as `it`."""

    slot: str
    label: FlowText

    def options(self, work: Work) -> list[Option]:
        return labelled(work, self.label, work.frame.slots[self.slot][:MOST_ROWS])


@dataclass(frozen=True, slots=True)
class BankOptions:
    """`field` of the operation's answer holds the rows; `label` shows one of them as `it`."""

    operation: Operation
    args: Mapping[str, Expression]
    field: str
    label: FlowText

    def fetch(self, work: Work) -> None:
        """Ask the bank; the question follows when it has answered."""
        args, secrets = arguments(work, self.operation, self.args)
        call = issue(work, self.operation, args, secrets)
        work.begin_wait("choices", READ_PATIENCE_MS, call=call)

    def rows(self, result: CallResult) -> list[Any] | None:
        """The rows, at most 50 of them; None when the bank did not give any list."""
        if result.arm != "ok":
            return None
        received = fields(result.data, {"rows": self.field}, self.operation.returns)
        return None if received is None else received["rows"][:MOST_ROWS]

    def options(self, work: Work, rows: list[Any]) -> list[Option]:
        return labelled(work, self.label, rows)


def labelled(work: Work, label: FlowText, rows: list[Any]) -> list[Option]:
    return [Option(work.render(label, {"it": row})[:_LONGEST_LABEL], row) for row in rows]


def spoken_value(value: Any, slot_type: SlotType, lang: str, *, personal: bool) -> str:
    """A stored value as it is said back to the customer who gave it; "" for what is never said back."""
    text = _HIDDEN if personal and isinstance(value, str) else _SPOKEN.get(slot_type.kind)
    return text.render({"it": value}, lang) if text is not None else ""
