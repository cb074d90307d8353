"""Viber signs the raw body: lower-case hex HMAC-SHA256 under the bot's token, in a header and in the query's `sig`.

Source: https://developers.viber.com/docs/api/rest-bot-api/#callbacks
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from bots.webhook import single_header
from core.messages.channels import SignatureRefused

SIGNATURE_HEADER: Final = b"x-viber-content-signature"
SIGNATURE_QUERY: Final = "sig"


def verify(headers: Sequence[tuple[bytes, bytes]], query: Mapping[str, str], body: bytes, token: bytes) -> None:
    """Raise `SignatureRefused` unless the body is signed. Either place will do; where both are used, both must hold."""
    presented = [
        single_header(headers, SIGNATURE_HEADER),
        query[SIGNATURE_QUERY].encode("utf-8", "surrogatepass") if SIGNATURE_QUERY in query else None,
    ]
    signatures = [signature for signature in presented if signature is not None]
    if not signatures:
        raise SignatureRefused("the webhook carries no signature")
    expected = hmac.new(token, body, hashlib.sha256).hexdigest().encode()
    if not all([hmac.compare_digest(signature, expected) for signature in signatures]):
        raise SignatureRefused("the signature of the webhook does not fit its body")
