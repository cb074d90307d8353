"""Updates as Telegram writes them (core.telegram.org/bots/api, "Update"). Pure: who, when and what in, JSON out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final

from simulators.messengers.telegram.texts import utf16_length

_COMMAND: Final = re.compile(r"^/[A-Za-z0-9_]{1,32}(?:@[A-Za-z0-9_]+)?(?=\s|$)")


@dataclass
class Person:
    """`id` has up to 52 bits. `started`: there is a chat. `blocked`: the person blocked the bot."""

    id: int
    name: str
    lang: str
    phone: str
    started: bool = False
    blocked: bool = False

    def user(self) -> dict[str, Any]:
        language = {"language_code": self.lang} if self.lang else {}
        return {"id": self.id, "is_bot": False, "first_name": self.name, **language}

    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.name}


def message(person: Person, message_id: int, date: int, content: dict[str, Any]) -> dict[str, Any]:
    """A message of a person in the private chat with the bot."""
    return {"message_id": message_id, "from": person.user(), "chat": person.chat(), "date": date, **content}


def text_content(text: str) -> dict[str, Any]:
    command = _COMMAND.match(text)
    if command is None:
        return {"text": text}
    entity = {"type": "bot_command", "offset": 0, "length": utf16_length(command.group())}
    return {"text": text, "entities": [entity]}


def contact_content(phone: str, name: str, user_id: int | None) -> dict[str, Any]:
    owner = {} if user_id is None else {"user_id": user_id}
    return {"contact": {"phone_number": phone, "first_name": name, **owner}}


def callback_query(person: Person, query_id: str, shown: dict[str, Any], data: str) -> dict[str, Any]:
    chat_instance = str(-(person.id * 7919))
    return {"id": query_id, "from": person.user(), "message": shown, "chat_instance": chat_instance, "data": data}


def membership(person: Person, bot: dict[str, Any], date: int, *, blocked: bool) -> dict[str, Any]:
    """`my_chat_member`: the person blocked or unblocked the bot."""
    kicked, member = {"user": bot, "status": "kicked", "until_date": 0}, {"user": bot, "status": "member"}
    return {
        "chat": person.chat(),
        "from": person.user(),
        "date": date,
        "old_chat_member": member if blocked else kicked,
        "new_chat_member": kicked if blocked else member,
    }


def encode(update: dict[str, Any], *, escaped: bool) -> bytes:
    """Compact JSON; `escaped` writes every letter outside ASCII as `\\u....`."""
    return json.dumps(update, ensure_ascii=escaped, separators=(",", ":")).encode()
