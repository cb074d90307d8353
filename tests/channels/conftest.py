"""Every test that asks for `platform` runs once per channel."""

from __future__ import annotations

import pytest

from tests.channels.platforms import PLATFORMS, Platform


@pytest.fixture(params=PLATFORMS, ids=lambda platform: platform.name)
def platform(request: pytest.FixtureRequest) -> Platform:
    chosen: Platform = request.param
    return chosen
