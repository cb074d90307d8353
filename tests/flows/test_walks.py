"""Walks by chance over the bank's own flows find nothing, as every channel shows them."""

from __future__ import annotations

import pytest

from app.channel_looks import LOOKS
from core.dialog.flowtest.looks import Look
from core.dialog.flowtest.walk.hunt import hunt
from tests.dialog_hardening.test_any_events import programs


@pytest.mark.parametrize("look", LOOKS, ids=[look.name for look in LOOKS])
def test_walks_find_nothing(look: Look) -> None:
    made = hunt(programs(), look, turns=1_500, seed=11)

    assert [(walked.finding, walked.path.as_test("found", look.name)) for walked in made.found] == []
    assert made.walks > 10
