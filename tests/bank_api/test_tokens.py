"""Bearer tokens: one request for all who need it, renewed in time, used on while the endpoint is down, never shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pydantic import SecretStr

from core.bank_api.errors import NotSent
from core.bank_api.tokens import TokenProvider
from core.bank_api.transport import Transport
from core.kernel.clock import ManualClock
from tests.bank_api.conftest import Sleeps, settings_for
from tests.bank_api.http_server import HANG_UP, Response, json_response
from tests.bank_api.scripted_bank import CLIENT, ScriptedBank, instead

TOKEN = ("TOKEN", "token")
CARDS = "bank-cards"


@pytest.fixture
async def tokens(scripted: ScriptedBank, clock: ManualClock, sleeps: Sleeps) -> AsyncIterator[TokenProvider]:
    transport = Transport(sleeps)
    provider = TokenProvider(settings_for(scripted.server.url), transport, clock)
    yield provider
    await provider.aclose()
    await transport.aclose()


async def test_a_token_is_fetched_once_for_each_audience(tokens: TokenProvider, scripted: ScriptedBank) -> None:
    first = await tokens.current(CARDS)
    assert await tokens.current(CARDS) is first
    assert (await tokens.current("bank-access")).header != first.header
    assert first.header == "Bearer header.bank-cards.signature-0"
    assert scripted.calls[TOKEN] == 2


async def test_all_who_come_at_the_same_time_share_one_request(tokens: TokenProvider, scripted: ScriptedBank) -> None:
    found = await asyncio.gather(*(tokens.current(CARDS) for _ in range(20)))
    assert (len(set(map(id, found))), scripted.calls[TOKEN]) == (1, 1)


async def test_a_token_is_renewed_when_four_fifths_of_its_life_are_over(
    tokens: TokenProvider, scripted: ScriptedBank, clock: ManualClock
) -> None:
    first = await tokens.current(CARDS)
    clock.advance(239_999)
    assert await tokens.current(CARDS) is first
    clock.advance(1)
    assert (await tokens.current(CARDS)).header != first.header
    assert scripted.calls[TOKEN] == 2


async def test_an_old_token_serves_until_its_end_while_the_endpoint_is_down(
    tokens: TokenProvider, scripted: ScriptedBank, clock: ManualClock
) -> None:
    # Given a token at 80 % of its life and an endpoint that fails
    first = await tokens.current(CARDS)
    clock.advance(240_000)
    scripted.twist(*TOKEN, *[instead(Response(503, b""))] * 9)
    # Then it serves on, and the endpoint is asked again only every five seconds
    assert await tokens.current(CARDS) is first
    assert await tokens.current(CARDS) is first
    assert scripted.calls[TOKEN] == 2
    clock.advance(5_000)
    assert await tokens.current(CARDS) is first
    assert scripted.calls[TOKEN] == 3
    # until it has expired
    clock.advance(55_000)
    with pytest.raises(NotSent, match="no token for bank-cards: HTTP 503"):
        await tokens.current(CARDS)


async def test_a_refused_token_is_replaced_once_for_all_whose_token_it_was(
    tokens: TokenProvider, scripted: ScriptedBank
) -> None:
    refused = await tokens.current(CARDS)
    found = await asyncio.gather(*(tokens.after_refusal_of(CARDS, refused) for _ in range(10)))
    late = await tokens.after_refusal_of(CARDS, refused)
    assert {token.header for token in [*found, late]} == {"Bearer header.bank-cards.signature-1"}
    assert scripted.calls[TOKEN] == 2


def token_reply(**changes: Any) -> Response:
    return json_response(200, {"access_token": "a.b.c", "expires_in": 300, "token_type": "Bearer", **changes})


@pytest.mark.parametrize(
    "answer",
    [
        HANG_UP,
        Response(200, b"<html>", "text/html"),
        Response(401, b'{"error":"invalid_client"}', "application/json"),
        Response(302, b"", headers={"Location": "http://127.0.0.1:9/"}),
        token_reply(access_token=""),
        token_reply(access_token="a b"),
        token_reply(access_token="a\r\nX-Evil: 1"),
        token_reply(expires_in=0),
        token_reply(expires_in="300"),
        token_reply(token_type="DPoP"),
        json_response(200, {"error": "invalid_grant"}),
    ],
)
async def test_anything_but_a_usable_token_is_no_token(
    tokens: TokenProvider, scripted: ScriptedBank, answer: Response
) -> None:
    scripted.twist(*TOKEN, instead(answer))
    with pytest.raises(NotSent, match="no token for bank-cards"):
        await tokens.current(CARDS)
    assert (await tokens.current(CARDS)).header.startswith("Bearer header.")


async def test_a_wrong_client_secret_is_an_error_that_does_not_name_it(
    scripted: ScriptedBank, clock: ManualClock, sleeps: Sleeps
) -> None:
    transport = Transport(sleeps)
    settings = settings_for(scripted.server.url, client_secret=SecretStr("n0t-the-secret"))
    with pytest.raises(NotSent) as refused:
        await TokenProvider(settings, transport, clock).current(CARDS)
    await transport.aclose()
    assert refused.value.detail == "no token for bank-cards: HTTP 401 from the token endpoint"


async def test_no_token_is_in_a_repr(tokens: TokenProvider) -> None:
    token = await tokens.current(CARDS)
    assert "signature" not in repr(token)
    assert CLIENT[1] not in repr(settings_for("http://127.0.0.1"))


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "http://bank.test/realms/teller/protocol/openid-connect/token"),
        (
            {"realm_url": "https://sso.test/auth/realms/b/"},
            "https://sso.test/auth/realms/b/protocol/openid-connect/token",
        ),
    ],
)
def test_the_token_endpoint_is_that_of_the_realm(changes: dict[str, str], url: str) -> None:
    assert settings_for("http://bank.test/", **changes).token_url == url
