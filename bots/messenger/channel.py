"""Messenger as a channel of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bots.messenger import inbound, outbound, signature
from bots.messenger.abilities import ABILITIES
from bots.messenger.client import MessengerClient
from bots.meta.app import MetaApp, check_key, check_number
from bots.meta.templates import Template
from core.dialog.contracts import InboundEvent, OutboundMessage
from core.kernel.clock import Clock
from core.messages.channels import Abilities, BadMessage, Transport, WireCall


@dataclass(frozen=True)
class MessengerAccount:
    """The bank's page under Meta's app. `own_pages`: root address of our pages, which may open inside Messenger;
    `template`: what carries a message after the 24-hour window. Raises `ConfigurationError`; the token is never shown.
    """

    app: MetaApp
    page_token: str = field(repr=False)
    page_id: str
    own_pages: str = ""
    template: Template | None = None

    def __post_init__(self) -> None:
        check_key("MESSENGER__PAGE_TOKEN", self.page_token)
        check_number("MESSENGER__PAGE_ID", self.page_id)


class MessengerChannel:
    name: ClassVar[str] = inbound.CHANNEL
    abilities: ClassVar[Abilities] = ABILITIES

    def __init__(self, account: MessengerAccount, transport: Transport, clock: Clock) -> None:
        self._account = account
        self._secret = account.app.secret.encode()
        self._verify_token = account.app.verify_token.encode()
        self._client = MessengerClient(account.app, account.page_token, account.page_id, transport, clock)
        self._clock = clock

    def verify(self, headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes) -> None:
        signature.verify(headers, body, self._secret)

    def handshake(self, query: Mapping[str, str]) -> bytes:
        return signature.handshake(query, self._verify_token)

    def read(self, body: bytes) -> list[InboundEvent]:
        return inbound.read(body, self._account.page_id, self._account.app.app_id, self._clock.now_ms())

    def render(
        self, message: OutboundMessage, conversation: str, outbox_id: str, file_url: str, file_size: int = 0
    ) -> list[WireCall]:
        """Files are uploaded to Messenger: their address and size are not used."""
        return outbound.render(message, conversation, outbox_id, self._account.template, self._account.own_pages)

    def inline(self, message: OutboundMessage, outbox_id: str) -> bytes:
        """No event of Messenger asks for it. Raises `BadMessage`."""
        raise BadMessage("a message to Messenger goes out as a call, never in the answer to a webhook")

    async def deliver(self, call: WireCall, file: bytes) -> str:
        return await self._client.deliver(call, file)

    async def register(self, webhook_url: str) -> None:
        """The address itself is set in the app's dashboard, and Meta checks it by the handshake."""
        await self._client.register(self._account.own_pages)
