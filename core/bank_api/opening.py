"""From settings and YAML files to an opened bank: one connection pool, one token provider, one connector a system."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

from core.bank_api.bank import Bank, Closable, Connector
from core.bank_api.rest.connector import RestConnector
from core.bank_api.settings import BankSettings, Login
from core.bank_api.soap.connector import SoapConnector
from core.bank_api.systems.loader import SHIPPED, load_systems
from core.bank_api.systems.model import SoapSystem, System
from core.bank_api.tokens import TokenProvider
from core.bank_api.transport import Outgoing, Sleeper, Transport
from core.kernel.clock import Clock
from core.kernel.errors import ConfigurationError


def open_bank(
    settings: BankSettings,
    clock: Clock,
    *,
    sleep: Sleeper = asyncio.sleep,
    new_uuid: Callable[[], UUID] = uuid4,
    directory: Path = SHIPPED,
) -> Bank:
    """Connects to nothing yet. Raises `ConfigurationError` for a wrong system file or a login that is not set."""
    systems = load_systems(directory)
    transport = Transport(sleep)
    tokens = TokenProvider(settings, transport, clock)
    connectors: dict[str, Connector] = {}
    closing: list[Closable] = []
    for code, system in systems.items():
        base = _base(system, settings)
        if isinstance(system, SoapSystem):
            soap = SoapConnector(system, base, transport, _login(system, settings), clock, new_uuid)
            connectors[code] = soap
            closing.append(soap)
        else:
            connectors[code] = RestConnector(system, base, transport, tokens)
    return Bank(systems, connectors, clock, [*closing, tokens, transport])


def _base(system: System, settings: BankSettings) -> Outgoing:
    return Outgoing(
        "POST",
        f"{settings.base_url.rstrip('/')}{system.endpoint}",
        read_s=settings.read_timeout_s.get(system.system, system.timeouts.read_s),
        connect_s=settings.connect_timeout_s,
    )


def _login(system: SoapSystem, settings: BankSettings) -> Login:
    name = system.authentication.login
    if name not in settings.logins:
        raise ConfigurationError(f"the bank system {system.system} needs the setting logins.{name} (login, password)")
    return settings.logins[name]
