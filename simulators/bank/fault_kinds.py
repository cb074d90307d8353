"""Which faults exist, and which of them mean something for which operation."""

from __future__ import annotations

from typing import Final, Literal

Kind = Literal[
    "delay", "timeout_before_apply", "timeout_after_apply", "http_500_before_apply", "http_500_after_apply",
    "garbage_body", "drop_mid_body", "duplicate_reply", "session_expired", "token_rejected", "fault_business",
    "status_not_found_until", "processing", "wrong_amount_echo", "wrong_correlation", "doctype_attack", "oversized",
]  # fmt: skip

OPERATIONS: Final[dict[str, tuple[str, ...]]] = {
    "PASSPORT": ("Login", "FindByPhone", "CheckPhone", "CheckCard"),
    "CORE": ("Login", "GetBalance", "GetStatement"),
    "ACCESS": ("SendOtp", "VerifyOtp"),
    "CARDS": ("ListCards", "ListCardTokens"),
    "TRANSFERS": ("CreateQuote", "CreateTransfer", "FindTransfer"),
    "KEYCLOAK": ("Token", "Certs"),
}
ANY: Final = "*"

_SOAP: Final = ("PASSPORT", "CORE")
_BEARER: Final = ("ACCESS", "CARDS", "TRANSFERS")


def _places(system: str, *operations: str) -> frozenset[tuple[str, str]]:
    return frozenset((system, operation) for operation in operations or OPERATIONS[system])


_EVERYWHERE: Final = frozenset().union(*(_places(system) for system in OPERATIONS))
_IN_SOAP: Final = frozenset().union(*(_places(system) for system in _SOAP))
_WITH_REFERENCE: Final = _places("TRANSFERS", "CreateTransfer", "FindTransfer")

_ONLY: Final[dict[str, frozenset[tuple[str, str]]]] = {
    "session_expired": frozenset(place for place in _IN_SOAP if place[1] != "Login"),
    "token_rejected": frozenset().union(*(_places(system) for system in _BEARER)),
    "wrong_correlation": _IN_SOAP | _WITH_REFERENCE,
    "wrong_amount_echo": _places("TRANSFERS"),
    "processing": _places("TRANSFERS", "CreateTransfer"),
    "status_not_found_until": _places("TRANSFERS", "FindTransfer"),
}


def applies(kind: Kind, system: str, operation: str) -> bool:
    return (system, operation) in _ONLY.get(kind, _EVERYWHERE)


def unusable(kind: Kind, system: str, operation: str) -> str:
    """Why a fault could never happen there, "" when it could."""
    if system not in OPERATIONS:
        return f"system must be one of {', '.join(OPERATIONS)}"
    operations = OPERATIONS[system]
    if operation != ANY and operation not in operations:
        return f"operation of {system} must be one of {', '.join(operations)} or {ANY}"
    asked = operations if operation == ANY else (operation,)
    if not any(applies(kind, system, name) for name in asked):
        return f"{kind} means nothing for {system} {operation}"
    return ""
