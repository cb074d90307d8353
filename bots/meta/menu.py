"""The words of the menus that stay under every chat: a command or a menu item that the engine understands."""

from __future__ import annotations

from typing import Final

COMMANDS: Final[dict[str, dict[str, str]]] = {
    "menu": {"uk": "Меню", "ru": "Меню", "be": "Меню", "en": "Menu"},
    "help": {"uk": "Допомога", "ru": "Помощь", "be": "Дапамога", "en": "Help"},
    "operator": {"uk": "Оператор", "ru": "Оператор", "be": "Аператар", "en": "Operator"},
}
