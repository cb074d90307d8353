from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from imagegen.studio import Studio

Open = Callable[[bytes], Image.Image]


@pytest.fixture(scope="session")
def studio() -> Iterator[Studio]:
    studio = Studio()
    yield studio
    studio.close()


@pytest.fixture
def receipt(studio: Studio) -> dict[str, str]:
    return studio.example("receipt")


@pytest.fixture(scope="session")
def opened() -> Open:
    """Reads a PNG with Pillow, checksums included, as RGB."""

    def read(png: bytes) -> Image.Image:
        Image.open(io.BytesIO(png)).verify()
        return Image.open(io.BytesIO(png)).convert("RGB")

    return read


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str], Path]:
    """A folder with one template `card.yaml` of the given text."""

    def write(text: str) -> Path:
        (tmp_path / "card.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write
