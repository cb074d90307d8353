"""Viber as a channel of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bots.viber import inbound, outbound, signature
from bots.viber.abilities import ABILITIES, SENDER_NAME_MAX
from bots.viber.client import ViberClient
from core.dialog.contracts import InboundEvent, OutboundMessage
from core.kernel.clock import Clock
from core.kernel.errors import ConfigurationError
from core.messages.channels import Abilities, Transport, WireCall


@dataclass(frozen=True)
class ViberAccount:
    """The bot's account. `sender_name`: what customers see, 1-28 characters. `own_pages`: root address of our pages,
    whose links are recognised when Viber echoes them. Raises `ConfigurationError`; the token is never shown.
    """

    token: str = field(repr=False)
    sender_name: str = "Teller"
    own_pages: str = ""
    api_url: str = "https://chatapi.viber.com/pa"

    def __post_init__(self) -> None:
        if not self.token or not self.token.isascii() or not self.token.isprintable() or " " in self.token:
            raise ConfigurationError("VIBER__TOKEN must be the authentication token of the bot's account")
        if not 1 <= len(self.sender_name.strip()) <= SENDER_NAME_MAX:
            raise ConfigurationError(f"VIBER__SENDER_NAME must have 1-{SENDER_NAME_MAX} characters")


class ViberChannel:
    name: ClassVar[str] = inbound.CHANNEL
    abilities: ClassVar[Abilities] = ABILITIES

    def __init__(self, account: ViberAccount, transport: Transport, clock: Clock) -> None:
        self._token = account.token.encode()
        self._sender = account.sender_name.strip()
        self._own_pages = account.own_pages
        self._client = ViberClient(account.api_url, account.token, transport)
        self._clock = clock

    def verify(self, headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes) -> None:
        signature.verify(headers, query, body, self._token)

    def read(self, body: bytes) -> list[InboundEvent]:
        return inbound.read(body, self._own_pages, self._clock.now_ms())

    def render(
        self, message: OutboundMessage, conversation: str, outbox_id: str, file_url: str, file_size: int = 0
    ) -> list[WireCall]:
        return outbound.render(message, conversation, self._sender, outbox_id, file_url, file_size)

    def inline(self, message: OutboundMessage, outbox_id: str) -> bytes:
        return outbound.inline(message, self._sender, outbox_id)

    async def deliver(self, call: WireCall, file: bytes) -> str:
        """Viber fetches files by their address: `file` is not used."""
        return await self._client.deliver(call)

    async def register(self, webhook_url: str) -> None:
        await self._client.register(webhook_url)
