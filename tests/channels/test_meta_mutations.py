"""Webhooks of the real shape, damaged at random: no error but the typed ones, no forgery taken, no neighbour lost."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from core.dialog.contracts import InboundEvent
from core.messages.channels import SignatureRefused, Unreadable
from tests.channels import messenger_payloads, whatsapp_payloads
from tests.channels.platforms import MESSENGER, META, WHATSAPP, MessengerPlatform, WhatsAppPlatform, as_json

Meta = WhatsAppPlatform | MessengerPlatform
TABLES = {"whatsapp": whatsapp_payloads.CASES, "messenger": messenger_payloads.CASES}
ROUNDS = 1500
ODD: list[Any] = [None, True, -1, 0, 2**70, 1e300, "", "\u0000", "🇺🇦" * 50, [], [[]], {}, {"id": []}, "b:1", "x" * 5000]


@pytest.fixture(params=META, ids=lambda platform: platform.name)
def meta(request: pytest.FixtureRequest) -> Meta:
    chosen: Meta = request.param
    return chosen


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) in it."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def damaged(payload: Any, chance: random.Random) -> Any:
    copy = json.loads(json.dumps(payload))
    for _ in range(chance.randint(1, 3)):
        found = list(places(copy))
        if not found:
            break
        container, key = chance.choice(found)
        match chance.randrange(3):
            case 0:
                container[key] = chance.choice(ODD)
            case 1:
                del container[key]
            case _:
                container[key] = [container[key]] * 2
    return copy


def damaged_bytes(body: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(spoilt) + 1)
        spoilt[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    return bytes(spoilt)


def check(event: InboundEvent) -> None:
    assert event.dedupe_key
    assert event.kind == "ignored" or event.conversation
    assert not event.should_reply or event.kind not in ("edit", "delete", "status", "echo", "ignored", "reaction")
    assert json.dumps(event.text).encode()
    event.text.encode()
    assert "\u0000" not in event.text + event.payload


def read(platform: Meta, body: bytes) -> list[InboundEvent]:
    try:
        return platform.channel().read(body)
    except Unreadable as error:
        return list(error.events)


def test_a_damaged_webhook_gives_events_or_a_typed_refusal(meta: Meta) -> None:
    chance = random.Random(20)
    payloads = [payload for payload, _ in TABLES[meta.name].values()]
    for _ in range(ROUNDS):
        body = as_json(damaged(chance.choice(payloads), chance))
        for event in read(meta, damaged_bytes(body, chance) if chance.random() < 0.3 else body):
            check(event)


def test_a_damaged_neighbour_takes_no_event_with_it(meta: Meta) -> None:
    chance = random.Random(21)
    payloads = [payload for payload, _ in TABLES[meta.name].values() if payload["entry"]]
    for _ in range(ROUNDS):
        spoilt = damaged({"entry": chance.choice(payloads)["entry"]}, chance).get("entry", [5])
        whole = (meta.text("перше", 8001), meta.text("друге", 8002))
        entries = [*whole[0]["entry"], *(spoilt if isinstance(spoilt, list) else [spoilt]), *whole[1]["entry"]]
        texts = {event.text for event in read(meta, as_json({**whole[0], "entry": entries}))}
        assert texts >= {"перше", "друге"}


def test_a_damaged_message_takes_no_neighbour_of_its_list_with_it() -> None:
    chance = random.Random(22)
    for _ in range(ROUNDS):
        first, second = (WHATSAPP.message(n, type="text", text={"body": f"№ {n}"}) for n in (1, 2))
        spoilt = damaged([WHATSAPP.message(3, type="text", text={"body": "?"})], chance)
        body = as_json(WHATSAPP.envelope(WHATSAPP.change(messages=[first, *spoilt, second])))
        assert {event.text for event in read(WHATSAPP, body)} >= {"№ 1", "№ 2"}
        one, two = (MESSENGER.item(message={"mid": f"m_{n}", "text": f"№ {n}"}) for n in (1, 2))
        spoilt = damaged([MESSENGER.item(message={"mid": "m_3", "text": "?"})], chance)
        assert {event.text for event in read(MESSENGER, as_json(MESSENGER.envelope(one, *spoilt, two)))} >= {
            "№ 1",
            "№ 2",
        }


def test_no_changed_byte_is_taken_for_signed(meta: Meta) -> None:
    chance = random.Random(23)
    body = as_json(meta.text("Баланс"))
    proof = meta.proof(body)
    channel = meta.channel()
    for _ in range(ROUNDS):
        forged = damaged_bytes(body, chance)
        if forged != body:
            with pytest.raises(SignatureRefused):
                channel.verify(proof, {}, forged)
