"""What an `ask` offers to choose from: a fixed list, rows that the bank returns, or hints beside a typed answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from core.dialog.contracts import CallResult
from core.dialog.expressions import Expression
from core.dialog.program import FlowText
from core.dialog.session import Option
from core.dialog.signatures import Operation
from core.dialog.slot_types import SlotType, to_stored
from core.dialog.texts import Text, compile_text
from core.dialog.turns.calls import READ_PATIENCE_MS, arguments, fields, issue
from core.dialog.turns.work import Work
from core.kernel.money import Money

MOST_ROWS: Final = 50
_LONGEST_LABEL: Final = 80
_SUM: Final[Text] = compile_text("{it|money}", {"it": SlotType("money")})


@dataclass(frozen=True, slots=True)
class StaticOptions:
    """Values with their labels, in the order of the flow."""

    choices: tuple[tuple[str, FlowText], ...]

    def options(self, work: Work) -> list[Option]:
        return [Option(work.render(label), value) for value, label in self.choices]


@dataclass(frozen=True, slots=True)
class Hints:
    """Answers worth one tap; anything else of the type may be typed. Sums are in the currency of the question."""

    written: tuple[str, ...]
    kind: str
    currency: Expression | None

    def options(self, work: Work) -> list[Option]:
        if self.kind != "money" or self.currency is None:
            return [Option(hint, int(hint) if self.kind == "int" else hint) for hint in self.written]
        currency = str(self.currency.evaluate(work.values()))
        sums = [to_stored(Money.of(hint, currency)) for hint in self.written]
        return [Option(_SUM.render({"it": value}, work.session.lang), value) for value in sums]


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
        return [Option(work.render(self.label, {"it": row})[:_LONGEST_LABEL], row) for row in rows]
