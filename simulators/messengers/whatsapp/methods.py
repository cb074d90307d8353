"""The calls of WhatsApp's Cloud API: for the number, its business account and its files."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from simulators.messengers.calls import Fault
from simulators.messengers.graph.body import Call
from simulators.messengers.graph.refusal import NO_SUCH_OBJECT
from simulators.messengers.graph.refusal import refuse as refuse_generally
from simulators.messengers.whatsapp.fields import SHAPES
from simulators.messengers.whatsapp.messages import check_product, check_shape
from simulators.messengers.whatsapp.refusal import MISSING, PARAMETER, RATE, UNDELIVERABLE, VALUE, refuse
from simulators.messengers.whatsapp.sending import post_message
from simulators.messengers.whatsapp.state import State
from simulators.messengers.whatsapp.templates import Template, check_template

PROMPTS_MAX: Final = 4
PROMPT_MAX: Final = 80
COMMANDS_MAX: Final = 30
COMMAND_MAX: Final = 32
DESCRIPTION_MAX: Final = 256

_COMMAND: Final = re.compile(r"[a-z0-9_]+")

_Method = Callable[[State, Call], Awaitable[dict[str, Any]]]


def _fields(call: Call, name: str) -> dict[str, Any]:
    fields = call.typed(SHAPES.fields(name))
    check_shape(fields, name)
    return fields


async def _upload(state: State, call: Call) -> dict[str, Any]:
    fields = _fields(call, "media")
    check_product(fields)
    if call.uploads.keys() != {"file"}:
        raise refuse(MISSING if "file" not in call.uploads else PARAMETER, "The parameter file is required.")
    return {"id": state.files.upload(call.uploads["file"], fields.get("type", "")).id}


async def _number(state: State, call: Call) -> dict[str, Any]:
    _fields(call, "list")
    options = state.context.options
    return {
        "verified_name": "Teller",
        "display_phone_number": options.whatsapp_number,
        "quality_rating": "GREEN",
        "code_verification_status": "VERIFIED",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "id": options.whatsapp_phone_number_id,
    }


async def _numbers(state: State, call: Call) -> dict[str, Any]:
    return {"data": [await _number(state, call)]}


async def _set_automation(state: State, call: Call) -> dict[str, Any]:
    fields = _fields(call, "conversational_automation")
    prompts, commands = fields.get("prompts", []), fields.get("commands", [])
    if len(prompts) > PROMPTS_MAX or any(not 0 < len(prompt) <= PROMPT_MAX for prompt in prompts):
        raise refuse(VALUE, f"up to {PROMPTS_MAX} prompts of 1 to {PROMPT_MAX} characters")
    if len(commands) > COMMANDS_MAX:
        raise refuse(VALUE, f"up to {COMMANDS_MAX} commands")
    for command in commands:
        name, description = command["command_name"], command["command_description"]
        if not _COMMAND.fullmatch(name) or len(name) > COMMAND_MAX or not 0 < len(description) <= DESCRIPTION_MAX:
            raise refuse(VALUE, f"a command has up to {COMMAND_MAX} of a-z0-9_, its description {DESCRIPTION_MAX}")
    state.automation = fields
    return {"success": True}


async def _get_automation(state: State, _: Call) -> dict[str, Any]:
    return {"conversational_automation": state.automation, "id": state.context.options.whatsapp_phone_number_id}


async def _set_public_key(state: State, call: Call) -> dict[str, Any]:
    key = _fields(call, "public key")["business_public_key"]
    if not key.startswith("-----BEGIN PUBLIC KEY-----"):
        raise refuse(VALUE, "business_public_key must be a 2048-bit RSA public key in PEM")
    state.public_key = key
    return {"success": True}


async def _get_public_key(state: State, _: Call) -> dict[str, Any]:
    status = {"business_public_key_signature_status": "VALID"} if state.public_key else {}
    return {"data": [{"business_public_key": state.public_key, **status}] if state.public_key else []}


async def _subscribe(state: State, call: Call) -> dict[str, Any]:
    """Send the account's events to the app; `override_callback_uri` replaces the app's own address."""
    fields = _fields(call, "subscribe account")
    if "override_callback_uri" in fields:
        names = state.webhook.fields or {"messages"}
        await state.webhook.register(fields["override_callback_uri"], fields.get("verify_token", ""), names)
    state.webhook.subscribe()
    return {"success": True}


async def _subscriptions(state: State, _: Call) -> dict[str, Any]:
    app = {"id": state.context.options.meta_app_id, "name": "Teller", "link": "https://bank.example"}
    return {"data": [{"whatsapp_business_api_data": app}] if state.webhook.subscribed else []}


async def _unsubscribe(state: State, _: Call) -> dict[str, Any]:
    state.webhook.subscribed = False
    return {"success": True}


async def _create_template(state: State, call: Call) -> dict[str, Any]:
    fields = _fields(call, "create template")
    check_template(fields)
    key = (fields["name"], fields["language"])
    if key in state.templates:
        raise refuse(PARAMETER, "Content in this language already exists")
    template = Template(state.new_template_id(), *key, fields["category"], "PENDING", fields["components"])
    state.templates[key] = template
    return {"id": template.id, "status": template.status, "category": template.category}


async def _templates(state: State, call: Call) -> dict[str, Any]:
    fields = _fields(call, "list")
    wanted = (fields.get("name", ""), fields.get("status", ""))
    shown = [
        template.as_json()
        for template in state.templates.values()
        if wanted[0] in ("", template.name) and wanted[1] in ("", template.status)
    ]
    return {"data": shown}


async def _account(state: State, call: Call) -> dict[str, Any]:
    _fields(call, "list")
    return {"id": state.context.options.whatsapp_waba_id, "name": "Teller", "currency": "UAH"}


_NUMBER: Final[dict[tuple[str, str], _Method]] = {
    ("POST", "media"): _upload,
    ("GET", ""): _number,
    ("POST", "conversational_automation"): _set_automation,
    ("GET", "conversational_automation"): _get_automation,
    ("POST", "whatsapp_business_encryption"): _set_public_key,
    ("GET", "whatsapp_business_encryption"): _get_public_key,
}
_ACCOUNT: Final[dict[tuple[str, str], _Method]] = {
    ("GET", ""): _account,
    ("GET", "phone_numbers"): _numbers,
    ("POST", "subscribed_apps"): _subscribe,
    ("GET", "subscribed_apps"): _subscriptions,
    ("DELETE", "subscribed_apps"): _unsubscribe,
    ("POST", "message_templates"): _create_template,
    ("GET", "message_templates"): _templates,
}


async def answer(state: State, call: Call, fault: Fault | None) -> dict[str, Any]:
    """Do one call, unless the fault says otherwise. Raises `Refusal`."""
    _refuse(fault)
    options = state.context.options
    if call.node == options.whatsapp_phone_number_id and (call.verb, call.edge) == ("POST", "messages"):
        kind = f"message {call.fields.get('type', 'text')}"
        known = SHAPES.fields(kind) if SHAPES.has(kind) else SHAPES.fields("mark")
        return await post_message(state, call.typed(SHAPES.fields("mark") | known), fault)
    tables = {options.whatsapp_phone_number_id: _NUMBER, options.whatsapp_waba_id: _ACCOUNT}
    method = tables.get(call.node, {}).get((call.verb, call.edge))
    if method is not None:
        return await method(state, call)
    return _file(state, call)


def _file(state: State, call: Call) -> dict[str, Any]:
    file = state.files.find(call.node)
    if file is None or call.edge or call.verb not in ("GET", "DELETE"):
        raise refuse_generally(PARAMETER, call.node, NO_SUCH_OBJECT)
    number = _fields(call, "get media").get("phone_number_id", "")
    if number not in ("", state.context.options.whatsapp_phone_number_id):
        raise refuse_generally(PARAMETER, call.node, NO_SUCH_OBJECT)
    if call.verb == "GET":
        return state.files.describe(file)
    state.files.remove(file.id)
    return {"success": True}


def _refuse(fault: Fault | None) -> None:
    if fault is None:
        return
    if fault.fault == "rate_limit":
        raise refuse(RATE, retry_after=fault.retry_after)
    if fault.fault == "blocked":
        raise refuse(UNDELIVERABLE)
    if fault.fault == "error":
        raise refuse(fault.code, subcode=fault.subcode)
