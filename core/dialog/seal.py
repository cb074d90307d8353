"""The seal: what the customer confirmed. The engine makes it, the bank's worker recomputes it before it sends."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from core.dialog.contracts import Seal
from core.kernel.errors import TellerError

_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")


class SealRefused(TellerError):
    """What was about to be sent is not what was confirmed, or the confirmation is too old. `why` is one word."""

    code = "seal_refused"
    http_status = 409

    def __init__(self, why: str) -> None:
        super().__init__(f"the confirmation does not cover this call: {why}", why=why)
        self.why = why


def seal_digest(values: Mapping[str, Any], *, level: str, auth_at: int, flow: str, revision: str) -> str:
    """64 hexadecimal letters over canonical JSON (sorted keys) of the stored values and the proof around them."""
    covered = {"values": values, "level": level, "auth_at": auth_at, "flow": flow, "revision": revision}
    return hashlib.blake2b(_CANONICAL.encode(covered), digest_size=32, person=b"teller-seal").hexdigest()


def make_seal(
    values: Mapping[str, Any], *, level: str, auth_at: int, flow: str, revision: str, now_ms: int, ttl_ms: int
) -> Seal:
    """The seal over the values as they are stored in slots."""
    return Seal(
        digest=seal_digest(values, level=level, auth_at=auth_at, flow=flow, revision=revision),
        values=dict(values),
        level=level,
        auth_at=auth_at,
        sealed_at=now_ms,
        expires_at=now_ms + ttl_ms,
        flow=flow,
        revision=revision,
    )


def check_seal(seal: Seal | None, args: Mapping[str, Any], now_ms: int, slots: Mapping[str, str] | None = None) -> Seal:
    """The seal, if it is whole, has not run out and covers every argument of the call. Raises `SealRefused`.

    `slots` names the slot of each argument, where it is known: then the argument must be the value of that very slot.
    Without it an argument is covered when its value equals one of the sealed values.
    """
    if seal is None:
        raise SealRefused("missing")
    whole = seal_digest(
        seal.values, level=seal.level, auth_at=seal.auth_at, flow=seal.flow, revision=seal.revision
    )  # fmt: skip
    if whole != seal.digest:
        raise SealRefused("altered")
    if now_ms > seal.expires_at:
        raise SealRefused("expired")
    if not _covers(seal, args, slots):
        raise SealRefused("values")
    return seal


def _covers(seal: Seal, args: Mapping[str, Any], slots: Mapping[str, str] | None) -> bool:
    if slots is not None:
        return all(name in slots and seal.values.get(slots[name]) == value for name, value in args.items())
    sealed = list(seal.values.values())
    return all(value in sealed for value in args.values())
