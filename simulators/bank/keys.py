"""The realm's signing key, its tokens and their check. Only RS256, only the current key (RFC 7517, RFC 7519)."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from simulators.bank.clock import Clock
from simulators.bank.errors import RestRefusal

REALM_PATH: Final = "/realms/teller"
TOKEN_TTL_S: Final = 300
_LONGEST_TOKEN: Final = 8192


class Keys:
    """Keys live in memory: a restart is a rotation."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.rotate()

    def rotate(self) -> str:
        """A new key; tokens of the one before are refused from now on. Returns the new key's id."""
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._key_id = uuid.uuid4().hex
        return self._key_id

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self._key.public_key()))
        return {"keys": [{"kid": self._key_id, "use": "sig", "alg": "RS256"} | _public_part(public)]}

    def issue(self, issuer: str, client_id: str, audiences: list[str], scope: str) -> str:
        now = self._clock.now_ms() // 1000
        claims = {
            "iss": issuer,
            "sub": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{issuer}/clients/{client_id}")),
            "aud": audiences[0] if len(audiences) == 1 else audiences,
            "azp": client_id,
            "typ": "Bearer",
            "iat": now,
            "exp": now + TOKEN_TTL_S,
            "jti": str(uuid.uuid4()),
            "scope": scope,
        }
        return jwt.encode(claims, self._key, algorithm="RS256", headers={"kid": self._key_id})

    def check(self, token: str, audience: str) -> None:
        """Raises `RestRefusal` 401 unless the token is the realm's, current, a bearer and meant for the audience."""
        try:
            if len(token) > _LONGEST_TOKEN or jwt.get_unverified_header(token).get("kid") != self._key_id:
                raise _rejected("unknown key")
            claims = jwt.decode(
                token, self._key.public_key(), algorithms=["RS256"], audience=audience,
                options={"require": ["exp", "iat", "iss", "aud", "sub", "azp", "typ", "jti"],
                         "verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except jwt.InvalidTokenError as error:
            raise _rejected(type(error).__name__) from None
        now = self._clock.now_ms() // 1000
        if claims["exp"] <= now:
            raise _rejected("expired")
        if claims["typ"] != "Bearer" or not str(claims["iss"]).endswith(REALM_PATH):
            raise _rejected("not a bearer token of this realm")


def _public_part(jwk: dict[str, Any]) -> dict[str, Any]:
    return {name: jwk[name] for name in ("kty", "n", "e")}


def _rejected(reason: str) -> RestRefusal:
    return RestRefusal(401, "token_rejected", f"the bearer token is not accepted: {reason}")
