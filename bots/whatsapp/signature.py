"""WhatsApp's webhooks are proven as all of Meta's are."""

from __future__ import annotations

from bots.meta.signature import SIGNATURE_HEADER, handshake, verify

__all__ = ["SIGNATURE_HEADER", "handshake", "verify"]
