"""The shipped fonts have every letter the bank writes, and their licence lies beside them."""

from __future__ import annotations

import hashlib

import pytest

from imagegen.fonts import FILES, FOLDER, font
from imagegen.load import load_folder
from imagegen.studio import TEMPLATES

UKRAINIAN = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"
RUSSIAN = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
BELARUSIAN = "абвгдеёжзійклмнопрстуўфхцчшыьэюя"
ENGLISH = "abcdefghijklmnopqrstuvwxyz"
NEIGHBOURS = "ąćęłńóśźżäöüßéèáíőűčďěňřšťůžșțğış"
SIGNS = "0123456789₴€$£¥•·…—–-−'’ʼ\"«»„“”()[]/\\№#%&@*+=.,:;!?…×"
NEEDED = "".join(letters + letters.upper() for letters in (UKRAINIAN, RUSSIAN, BELARUSIAN, ENGLISH, NEIGHBOURS)) + SIGNS
NO_CHARACTER = "\U0010fffe"


def glyph(name: str, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font(name, 40).getmask(letter)
    return mask.size, bytes(mask)


@pytest.mark.parametrize("name", FILES)
def test_every_letter_and_sign_has_a_glyph(name: str) -> None:
    empty_box = glyph(name, NO_CHARACTER)
    assert [letter for letter in NEEDED if glyph(name, letter) == empty_box] == []


@pytest.mark.parametrize("name", FILES)
def test_spaces_of_sums_are_empty_and_have_a_width(name: str) -> None:
    for space in (" ", "\u00a0", "\u202f", "\u2009"):
        assert not any(glyph(name, space)[1])
        assert font(name, 40).getlength(space) > 0


def test_every_text_of_every_template_can_be_written() -> None:
    texts = [
        text for loaded in load_folder(TEMPLATES) for label in loaded.template.texts.values() for text in label.values()
    ]
    letters = set("".join(texts))
    assert letters - {" "} <= {
        letter for letter in letters if glyph("regular", letter) != glyph("regular", NO_CHARACTER)
    }


def test_the_licence_and_the_sums_of_the_files_lie_beside_them() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text(encoding="utf-8")
    notes = (FOLDER / "README.md").read_text(encoding="utf-8")
    for file in FILES.values():
        assert f"{file} | {hashlib.sha256((FOLDER / file).read_bytes()).hexdigest()}" in notes


def test_the_fonts_are_light_enough_to_ship() -> None:
    assert sum((FOLDER / file).stat().st_size for file in FILES.values()) < 2_000_000
