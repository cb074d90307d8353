"""aiogram, which knows nothing of this project, talks to the simulated Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
)

from tests.simulated_messengers.driver import TELEGRAM_TOKEN, BotServer, Messengers, picture

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def peer(messengers: Messengers) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(f"{messengers.url}/telegram"))
    async with Bot(TELEGRAM_TOKEN, session=session) as client:
        yield client


async def test_it_registers_and_introduces_itself(peer: Bot, bot: BotServer) -> None:
    assert (await peer.get_me()).is_bot
    assert await peer.set_webhook(f"{bot.url}/hook", secret_token="a-1", allowed_updates=["message"])
    info = await peer.get_webhook_info()
    assert (info.url, info.allowed_updates, info.max_connections) == (f"{bot.url}/hook", ["message"], 40)
    with pytest.raises(TelegramConflictError):
        await peer.get_updates()
    assert await peer.set_my_commands([BotCommand(command="balance", description="Баланс")], language_code="uk")
    assert [command.command for command in await peer.get_my_commands(language_code="uk")] == ["balance"]
    assert await peer.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert await peer.delete_webhook(drop_pending_updates=True)


async def test_it_sends_edits_and_deletes_messages(messengers: Messengers, peer: Bot, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Так", callback_data="h:1")]])
    sent = await peer.send_message(person, "Переказати <b>10,00</b>?", parse_mode="HTML", reply_markup=keyboard)
    assert (sent.text, sent.chat.id) == ("Переказати 10,00?", person)
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == keyboard.model_dump()
    assert sent.entities is not None
    assert (sent.entities[0].type, sent.entities[0].offset, sent.entities[0].length) == ("bold", 11, 5)
    edited = await peer.edit_message_text("Готово", chat_id=person, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("Готово", None)
    assert await peer.delete_message(person, sent.message_id)
    assert await peer.send_chat_action(person, "typing")
    asked = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Мій номер", request_contact=True)]])
    await peer.send_message(person, "Номер?", reply_markup=asked)
    items = await messengers.chat("telegram", person)
    assert [(item["text"], item["deleted"], item["ask_contact"]) for item in items[1:]] == [
        ("Готово", True, False),
        ("Номер?", False, True),
    ]


async def test_it_sends_pictures_and_documents(messengers: Messengers, peer: Bot, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    content = picture(120, 80)
    sent = await peer.send_photo(person, BufferedInputFile(content, "receipt.png"), caption="Квитанція")
    assert sent.photo is not None
    assert (sent.photo[-1].width, sent.photo[-1].file_size) == (120, len(content))
    file = await peer.get_file(sent.photo[-1].file_id)
    downloaded = await peer.download_file(str(file.file_path))
    assert downloaded is not None
    assert downloaded.read() == content
    document = await peer.send_document(person, BufferedInputFile(b"%PDF-1.7", "виписка.pdf"))
    assert document.document is not None
    assert document.document.file_name == "виписка.pdf"


async def test_it_answers_a_pressed_button(messengers: Messengers, peer: Bot, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    keyboard = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="Так", callback_data="h:1")]])
    await peer.send_message(person, "Так?", reply_markup=keyboard)
    pressed = await messengers.control("telegram/press", user=person, label="Так")
    assert await peer.answer_callback_query(pressed["callback_query_id"], text="Готово")
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await peer.answer_callback_query("44")


async def test_it_understands_every_fault(messengers: Messengers, peer: Bot, bot: BotServer) -> None:
    person = await messengers.telegram_person(bot)
    for fault, expected in (
        ("http_500", TelegramServerError),
        ("rate_limit", TelegramRetryAfter),
        ("blocked", TelegramForbiddenError),
        ("garbage", ClientDecodeError),
        ("drop", TelegramNetworkError),
    ):
        await messengers.control("telegram/faults", fault=fault, method="sendMessage", retry_after=7)
        with pytest.raises(expected) as raised:
            await peer.send_message(person, fault)
        if isinstance(raised.value, TelegramRetryAfter):
            assert raised.value.retry_after == 7
    shown = [item["text"] for item in await messengers.chat("telegram", person) if item["from"] == "bot"]
    assert shown == ["drop"]


async def test_a_foreign_token_is_told_so(messengers: Messengers) -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(f"{messengers.url}/telegram"))
    async with Bot("700000002:a-token-of-another-bot-altogether-x", session=session) as stranger:
        with pytest.raises(TelegramUnauthorizedError):
            await stranger.get_me()
