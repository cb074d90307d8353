"""The calls of the Messenger Platform: for the page and for people who wrote to it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from simulators.messengers.calls import Fault
from simulators.messengers.graph.body import Call
from simulators.messengers.graph.refusal import NO_SUCH_OBJECT
from simulators.messengers.messenger.callbacks import INBOX_APP_ID
from simulators.messengers.messenger.fields import SHAPES, WEBHOOK_FIELDS
from simulators.messengers.messenger.messages import check_shape
from simulators.messengers.messenger.refusal import (
    CALLS_RATE,
    OTHER_APP,
    PARAMETER,
    PERMISSION,
    PERSON_UNAVAILABLE,
    UNAVAILABLE,
    WORDINGS,
    bad,
    refuse,
)
from simulators.messengers.messenger.sending import post_attachment, post_message
from simulators.messengers.messenger.state import State

_Method = Callable[[State, Call], Awaitable[dict[str, Any]]]


def _fields(call: Call, name: str) -> dict[str, Any]:
    fields = call.typed(SHAPES.fields(name))
    check_shape(fields, name)
    return fields


async def _messages(state: State, call: Call) -> dict[str, Any]:
    return await post_message(state, call.typed(SHAPES.fields("messages")), call.uploads)


async def _attachments(state: State, call: Call) -> dict[str, Any]:
    return await post_attachment(state, call.typed(SHAPES.fields("message_attachments")), call.uploads)


async def _set_profile(state: State, call: Call) -> dict[str, Any]:
    if state.context.options.rates and not state.profile_rate.take("", state.context.clock.now()):
        raise refuse(CALLS_RATE)
    return state.profile.set(_fields(call, "messenger_profile"))


async def _get_profile(state: State, call: Call) -> dict[str, Any]:
    return state.profile.shown(_fields(call, "fields")["fields"])


async def _delete_profile(state: State, call: Call) -> dict[str, Any]:
    return state.profile.remove(_fields(call, "fields")["fields"])


async def _subscribe(state: State, call: Call) -> dict[str, Any]:
    given = _fields(call, "subscribed_apps")["subscribed_fields"]
    names = frozenset(name.strip() for name in (given.split(",") if isinstance(given, str) else given))
    if not names or not names <= WEBHOOK_FIELDS:
        raise bad(f"Param subscribed_fields must be one of {{{', '.join(sorted(WEBHOOK_FIELDS))}}}")
    state.page_fields = names
    state.webhook.subscribe()
    return {"success": True}


async def _subscriptions(state: State, _: Call) -> dict[str, Any]:
    if not state.webhook.subscribed:
        return {"data": []}
    return {"data": [{"id": str(state.app_id), "name": "Teller", "subscribed_fields": sorted(state.page_fields)}]}


async def _unsubscribe(state: State, _: Call) -> dict[str, Any]:
    state.webhook.subscribed = False
    state.page_fields = frozenset()
    return {"success": True}


async def _take_control(state: State, call: Call) -> dict[str, Any]:
    fields = _fields(call, "take_thread_control")
    state.recipient(fields["recipient"]["id"]).owner = "bot"
    return {"success": True}


async def _pass_control(state: State, call: Call) -> dict[str, Any]:
    fields = _fields(call, "pass_thread_control")
    person = state.recipient(fields["recipient"]["id"])
    if str(fields["target_app_id"]) != str(INBOX_APP_ID):
        raise bad("Param target_app_id must be an app of this page")
    if person.owner != "bot":
        raise refuse(PERMISSION, subcode=OTHER_APP)
    person.owner = "inbox"
    return {"success": True}


async def _page(state: State, call: Call) -> dict[str, Any]:
    _fields(call, "list")
    return {"id": state.page_id, "name": "Teller"}


_PAGE: Final[dict[tuple[str, str], _Method]] = {
    ("GET", ""): _page,
    ("POST", "messages"): _messages,
    ("POST", "message_attachments"): _attachments,
    ("POST", "messenger_profile"): _set_profile,
    ("GET", "messenger_profile"): _get_profile,
    ("DELETE", "messenger_profile"): _delete_profile,
    ("POST", "subscribed_apps"): _subscribe,
    ("GET", "subscribed_apps"): _subscriptions,
    ("DELETE", "subscribed_apps"): _unsubscribe,
    ("POST", "take_thread_control"): _take_control,
    ("POST", "pass_thread_control"): _pass_control,
}


async def answer(state: State, call: Call, fault: Fault | None) -> dict[str, Any]:
    """Do one call, unless the fault says otherwise. Raises `Refusal`."""
    _refuse(fault)
    if call.node in state.people and (call.verb, call.edge) == ("GET", ""):
        return _person(state, call)
    method = _PAGE.get((call.verb, call.edge)) if call.node in ("me", state.page_id) else None
    if method is None:
        raise refuse(PARAMETER, call.node, subcode=NO_SUCH_OBJECT)
    return await method(state, call)


def _person(state: State, call: Call) -> dict[str, Any]:
    _fields(call, "list")
    person = state.people[call.node]
    first, _, last = person.name.partition(" ")
    return {"first_name": first, "last_name": last, "locale": f"{person.lang}_UA", "id": person.id}


def _refuse(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.fault == "rate_limit":
        raise refuse(CALLS_RATE, retry_after=fault.retry_after)
    if fault.fault == "blocked":
        raise refuse(UNAVAILABLE, subcode=PERSON_UNAVAILABLE)
    if fault.fault == "error":
        subcode = fault.subcode if (fault.code, fault.subcode) in WORDINGS else 0
        raise refuse(fault.code, subcode=subcode)
