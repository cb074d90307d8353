"""What the bank API wrapper promises to everything above it (bank-operations.md §3 and §7)."""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

# bank-operations.md §3 rule 3. Only `accepted` and `refused` end an attempt.
ReplyClass = Literal["accepted", "refused", "not_sent", "unknown"]


class Declaration(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of the catalogue, as flows see it. Types are slot types of the flow language
    (`text int money date phone card payee iban choice id secret bool`) or `list of <type>`.

    `effect` other than "none" moves money or changes a card: durable intent, inquiry, never an error on silence.
    `settles`: name of the bank event that brings the later outcome. `grants`: auth level that an accepted call proves.
    """

    name: str
    about: str
    params: dict[str, str]
    returns: dict[str, str]
    effect: Literal["none", "money", "card"] = "none"
    arms: tuple[str, ...] = ("ok", "refused", "unknown")
    settles: str = ""
    grants: str = ""


class CallContext(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks and under which reference. `bank_ref` is the same in every attempt of one operation;
    `conversation` is `<channel>:<id>`."""

    call_id: str
    bank_ref: str
    request_id: str
    conversation: str = ""
    customer: str = ""
    lang: str = "uk"
    secrets: dict[str, str] = {}


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What one attempt came to. `data`: declared return fields, money as `{"amount", "currency"}`.

    `final` is false when the bank accepted but has not finished ("processing"). `code`: an error code of §7.
    `note` is for the masked journal only, never for the customer. `grant`: {"level", "customer", "name"}.
    """

    cls: ReplyClass
    data: dict[str, Any] = {}
    final: bool = True
    code: str = ""
    note: str = ""
    grant: dict[str, str] | None = None


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """What the bank says now of an operation whose outcome was unknown. `no_answer` proves nothing, and
    `not_found` proves only what the system's idempotency profile says (§2)."""

    state: Literal["completed", "failed", "processing", "not_found", "no_answer"]
    data: dict[str, Any] = {}
    code: str = ""
    note: str = ""


class Resend(msgspec.Struct, frozen=True, kw_only=True):
    """When a system's idempotency profile allows the same reference to be sent again (§2)."""

    allowed: bool
    not_found_answers: int = 1
    not_found_apart_s: int = 0


class BankApi(Protocol):
    def declarations(self) -> list[Declaration]: ...

    def resend(self, operation: str) -> Resend: ...

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        """One attempt. Never raises for what a bank or the network does; that is in the reply class.
        Raises `ValidationFailed` for arguments that do not fit the declaration, before anything is sent."""
        ...

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry: ...
