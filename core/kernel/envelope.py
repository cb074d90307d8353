"""AES-256-GCM envelopes: ciphertext that opens only in the table, column and row it was sealed for."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from core.kernel.errors import ConfigurationError, TellerError

_NONCE_BYTES: Final = 12
_FORM: Final = re.compile(r"v([0-9]{1,6})\.([A-Za-z0-9_-]+={0,2})")


class EnvelopeError(TellerError):
    """The envelope was altered, belongs to another row, or its key is gone. Says which, never what was inside."""

    code = "envelope"


class Keyring:
    """Versioned 256-bit keys. New envelopes use the newest; old ones open with the version they name."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys.values()):
            raise ConfigurationError("a keyring needs at least one key, each of exactly 32 bytes")
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self._newest = max(keys)

    @classmethod
    def from_secret(cls, secret: str) -> Keyring:
        """A keyring of one version from the master secret of the settings."""
        if len(secret) < 16:
            raise ConfigurationError("the master secret must have at least 16 characters")
        return cls({1: hashlib.blake2b(secret.encode(), digest_size=32, person=b"teller-envelope").digest()})

    def seal(self, plain: bytes, *associated: str) -> str:
        """`associated` names the place: table, column, row id. The result is `v<version>.<base64>`."""
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._newest].encrypt(nonce, plain, _associated(associated))
        return f"v{self._newest}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, envelope: str, *associated: str) -> bytes:
        """What was sealed for the same place. Raises EnvelopeError."""
        form = _FORM.fullmatch(envelope)
        if form is None:
            raise EnvelopeError("not an envelope: expected v<version>.<base64>")
        cipher = self._ciphers.get(int(form[1]))
        if cipher is None:
            raise EnvelopeError(f"key version {form[1]} is not in the keyring")
        try:
            raw = base64.urlsafe_b64decode(form[2])
            if base64.urlsafe_b64encode(raw).decode() != form[2]:
                raise ValueError("bits that belong to no byte are set")
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], _associated(associated))
        except (InvalidTag, ValueError) as error:
            raise EnvelopeError(f"envelope for {'/'.join(associated)} is altered or belongs elsewhere") from error


def _associated(parts: tuple[str, ...]) -> bytes:
    """As JSON, in which no two lists of names look the same."""
    return json.dumps(parts).encode()
