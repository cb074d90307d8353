"""WhatsApp as a channel of the house."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bots.meta.app import MetaApp, check_key, check_number
from bots.meta.templates import Template
from bots.whatsapp import inbound, outbound, signature
from bots.whatsapp.abilities import ABILITIES
from bots.whatsapp.client import WhatsAppClient
from core.dialog.contracts import InboundEvent, OutboundMessage
from core.kernel.clock import Clock
from core.messages.channels import Abilities, BadMessage, Transport, WireCall


@dataclass(frozen=True)
class WhatsAppAccount:
    """The bank's number under Meta's app. `waba_id`: the business account that it belongs to; `template`: what carries
    a message after the 24-hour window. Raises `ConfigurationError`; the token is never shown."""

    app: MetaApp
    token: str = field(repr=False)
    phone_number_id: str
    waba_id: str
    template: Template | None = None

    def __post_init__(self) -> None:
        check_key("WHATSAPP__TOKEN", self.token)
        check_number("WHATSAPP__PHONE_NUMBER_ID", self.phone_number_id)
        check_number("WHATSAPP__WABA_ID", self.waba_id)


class WhatsAppChannel:
    name: ClassVar[str] = inbound.CHANNEL
    abilities: ClassVar[Abilities] = ABILITIES

    def __init__(self, account: WhatsAppAccount, transport: Transport, clock: Clock) -> None:
        self._secret = account.app.secret.encode()
        self._verify_token = account.app.verify_token.encode()
        self._number = account.phone_number_id
        self._template = account.template
        self._client = WhatsAppClient(
            account.app, account.token, account.phone_number_id, account.waba_id, transport, clock
        )
        self._clock = clock

    def verify(self, headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes) -> None:
        signature.verify(headers, body, self._secret)

    def handshake(self, query: Mapping[str, str]) -> bytes:
        return signature.handshake(query, self._verify_token)

    def read(self, body: bytes) -> list[InboundEvent]:
        return inbound.read(body, self._number, self._clock.now_ms())

    def render(
        self, message: OutboundMessage, conversation: str, outbox_id: str, file_url: str, file_size: int = 0
    ) -> list[WireCall]:
        """Files are uploaded to WhatsApp: their address and size are not used."""
        return outbound.render(message, conversation, outbox_id, self._template)

    def inline(self, message: OutboundMessage, outbox_id: str) -> bytes:
        """No event of WhatsApp asks for it. Raises `BadMessage`."""
        raise BadMessage("a message to WhatsApp goes out as a call, never in the answer to a webhook")

    async def deliver(self, call: WireCall, file: bytes) -> str:
        return await self._client.deliver(call, file)

    async def register(self, webhook_url: str) -> None:
        """The address itself is set in the app's dashboard, and Meta checks it by the handshake."""
        await self._client.register()
