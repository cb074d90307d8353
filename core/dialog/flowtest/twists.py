"""Where a free run may do otherwise than usual: each thing that happens passes one of these doors."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.dialog.contracts import BankEvent, Call, CallResult, InboundEvent, TicketClosed, TimerFired

if TYPE_CHECKING:
    from core.dialog.flowtest.model import LineModel
    from core.dialog.flowtest.universe import Universe


class Twist:
    """As it is: nothing is done otherwise."""

    def heard(self, world: Universe, event: InboundEvent) -> None:
        """The customer does something."""
        world.deliver(event)

    def happened(self, world: Universe, event: BankEvent | TimerFired | TicketClosed) -> None:
        """The bank makes something known, a person has finished, or time has run out."""
        world.deliver(event)

    def called(self, world: Universe, call: Call) -> None:
        """A call leaves for the bank."""
        world.ask(call)

    def answered(self, world: Universe, result: CallResult) -> None:
        """The bank's answer arrives."""
        world.deliver(result)

    def passes_over(self, world: Universe, line: LineModel) -> bool:
        """Whether this line of the test is left out; asked before each of them."""
        return False
