"""Viber signs the raw body and sends the signature in a header, in the query, or in both."""

from __future__ import annotations

import json

import pytest

from core.messages.channels import SignatureRefused
from tests.channels.platforms import VIBER, as_json

BODY = as_json(VIBER.text("Так / ні"))
HEADER = VIBER.proof(BODY)
SIGNATURE = HEADER[0][1].decode()
CHANNEL = VIBER.channel()


def test_the_signature_in_the_query_alone_is_enough() -> None:
    CHANNEL.verify([], {"sig": SIGNATURE}, BODY)


def test_the_signature_in_both_places_is_accepted() -> None:
    CHANNEL.verify(HEADER, {"sig": SIGNATURE}, BODY)


@pytest.mark.parametrize("other", ["", "0" * 64, "підпис", "\ud83d", SIGNATURE.upper()])
def test_a_wrong_signature_in_the_query_is_refused_with_and_without_a_right_header(other: str) -> None:
    for headers in ([], HEADER):
        with pytest.raises(SignatureRefused):
            CHANNEL.verify(headers, {"sig": other}, BODY)


def test_the_same_json_written_otherwise_is_refused() -> None:
    rewritten = json.dumps(json.loads(BODY), ensure_ascii=False).encode()
    with pytest.raises(SignatureRefused):
        CHANNEL.verify(HEADER, {}, rewritten)


def test_a_body_with_one_more_space_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        CHANNEL.verify(HEADER, {}, BODY + b" ")
