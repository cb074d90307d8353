"""What a flow that runs another one may rely on, whatever happens in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from typing import Final

from core.dialog.checks.facts import UNTOUCHED, Proof
from core.dialog.schema import OUTCOMES


@dataclass(frozen=True, slots=True)
class Summary:
    """`ends`: for each outcome that the flow can have what it does to the proven auth level. `keeps_seal`: what was
    confirmed before still holds after it. `passes`: it can come to its end without waiting for anybody but the bank.
    `grants`: the levels that an operation in it can prove. `moves_money`: it, or a flow that it runs, has an effect."""

    ends: Mapping[str, Proof]
    keeps_seal: bool = False
    passes: bool = False
    grants: frozenset[str] = field(default=frozenset())
    moves_money: bool = False

    @property
    def any_end(self) -> Proof:
        return reduce(Proof.meet, self.ends.values(), UNTOUCHED)


# A flow that is not there, or that runs in a circle, is refused as that; it shall not be blamed for more.
UNKNOWN: Final = Summary(dict.fromkeys(OUTCOMES, UNTOUCHED), keeps_seal=True)
