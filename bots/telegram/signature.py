"""Telegram signs nothing: a webhook is proven by the secret that was given to `setWebhook` and comes back in a header.

Source: https://core.telegram.org/bots/api#setwebhook
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import Final

from bots.webhook import single_header
from core.messages.channels import SignatureRefused

SECRET_HEADER: Final = b"x-telegram-bot-api-secret-token"


def verify(headers: Sequence[tuple[bytes, bytes]], secret: bytes) -> None:
    """Raise `SignatureRefused` unless the secret came exactly once and is ours."""
    presented = single_header(headers, SECRET_HEADER)
    if presented is None:
        raise SignatureRefused("the webhook carries no secret token")
    if not hmac.compare_digest(presented, secret):
        raise SignatureRefused("the secret token of the webhook is not ours")
