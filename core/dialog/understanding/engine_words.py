"""Words that the engine itself answers at every wait, in all four languages, with a slip, and as commands."""

from __future__ import annotations

import re
from typing import Final

from core.dialog.understanding.normal import normalise, words_of
from core.dialog.understanding.similarity import is_one_slip, only

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
    "cancel": ("скасувати все", "скасуй це", "отмени это", "отменить все", "адмяніць усё", "cancel it", "never mind"),
    "back": ("крок назад", "шаг назад", "крок таму", "go back", "step back"),
    "help": ("допоможи мені", "помоги мне", "дапамажы мне", "help me", "що ти вмієш", "что ты умеешь", "што ты ўмееш"),
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
    "menu": (
        "головне меню",
        "главное меню",
        "галоўнае меню",
        "main menu",
        "покажи меню",
        "відкрий меню",
        "открой меню",
        "адкрый меню",
        "show menu",
        "show the menu",
    ),
}
_MEANING: Final = {
    words_of(spelling): word
    for word, spellings in _WORDS.items()
    for spelling in (*spellings.split(), *_SENTENCES.get(word, ()))
} | {"аператар": "operator", "аператара": "operator"}
_SHORTEST_SLIP: Final = 6
# Shorter words are one letter away from too many others, but nobody writes anything else so near to this one.
_LONG_ENOUGH: Final = {
    spelling: word for spelling, word in _MEANING.items() if len(spelling) >= _SHORTEST_SLIP or spelling == "назад"
}
# By their length: a slip makes a text longer or shorter by one letter at most.
_BY_LENGTH: Final = {
    length: [(spelling, word) for spelling, word in _LONG_ENOUGH.items() if abs(len(spelling) - length) <= 1]
    for length in range(max(map(len, _LONG_ENOUGH)) + 2)
}
ENGINE_WORDS: Final = frozenset(_MEANING)
_COMMAND: Final = re.compile(r"/([a-z]{1,20})(?:@\w{1,64})?")


def spellings() -> dict[str, list[str]]:
    """Each word of the engine with everything that means it."""
    return {word: sorted(one for one, meant in _MEANING.items() if meant == word) for word in _WORDS}


def engine_word(text: str) -> str | None:
    """`cancel`, `back`, `help`, `operator` or `menu`, when the whole message is such a word or its command."""
    command = _COMMAND.fullmatch(normalise(text))
    if command:
        return command.group(1) if command.group(1) in _WORDS else None
    return _MEANING.get(words_of(text))


def near_engine_word(text: str) -> str | None:
    """The same for words with one slip: a letter left out, added, changed, or two that changed places.

    Only for what nothing else understood: a word of the engine must not take the place of an answer.
    """
    words = words_of(text)
    near = _BY_LENGTH.get(len(words), ())
    return only(meaning for spelling, meaning in near if is_one_slip(words, spelling))
