"""The effects of a turn in order. Texts that follow one another become one bubble."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from core.dialog.contracts import Effect, OutboundMessage, Send


@dataclass(slots=True)
class Outgoing:
    """`effects` so far; `steps` says which step each of them came from, for flow tests."""

    effects: list[Effect] = field(default_factory=list)
    steps: list[tuple[str, ...]] = field(default_factory=list)

    def copy(self) -> Outgoing:
        return Outgoing(list(self.effects), list(self.steps))

    def add(self, effect: Effect, step: str) -> None:
        self.effects.append(effect)
        self.steps.append((step,))

    def send(self, message: OutboundMessage, step: str) -> None:
        """A message with only a text takes the next one into its bubble, a blank line between them."""
        if self.effects and message.picture is None and message.document is None:
            last = self.effects[-1]
            if isinstance(last, Send) and _only_text(last.message):
                self.effects[-1] = Send(_joined(last.message, message))
                self.steps[-1] = (*self.steps[-1], step)
                return
        self.add(Send(message), step)


def _only_text(message: OutboundMessage) -> bool:
    return bool(message.text or message.delete) and not (
        message.choices
        or message.links
        or message.picture
        or message.document
        or message.ask_contact
        or message.ask_location
    )


def _joined(first: OutboundMessage, second: OutboundMessage) -> OutboundMessage:
    return msgspec.structs.replace(
        second,
        text="\n\n".join([text for text in (first.text, second.text) if text]),
        delete=first.delete or second.delete,
        once=first.once or second.once,
    )
