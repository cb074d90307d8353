"""The dialog of the benchmark: four steps of the shipped flows that need no bank, and what each must bring."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

from core.kernel.errors import TellerError


class WrongReply(TellerError):
    """The bot said something else than the shipped flows do at this step, or wrote to somebody who had not asked."""

    code = "wrong_reply"


class Button(msgspec.Struct, frozen=True):
    text: str
    callback_data: str = ""


class Keyboard(msgspec.Struct, frozen=True, omit_defaults=True):
    inline_keyboard: list[list[Button]] = []


class Sent(msgspec.Struct, frozen=True):
    """What the benchmark looks at in the body of `sendMessage`. Source: https://core.telegram.org/bots/api#sendmessage"""

    chat_id: int
    text: str
    reply_markup: Keyboard


class Step(NamedTuple):
    """The customer writes `says`; the bot must answer with exactly this text and these buttons."""

    says: str
    text: str
    buttons: tuple[str, ...]


_MENU_UK: Final = ("Баланс", "Переказати гроші", "Мова", "Покликати людину")
_MENU_EN: Final = ("Balance", "Send money", "Language", "Call a person")
_WELCOME: Final = (
    "Вітаю! Я Teller — банк просто в чаті. Я бот: покажу залишок і надішлю гроші, а якщо треба — покличу людину."
)
_HELP: Final = (
    "At any moment you can write:\n“menu” — everything I can do\n“back” — to the question before\n"
    "“cancel” — to stop\n“operator” — to call a person"
)
DIALOG: Final = (
    Step("/start", f"{_WELCOME}\n\nЧим допомогти?", _MENU_UK),
    Step("Мова", "Якою мовою говоримо?", ("Українська", "Русский", "Беларуская", "English")),
    Step("English", "All right, English it is.\n\nHow can I help?", _MENU_EN),
    Step("help", f"{_HELP}\n\nHow can I help?", _MENU_EN),
)


def update(step: Step, number: int, chat: int, date: int) -> bytes:
    """The JSON of an `Update` as Telegram sends it when the person of this private chat writes the step's words.

    `date` in seconds. Source: https://core.telegram.org/bots/api#update
    """
    message = {
        "message_id": number,
        "from": {
            "id": chat, "is_bot": False, "first_name": "Олена", "username": f"olena{chat}", "language_code": "uk",
        },
        "chat": {"id": chat, "first_name": "Олена", "username": f"olena{chat}", "type": "private"},
        "date": date,
        "text": step.says,
    }  # fmt: skip
    if step.says.startswith("/"):
        message["entities"] = [{"offset": 0, "length": len(step.says), "type": "bot_command"}]
    return msgspec.json.encode({"update_id": number, "message": message})


def reply_to(step: Step, chat: int) -> bytes:
    """The body of the `sendMessage` that answers the step, for the responder that is no bot."""
    rows = [[Button(label, f"b:00000000.{index}")] for index, label in enumerate(step.buttons)]
    return msgspec.json.encode(Sent(chat, step.text, Keyboard(rows)))


def check(step: Step, sent: Sent) -> None:
    """Raise `WrongReply` unless the message is the step's answer, whole."""
    buttons = tuple(button.text for row in sent.reply_markup.inline_keyboard for button in row)
    if sent.text != step.text or buttons != step.buttons:
        raise WrongReply(
            f"to {step.says!r} the bot must say {step.text!r} {list(step.buttons)}, "
            f"and it said {sent.text!r} {list(buttons)}"
        )
