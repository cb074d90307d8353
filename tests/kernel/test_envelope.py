"""Envelopes open in their own place, with their own key, unaltered; anything else is one typed error."""

from __future__ import annotations

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.envelope import EnvelopeError, Keyring
from core.kernel.errors import ConfigurationError

PLACE = ("customer", "phone", "cust_1")
OLD, NEW = b"o" * 32, b"n" * 32
SIGNS = string.ascii_letters + string.digits + "-_=.+/ \n²Ж"
keyring = Keyring({1: OLD})


@given(plain=st.binary(max_size=200), place=st.lists(st.text(max_size=10), max_size=4))
def test_law_what_was_sealed_opens_in_its_place(plain: bytes, place: list[str]) -> None:
    envelope = keyring.seal(plain, *place)
    assert re.fullmatch(r"v1\.[A-Za-z0-9_-]+={0,2}", envelope)
    assert keyring.open(envelope, *place) == plain


@given(
    mine=st.lists(st.text("ab\x1f/", max_size=3), max_size=4),
    other=st.lists(st.text("ab\x1f/", max_size=3), max_size=4),
)
def test_law_in_another_place_it_does_not_open(mine: list[str], other: list[str]) -> None:
    envelope = keyring.seal(b"x", *mine)
    if mine == other:
        assert keyring.open(envelope, *other) == b"x"
    else:
        with pytest.raises(EnvelopeError):
            keyring.open(envelope, *other)


@pytest.mark.parametrize(
    "place", [("binding", "phone", "cust_1"), ("customer", "name", "cust_1"), ("customer", "phone", "cust_2")]
)
def test_another_table_column_or_row_does_not_open_it(place: tuple[str, ...]) -> None:
    with pytest.raises(EnvelopeError, match="altered or belongs elsewhere"):
        keyring.open(keyring.seal(b"+380671110001", *PLACE), *place)


@given(plain=st.binary(max_size=40), share=st.floats(0, 1, exclude_max=True), step=st.integers(1, len(SIGNS) - 1))
def test_law_no_single_sign_of_it_can_be_changed(plain: bytes, share: float, step: int) -> None:
    envelope = keyring.seal(plain, *PLACE)
    place = int(share * len(envelope))
    other = SIGNS[(SIGNS.find(envelope[place]) + step) % len(SIGNS)]
    assert other != envelope[place]
    with pytest.raises(EnvelopeError):
        keyring.open(envelope[:place] + other + envelope[place + 1 :], *PLACE)


@given(st.text(max_size=60) | st.from_regex(r"v[0-9²]{1,5}\.[A-Za-z0-9_=-]{0,60}", fullmatch=True))
def test_law_garbage_is_a_typed_error(garbage: str) -> None:
    with pytest.raises(EnvelopeError):
        keyring.open(garbage, *PLACE)


@pytest.mark.parametrize(
    "garbage", ["v².QUFB", "v1.", "v1", "v" + "9" * 5000 + ".QUFB", "v1.QUFB\n", "v-1.QUFB", "v1.AAAA" * 3]
)
def test_forms_that_nearly_look_right_are_refused(garbage: str) -> None:
    with pytest.raises(EnvelopeError):
        keyring.open(garbage, *PLACE)


def test_the_same_value_never_looks_the_same_twice() -> None:
    assert len({keyring.seal(b"+380671110001", *PLACE) for _ in range(50)}) == 50


def test_an_old_key_still_opens_and_the_newest_seals() -> None:
    old = keyring.seal(b"x", *PLACE)
    rotated = Keyring({1: OLD, 2: NEW})
    assert rotated.open(old, *PLACE) == b"x"
    assert rotated.seal(b"x", *PLACE).startswith("v2.")


def test_a_key_that_is_gone_is_named() -> None:
    with pytest.raises(EnvelopeError, match="key version 2"):
        keyring.open(Keyring({2: NEW}).seal(b"x", *PLACE), *PLACE)


def test_the_right_version_with_another_key_does_not_open() -> None:
    with pytest.raises(EnvelopeError):
        Keyring({1: NEW}).open(keyring.seal(b"x", *PLACE), *PLACE)


@pytest.mark.parametrize("keys", [{}, {1: b"short"}, {1: OLD, 2: b"x" * 33}])
def test_a_keyring_needs_keys_of_32_bytes(keys: dict[int, bytes]) -> None:
    with pytest.raises(ConfigurationError, match="32 bytes"):
        Keyring(keys)


def test_a_master_secret_gives_the_same_keys_every_time_and_must_be_long() -> None:
    envelope = Keyring.from_secret("a secret of some length").seal(b"x", *PLACE)
    assert Keyring.from_secret("a secret of some length").open(envelope, *PLACE) == b"x"
    with pytest.raises(ConfigurationError, match="16 characters"):
        Keyring.from_secret("too short")


def test_neither_a_keyring_nor_its_errors_show_keys_or_contents() -> None:
    shown = repr(keyring)
    with pytest.raises(EnvelopeError) as caught:
        keyring.open(keyring.seal(b"+380671110001", *PLACE)[:-4] + "AAAA", *PLACE)
    assert "oooo" not in shown
    assert "+380671110001" not in f"{caught.value!r} {caught.value.__cause__!r}"
