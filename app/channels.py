"""The table of channels: the only place that knows which ones exist."""

from __future__ import annotations

from app.settings import Settings
from bots.telegram.channel import TelegramAccount, TelegramChannel
from bots.viber.channel import ViberAccount, ViberChannel
from core.kernel.clock import Clock
from core.messages.channels import Channel, Transport


def open_channels(settings: Settings, transport: Transport, clock: Clock) -> dict[str, Channel]:
    """Every channel whose token is configured, by name."""
    channels: list[Channel] = []
    if token := settings.telegram.token.get_secret_value():
        telegram = settings.telegram
        account = TelegramAccount(token, telegram.webhook_secret.get_secret_value(), telegram.api_url)
        channels.append(TelegramChannel(account, transport, clock))
    if token := settings.viber.token.get_secret_value():
        viber = settings.viber
        channels.append(
            ViberChannel(ViberAccount(token, viber.sender_name, settings.base_url, viber.api_url), transport, clock)
        )
    return {channel.name: channel for channel in channels}
