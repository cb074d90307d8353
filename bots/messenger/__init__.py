"""Messenger: Messenger Platform over webhooks."""

from bots.messenger.channel import MessengerAccount, MessengerChannel

__all__ = ["MessengerAccount", "MessengerChannel"]
