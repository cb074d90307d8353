"""Telephone numbers as platforms send them."""

from __future__ import annotations

import pytest

from bots.phone import e164


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("380501112233", "+380501112233"),
        ("+380 50 111-22-33", "+380501112233"),
        ("+375291112233", "+375291112233"),
        (" 48501112233 ", "+48501112233"),
        ("+15550100123", "+15550100123"),
        ("0501112233", "0501112233"),
        ("8 800 555 35 35", "8 800 555 35 35"),
        ("+999", "+999"),
        ("+0501112233", "+0501112233"),
        ("call me", "call me"),
        ("", ""),
        ("9" * 500, "9" * 64),
    ],
)
def test_a_number_becomes_e164_or_stays_as_received(received: str, expected: str) -> None:
    assert e164(received) == expected
