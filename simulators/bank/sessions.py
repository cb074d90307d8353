"""Sessions of the SOAP systems: one live session per login, 900 seconds from the Login that began it."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from simulators.bank.clock import Clock
from simulators.bank.credentials import Login
from simulators.bank.errors import SoapRefusal

SESSION_TTL_S: Final = 900


class Sessions:
    """Of one system with one login. Kept in memory: a restart ends the session."""

    def __init__(self, clock: Clock, account: Login) -> None:
        self._clock = clock
        self._account = account
        self._session_id = ""
        self._ends_ms = 0

    def open(self, login: str, password: str) -> str:
        """The id of a new session; the one before is over. Raises `SoapRefusal` AUTH_FAILED."""
        right = [
            hmac.compare_digest(given.encode(), expected.encode())
            for given, expected in ((login, self._account.login), (password, self._account.password))
        ]
        if not all(right):
            raise SoapRefusal("AUTH_FAILED", "login or password is wrong")
        self._session_id = f"S-{secrets.token_hex(16)}"
        self._ends_ms = self._clock.now_ms() + SESSION_TTL_S * 1000
        return self._session_id

    def check(self, session_id: str) -> None:
        """Raises `SoapRefusal` SESSION_EXPIRED for every id but the live one."""
        live = self._session_id and self._clock.now_ms() < self._ends_ms
        if not live or not hmac.compare_digest(session_id.encode(), self._session_id.encode()):
            raise SoapRefusal("SESSION_EXPIRED", "no live session with this id")

    def end(self) -> None:
        self._session_id = ""
