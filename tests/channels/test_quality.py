"""Each channel's quality.yaml says what the code does, neither more nor less."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture, Span
from core.messages.channels import BadMessage, SignatureRefused, WireCall
from tests.channels import messenger_payloads, telegram_payloads, viber_payloads, whatsapp_payloads
from tests.channels.platforms import Platform, as_json, said

BOTS = Path(__file__).parents[2] / "bots"
ROOM = {"inbound.py", "outbound.py", "client.py", "signature.py", "abilities.py", "channel.py", "quality.yaml"}
TABLES = {
    "telegram": telegram_payloads.CASES,
    "viber": viber_payloads.CASES,
    "whatsapp": whatsapp_payloads.CASES,
    "messenger": messenger_payloads.CASES,
}
RECEIPT = Picture(template="receipt", data={}, alt="Квитанція", lang="uk")
STATEMENT = Document(template="receipt", data={}, alt="Виписка", lang="uk", name="statement.pdf")
PROBES = {
    "text": OutboundMessage(text="Вітаємо"),
    "spans": OutboundMessage(text="Вітаємо Вас", spans=(Span(0, 7, "bold"),)),
    "choices": OutboundMessage(text="?", choices=(Choice("b:1", "Так"),)),
    "too_many_choices": OutboundMessage(text="?", choices=tuple(Choice(f"b:{n}", f"№ {n}") for n in range(101))),
    "links": OutboundMessage(text="?", links=(Link("https://bank.example/s/1", "PIN"),)),
    "picture": OutboundMessage(picture=RECEIPT),
    "long_caption": OutboundMessage(text="а" * 1025, picture=RECEIPT),
    "document": OutboundMessage(document=STATEMENT),
    "ask_contact": OutboundMessage(text="?", ask_contact="Номер"),
    "ask_location": OutboundMessage(text="?", ask_location="Де"),
    "ack": OutboundMessage(text="?", ack="44"),
    "delete": OutboundMessage(text="?", delete="77"),
    "once": OutboundMessage(text="?", once=True),
}


@pytest.fixture
def sheet(platform: Platform) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((BOTS / platform.name / "quality.yaml").read_text())
    return loaded


def calls(platform: Platform, message: OutboundMessage) -> list[WireCall]:
    return platform.channel().render(message, "5", "out_1", "https://bank.example/p.png", 34_000)


def written(platform: Platform, message: OutboundMessage) -> str:
    return json.dumps([{call.method: call.payload} for call in calls(platform, message)], ensure_ascii=False)


def test_the_room_has_the_files_of_every_channel(platform: Platform) -> None:
    assert {file.name for file in (BOTS / platform.name).iterdir()} >= ROOM


def test_the_limits_are_those_of_the_code(platform: Platform, sheet: dict[str, Any]) -> None:
    abilities = platform.channel().abilities
    assert {name: getattr(abilities, name) for name in sheet["limits"]} == sheet["limits"]
    assert sheet["limits"].keys() >= {"text_max", "buttons_max", "label_max", "caption_max"}
    assert (sheet["source"], str(sheet["checked"])) == (abilities.source, abilities.checked)
    assert sheet["trusted_contact"] is abilities.proves_contact
    assert sheet["channel"] == platform.channel().name == platform.name


def test_the_kinds_are_those_that_the_payload_table_produces(platform: Platform, sheet: dict[str, Any]) -> None:
    channel = platform.channel()
    produced = {event.kind for payload, _ in TABLES[platform.name].values() for event in channel.read(as_json(payload))}
    assert sorted(produced) == sheet["inbound"]


def test_the_proof_covers_what_the_sheet_says(platform: Platform, sheet: dict[str, Any]) -> None:
    channel, body = platform.channel(), as_json(platform.text("Баланс"))
    if sheet["proof_of_origin"] == "secret header":
        channel.verify(platform.proof(body), {}, b"another body")
    else:
        with pytest.raises(SignatureRefused):
            channel.verify(platform.proof(body), {}, b"another body")


def test_the_answer_inline_is_what_the_sheet_says(platform: Platform, sheet: dict[str, Any]) -> None:
    try:
        inline = platform.channel().inline(PROBES["text"], "out_1")
    except BadMessage:
        inline = b""
    assert bool(inline) is sheet["inline_answer"]


def test_every_part_of_a_message_is_in_the_sheet(sheet: dict[str, Any]) -> None:
    assert sheet["outbound"].keys() == PROBES.keys()


@pytest.mark.parametrize("part", PROBES)
def test_a_part_of_a_message_goes_out_as_the_sheet_says(platform: Platform, sheet: dict[str, Any], part: str) -> None:
    promise = sheet["outbound"][part]
    check = DEGRADATIONS.get(promise)
    if check is not None:
        assert check(platform, PROBES[part])
    else:
        assert f'"{promise}":' in written(platform, PROBES[part]) or f'"{promise}"' in written(platform, PROBES[part])


def _changes_nothing(platform: Platform, message: OutboundMessage) -> bool:
    return calls(platform, message) == calls(platform, OutboundMessage(text=message.text))


def _is_numbered(platform: Platform, message: OutboundMessage) -> bool:
    return "101. № 100" in written(platform, message) and "b:1" not in written(platform, message)


def _is_two_messages(platform: Platform, message: OutboundMessage) -> bool:
    picture, text = calls(platform, message)
    return picture != text and said(text) == message.text


def _is_signs_in_the_text(platform: Platform, message: OutboundMessage) -> bool:
    return "*Вітаємо* Вас" in written(platform, message)


DEGRADATIONS: dict[str, Callable[[Platform, OutboundMessage], bool]] = {
    "dropped": _changes_nothing,
    "not needed": _changes_nothing,
    "not possible": _changes_nothing,
    "numbered text": _is_numbered,
    "picture, then text": _is_two_messages,
    "signs in the text": _is_signs_in_the_text,
}
