"""The calls of Viber's REST Bot API."""

from __future__ import annotations

import hmac
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.calls import Fault
from simulators.messengers.shapes import read_json
from simulators.messengers.viber.callbacks import HOSTNAME, Person
from simulators.messengers.viber.fields import ALWAYS_SENT, EVENT_TYPES
from simulators.messengers.viber.messages import MESSAGE_MAX_BYTES, check_shape, read_message, without_nulls
from simulators.messengers.viber.refusal import (
    API_VERSION_NOT_SUPPORTED,
    BAD_DATA,
    INVALID_AUTH_TOKEN,
    INVALID_URL,
    MISSING_DATA,
    RECEIVER_NOT_REGISTERED,
    RECEIVER_NOT_SUBSCRIBED,
    TOO_MANY_REQUESTS,
    WEBHOOK_NOT_SET,
    Refusal,
)
from simulators.messengers.viber.state import State

# Messages an hour to a person who does not reply.
UNANSWERED_MAX: Final = 100
HOUR_S: Final = 3600.0


async def set_webhook(state: State, body: dict[str, Any]) -> dict[str, Any]:
    check_shape(body, "set_webhook")
    fields = without_nulls(body)
    url = fields["url"]
    if not url:
        state.webhook_url = ""
        return {}
    events = frozenset(fields.get("event_types", EVENT_TYPES))
    if not events <= EVENT_TYPES:
        raise Refusal(BAD_DATA, f"unknown event types {', '.join(sorted(events - EVENT_TYPES))}")
    _check_url(url, state.context.options.plain_http_hosts)
    answer = await state.knock(url)
    if answer.status != 200:
        raise Refusal(INVALID_URL, f"the webhook answered {answer.error or answer.status}")
    state.webhook_url = url
    state.events = events
    state.send_name = fields.get("send_name", False)
    state.send_photo = fields.get("send_photo", False)
    return {"event_types": sorted(events | ALWAYS_SENT)}


def _check_url(url: str, plain_http_hosts: frozenset[str]) -> None:
    """HTTPS; plain HTTP only to hosts that cannot have a certificate."""
    try:
        parts = urlsplit(url)
        secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in plain_http_hosts)
        valid = secure and bool(parts.hostname) and (parts.port or 443) > 0
    except ValueError as error:
        raise Refusal(INVALID_URL, "no URL") from error
    if not valid:
        raise Refusal(INVALID_URL, "an https URL is needed")


async def send_message(state: State, body: dict[str, Any]) -> dict[str, Any]:
    if not state.webhook_url:
        raise Refusal(WEBHOOK_NOT_SET)
    if not body.get("receiver"):
        raise Refusal(MISSING_DATA, "missing field receiver")
    message = read_message(body)
    person = _receiver(state, message["receiver"])
    if message.get("min_api_version", 1) > person.api_version:
        raise Refusal(API_VERSION_NOT_SUPPORTED)
    if state.context.options.rates:
        _count(state, person)
    message_token = state.next_token()
    state.show(person, message, message_token)
    if state.context.options.receipts:
        await state.tell("delivered", person, message_token)
    return {"message_token": message_token, "billing_status": 1}


def _receiver(state: State, receiver: str) -> Person:
    person = state.people.get(receiver)
    if person is None:
        raise Refusal(RECEIVER_NOT_REGISTERED)
    if not person.subscribed:
        raise Refusal(RECEIVER_NOT_SUBSCRIBED)
    return person


def _count(state: State, person: Person) -> None:
    now = state.context.clock.now()
    sent = state.sent_at.setdefault(person.id, deque())
    while sent and sent[0] <= now - HOUR_S:
        sent.popleft()
    if len(sent) >= UNANSWERED_MAX:
        raise Refusal(TOO_MANY_REQUESTS)
    sent.append(now)


async def get_account_info(state: State, body: dict[str, Any]) -> dict[str, Any]:
    check_shape(body, "get_account_info")
    return {
        "id": "pa:5500000000000000001",
        "name": "Teller",
        "uri": "simulated_teller",
        "category": "Finance",
        "subcategory": "Bank",
        "country": "UA",
        "webhook": state.webhook_url,
        "event_types": sorted(state.events | ALWAYS_SENT),
        "subscribers_count": sum(person.subscribed for person in state.people.values()),
    }


async def get_user_details(state: State, body: dict[str, Any]) -> dict[str, Any]:
    check_shape(body, "get_user_details")
    person = _receiver(state, body["id"])
    details = person.details(named=True, pictured=True)
    return {"message_token": state.next_token(), "user": details | {"device_type": "simulated"}}


_METHODS: Final[dict[str, Callable[[State, dict[str, Any]], Awaitable[dict[str, Any]]]]] = {
    "set_webhook": set_webhook,
    "send_message": send_message,
    "get_account_info": get_account_info,
    "get_user_details": get_user_details,
}


def is_method(name: str) -> bool:
    return name in _METHODS


async def answer(state: State, method: str, header_token: str, content: bytes, fault: Fault | None) -> dict[str, Any]:
    """Do one call, unless the fault says otherwise, and record it without its token."""
    fields: dict[str, Any] = {}
    try:
        body = _read(content)
        fields = {name: value for name, value in body.items() if name != "auth_token"}
        _authorize(state, header_token or body.get("auth_token"))
        if method == "send_message" and len(content) > MESSAGE_MAX_BYTES:
            raise Refusal(BAD_DATA, f"the message has more than {MESSAGE_MAX_BYTES} bytes")
        _refuse(fault)
        result = await _METHODS[method](state, body)
        reply = {"status": 0, "status_message": "ok", "chat_hostname": HOSTNAME, **result}
    except Refusal as refusal:
        reply = refusal.as_json()
    state.calls.record(method, fields, 200, reply, state.context.clock.now())
    return reply


def _read(content: bytes) -> dict[str, Any]:
    try:
        body = read_json(content or b"{}")
    except ValueError as error:
        raise Refusal(BAD_DATA, "the body is no JSON in UTF-8") from error
    if not isinstance(body, dict):
        raise Refusal(BAD_DATA, "the body is no JSON object")
    return body


def _authorize(state: State, token: object) -> None:
    if not isinstance(token, str) or not token:
        raise Refusal(INVALID_AUTH_TOKEN)
    if not state.token:
        state.token = token
    if not hmac.compare_digest(token.encode(), state.token.encode()):
        raise Refusal(INVALID_AUTH_TOKEN)


def _refuse(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.fault == "rate_limit":
        raise Refusal(TOO_MANY_REQUESTS)
    if fault.fault == "blocked":
        raise Refusal(RECEIVER_NOT_SUBSCRIBED)
