"""Ids, the clock and the root of the errors."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.clock import ManualClock, SystemClock, moment
from core.kernel.errors import ConfigurationError, TellerError, ValidationFailed, where
from core.kernel.ids import derived_id, random_id

LETTERS = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_a_random_id_is_its_kind_and_26_letters_that_nobody_confuses() -> None:
    ids = {random_id("op") for _ in range(1000)}
    assert len(ids) == 1000
    assert all(one.startswith("op_") and len(one) == 29 and set(one[3:]) <= LETTERS for one in ids)


@given(length=st.integers(1, 51), parts=st.lists(st.text(max_size=8) | st.integers(), max_size=5))
def test_law_a_derived_id_depends_on_nothing_but_its_parts(length: int, parts: list[object]) -> None:
    one = derived_id(length, *parts)
    assert one == derived_id(length, *parts)
    assert len(one) == length
    assert set(one) <= LETTERS
    assert one != derived_id(length, *parts, "more") or length < 4


def test_derived_ids_tell_parts_and_their_order_apart() -> None:
    assert len({derived_id(20, *parts) for parts in [("a", "b"), ("b", "a"), ("ab",), ("a", "b", ""), ("a", 1)]}) == 5


@given(st.integers(0, 4_102_444_800_000))
def test_law_a_moment_is_exact_to_the_millisecond(milliseconds: int) -> None:
    there = moment(milliseconds)
    assert there.tzinfo is UTC
    assert (there - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1) == milliseconds


def test_a_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(1_000)
    assert (clock.now_ms(), clock.now_ms()) == (1_000, 1_000)
    clock.advance(250)
    assert clock.now_ms() == 1_250


def test_the_system_clock_is_in_milliseconds_of_utc() -> None:
    before = datetime.now(UTC)
    now = moment(SystemClock().now_ms())
    assert before - timedelta(milliseconds=1) <= now <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (TellerError, "internal", 500),
        (ConfigurationError, "configuration", 500),
        (ValidationFailed, "validation_failed", 400),
    ],
)
def test_every_error_has_a_code_a_status_and_a_text_id(error: type[TellerError], code: str, status: int) -> None:
    raised = error("what and where", field="amount")
    assert (raised.code, raised.http_status, raised.text_id) == (code, status, f"error.{code}")
    assert (raised.detail, raised.context, raised.retryable) == ("what and where", {"field": "amount"}, False)


def _inner(secret: str) -> None:
    raise ValueError(secret)


def test_where_tells_the_way_to_an_error_and_nothing_it_carried() -> None:
    with pytest.raises(ValueError, match="4149") as caught:
        _inner("4149 4999 1234 5675")
    way = where(caught.value)
    assert way[-1].startswith("test_ids_clock_errors.py:")
    assert way[-1].endswith(" _inner")
    assert "4149" not in "".join(way)


def test_where_of_a_deep_error_keeps_its_end() -> None:
    def fall(depth: int) -> None:
        if depth == 0:
            raise KeyError
        fall(depth - 1)

    with pytest.raises(KeyError) as caught:
        fall(50)
    assert len(where(caught.value)) == 12
    assert where(ValueError("never raised")) == []
