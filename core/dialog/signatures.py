"""The bank's operations as the flow language sees them: names, types, arms. Built from plain data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec

from core.dialog.slot_types import SlotType, parse_type

_PREFIX: Final = "bank."


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """One operation. Types are slot types as written in flows; a parameter whose name ends in `?` may be left out.

    `effect` other than "none" moves money or changes a card. `settles` names the bank event that brings a later
    outcome, `grants` the auth level that an accepted call proves.
    """

    name: str
    about: str = ""
    params: dict[str, str] = {}
    returns: dict[str, str] = {}
    effect: Literal["none", "money", "card"] = "none"
    arms: tuple[str, ...] = ("ok", "refused", "unknown")
    settles: str = ""
    grants: str = ""


class Operation(msgspec.Struct, frozen=True):
    """A signature with its types parsed. `required` are the parameters that every call must give, `sums` those that are
    money."""

    signature: Signature
    params: dict[str, SlotType]
    required: frozenset[str]
    returns: dict[str, SlotType]
    sums: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.signature.name


Catalogue = Mapping[str, Operation]


def spoken(name: str) -> str:
    """The name as flows write it: `bank.quote`, also where a catalogue calls it just `quote`."""
    return name if "." in name else _PREFIX + name


def build_catalogue(declarations: Iterable[Signature | Mapping[str, Any]]) -> dict[str, Operation]:
    """The operations by the name that flows write. A mapping has the fields of `Signature`.

    Raises `slot_types.UnknownType` for a type that does not exist and `msgspec.ValidationError` for a wrong field.
    """
    signatures = (
        declaration if isinstance(declaration, Signature) else msgspec.convert(declaration, Signature)
        for declaration in declarations
    )
    return {spoken(signature.name): _operation(signature) for signature in signatures}


def _operation(signature: Signature) -> Operation:
    params = {name.removesuffix("?"): parse_type(written) for name, written in signature.params.items()}
    required = frozenset(name for name in signature.params if not name.endswith("?"))
    returns = {name.removesuffix("?"): parse_type(written) for name, written in signature.returns.items()}
    sums = tuple(name for name, kind in params.items() if kind.kind == "money")
    return Operation(signature, params, required, returns, sums)
