"""The table of channels: the only place that knows which ones exist."""

from __future__ import annotations

from app.settings import Settings
from bots.messenger.channel import MessengerAccount, MessengerChannel
from bots.meta.app import MetaApp
from bots.meta.templates import Template
from bots.telegram.channel import TelegramAccount, TelegramChannel
from bots.viber.channel import ViberAccount, ViberChannel
from bots.whatsapp.channel import WhatsAppAccount, WhatsAppChannel
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
    if token := settings.whatsapp.token.get_secret_value():
        channels.append(WhatsAppChannel(_whatsapp(settings, token), transport, clock))
    if token := settings.messenger.page_token.get_secret_value():
        channels.append(MessengerChannel(_messenger(settings, token), transport, clock))
    return {channel.name: channel for channel in channels}


def _whatsapp(settings: Settings, token: str) -> WhatsAppAccount:
    own = settings.whatsapp
    template = _template(own.template, own.template_languages, "WHATSAPP__TEMPLATE")
    return WhatsAppAccount(_meta(settings), token, own.phone_number_id, own.waba_id, template)


def _messenger(settings: Settings, token: str) -> MessengerAccount:
    own = settings.messenger
    template = _template(own.template, own.template_languages, "MESSENGER__TEMPLATE")
    return MessengerAccount(_meta(settings), token, own.page_id, settings.base_url, template)


def _meta(settings: Settings) -> MetaApp:
    meta = settings.meta
    return MetaApp(
        meta.app_secret.get_secret_value(), meta.verify_token.get_secret_value(), meta.app_id, meta.graph_url
    )


def _template(name: str, languages: str, setting: str) -> Template | None:
    codes = tuple(code.strip() for code in languages.split(",") if code.strip())
    return Template(name, codes, setting) if name else None
