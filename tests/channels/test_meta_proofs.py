"""Meta's signature over the bytes as they came, and the handshake that proves an address."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from core.messages.channels import Handshaking, SignatureRefused
from tests.channels.platforms import (
    APP_SECRET,
    META,
    TELEGRAM,
    VERIFY_TOKEN,
    VIBER,
    MessengerPlatform,
    WhatsAppPlatform,
    as_json,
)

Meta = WhatsAppPlatform | MessengerPlatform
QUERY = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


@pytest.fixture(params=META, ids=lambda platform: platform.name)
def meta(request: pytest.FixtureRequest) -> Meta:
    chosen: Meta = request.param
    return chosen


def as_meta_writes(payload: object) -> bytes:
    """Letters beyond ASCII as `\\u....`, every `/` as `\\/`, and the signs of addresses and tags escaped too."""
    written = json.dumps(payload, separators=(",", ":"))
    return written.replace("/", "\\/").replace("<", "\\u003C").replace("%", "\\u0025").replace("@", "\\u0040").encode()


def hands(platform: Meta, **changed: str) -> bytes:
    channel = platform.channel()
    assert isinstance(channel, Handshaking)
    return channel.handshake({**QUERY, **changed})


def test_the_signature_holds_for_the_escaped_bytes_and_for_no_others(meta: Meta) -> None:
    words = "Баланс 😀 <b>100%</b> https://bank.example/?a=b@c"
    body = as_meta_writes(meta.text(words))
    channel = meta.channel()
    channel.verify(meta.proof(body), {}, body)
    [event] = channel.read(body)
    assert event.text == words
    for written_anew in (
        json.dumps(json.loads(body)).encode(),
        json.dumps(json.loads(body), ensure_ascii=False).encode(),
    ):
        with pytest.raises(SignatureRefused):
            channel.verify(meta.proof(body), {}, written_anew)


def test_the_older_signature_proves_nothing(meta: Meta) -> None:
    body = as_json(meta.text("Баланс"))
    sha1 = hmac.new(APP_SECRET.encode(), body, hashlib.sha1).hexdigest()
    with pytest.raises(SignatureRefused):
        meta.channel().verify([(b"x-hub-signature", f"sha1={sha1}".encode())], {}, body)


@pytest.mark.parametrize("prefix", [b"", b"sha1=", b"SHA256=", b"sha256 ="])
def test_the_signature_names_its_kind(meta: Meta, prefix: bytes) -> None:
    body = as_json(meta.text("Баланс"))
    [(name, value)] = meta.proof(body)
    with pytest.raises(SignatureRefused):
        meta.channel().verify([(name, prefix + value.removeprefix(b"sha256="))], {}, body)


def test_the_challenge_is_answered_as_it_came(meta: Meta) -> None:
    assert hands(meta) == b"1158201444"
    assert hands(meta, **{"hub.challenge": "0012 абв"}) == "0012 абв".encode()


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.verify_token": "another"},
        {"hub.verify_token": ""},
        {"hub.verify_token": "слово"},
        {"hub.verify_token": "\ud83d"},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.challenge": "1" * 1025},
    ],
    ids=str,
)
def test_a_handshake_that_proves_nothing_is_refused(meta: Meta, changed: dict[str, str]) -> None:
    with pytest.raises(SignatureRefused) as refused:
        hands(meta, **changed)
    assert VERIFY_TOKEN not in str(refused.value)


def test_an_empty_request_is_no_handshake(meta: Meta) -> None:
    channel = meta.channel()
    assert isinstance(channel, Handshaking)
    with pytest.raises(SignatureRefused):
        channel.handshake({})


def test_the_others_shake_no_hands() -> None:
    assert not isinstance(TELEGRAM.channel(), Handshaking)
    assert not isinstance(VIBER.channel(), Handshaking)
