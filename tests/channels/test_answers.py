"""What each answer of a platform means for the message: the closed set of send errors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.dialog.contracts import OutboundMessage
from core.messages.channels import (
    BadMessage,
    Misconfigured,
    OutcomeUnknown,
    RecipientGone,
    RetryLater,
    SendError,
    WindowClosed,
    WireCall,
)
from tests.channels.platforms import MESSENGER, TELEGRAM, VIBER, WHATSAPP, Platform, ScriptedTransport

Reply = tuple[int, bytes]
HTML = b"<html><head><title>502 Bad Gateway</title></head></html>"


def refused(code: int, description: str, **parameters: Any) -> Reply:
    body = {"ok": False, "error_code": code, "description": description, "parameters": parameters}
    return code, json.dumps(body).encode()


def status(number: Any, message: str = "refused") -> Reply:
    return 200, json.dumps({"status": number, "status_message": message, "chat_hostname": "SN-1"}).encode()


def graph(code: int, subcode: int | None = None, http: int = 400, **more: Any) -> Reply:
    error = {"message": "(#1) refused", "type": "OAuthException", "code": code, "fbtrace_id": "A1", **more}
    return http, json.dumps({"error": {**error, **({"error_subcode": subcode} if subcode else {})}}).encode()


TELEGRAM_ANSWERS: list[tuple[Reply, type[SendError]]] = [
    (refused(429, "Too Many Requests: retry after 3", retry_after=3), RetryLater),
    (refused(500, "Internal Server Error"), RetryLater),
    (refused(502, "Bad Gateway"), RetryLater),
    ((502, HTML), RetryLater),
    ((504, b""), RetryLater),
    ((429, HTML), RetryLater),
    (refused(403, "Forbidden: bot was blocked by the user"), RecipientGone),
    (refused(403, "Forbidden: user is deactivated"), RecipientGone),
    (refused(403, "Forbidden: bot can't initiate conversation with a user"), RecipientGone),
    (refused(400, "Bad Request: chat not found"), RecipientGone),
    (refused(401, "Unauthorized"), Misconfigured),
    (refused(404, "Not Found"), Misconfigured),
    (refused(409, "Conflict: can't use getUpdates method while webhook is active"), Misconfigured),
    ((403, HTML), Misconfigured),
    ((302, b""), Misconfigured),
    (refused(400, "Bad Request: message is too long"), BadMessage),
    (refused(400, "Bad Request: query is too old and response timeout expired"), BadMessage),
    ((413, HTML), BadMessage),
    ((200, HTML), OutcomeUnknown),
    ((200, b""), OutcomeUnknown),
    ((200, b"[" * 100_000), OutcomeUnknown),
    ((200, b'{"ok":"yes"}'), OutcomeUnknown),
]
VIBER_ANSWERS: list[tuple[Reply, type[SendError]]] = [
    *((status(number), RecipientGone) for number in (5, 6, 11, 13, 21)),
    *((status(number), BadMessage) for number in (3, 4, 14, 16, 17, 19, 20, 22)),
    *((status(number), Misconfigured) for number in (1, 2, 7, 8, 9, 10, 15, 23, 24)),
    *((status(number), RetryLater) for number in (12, 18, 99, -1)),
    ((500, b""), RetryLater),
    ((502, HTML), RetryLater),
    ((429, HTML), RetryLater),
    ((401, b""), Misconfigured),
    ((403, HTML), Misconfigured),
    ((404, HTML), Misconfigured),
    ((301, b""), Misconfigured),
    ((413, b""), BadMessage),
    ((204, b""), OutcomeUnknown),
    ((200, HTML), OutcomeUnknown),
    ((200, b"{}"), OutcomeUnknown),
    (status("0"), OutcomeUnknown),
    ((200, b"[" * 100_000), OutcomeUnknown),
]
GRAPH_ANSWERS: list[tuple[Reply, type[SendError]]] = [
    *((graph(code), RetryLater) for code in (1, 2, 4)),
    (graph(999_999, http=500), RetryLater),
    (graph(999_999, http=503), RetryLater),
    (graph(999_999, http=429), RetryLater),
    (graph(999_999, is_transient=True), RetryLater),
    (graph(100, is_transient=True), RetryLater),
    ((500, b""), RetryLater),
    ((502, HTML), RetryLater),
    ((429, HTML), RetryLater),
    *((graph(code), Misconfigured) for code in (0, 3, 10, 190, 200, 210, 299, 368)),
    (graph(190, 463, http=401), Misconfigured),
    (graph(100, 33), Misconfigured),
    (graph(999_999, http=401), Misconfigured),
    (graph(999_999, http=404), Misconfigured),
    ((404, HTML), Misconfigured),
    ((302, b""), Misconfigured),
    (graph(100), BadMessage),
    (graph(999_999), BadMessage),
    ((413, HTML), BadMessage),
    ((200, HTML), OutcomeUnknown),
    ((200, b""), OutcomeUnknown),
    ((200, b"{}"), OutcomeUnknown),
    ((200, b"[" * 100_000), OutcomeUnknown),
    ((200, b'{"messages":[],"recipient_id":"24"}'), OutcomeUnknown),
]
WHATSAPP_ANSWERS: list[tuple[Reply, type[SendError]]] = [
    *((graph(code), RetryLater) for code in (130429, 131056, 80007, 131000, 131016, 131057, 133004)),
    (graph(131047), WindowClosed),
    *((graph(code), RecipientGone) for code in (131026, 131021)),
    *((graph(code), BadMessage) for code in (131049, 131050, 131062, 130472, 131008, 131009, 131053, 132000, 132001)),
    *((graph(code), Misconfigured) for code in (131005, 131042, 131031, 131045, 133010)),
]
MESSENGER_ANSWERS: list[tuple[Reply, type[SendError]]] = [
    *((graph(code), RetryLater) for code in (1200, 613, 17, 32)),
    (graph(10, 2018278), WindowClosed),
    *((graph(*code), RecipientGone) for code in ((551, None), (551, 1545041), (200, 1545041), (100, 2018001))),
    *((graph(*code), BadMessage) for code in ((10, 2018300), (100, 2018008), (100, 2018047), (100, 2018074))),
    (graph(100, 2018294), BadMessage),
    *((graph(*code), Misconfigured) for code in ((10, 1893063), (230, None))),
]
ROWS = [
    *(pytest.param(WHATSAPP, *row, id=f"whatsapp {row[0][0]} {row[0][1][-60:]!r}") for row in GRAPH_ANSWERS),
    *(pytest.param(MESSENGER, *row, id=f"messenger {row[0][0]} {row[0][1][-60:]!r}") for row in GRAPH_ANSWERS),
    *(pytest.param(WHATSAPP, *row, id=f"whatsapp {row[0][1][-60:]!r}") for row in WHATSAPP_ANSWERS),
    *(pytest.param(MESSENGER, *row, id=f"messenger {row[0][1][-60:]!r}") for row in MESSENGER_ANSWERS),
    *(pytest.param(TELEGRAM, *row, id=f"telegram {row[0][0]} {row[0][1][:60]!r}") for row in TELEGRAM_ANSWERS),
    *(pytest.param(VIBER, *row, id=f"viber {row[0][0]} {row[0][1][:24]!r}") for row in VIBER_ANSWERS),
]


async def deliver(platform: Platform, *replies: Reply, call: WireCall | None = None) -> str:
    channel = platform.channel(ScriptedTransport(list(replies)))
    [text] = channel.render(OutboundMessage(text="Баланс"), "5500000001", "out_1", "")
    return await channel.deliver(call or text, b"")


@pytest.mark.parametrize(("platform", "reply", "meaning"), ROWS)
async def test_an_answer_is_the_error_that_says_what_to_do(
    platform: Platform, reply: Reply, meaning: type[SendError]
) -> None:
    with pytest.raises(SendError) as raised:
        await deliver(platform, reply)
    assert type(raised.value) is meaning
    assert not any(secret in str(raised.value) for secret in platform.secrets)


async def test_telegram_names_the_message_that_it_made() -> None:
    made = {"message_id": 1234567890123, "date": 1763700000, "chat": {"id": 1, "type": "private"}}
    assert await deliver(TELEGRAM, (200, json.dumps({"ok": True, "result": made}).encode())) == "1234567890123"


async def test_a_telegram_call_that_makes_no_message_has_no_id() -> None:
    acknowledgement = WireCall(method="answerCallbackQuery", payload={"callback_query_id": "44"}, optional=True)
    assert await deliver(TELEGRAM, (200, b'{"ok":true,"result":true}'), call=acknowledgement) == ""


async def test_viber_names_the_message_exactly_beyond_the_floats() -> None:
    ok = b'{"status":0,"status_message":"ok","message_token":6012345678901234567,"billing_status":1}'
    assert await deliver(VIBER, (200, ok)) == "6012345678901234567"


@pytest.mark.parametrize(("named", "waits"), [(3, 3.0), (0.5, 0.5), (-7, 0.0), (10**9, 3600.0), (None, 1.0)])
async def test_telegram_makes_the_whole_bot_wait(named: float | None, waits: float) -> None:
    with pytest.raises(RetryLater) as raised:
        await deliver(TELEGRAM, refused(429, "Too Many Requests", retry_after=named))
    assert (raised.value.after_s, raised.value.scope) == (waits, "channel")


async def test_viber_makes_one_chat_wait_for_a_minute() -> None:
    with pytest.raises(RetryLater) as raised:
        await deliver(VIBER, status(12, "tooManyRequests"))
    assert (raised.value.after_s, raised.value.scope) == (60.0, "conversation")


async def test_a_message_that_is_not_modified_stands_as_it_was_wanted() -> None:
    edit = WireCall(method="editMessageText", payload={"chat_id": 1, "message_id": 9, "text": "a"})
    assert await deliver(TELEGRAM, refused(400, "Bad Request: message is not modified"), call=edit) == "9"


async def test_an_acknowledgement_that_comes_too_late_is_no_error() -> None:
    late = refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
    acknowledgement = WireCall(method="answerCallbackQuery", payload={"callback_query_id": "44"}, optional=True)
    assert await deliver(TELEGRAM, late, call=acknowledgement) == ""


async def test_viber_gives_a_client_that_is_too_old_the_simpler_message() -> None:
    transport = ScriptedTransport([status(13), (200, b'{"status":0,"message_token":5}')])
    channel = VIBER.channel(transport)
    [call] = channel.render(OutboundMessage(text="?", ask_contact="Мій номер"), "aB3=", "out_1", "")
    assert await channel.deliver(call, b"") == "5"
    first, second = (json.loads(body) for _, body, _ in transport.calls)
    assert (first["min_api_version"], "min_api_version" in second, second["text"]) == (3, False, "?")


async def test_viber_tries_a_message_that_can_be_no_simpler_only_once() -> None:
    transport = ScriptedTransport([status(13)])
    channel = VIBER.channel(transport)
    [call] = channel.render(OutboundMessage(text="?"), "aB3=", "out_1", "")
    with pytest.raises(RecipientGone):
        await channel.deliver(call, b"")
    assert len(transport.calls) == 1


async def test_viber_is_not_asked_to_take_more_than_it_can() -> None:
    transport = ScriptedTransport()
    huge = WireCall(method="send_message", payload={"text": "x" * 30_000})
    with pytest.raises(BadMessage, match="bytes"):
        await VIBER.channel(transport).deliver(huge, b"")
    assert transport.calls == []


async def test_an_error_quotes_neither_links_nor_words_of_the_message() -> None:
    words = "Bad Request: button URL 'https://bank.example/s/one-time' is invalid, card 4441114456780004"
    with pytest.raises(BadMessage) as raised:
        await deliver(TELEGRAM, refused(400, words + " " + "x" * 5000))
    assert "one-time" not in str(raised.value)
    assert "444111445678" not in str(raised.value)
    assert len(str(raised.value)) < 300


async def test_a_picture_that_was_not_drawn_is_our_mistake() -> None:
    photo = WireCall(method="sendPhoto", payload={"chat_id": 1}, upload="photo")
    with pytest.raises(BadMessage, match="photo"):
        await deliver(TELEGRAM, call=photo)


@pytest.mark.parametrize(
    ("platform", "reply", "waits"),
    [
        (WHATSAPP, graph(130429), (60.0, "channel")),
        (WHATSAPP, graph(131056), (6.0, "conversation")),
        (WHATSAPP, graph(131000), (0.0, "conversation")),
        (MESSENGER, graph(613), (60.0, "channel")),
        (MESSENGER, graph(1200), (0.0, "conversation")),
    ],
    ids=["whatsapp throughput", "whatsapp pair", "whatsapp trouble", "messenger rate", "messenger trouble"],
)
async def test_meta_makes_one_chat_or_the_whole_bot_wait(
    platform: Platform, reply: Reply, waits: tuple[float, str]
) -> None:
    with pytest.raises(RetryLater) as raised:
        await deliver(platform, reply)
    assert (raised.value.after_s, raised.value.scope) == waits


async def test_meta_names_the_message_that_it_made() -> None:
    sent = {"messaging_product": "whatsapp", "contacts": [{"user_id": "UA.1"}], "messages": [{"id": "wamid.Z1"}]}
    assert await deliver(WHATSAPP, (200, json.dumps(sent).encode())) == "wamid.Z1"
    assert await deliver(MESSENGER, (200, b'{"recipient_id":"24","message_id":"m_Z1"}')) == "m_Z1"


async def test_a_mark_that_a_message_was_read_has_no_id() -> None:
    read = OutboundMessage(ack="wamid.1")
    [whatsapp] = WHATSAPP.channel().render(read, "380501112233", "out_1", "")
    assert await deliver(WHATSAPP, (200, b'{"success":true}'), call=whatsapp) == ""
    [messenger] = MESSENGER.channel().render(read, "24", "out_1", "")
    assert await deliver(MESSENGER, (200, b'{"recipient_id":"24"}'), call=messenger) == ""
