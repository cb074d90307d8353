"""Messages that viberbot, which knows nothing of this project, builds are accepted as they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from viberbot import Api, BotConfiguration
from viberbot.api.messages import (
    ContactMessage,
    FileMessage,
    KeyboardMessage,
    LocationMessage,
    PictureMessage,
    TextMessage,
    URLMessage,
)
from viberbot.api.messages.data_types.contact import Contact
from viberbot.api.messages.data_types.location import Location
from viberbot.api.viber_requests import ViberMessageRequest

from tests.simulated_messengers.driver import VIBER_TOKEN, BotServer, Messengers

pytestmark = pytest.mark.asyncio(loop_scope="module")

MENU = {"Type": "keyboard", "Buttons": [{"ActionType": "reply", "ActionBody": "h:a1", "Text": "*1234"}]}

MESSAGES = [
    TextMessage(text="Вітаємо", keyboard=MENU, tracking_data="out-1", min_api_version=4),
    PictureMessage(text="Квитанція", media="https://bank.example/r/1.png"),
    URLMessage(media="https://bank.example"),
    LocationMessage(location=Location(lat=50.45, lon=30.52)),
    ContactMessage(contact=Contact(name="Банк", phone_number="+380440000000")),
    FileMessage(media="https://bank.example/a.pdf", size=1024, file_name="a.pdf"),
    KeyboardMessage(keyboard=MENU, tracking_data="out-2"),
]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
async def test_its_messages_are_accepted(messengers: Messengers, bot: BotServer, message: Any) -> None:
    person = await messengers.viber_person(bot, event_types=[])
    body = message.to_dict() | {"receiver": person, "sender": {"name": "Банк", "avatar": None}}
    reply = await messengers.viber("send_message", body | {"auth_token": VIBER_TOKEN}, token="")
    assert reply["status"] == 0, reply


async def test_it_verifies_and_reads_a_callback(messengers: Messengers, bot: BotServer) -> None:
    await messengers.viber_person(bot)
    hook = bot.hooks[-1]
    peer = Api(BotConfiguration(auth_token=VIBER_TOKEN, name="Банк", avatar=""))
    assert peer.verify_signature(hook.body, hook.headers["X-Viber-Content-Signature"])
    request = peer.parse_request(hook.body)
    assert isinstance(request, ViberMessageRequest)
    assert (request.message.text, request.message_token) == ("Привіт", json.loads(hook.body)["message_token"])
