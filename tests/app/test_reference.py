"""Generated pages are current."""

from __future__ import annotations

from pathlib import Path

from app.settings import reference

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_settings_is_current() -> None:
    assert (DOCS / "settings.md").read_text() == reference(), "run: make docs"
