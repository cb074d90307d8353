"""Viber: REST Bot API over webhooks."""

from bots.viber.channel import ViberAccount, ViberChannel

__all__ = ["ViberAccount", "ViberChannel"]
