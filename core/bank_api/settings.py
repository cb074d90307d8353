"""Where the bank is and how we prove who we are. The application's settings embed `BankSettings`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Login(BaseModel):
    """Login and password of one SOAP system."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    login: str
    password: SecretStr


class BankSettings(BaseModel):
    """`base_url`: root of the bank's systems. `realm_url`: OpenID realm of the token endpoint, for example
    `https://sso.bank.example/realms/teller`; by default the realm `teller` under `base_url`.

    `logins`: by the name that a system's YAML gives (`passport`, `core`). `read_timeout_s`: by system code
    (`TRANSFERS`), instead of the value in its YAML.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = Field(pattern=r"^https?://[^\s/]+")
    realm_url: str = ""
    client_id: str
    client_secret: SecretStr
    logins: dict[str, Login] = Field(default_factory=dict)
    connect_timeout_s: float = Field(default=2.0, gt=0, le=60)
    read_timeout_s: dict[str, float] = Field(default_factory=dict)

    @property
    def token_url(self) -> str:
        realm = self.realm_url or f"{self.base_url.rstrip('/')}/realms/teller"
        return f"{realm.rstrip('/')}/protocol/openid-connect/token"
