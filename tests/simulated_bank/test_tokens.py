"""The token endpoint and what each REST system accepts as a bearer."""

from __future__ import annotations

import base64
import json
import uuid
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from core.kernel.clock import ManualClock
from simulators.bank.server import RunningBank
from tests.simulated_bank.driver import CLIENT, OLENA, TOKEN_PATH, BankDriver, refusal

pytestmark = pytest.mark.asyncio(loop_scope="module")
GRANT = {"grant_type": "client_credentials", "scope": "bank-cards"}
CARDS = "/rest/cards/cards"


async def cards_with(bank: BankDriver, bearer: str) -> tuple[int, str]:
    headers = {"Authorization": bearer}
    response = await bank.http.get(CARDS, params={"customer_id": OLENA}, headers=headers)
    if response.status_code == 200:
        return 200, ""
    assert response.headers["www-authenticate"] == "Bearer"
    return refusal(response)


async def test_a_token_has_the_fields_and_claims_of_keycloak(bank: BankDriver, running: RunningBank) -> None:
    response = await bank.http.post(TOKEN_PATH, data=GRANT | {"scope": "openid bank-cards bank-access"}, auth=CLIENT)
    answer = response.json()
    claims = jwt.decode(answer.pop("access_token"), options={"verify_signature": False})
    assert answer == {
        "expires_in": 300,
        "refresh_expires_in": 0,
        "token_type": "Bearer",
        "not-before-policy": 0,
        "scope": "openid bank-cards bank-access",
    }
    assert uuid.UUID(claims.pop("jti"))
    assert uuid.UUID(claims.pop("sub"))
    assert claims == {
        "iss": f"{running.url}/realms/teller",
        "aud": ["bank-cards", "bank-access"],
        "azp": "teller-bank-api",
        "typ": "Bearer",
        "iat": 1_795_000_000,
        "exp": 1_795_000_300,
        "scope": "openid bank-cards bank-access",
    }


async def test_a_token_verifies_with_the_published_key(bank: BankDriver, running: RunningBank) -> None:
    configuration = (await bank.http.get("/realms/teller/.well-known/openid-configuration")).json()
    (key,) = (await bank.http.get(configuration["jwks_uri"])).json()["keys"]
    token = await bank.token("bank-cards")
    assert (key["kty"], key["alg"], key["use"]) == ("RSA", "RS256", "sig")
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": key["kid"], "typ": "JWT"}
    claims = jwt.decode(
        token, jwt.PyJWK(key), algorithms=["RS256"], audience="bank-cards", issuer=configuration["issuer"],
        options={"verify_exp": False, "verify_iat": False},
    )  # fmt: skip
    assert claims["aud"] == "bank-cards"
    assert configuration["token_endpoint"] == f"{running.url}{TOKEN_PATH}"


async def test_the_client_may_name_itself_in_the_form(bank: BankDriver) -> None:
    form = GRANT | {"client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert (await bank.http.post(TOKEN_PATH, data=form)).status_code == 200


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_id": "nobody", "client_secret": CLIENT[1]}, 401, "invalid_client"),
        ({"client_id": CLIENT[0], "client_secret": "wrong"}, 401, "unauthorized_client"),
        ({"client_id": CLIENT[0]}, 401, "unauthorized_client"),
        ({}, 401, "invalid_client"),
        ({"client_id": CLIENT[0], "client_secret": CLIENT[1], "scope": "bank-loyalty"}, 400, "invalid_scope"),
        ({"client_id": CLIENT[0], "client_secret": CLIENT[1], "scope": ""}, 400, "invalid_scope"),
        ({"client_id": CLIENT[0], "client_secret": CLIENT[1], "grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_id": CLIENT[0], "client_secret": CLIENT[1], "grant_type": ["client_credentials"] * 2}, 400,
         "invalid_request"),
    ],
)  # fmt: skip
async def test_a_wrong_request_for_a_token_gets_keycloaks_error(
    bank: BankDriver, form: dict[str, Any], status: int, error: str
) -> None:
    response = await bank.http.post(TOKEN_PATH, data=GRANT | form)
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert set(response.json()) == {"error", "error_description"}


@pytest.mark.parametrize("header", ["Basic !!!", "Basic " + base64.b64encode(b"\xff:x").decode(), "Bearer x", "Basic"])
async def test_a_broken_authorization_header_is_an_invalid_client(bank: BankDriver, header: str) -> None:
    response = await bank.http.post(TOKEN_PATH, data=GRANT, headers={"Authorization": header})
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"a" * 65_537, "application/x-www-form-urlencoded", 413),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"scope=bank-cards", "application/x-www-form-urlencoded", 400),
        (b"&".join(b"a%d=1" % n for n in range(30)), "application/x-www-form-urlencoded", 400),
    ],
)
async def test_a_body_that_is_no_form_is_refused(
    bank: BankDriver, content: bytes, content_type: str, status: int
) -> None:
    response = await bank.http.post(TOKEN_PATH, content=content, headers={"Content-Type": content_type})
    assert (response.status_code, response.json()["error"]) == (status, "invalid_request")


async def test_a_token_opens_only_the_system_of_its_audience(bank: BankDriver) -> None:
    assert await cards_with(bank, f"Bearer {await bank.token('bank-cards')}") == (200, "")
    assert await cards_with(bank, f"Bearer {await bank.token('bank-transfers')}") == (401, "token_rejected")
    assert await cards_with(bank, f"Bearer {await bank.token('bank-transfers bank-cards')}") == (200, "")


async def test_a_token_ends_after_300_seconds(bank: BankDriver, clock: ManualClock) -> None:
    token = await bank.token("bank-cards")
    clock.advance(299_999)
    assert await cards_with(bank, f"Bearer {token}") == (200, "")
    clock.advance(1)
    assert await cards_with(bank, f"Bearer {token}") == (401, "token_rejected")


async def test_a_rotated_key_ends_every_token_before_it(bank: BankDriver) -> None:
    before = await bank.token("bank-cards")
    key = (await bank.http.post("/control/keys/rotate")).json()["kid"]
    keys = (await bank.http.get("/realms/teller/protocol/openid-connect/certs")).json()["keys"]
    assert [published["kid"] for published in keys] == [key]
    assert await cards_with(bank, f"Bearer {before}") == (401, "token_rejected")
    assert await cards_with(bank, f"Bearer {await bank.token('bank-cards')}") == (200, "")


def forged(token: str, key: Any, algorithm: str | None, **header: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.encode(claims, key, algorithm=algorithm, headers={"kid": kid, **header})


async def test_a_token_signed_with_a_foreign_key_is_rejected(bank: BankDriver) -> None:
    foreign = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    token = await bank.token("bank-cards")
    for algorithm in ("RS256", "RS384", "PS256"):
        assert await cards_with(bank, f"Bearer {forged(token, foreign, algorithm)}") == (401, "token_rejected")


async def test_a_token_without_signature_is_rejected(bank: BankDriver) -> None:
    token = await bank.token("bank-cards")
    unsigned = forged(token, None, "none")
    assert await cards_with(bank, f"Bearer {unsigned}") == (401, "token_rejected")
    head, _, rest = token.partition(".")
    kid = jwt.get_unverified_header(token)["kid"]
    for algorithm in ("none", "None", "NONE", "HS256"):
        raw = json.dumps({"alg": algorithm, "kid": kid}).encode()
        head = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        assert await cards_with(bank, f"Bearer {head}.{rest}") == (401, "token_rejected")


async def test_a_token_changed_after_signing_is_rejected(bank: BankDriver) -> None:
    head, body, signature = (await bank.token("bank-transfers")).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    raised = base64.urlsafe_b64encode(json.dumps(claims | {"aud": "bank-cards"}).encode()).rstrip(b"=").decode()
    assert await cards_with(bank, f"Bearer {head}.{raised}.{signature}") == (401, "token_rejected")


async def test_a_token_of_the_right_key_but_another_kind_is_rejected(bank: BankDriver, running: RunningBank) -> None:
    token = await bank.token("bank-cards")
    key = running.bank.keys._key
    claims = jwt.decode(token, options={"verify_signature": False})
    kid = jwt.get_unverified_header(token)["kid"]
    kinds: list[dict[str, Any]] = [
        claims | {"typ": "ID"},
        claims | {"iss": "http://elsewhere/realms/other"},
        {name: value for name, value in claims.items() if name != "exp"},
        {name: value for name, value in claims.items() if name != "azp"},
    ]
    for changed in kinds:
        other = jwt.encode(changed, key, algorithm="RS256", headers={"kid": kid})
        assert await cards_with(bank, f"Bearer {other}") == (401, "token_rejected")
    same = jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid})
    assert await cards_with(bank, f"Bearer {same}") == (200, "")


@pytest.mark.parametrize("bearer", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic eDp4", "Bearer " + "a" * 9000])
async def test_what_is_no_token_at_all_is_rejected(bank: BankDriver, bearer: str) -> None:
    assert await cards_with(bank, bearer) == (401, "token_rejected")
