"""Telegram as a channel of the house."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final

from bots.telegram import inbound, outbound, signature
from bots.telegram.abilities import ABILITIES
from bots.telegram.client import TelegramClient
from core.dialog.contracts import InboundEvent, OutboundMessage
from core.kernel.clock import Clock
from core.kernel.errors import ConfigurationError
from core.messages.channels import Abilities, BadMessage, Transport, WireCall

_TOKEN: Final = re.compile(r"(\d{1,20}):[A-Za-z0-9_-]{1,256}")
_WEBHOOK_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


@dataclass(frozen=True)
class TelegramAccount:
    """The bot's account; its secrets are never shown. Raises `ConfigurationError` for what cannot be one."""

    token: str = field(repr=False)
    webhook_secret: str = field(repr=False)
    api_url: str = "https://api.telegram.org"

    def __post_init__(self) -> None:
        if not _TOKEN.fullmatch(self.token):
            raise ConfigurationError("TELEGRAM__TOKEN must have BotFather's form <number>:<letters>")
        if not _WEBHOOK_SECRET.fullmatch(self.webhook_secret):
            raise ConfigurationError("TELEGRAM__WEBHOOK_SECRET must have 1-256 characters of A-Z a-z 0-9 _ -")

    @property
    def bot_id(self) -> str:
        return self.token.partition(":")[0]


class TelegramChannel:
    name: ClassVar[str] = inbound.CHANNEL
    abilities: ClassVar[Abilities] = ABILITIES

    def __init__(self, account: TelegramAccount, transport: Transport, clock: Clock) -> None:
        self._bot_id = account.bot_id
        self._secret = account.webhook_secret
        self._secret_bytes = account.webhook_secret.encode()
        self._client = TelegramClient(account.api_url, account.token, transport)
        self._clock = clock

    def verify(self, headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes) -> None:
        signature.verify(headers, self._secret_bytes)

    def read(self, body: bytes) -> list[InboundEvent]:
        return inbound.read(body, self._bot_id, self._clock.now_ms())

    def render(
        self, message: OutboundMessage, conversation: str, outbox_id: str, file_url: str, file_size: int = 0
    ) -> list[WireCall]:
        """Files are uploaded to Telegram, and it gives back no id of ours: only the first two are used."""
        return outbound.render(message, conversation)

    def inline(self, message: OutboundMessage, outbox_id: str) -> bytes:
        """No event of Telegram asks for it: the result of a call in the HTTP answer is lost. Raises `BadMessage`."""
        raise BadMessage("a message to Telegram goes out as a call, never in the answer to a webhook")

    async def deliver(self, call: WireCall, file: bytes) -> str:
        return await self._client.deliver(call, file)

    async def register(self, webhook_url: str) -> None:
        await self._client.register(webhook_url, self._secret)
