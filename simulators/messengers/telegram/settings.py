"""The methods around the chat: the bot itself, its webhook, commands, menu, button answers and files."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from simulators.messengers.telegram.body import Call
from simulators.messengers.telegram.fields import CHAT_ACTIONS, MENU_BUTTONS, SCOPES
from simulators.messengers.telegram.refusal import bad_request
from simulators.messengers.telegram.state import State

COMMANDS_MAX: Final = 100
DESCRIPTION_MAX: Final = 256
NOTICE_MAX: Final = 200

_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE: Final = re.compile(r"[a-z]{2}")


async def get_me(state: State, _: Call) -> dict[str, Any]:
    can = {"can_join_groups": False, "can_read_all_group_messages": False, "supports_inline_queries": False}
    return state.bot() | can


async def get_updates(state: State, call: Call) -> list[dict[str, Any]]:
    return state.webhook.fetch(call.fields)


async def get_webhook_info(state: State, _: Call) -> dict[str, Any]:
    return state.webhook.info()


async def answer_callback_query(state: State, call: Call) -> bool:
    asked_at = state.callbacks.get(call.fields["callback_query_id"])
    if asked_at is None or state.context.clock.now() - asked_at > state.context.options.callback_ttl_s:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(call.fields.get("text", "")) > NOTICE_MAX:
        raise bad_request("MESSAGE_TOO_LONG")
    return True


async def send_chat_action(state: State, call: Call) -> bool:
    state.chat(call.fields["chat_id"])
    if call.fields["action"] not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    return True


def _variant(value: dict[str, Any], variants: dict[str, frozenset[str]], name: str) -> None:
    needed = variants.get(value["type"])
    if needed is None or value.keys() - {"type"} != needed:
        raise bad_request(f"can't parse {name}")


def _scope_key(fields: dict[str, Any]) -> tuple[str, str]:
    scope = fields.get("scope", {"type": "default"})
    _variant(scope, SCOPES, "BotCommandScope")
    language = fields.get("language_code", "")
    if language and not _LANGUAGE.fullmatch(language):
        raise bad_request("invalid language code specified")
    return json.dumps(scope, sort_keys=True), language


async def set_my_commands(state: State, call: Call) -> bool:
    commands = call.fields["commands"]
    if len(commands) > COMMANDS_MAX:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for entry in commands:
        if not _COMMAND.fullmatch(entry["command"].removeprefix("/")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(entry["description"]) <= DESCRIPTION_MAX:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    state.commands[_scope_key(call.fields)] = commands
    return True


async def get_my_commands(state: State, call: Call) -> list[dict[str, Any]]:
    return state.commands.get(_scope_key(call.fields), [])


async def set_chat_menu_button(state: State, call: Call) -> bool:
    chat = call.fields.get("chat_id", 0)
    if chat:
        state.chat(chat)
    button = call.fields.get("menu_button", {"type": "default"})
    _variant(button, MENU_BUTTONS, "MenuButton")
    if button["type"] == "web_app" and not button["web_app"]["url"].startswith("https://"):
        raise bad_request("menu button web app URL is invalid: Only HTTPS links are allowed")
    state.menu_buttons[chat] = button
    return True


async def get_file(state: State, call: Call) -> dict[str, Any]:
    file = state.files.find(call.fields["file_id"])
    if file is None:
        raise bad_request("invalid file_id")
    return file.as_json() | {"file_path": file.path}
