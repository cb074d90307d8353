"""What every channel must do with what comes in, whatever the messenger."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from bots.webhook import BODY_BYTES_MAX
from core.dialog.contracts import InboundEvent
from core.messages.channels import SignatureRefused, Unreadable
from tests.channels.platforms import HUGE_ID, Platform, as_json


def only(platform: Platform, payload: Any) -> InboundEvent:
    events = platform.channel().read(payload if isinstance(payload, bytes) else as_json(payload))
    assert len(events) == 1
    return events[0]


def test_a_webhook_with_the_right_proof_is_accepted(platform: Platform) -> None:
    body = as_json(platform.text("Баланс"))
    platform.channel().verify(platform.proof(body), {}, body)


def test_a_webhook_without_any_proof_is_refused(platform: Platform) -> None:
    with pytest.raises(SignatureRefused):
        platform.channel().verify([(b"content-type", b"application/json")], {}, b"{}")


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda value: value[:-1], id="shortened"),
        pytest.param(lambda value: value + b"0", id="lengthened"),
        pytest.param(lambda value: b"", id="empty"),
        pytest.param(lambda value: value.swapcase(), id="other letter case"),
        pytest.param(lambda value: "пароль".encode(), id="not ASCII"),
        pytest.param(lambda value: b"\xff\xfe", id="not UTF-8"),
    ],
)
def test_an_altered_proof_is_refused(platform: Platform, alter: Any) -> None:
    body = as_json(platform.text("Баланс"))
    [(name, value)] = platform.proof(body)
    with pytest.raises(SignatureRefused):
        platform.channel().verify([(name, alter(value))], {}, body)


def test_a_proof_that_came_twice_is_refused(platform: Platform) -> None:
    body = as_json(platform.text("Баланс"))
    with pytest.raises(SignatureRefused):
        platform.channel().verify(platform.proof(body) * 2, {}, body)


def test_a_refusal_names_no_secret(platform: Platform) -> None:
    with pytest.raises(SignatureRefused) as refused:
        platform.channel().verify([], {}, b"{}")
    assert not any(secret in str(refused.value) for secret in platform.secrets)


def test_a_text_becomes_an_event_that_wants_an_answer(platform: Platform) -> None:
    event = only(platform, platform.text("Баланс"))
    assert (event.channel, event.kind, event.text, event.lang) == (platform.name, "text", "Баланс", platform.lang)
    assert event.should_reply
    assert event.conversation == event.user != ""
    assert 1763700000000 <= event.sent_at <= 1763700000123


def test_the_same_event_delivered_again_has_the_same_key(platform: Platform) -> None:
    compact = json.dumps(platform.text("Баланс"), separators=(",", ":"), ensure_ascii=False).encode()
    assert only(platform, platform.text("Баланс")) == only(platform, compact)


def test_two_events_have_two_keys(platform: Platform) -> None:
    first, second = only(platform, platform.text("Так", 71)), only(platform, platform.text("Так", 72))
    assert first.dedupe_key != second.dedupe_key


def test_an_unknown_event_is_ignored_even_if_its_parts_have_other_shapes(platform: Platform) -> None:
    event = only(platform, platform.unknown())
    assert (event.kind, event.should_reply) == ("ignored", False)
    assert event.dedupe_key


def test_a_group_is_ignored(platform: Platform) -> None:
    payload = platform.group_text("Баланс")
    if payload is None:
        assert platform.name == "messenger"
        return
    event = only(platform, payload)
    assert (event.kind, event.should_reply, event.text) == ("ignored", False, "")


def test_a_block_is_told_and_not_answered(platform: Platform) -> None:
    payload = platform.blocked()
    if payload is None:
        assert platform.name in ("whatsapp", "messenger")
        return
    event = only(platform, payload)
    assert (event.kind, event.should_reply) == ("blocked", False)
    assert event.user == only(platform, platform.text("a")).user


def test_ids_beyond_the_floats_stay_exact(platform: Platform) -> None:
    event = only(platform, platform.huge_id())
    assert str(HUGE_ID) in (event.user, event.message_id)


def test_nul_is_dropped_and_the_rest_of_the_text_stays(platform: Platform) -> None:
    text = "Ба\u0000ланс \\u0000 👨‍👩‍👧 \u200fעברית\u200e"
    assert only(platform, platform.text(text)).text == text.replace("\u0000", "")


def test_half_a_surrogate_pair_becomes_the_replacement_sign(platform: Platform) -> None:
    payload = as_json(platform.text("A@B")).replace(b"A@B", rb"A\ud83dB \udc00\ud83d\ude00 \\ud83d")
    text = only(platform, payload).text
    assert text == "A\ufffdB \ufffd😀 \\ud83d"
    assert text.encode()


@pytest.mark.parametrize("text", ["\u200b\u2060\ufeff", " \u00a0\t\n", "\u3164", "\u2800\u200d", "\u0000"])
def test_a_text_of_nothing_visible_counts_as_empty(platform: Platform, text: str) -> None:
    event = only(platform, platform.text(text))
    assert (event.kind, event.text) == ("text", "")


def test_an_own_contact_is_trusted_as_far_as_the_messenger_proves_it(platform: Platform) -> None:
    event = only(platform, platform.own_contact())
    assert event.kind == "contact"
    assert event.contact is not None
    assert (event.contact.phone, event.contact.proof) == ("+380501112233", platform.own_contact_proof)
    assert event.contact.trusted is platform.channel().abilities.proves_contact


def test_a_foreign_contact_is_never_trusted(platform: Platform) -> None:
    payload = platform.foreign_contact()
    if payload is None:
        assert platform.name == "messenger"
        return
    contact = only(platform, payload).contact
    assert contact is not None
    assert (contact.phone, contact.name, contact.trusted) == ("+380671112233", "Мама", False)


def test_a_body_of_wrong_types_goes_to_quarantine(platform: Platform) -> None:
    for body in platform.bad_types():
        with pytest.raises(Unreadable):
            platform.channel().read(body)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"7", b'"text"', b"{", b"\xff\xfe{}", b"{'a': 1}", b'{"a":' * 100_000, b"[" * 100_000],
    ids=lambda body: repr(body[:12]),
)
def test_bytes_that_are_no_webhook_go_to_quarantine(platform: Platform, body: bytes) -> None:
    with pytest.raises(Unreadable):
        platform.channel().read(body)


def test_half_a_surrogate_pair_in_a_broken_body_goes_to_quarantine(platform: Platform) -> None:
    with pytest.raises(Unreadable):
        platform.channel().read(rb'{"text":"\ud83d')


def test_deep_nesting_in_a_field_that_nobody_reads_goes_to_quarantine(platform: Platform) -> None:
    body = as_json(platform.text("Баланс"))
    with pytest.raises(Unreadable):
        platform.channel().read(body[:-1] + b',"deep":' + b"[" * 50_000 + b"]" * 50_000 + b"}")


def test_a_body_above_the_bound_goes_to_quarantine(platform: Platform) -> None:
    with pytest.raises(Unreadable, match="at most"):
        platform.channel().read(b" " * (BODY_BYTES_MAX + 1))


def test_quarantine_quotes_nothing_that_a_person_wrote(platform: Platform) -> None:
    payload = as_json(platform.text("4441114456780000")).replace(b'"4441114456780000"', b'["4441114456780000"]')
    with pytest.raises(Unreadable) as unreadable:
        platform.channel().read(payload)
    assert "4441114456780000" not in str(unreadable.value)


def test_events_survive_the_way_through_json(platform: Platform) -> None:
    for payload in (platform.text("Баланс"), platform.own_contact(), platform.huge_id(), platform.unknown()):
        event = only(platform, payload)
        assert msgspec.json.decode(msgspec.json.encode(event), type=InboundEvent) == event
