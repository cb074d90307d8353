"""Addresses of pictures and documents for messengers that fetch them: unguessable, for one message, for a while."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from core.kernel.clock import Clock

_LIFE_S: Final = 7 * 24 * 3600
_DIGEST_BYTES: Final = 16


class PictureLinks:
    """`<base>/pictures/<outbox id>.<expiry>.<mac>.png`, and `<base>/documents/....pdf`; the file is drawn again when
    somebody looks."""

    def __init__(self, base_url: str, master_secret: str, clock: Clock) -> None:
        self._base_url = base_url.rstrip("/")
        self._key = hashlib.blake2b(master_secret.encode(), digest_size=32, person=b"teller-pictures").digest()
        self._clock = clock

    def url(self, outbox_id: str) -> str:
        return f"{self._base_url}/pictures/{self._capability(outbox_id)}.png"

    def document_url(self, outbox_id: str) -> str:
        return f"{self._base_url}/documents/{self._capability(outbox_id)}.pdf"

    def _capability(self, outbox_id: str) -> str:
        expires = self._clock.now_ms() // 1000 + _LIFE_S
        return f"{outbox_id}.{expires}.{self._mac(outbox_id, expires)}"

    def outbox_id(self, name: str) -> str:
        """The message a file's name stands for, "" for a name that is forged or too old."""
        parts = name.removesuffix(".png").removesuffix(".pdf").split(".")
        if len(parts) != 3 or not name.isascii() or not parts[1].isdigit() or len(parts[1]) > 12:
            return ""
        outbox_id, expires, mac = parts[0], int(parts[1]), parts[2]
        if not hmac.compare_digest(self._mac(outbox_id, expires).encode(), mac.encode()):
            return ""
        return outbox_id if expires >= self._clock.now_ms() // 1000 else ""

    def _mac(self, outbox_id: str, expires: int) -> str:
        message = f"{outbox_id}.{expires}".encode()
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_DIGEST_BYTES].hex()
