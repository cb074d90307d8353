"""Every setting of Teller: prefix `TELLER_`, nested by `__` (`TELLER_DATABASE__URL`); `teller config` shows all."""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, Literal, Self
from urllib.parse import unquote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from core.bank_api.settings import BankSettings, Login
from core.kernel.errors import ConfigurationError
from core.kernel.masking import HIDDEN

ROOT: Final = Path(__file__).resolve().parent.parent
_HTTP: Final = re.compile(r"https?://[^\s/]")
_USER_INFO: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#]*?:([^/?#]*)@")
_SECRET_MIN: Final = 6


class _Group(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class DatabaseSettings(_Group):
    url: str = Field("", description="PostgreSQL DSN; empty: an embedded server in the data folder")
    pool: int = Field(8, ge=1, le=100, description="connections for everything but turns")

    @field_validator("url")
    @classmethod
    def _of_postgresql(cls, url: str) -> str:
        """`postgres://`, as many hosts write it, is the same thing."""
        if url and not url.startswith(("postgresql://", "postgres://")):
            raise ValueError("must begin with postgresql://")
        return re.sub("^postgres://", "postgresql://", url)


class RedisSettings(_Group):
    url: str = Field("", description="Redis URL; empty: an embedded server in the data folder")


class TelegramSettings(_Group):
    token: SecretStr = Field(SecretStr(""), description="bot token from BotFather; empty: the channel is off")
    webhook_secret: SecretStr = Field(SecretStr(""), description="1-256 of A-Z a-z 0-9 _ -; comes back in each webhook")
    api_url: str = Field("https://api.telegram.org", description="root of the Bot API")


class ViberSettings(_Group):
    token: SecretStr = Field(SecretStr(""), description="authentication token; empty: the channel is off")
    api_url: str = Field("https://chatapi.viber.com/pa", description="root of the REST API")
    sender_name: str = Field("Teller", max_length=28, description="the name customers see")


class MetaSettings(_Group):
    app_id: str = Field("", description="number of Meta's app; tells our own messages in a page's inbox from others")
    app_secret: SecretStr = Field(SecretStr(""), description="signs the webhooks of WhatsApp and Messenger")
    verify_token: SecretStr = Field(SecretStr(""), description="your own word for the handshake of both webhooks")
    graph_url: str = Field("https://graph.facebook.com/v26.0", description="root of the Graph API with its version")


class WhatsAppSettings(_Group):
    token: SecretStr = Field(SecretStr(""), description="access token of a system user; empty: the channel is off")
    phone_number_id: str = Field("", description="id of the bank's number")
    waba_id: str = Field("", description="id of the business account that the number belongs to")
    template: str = Field("", description="approved template with one parameter, the text, for after the 24 hours")
    template_languages: str = Field("uk", description="its languages, divided by commas; the first stands in for all")


class MessengerSettings(_Group):
    page_id: str = Field("", description="id of the bank's page")
    page_token: SecretStr = Field(SecretStr(""), description="access token of the page; empty: the channel is off")
    template: str = Field("", description="approved utility template with one parameter, for after the 24 hours")
    template_languages: str = Field("uk", description="its languages, divided by commas; the first stands in for all")


class KeycloakSettings(_Group):
    url: str = Field("", description="root of the identity server; empty: the bank's own address")
    realm: str = Field("teller", description="realm of the token endpoint")
    client_id: str = Field("teller", description="client of the bank's REST systems")
    client_secret: SecretStr = Field(SecretStr(""), description="its secret")


class BankSystemsSettings(_Group):
    base_url: str = Field("", description="root of the bank's systems; required to serve customers")
    passport_login: str = Field("", description="login of the SOAP system PASSPORT")
    passport_password: SecretStr = Field(SecretStr(""), description="its password")
    core_login: str = Field("", description="login of the SOAP system CORE")
    core_password: SecretStr = Field(SecretStr(""), description="its password")
    read_timeout_s: dict[str, float] = Field(
        default_factory=dict, description="read timeouts by system code, instead of the ones in its YAML"
    )


class DialogflowSettings(_Group):
    agent: str = Field("", description="projects/P/locations/L/agents/A of a Dialogflow CX agent; empty: not asked")
    key_file: Path | None = Field(None, description="JSON key of the service account that may ask it")
    api_url: str = Field("", description="root of the API; empty: the one of the agent's location")
    limit_ms: int = Field(300, ge=20, le=5000, description="after how long a turn goes on without the answer")
    confidence: float = Field(0.7, ge=0, le=1, description="least confidence of an intent that counts")
    languages: dict[str, str] = Field(
        default_factory=dict, description="language code to ask in instead of one that the agent does not speak"
    )


class LogSettings(_Group):
    level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level written")
    format: Literal["json", "console"] = Field("json", description="json for machines, console for people")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="TELLER_", env_nested_delimiter="__", extra="ignore", hide_input_in_errors=True
    )

    base_url: str = Field("", description="public root address, as messengers reach it; empty: http://<host>:<port>")
    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0: any free one")
    data_dir: Path = Field(ROOT / ".teller", description="folder of the embedded servers and of generated secrets")
    secret: SecretStr = Field(SecretStr(""), description="master secret of envelopes and links, 16 characters or more")
    flows_dir: Path = Field(ROOT / "flows", description="the bank's conversations, as they are written")
    flows_watch: bool = Field(False, description="publish the folder of flows whenever it changes; for development")
    flow_channels: list[Literal["telegram", "viber", "whatsapp", "messenger", "sms"]] = Field(
        default_factory=list, description="channels that flows are checked for; empty: the configured ones, or else all"
    )
    collect_phrases: bool = Field(True, description="keep what was not understood for 30 days, without who wrote it")
    lease_s: int = Field(30, ge=2, le=600, description="after how long a dead process's work is taken over")
    register_webhooks: bool = Field(True, description="tell the messengers our address at start")
    database: DatabaseSettings = DatabaseSettings()
    redis: RedisSettings = RedisSettings()
    telegram: TelegramSettings = TelegramSettings()
    viber: ViberSettings = ViberSettings()
    meta: MetaSettings = MetaSettings()
    whatsapp: WhatsAppSettings = WhatsAppSettings()
    messenger: MessengerSettings = MessengerSettings()
    keycloak: KeycloakSettings = KeycloakSettings()
    bank: BankSystemsSettings = BankSystemsSettings()
    dialogflow: DialogflowSettings = DialogflowSettings()
    log: LogSettings = LogSettings()

    def __init__(self, **values: Any) -> None:
        """From the environment, with `values` before it. Raises ConfigurationError, which repeats no value."""
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise ConfigurationError(_sentences(error)) from None
        except SettingsError as error:
            raise ConfigurationError(f"{error}; maps are written as JSON") from None

    @model_validator(mode="after")
    def _own_address(self) -> Self:
        if not self.base_url:
            self.base_url = f"http://{self.host}:{self.port}"
        return self

    def bank_settings(self) -> BankSettings:
        """What the bank API wrapper needs. Raises ConfigurationError when no bank is configured."""
        if not self.bank.base_url:
            raise ConfigurationError("no bank is configured: set TELLER_BANK__BASE_URL (or try: teller demo)")
        root = self.keycloak.url or self.bank.base_url
        if not _HTTP.match(root) or not _HTTP.match(self.bank.base_url):
            raise ConfigurationError(
                "TELLER_BANK__BASE_URL and TELLER_KEYCLOAK__URL must begin with http:// or https://"
            )
        return BankSettings(
            base_url=self.bank.base_url,
            realm_url=f"{root.rstrip('/')}/realms/{self.keycloak.realm}",
            client_id=self.keycloak.client_id,
            client_secret=self.keycloak.client_secret,
            logins={
                "passport": Login(login=self.bank.passport_login, password=self.bank.passport_password),
                "core": Login(login=self.bank.core_login, password=self.bank.core_password),
            },
            read_timeout_s=self.bank.read_timeout_s,
        )

    def master_secret(self) -> str:
        """The configured secret; with the embedded database one is made once and kept beside it."""
        if self.secret.get_secret_value():
            return self.secret.get_secret_value()
        if self.database.url:
            raise ConfigurationError("set TELLER_SECRET: a database of your own needs a master secret of your own")
        kept = self.data_dir / "secret"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            fresh = kept.with_name(f"secret.{secrets.token_hex(4)}")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(32))
            # A link is refused where a rename would replace what another process has just made and already uses.
            with suppress(FileExistsError):
                kept.hardlink_to(fresh)
            fresh.unlink()
        return kept.read_text().strip()


def secret_values(settings: BaseModel) -> set[str]:
    """Every secret that is configured, so that the log can hide them wherever they turn up."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value: Any = getattr(settings, name)
        if isinstance(value, BaseModel):
            found |= secret_values(value)
            continue
        secret = value.get_secret_value() if isinstance(value, SecretStr) else _password(str(value))
        if len(secret) >= _SECRET_MIN:
            found |= {secret, unquote(secret)}
    return found


def described(settings: BaseModel, prefix: str = "TELLER_") -> list[tuple[str, str, str]]:
    """(environment variable, value with secrets masked, what it is for), for `teller config` and the docs."""
    rows = []
    for name, field in type(settings).model_fields.items():
        value: Any = getattr(settings, name)
        if isinstance(value, BaseModel):
            rows += described(value, f"{prefix}{name.upper()}__")
            continue
        rows.append((prefix + name.upper(), _shown(value), field.description or ""))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "set" if value.get_secret_value() else "not set"
    password = _password(str(value))
    return str(value).replace(f":{password}@", f":{HIDDEN}@") if password else str(value)


def _password(address: str) -> str:
    """The password in an address such as a database's, as it is written there."""
    found = _USER_INFO.match(address)
    return found[1] if found else ""


def _sentences(error: ValidationError) -> str:
    return "\n".join(
        f"TELLER_{'__'.join(str(part).upper() for part in one['loc'])}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    )


def reference() -> str:
    """`docs/settings.md`, generated: every setting with its default."""
    rows = "\n".join(f"| `{name}` | {default} | {about} |" for name, default, about in _defaults(Settings))
    return (
        "# Settings\n\n"
        "Generated by `make docs`; `teller config` shows the values in force, secrets masked.\n\n"
        "| environment variable | default | what it is for |\n|---|---|---|\n" + rows + "\n"
    )


def _defaults(model: type[BaseModel], prefix: str = "TELLER_") -> list[tuple[str, str, str]]:
    rows = []
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            rows += _defaults(type(default), f"{prefix}{name.upper()}__")
            continue
        if isinstance(default, Path):
            default = default.relative_to(ROOT)
        shown = "" if isinstance(default, SecretStr) or default in ("", {}, []) else f"`{default}`"
        rows.append((prefix + name.upper(), shown, field.description or ""))
    return rows
