"""Literal bodies of each messenger and the events that they become; aiogram gives a second opinion on Telegram's."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from aiogram.types import Update

from core.dialog.contracts import InboundEvent
from tests.channels import messenger_payloads, telegram_payloads, viber_payloads, whatsapp_payloads
from tests.channels.platforms import PLATFORMS, TELEGRAM, VIBER, Platform, as_json

TABLES = {
    "telegram": telegram_payloads.CASES,
    "viber": viber_payloads.CASES,
    "whatsapp": whatsapp_payloads.CASES,
    "messenger": messenger_payloads.CASES,
}
ROWS = [
    pytest.param(platform, *case, id=f"{platform.name}: {name}")
    for platform in PLATFORMS
    for name, case in TABLES[platform.name].items()
]


def read_one(platform: Platform, payload: dict[str, Any]) -> InboundEvent:
    [event] = platform.channel().read(as_json(payload))
    return event


@pytest.mark.parametrize(("platform", "payload", "expected"), ROWS)
def test_a_body_becomes_its_event(platform: Platform, payload: dict[str, Any], expected: dict[str, Any]) -> None:
    event = msgspec.structs.asdict(read_one(platform, payload))
    assert {name: event[name] for name in expected} == expected


@pytest.mark.parametrize("name", telegram_payloads.CASES)
def test_aiogram_reads_the_fixture_as_an_update_too(name: str) -> None:
    payload, _ = telegram_payloads.CASES[name]
    read = Update.model_validate(payload)
    assert read.update_id == payload["update_id"]
    assert read.event_type in payload


def test_the_pictures_of_an_album_share_one_key() -> None:
    album, _ = telegram_payloads.CASES["album"]
    first, second = read_one(TELEGRAM, album), read_one(TELEGRAM, {**album, "update_id": 810000999})
    assert first.dedupe_key == second.dedupe_key


def test_a_status_of_another_reader_of_the_same_message_is_another_event() -> None:
    mine = read_one(VIBER, viber_payloads.status("seen"))
    theirs = read_one(VIBER, {**viber_payloads.status("seen"), "user_id": "c0ffee=="})
    assert mine.dedupe_key != theirs.dedupe_key


def test_an_event_without_token_and_moment_is_known_by_its_content() -> None:
    first, again = (read_one(VIBER, viber_payloads.started(context="inv_1")) for _ in range(2))
    other = read_one(VIBER, viber_payloads.started(context="inv_2"))
    assert first.dedupe_key == again.dedupe_key != other.dedupe_key
