"""Meta signs the raw body: `sha256=` and the hex HMAC-SHA256 under the app secret.

What is signed is the escaped form (`\\u0422`, `\\/`), so only the received bytes can be checked, never a JSON written
anew. The older SHA-1 header proves nothing. Source:
https://developers.facebook.com/docs/graph-api/webhooks/getting-started#validate-payloads
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from bots.webhook import single_header
from core.messages.channels import SignatureRefused

SIGNATURE_HEADER: Final = b"x-hub-signature-256"
_PREFIX: Final = b"sha256="
_CHALLENGE_MAX: Final = 1024


def verify(headers: Sequence[tuple[bytes, bytes]], body: bytes, secret: bytes) -> None:
    """Raise `SignatureRefused` unless the body is signed with the app secret, exactly once."""
    presented = single_header(headers, SIGNATURE_HEADER)
    if presented is None:
        raise SignatureRefused("the webhook carries no signature")
    expected = _PREFIX + hmac.digest(secret, body, "sha256").hex().encode()
    if not hmac.compare_digest(presented, expected):
        raise SignatureRefused("the signature of the webhook does not fit its body")


def handshake(query: Mapping[str, str], verify_token: bytes) -> bytes:
    """The challenge, to be answered as it is, when Meta checks the address of the webhook.

    Raises `SignatureRefused` unless it asks to subscribe with our verify token.
    """
    token = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    challenge = query.get("hub.challenge", "").encode("utf-8", "surrogatepass")
    if not hmac.compare_digest(token, verify_token) or query.get("hub.mode") != "subscribe":
        raise SignatureRefused("the handshake does not carry our verify token")
    if not 0 < len(challenge) <= _CHALLENGE_MAX:
        raise SignatureRefused(f"the challenge of the handshake has 1..{_CHALLENGE_MAX} bytes, got {len(challenge)}")
    return challenge
