"""Who may call the simulated bank. These are words of a demo, not secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from msgspec import Struct, field

AUDIENCES: Final = ("bank-access", "bank-cards", "bank-transfers")


class Secret(str):
    """Text that never shows itself in a repr, and so in no traceback of a structure that holds it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret(…)"


class Login(Struct, frozen=True):
    login: str
    password: Secret


class Client(Struct, frozen=True):
    """A client of the token endpoint and the audiences it may ask for."""

    secret: Secret
    audiences: tuple[str, ...]


def _demo_logins() -> dict[str, Login]:
    return {
        "PASSPORT": Login("teller-passport", Secret("passport-demo-word")),
        "CORE": Login("teller-core", Secret("core-demo-word")),
    }


def _demo_clients() -> dict[str, Client]:
    return {"teller-bank-api": Client(Secret("bank-api-demo-word"), AUDIENCES)}


class Credentials(Struct, frozen=True):
    """`logins` by SOAP system, `clients` by client id."""

    logins: Mapping[str, Login] = field(default_factory=_demo_logins)
    clients: Mapping[str, Client] = field(default_factory=_demo_clients)
