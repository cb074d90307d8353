"""What is surely true at a step: the facts that a forward must-analysis carries along the ways of a flow."""

from __future__ import annotations

from typing import Final, NamedTuple

from core.dialog.auth_levels import LEVELS

_HIGHEST: Final = len(LEVELS) - 1


class Proof(NamedTuple):
    """What a way does to the proven auth level: whatever it was before, then it is at least `least`, and of what was
    proven before no more than `most` is left, for a sign-in puts its own level in the place of a higher one."""

    least: int = 0
    most: int = _HIGHEST

    def meet(self, other: Proof) -> Proof:
        return self if self == other else Proof(min(self.least, other.least), min(self.most, other.most))

    def then(self, later: Proof) -> Proof:
        """This way and another one after it."""
        return self if later == UNTOUCHED else Proof(later.of(self.least), later.of(self.most))

    def of(self, level: int) -> int:
        return max(self.least, min(level, self.most))


UNTOUCHED: Final = Proof()


def signed_in(level: int) -> Proof:
    """After a sign-in the level is that of the sign-in."""
    return Proof(level, level)


def at_least(level: int) -> Proof:
    """A higher level stays."""
    return Proof(level, _HIGHEST)


class Facts(NamedTuple):
    """`auth`: the rank that is proven. `assigned`: slots with a value. `sealed`: slots that the last confirmation
    sealed, and `shown` those that its text showed. `aged`: the flow may have stood open to the customer since then.
    Two ways meet in what holds on both."""

    auth: Proof
    assigned: frozenset[str]
    sealed: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    aged: bool = False

    def meet(self, other: Facts) -> Facts:
        if self == other:
            return self
        return Facts(
            self.auth.meet(other.auth),
            self.assigned & other.assigned,
            self.sealed & other.sealed,
            self.shown & other.shown,
            self.aged or other.aged,
        )
