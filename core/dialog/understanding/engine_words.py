"""Words that the engine itself answers at every wait, in all four languages and as commands."""

from __future__ import annotations

import re
from typing import Final

from core.dialog.understanding.normal import normalise, words_of

_WORDS: Final = {
    "cancel": "скасувати скасуй скасуйте відміна відмінити відміни стоп стій припинити"
    " отмена отменить отмени отмените прекратить хватит"
    " адмяніць адмена адмяні скасаваць спыніць cancel stop abort quit",
    "back": "назад повернутися повернись вернуться вернись вярнуцца back",
    "help": "допомога допоможи допоможіть довідка помощь помоги помогите справка"
    " дапамога дапамажы дапамажыце даведка help",
    "operator": "оператор оператора людина человек чалавек operator agent human support",
    "menu": "меню menu",
}
_SENTENCES: Final = {
    "back": ("крок назад", "шаг назад", "go back", "step back"),
    "operator": (
        "покличте оператора",
        "з'єднайте з оператором",
        "позовите оператора",
        "соедините с оператором",
        "паклічце аператара",
        "жива людина",
        "живой человек",
        "talk to a human",
        "talk to an agent",
        "call an operator",
    ),
    "menu": ("головне меню", "главное меню", "галоўнае меню", "main menu"),
}
_MEANING: Final = {
    words_of(spelling): word
    for word, spellings in _WORDS.items()
    for spelling in (*spellings.split(), *_SENTENCES.get(word, ()))
} | {"аператар": "operator", "аператара": "operator"}
_COMMAND: Final = re.compile(r"/([a-z]{1,20})(?:@\w{1,64})?")


def engine_word(text: str) -> str | None:
    """`cancel`, `back`, `help`, `operator` or `menu`, when the whole message is such a word or its command."""
    command = _COMMAND.fullmatch(normalise(text))
    if command:
        return command.group(1) if command.group(1) in _WORDS else None
    return _MEANING.get(words_of(text))
