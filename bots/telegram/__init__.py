"""Telegram: Bot API over webhooks."""

from bots.telegram.channel import TelegramAccount, TelegramChannel

__all__ = ["TelegramAccount", "TelegramChannel"]
