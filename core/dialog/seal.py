"""The seal: what the customer confirmed. The engine makes it, the bank's worker recomputes it before it sends."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from core.dialog.contracts import Seal
from core.kernel.errors import TellerError

_CANONICAL: Final = msgspec.json.Encoder(order="deterministic")
_UNBOUND: Final[Mapping[str, str]] = {}


class SealRefused(TellerError):
    """What was about to be sent is not what was confirmed, or the confirmation is too old. `why` is one word."""

    code = "seal_refused"
    http_status = 409

    def __init__(self, why: str) -> None:
        super().__init__(f"the confirmation does not cover this call: {why}", why=why)
        self.why = why


def seal_digest(
    values: Mapping[str, Any], *, level: str, auth_at: int, flow: str, revision: str, args: Mapping[str, str] = _UNBOUND
) -> str:
    """64 hexadecimal letters over canonical JSON (sorted keys) of the stored values and the proof around them."""
    covered = {
        "values": values, "level": level, "auth_at": auth_at, "flow": flow, "revision": revision, "args": args
    }  # fmt: skip
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


def bind_seal(seal: Seal, slots: Mapping[str, str]) -> Seal:
    """The seal for one call: `slots` names the slot of each argument, and the digest covers that as well."""
    bound = replace(seal, args=dict(slots))
    return replace(bound, digest=_digest_of(bound))


def check_seal(seal: Seal | None, args: Mapping[str, Any], now_ms: int) -> Seal:
    """The seal, if it is whole, has not run out and covers every argument of the call. Raises `SealRefused`.

    The arguments must be the ones that the seal was bound to, each with the value of the slot that it names.
    """
    if seal is None:
        raise SealRefused("missing")
    if _digest_of(seal) != seal.digest:
        raise SealRefused("altered")
    if now_ms > seal.expires_at:
        raise SealRefused("expired")
    if args.keys() != seal.args.keys() or not all(
        _is_sealed(seal, slot, args[name]) for name, slot in seal.args.items()
    ):
        raise SealRefused("values")
    return seal


def _is_sealed(seal: Seal, slot: str, value: Any) -> bool:
    return slot in seal.values and bool(seal.values[slot] == value)


def _digest_of(seal: Seal) -> str:
    return seal_digest(
        seal.values, level=seal.level, auth_at=seal.auth_at, flow=seal.flow, revision=seal.revision, args=seal.args
    )
