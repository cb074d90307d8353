"""One-time codes: six random digits, kept only as a keyed hash, three attempts, one use."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Final

from simulators.bank.clock import Clock
from simulators.bank.errors import RestRefusal
from simulators.bank.phone import PhoneNetwork

DEFAULT_TTL_S: Final = 180
RESEND_AFTER_S: Final = 30
_ATTEMPTS: Final = 3
_MOST_KEPT: Final = 10_000
_SIGN_IN: Final = ("bind", "login", "sign_in")


class OneTimeCode:
    """One code that was sent. `live` ends with its use, its time or a newer code for the same phone and purpose."""

    def __init__(self, digest: bytes, sent_ms: int, expires_ms: int) -> None:
        self.digest = digest
        self.sent_ms = sent_ms
        self.expires_ms = expires_ms
        self.attempts_left = _ATTEMPTS
        self.live = True


class OneTimeCodes:
    """All in memory: a restart forgets every code. No method awaits, so no two attempts can overlap."""

    def __init__(self, clock: Clock, network: PhoneNetwork) -> None:
        self._clock = clock
        self._network = network
        self._pepper = secrets.token_bytes(32)
        self._codes: dict[str, OneTimeCode] = {}
        self._newest: dict[tuple[str, str], str] = {}

    def send(self, phone: str, purpose: str, ttl_s: int) -> tuple[str, int]:
        """(id, end in milliseconds) of a new code. Raises `RestRefusal` 429 while the one before is still fresh."""
        now_ms = self._clock.now_ms()
        before = self._codes.get(self._newest.get((phone, purpose), ""))
        if before is not None and before.live:
            wait_ms = before.sent_ms + RESEND_AFTER_S * 1000 - now_ms
            if wait_ms > 0:
                raise RestRefusal(429, "too_many_requests", "the code was just sent", -(-wait_ms // 1000))
            before.live = False
        otp_id = f"otp_{secrets.token_hex(12)}"
        code = f"{secrets.randbelow(1_000_000):06d}"
        self._codes[otp_id] = OneTimeCode(self._digest(otp_id, code), now_ms, now_ms + ttl_s * 1000)
        self._newest[phone, purpose] = otp_id
        self._forget_oldest()
        what = "код для входу" if purpose in _SIGN_IN else "код підтвердження"
        self._network.send(phone, f"Teller: {code} - {what}. Нікому його не кажіть.")
        return otp_id, now_ms + ttl_s * 1000

    def verify(self, otp_id: str, code: str) -> tuple[bool, int]:
        """(right, attempts left). Raises `RestRefusal` 404, 410 (used, replaced or too late) or 423 (three wrong)."""
        kept = self._codes.get(otp_id)
        if kept is None:
            raise RestRefusal(404, "not_found", "no such code")
        if kept.attempts_left == 0:
            raise RestRefusal(423, "locked", "three wrong codes")
        if not kept.live or self._clock.now_ms() >= kept.expires_ms:
            raise RestRefusal(410, "expired", "the code is used, replaced or too old")
        if hmac.compare_digest(kept.digest, self._digest(otp_id, code)):
            kept.live = False
            return True, kept.attempts_left
        kept.attempts_left -= 1
        return False, kept.attempts_left

    def clear(self) -> None:
        self._codes.clear()
        self._newest.clear()

    def _digest(self, otp_id: str, code: str) -> bytes:
        return hmac.digest(self._pepper, f"{otp_id}:{code}".encode(), hashlib.sha256)

    def _forget_oldest(self) -> None:
        while len(self._codes) > _MOST_KEPT:
            del self._codes[next(iter(self._codes))]
        while len(self._newest) > _MOST_KEPT:
            del self._newest[next(iter(self._newest))]
