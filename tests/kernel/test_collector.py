"""The collector rests while flows are read, and works again afterwards."""

from __future__ import annotations

import gc

import pytest

from core.kernel.collector import paused_collector


def test_the_collector_rests_inside_and_works_again_afterwards() -> None:
    with paused_collector():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_it_works_again_after_an_error() -> None:
    with pytest.raises(LookupError), paused_collector():
        raise LookupError

    assert gc.isenabled()


def test_the_inner_of_two_leaves_it_to_the_outer_one() -> None:
    with paused_collector():
        with paused_collector():
            pass
        assert not gc.isenabled()

    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with paused_collector():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
