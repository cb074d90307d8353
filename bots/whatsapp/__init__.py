"""WhatsApp: Cloud API over webhooks."""

from bots.whatsapp.channel import WhatsAppAccount, WhatsAppChannel

__all__ = ["WhatsAppAccount", "WhatsAppChannel"]
