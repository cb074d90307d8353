"""What a bank system's YAML says: where it is, how it is entered, what it can do, and what its errors mean."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.bank_api.contracts import Resend
from core.bank_api.converters.json_reply import JsonReplyMapping
from core.bank_api.converters.json_request import JsonRequestTemplate
from core.bank_api.converters.rules import Rule
from core.bank_api.converters.xml_reply import XmlReplyMapping
from core.bank_api.converters.xml_request import XmlRequestTemplate

# The codes of the platform that end an attempt as a definite refusal.
REFUSALS: Final = frozenset(
    "validation_failed forbidden not_found state_conflict too_late quote_expired bill_expired confirmation_expired "
    "confirmation_wrong confirmation_locked insufficient_funds limit_exceeded card_blocked card_expired card_invalid "
    "do_not_honor payee_not_found payee_refused amount_invalid currency_unsupported provider_rejected "
    "provider_unavailable risk_denied risk_hold pin_weak pin_tries too_many_requests".split()
)
# ISO 8583 answers after which the money may have moved all the same.
_NEVER_DEFINITE: Final = frozenset({"06", "68", "96"})

TemplateNode = dict[str, Any]


def _only_definite(errors: dict[str, str]) -> dict[str, str]:
    for bank_code, code in errors.items():
        if bank_code in _NEVER_DEFINITE:
            raise ValueError(f"{bank_code} never proves that nothing happened and must not be listed")
        if code not in REFUSALS:
            raise ValueError(f"{bank_code}: {code!r} is not a refusal of the platform")
    return errors


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no time zone {name!r} on this machine (is the package tzdata installed?)") from None
    return name


# Bank code -> code of the platform. What is not listed is never a refusal.
Errors = Annotated[dict[str, str], AfterValidator(_only_definite)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Timeouts(_Model):
    """`read_s` bounds the whole exchange once the connection stands."""

    read_s: float = Field(gt=0, le=120)


class Idempotency(_Model):
    """When the same reference may be sent again after an unknown outcome."""

    dedupe_on: Literal["none", "reference", "Idempotency-Key"] = "none"
    resend: Literal["never", "always", "after_not_found"]
    not_found_answers: int = Field(default=1, ge=1, le=10)
    not_found_apart_s: int = Field(default=0, ge=0, le=3600)

    def rule(self) -> Resend:
        if self.resend != "after_not_found":
            return Resend(allowed=self.resend == "always", not_found_answers=0)
        return Resend(allowed=True, not_found_answers=self.not_found_answers, not_found_apart_s=self.not_found_apart_s)


class SessionAuthentication(_Model):
    """Login with login and password, one session per login. `login`: name of the login in the settings."""

    login: str
    action: str = "Login"
    expired_fault: str = "SESSION_EXPIRED"


class BearerAuthentication(_Model):
    """Client credentials at the bank's token endpoint. `rejected`: error code with HTTP 401 of a token refused."""

    audience: str
    rejected: str = "token_rejected"


class SoapAction(_Model):
    request: TemplateNode
    reply: dict[str, Rule]
    faults: Errors = Field(default_factory=dict)


class RestAction(_Model):
    """`echo`: fields of the reply that must equal what was sent, else the outcome is unknown."""

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str = Field(pattern=r"^/")
    query: TemplateNode = Field(default_factory=dict)
    body: TemplateNode = Field(default_factory=dict)
    accepted: list[int] = Field(default_factory=lambda: [200])
    reply: dict[str, Rule]
    echo: TemplateNode = Field(default_factory=dict)
    errors: Errors = Field(default_factory=dict)

    @model_validator(mode="after")
    def _compiles(self) -> RestAction:
        JsonReplyMapping(self.reply)
        for template in (self.query, self.body, self.echo):
            JsonRequestTemplate(template)
        if unknown := self.echo.keys() - self.reply.keys():
            raise ValueError(f"echo of fields that the reply does not have: {sorted(unknown)}")
        return self


class _System(_Model):
    """What every bank system has, whatever it speaks. `system`: its code in the catalogue."""

    system: str = Field(pattern=r"^[A-Z][A-Z0-9_]*$")
    endpoint: str = Field(pattern=r"^/")
    timeouts: Timeouts
    idempotency: Idempotency


class SoapSystem(_System):
    """SOAP 1.1, document/literal. `namespaces`: further prefixes that the rules of replies use."""

    protocol: Literal["soap"]
    namespace: str = Field(min_length=1)
    namespaces: dict[str, str] = Field(default_factory=dict)
    zone: Annotated[str, AfterValidator(_known_zone)] = Field(default="Europe/Kyiv", validate_default=True)
    authentication: SessionAuthentication
    faults: Errors = Field(default_factory=dict)
    actions: dict[str, SoapAction]

    @model_validator(mode="after")
    def _compiles(self) -> SoapSystem:
        for name in self.actions:
            self.reply_mapping(name)
            self.request_template(name)
        if self.authentication.action not in self.actions:
            raise ValueError(f"authentication needs the action {self.authentication.action}, which is not described")
        return self

    def reply_mapping(self, action: str) -> XmlReplyMapping:
        return XmlReplyMapping(self.actions[action].reply, {"": self.namespace, **self.namespaces}, ZoneInfo(self.zone))

    def request_template(self, action: str) -> XmlRequestTemplate:
        return XmlRequestTemplate(self.actions[action].request, self.namespace, ZoneInfo(self.zone))


class RestSystem(_System):
    """JSON over HTTP. `error_code`: path of the bank's error code in the body of an error."""

    protocol: Literal["rest"]
    authentication: BearerAuthentication
    error_code: str = "error/code"
    errors: Errors = Field(default_factory=dict)
    actions: dict[str, RestAction]


System = SoapSystem | RestSystem
