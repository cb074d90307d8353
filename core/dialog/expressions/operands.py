"""A part of an expression with its type: what every rule of the language takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from core.dialog.expressions.expression import Run
from core.dialog.expressions.native import Native, Writer, constant
from core.dialog.slot_types import SlotType

BOOL: Final = SlotType("bool")
INT: Final = SlotType("int")
NUMBER: Final = SlotType("number")
TEXT: Final = SlotType("text")

TEXT_KINDS: Final = frozenset({"text", "id", "choice", "iban", "phone"})
NUMBER_KINDS: Final = frozenset({"int", "number"})


@dataclass(frozen=True, slots=True)
class Operand:
    """`number` and `text` hold a written constant, None for everything else. `spoken` is its name in a message.

    `native` writes its part of the quick form, `unchecked` the same without a look at whether there is a value.
    """

    type: SlotType
    run: Run
    column: int
    spoken: str
    number: Decimal | None = None
    text: str | None = None
    native: Native | None = None
    unchecked: Native | None = None

    def written(self, writer: Writer) -> str:
        """Its part of the quick form; where it has none of its own, its closure is called there."""
        return self.native(writer) if self.native is not None else f"{writer.bind(self.run)}(s)"

    def looked_into(self, writer: Writer) -> str:
        """The same where its parts are taken at once, which fails by itself when there is no value."""
        return self.unchecked(writer) if self.unchecked is not None else self.written(writer)

    @property
    def kind(self) -> str:
        return self.type.kind

    def described(self) -> str:
        return f"'{self.spoken}' is {self.type}"


def written_number(value: Decimal, slot_type: SlotType, column: int) -> Operand:
    """A constant; a whole one runs as int, so that it stays int in an int slot."""
    written: int | Decimal = int(value) if slot_type.kind == "int" else value
    return Operand(slot_type, lambda _slots: written, column, f"{value:f}", number=value, native=constant(written))
