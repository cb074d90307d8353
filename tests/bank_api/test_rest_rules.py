"""REST systems by their YAML alone: idempotency keys, replies, and what a new system gets without code."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from core.bank_api.answer import Converted
from core.bank_api.bank import Bank
from core.bank_api.catalogue.catalogue import BankCatalogue
from core.bank_api.contracts import CallContext
from core.bank_api.converters.json_reply import JsonReplyMapping, parse_json
from core.bank_api.converters.rules import Rule
from core.bank_api.errors import ConversionError, UnwritableValue
from core.bank_api.opening import open_bank
from core.kernel.clock import ManualClock
from tests.bank_api.conftest import settings_for
from tests.bank_api.http_server import json_response
from tests.bank_api.scripted_bank import ScriptedBank

ISSUING = """\
system: ISSUING
protocol: rest
endpoint: /rest/cards
authentication: {audience: bank-cards}
timeouts: {read_s: 5}
idempotency: {dedupe_on: Idempotency-Key, resend: always}
actions:
  block:
    method: POST
    path: /cards/{card_id}/block
    body: {reason: $reason}
    reply: {status: status}
  see:
    method: GET
    path: /cards/{card_id}
    reply: {status: status}
"""
BLOCK = ("CARDS", "POST /cards/card_7/block")
SEE = ("CARDS", "GET /cards/card_7")
ARGS = {"card_id": "card_7", "reason": "lost"}


@pytest.fixture
async def issuing(scripted: ScriptedBank, clock: ManualClock, tmp_path: Path) -> AsyncIterator[Bank]:
    (tmp_path / "issuing.yaml").write_text(ISSUING)
    scripted.rest_answers |= {key: json_response(200, {"status": "blocked"}) for key in (BLOCK, SEE)}
    opened = open_bank(settings_for(scripted.server.url), clock, directory=tmp_path)
    yield opened
    await opened.aclose()


async def test_a_system_that_wants_an_idempotency_key_gets_the_bank_reference(
    issuing: Bank, scripted: ScriptedBank, context: Callable[..., CallContext]
) -> None:
    answer = await issuing.ask("ISSUING", "block", ARGS, context())
    assert answer.data == {"status": "blocked"}
    assert scripted.sent[BLOCK].headers["idempotency-key"] == "R3FERENCE0R3FERENCE0"
    assert scripted.sent[BLOCK].headers["x-request-id"] == "req-77"


async def test_a_read_has_no_idempotency_key(
    issuing: Bank, scripted: ScriptedBank, context: Callable[..., CallContext]
) -> None:
    await issuing.ask("ISSUING", "see", {"card_id": "card_7"}, context(request_id=""))
    assert not {"idempotency-key", "x-request-id"} & scripted.sent[SEE].headers.keys()


@pytest.mark.parametrize("reference", ["", "short", "with space 12345", "x" * 65])
async def test_without_a_usable_key_nothing_is_sent(
    issuing: Bank, scripted: ScriptedBank, context: Callable[..., CallContext], reference: str
) -> None:
    with pytest.raises(UnwritableValue, match="cannot be an Idempotency-Key"):
        await issuing.ask("ISSUING", "block", ARGS, context(bank_ref=reference))
    assert not scripted.calls


async def test_a_catalogue_opens_from_settings_and_closes(
    scripted: ScriptedBank, clock: ManualClock, context: Callable[..., CallContext]
) -> None:
    catalogue = BankCatalogue.open(settings_for(scripted.server.url), clock)
    scripted.soap_answers["PASSPORT", "FindByPhone"] = ""
    reply = await catalogue.call("bank.find_customer", {"phone": "+380671112233"}, context())
    await catalogue.aclose()
    assert reply.code == "not_found"


def converted(rules: dict[str, Any], body: Any) -> Converted:
    return JsonReplyMapping({name: Rule.model_validate(rule) for name, rule in rules.items()}).convert(body)


def test_json_is_read_by_the_same_rules_as_xml() -> None:
    rules = {
        "id": "id",
        "n": "n|int",
        "on": "on|bool",
        "at": "at|time",
        "sum": "sum|money",
        "inner": "a/b/c",
        "none": "none",
        "gone": "gone?",
        "state": {"at": "state", "values": {"A": "active"}},
        "list": {"each": "list", "fields": {"x": "x"}},
    }
    body = {
        "id": "1",
        "n": 5,
        "on": False,
        "at": "2026-11-20T23:59:58.123+02:00",
        "sum": {"amount": -5, "currency": "UAH", "text": "-0.05"},
        "a": {"b": {"c": "deep", "d": 1}, "e": 2},
        "none": None,
        "state": "A",
        "list": [{"x": "y", "z": 1}],
        "new": {"deep": 1},
    }
    found = converted(rules, body)
    assert found.data == {
        "id": "1",
        "n": 5,
        "on": False,
        "at": "2026-11-20T21:59:58Z",
        "sum": {"amount": -5, "currency": "UAH"},
        "inner": "deep",
        "none": None,
        "state": "active",
        "list": [{"x": "y"}],
    }
    assert set(found.unmapped) == {"sum/text", "a/b/d", "a/e", "list/z", "new"}
    assert found.unmapped_count == 5


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("x|int", True),
        ("x|int", 1.0),
        ("x|int", "1"),
        ("x|bool", 1),
        ("x", 5),
        ("x|time", "20.11.2026 23:59:58"),
        ("x|time", "2026-11-31T00:00:00Z"),
        ("x|time", "2026-11-20T00:00:00"),
        ("x|money", {"amount": 1.0, "currency": "UAH"}),
        ("x|money", {"amount": True, "currency": "UAH"}),
        ("x|money", {"amount": 10**18, "currency": "UAH"}),
        ("x|money", {"amount": 1, "currency": "uah"}),
        ("x|money", {"amount": 1, "currency": None}),
        ("x|money", {"amount": 1}),
        ("x|money", "1.00"),
        ({"each": "x"}, {}),
        ({"each": "x"}, None),
        ({"at": "x", "fields": {"y": "y"}}, []),
        ({"at": "x", "fields": {"y": "y"}}, {}),
        ({"at": "x", "values": {"A": "a"}}, "B"),
        ("x/y", {"y": 5}),
        ("x/y", "text"),
    ],
)
def test_a_value_of_another_form_is_refused_with_its_path(rule: Any, value: Any) -> None:
    with pytest.raises(ConversionError, match=r"^x"):
        converted({"x": rule}, {"x": value})


def test_a_reply_that_is_no_object_is_refused() -> None:
    with pytest.raises(ConversionError, match="not an object"):
        converted({"x": "x?"}, ["x"])


@pytest.mark.parametrize("raw", [b"", b"{", b"{'a': 1}", b"NaN", b"\xff", b'{"a": "\xd0"}', b"[" * 100_000])
def test_what_is_no_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ConversionError, match="not JSON"):
        parse_json(raw)
