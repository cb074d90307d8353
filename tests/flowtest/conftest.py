"""A folder of flows that a test may change."""

from __future__ import annotations

from tests.dialog.conftest import folder

__all__ = ["folder"]
