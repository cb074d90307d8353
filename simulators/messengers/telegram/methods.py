"""One call of the Bot API, from the bytes to the answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from simulators.messengers.calls import Fault
from simulators.messengers.telegram import sending, settings
from simulators.messengers.telegram.body import Call, read_call
from simulators.messengers.telegram.fields import METHODS
from simulators.messengers.telegram.refusal import Refusal, blocked, too_many_requests
from simulators.messengers.telegram.state import State

_Method = Callable[[State, Call], Awaitable[Any]]

_METHODS: Final[dict[str, _Method]] = {
    "getMe": settings.get_me,
    "getUpdates": settings.get_updates,
    "getWebhookInfo": settings.get_webhook_info,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "editMessageText": sending.edit_message_text,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "answerCallbackQuery": settings.answer_callback_query,
    "sendChatAction": settings.send_chat_action,
    "setMyCommands": settings.set_my_commands,
    "getMyCommands": settings.get_my_commands,
    "setChatMenuButton": settings.set_chat_menu_button,
    "getFile": settings.get_file,
}

_CANONICAL: Final = {name.casefold(): name for name in METHODS}


def method_name(name: str) -> str:
    """The method's name as documented; Telegram does not care about case. Raises a `Refusal` 404."""
    canonical = _CANONICAL.get(name.casefold())
    if canonical is None:
        raise Refusal(404, "Not Found: method not found")
    return canonical


@dataclass(frozen=True)
class Reply:
    status: int
    body: dict[str, Any]


async def answer(
    state: State, method: str, content_type: str, query: Mapping[str, str], body: bytes, fault: Fault | None
) -> Reply:
    """Do one call, unless the fault says otherwise, and record it."""
    fields: dict[str, Any] = {}
    try:
        call = read_call(content_type, query, body, METHODS[method])
        fields = call.fields | {name: upload.as_json() for name, upload in call.uploads.items()}
        _refuse(fault)
        result, description = await _perform(state, method, call)
        reply = Reply(200, {"ok": True, "result": result, **({"description": description} if description else {})})
    except Refusal as refusal:
        reply = Reply(refusal.status, refusal.as_json())
    state.calls.record(method, fields, reply.status, reply.body, state.context.clock.now())
    return reply


def _refuse(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.fault == "http_500":
        raise Refusal(500, "Internal Server Error")
    if fault.fault == "rate_limit":
        raise too_many_requests(fault.retry_after)
    if fault.fault == "blocked":
        raise blocked()


async def _perform(state: State, method: str, call: Call) -> tuple[Any, str]:
    if method == "setWebhook":
        return True, state.webhook.register(call.fields)
    if method == "deleteWebhook":
        return True, state.webhook.remove(drop=call.fields.get("drop_pending_updates", False))
    return await _METHODS[method](state, call), ""
