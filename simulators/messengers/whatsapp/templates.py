"""Message templates of the account, and what a message that uses one must give.

Source: developers.facebook.com/docs/whatsapp/business-management-api/message-templates. Components are kept as the API
gives them: `{"type": "BODY", "text": "Вітаємо, {{1}}"}`, `{"type": "BUTTONS", "buttons": [...]}`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from simulators.messengers.transcript import Button
from simulators.messengers.whatsapp.messages import BODY_MAX, check_file, check_url
from simulators.messengers.whatsapp.refusal import (
    NO_TEMPLATE,
    PARAMETER,
    TEMPLATE_DISABLED,
    TEMPLATE_FORMAT,
    TEMPLATE_PARAMETERS,
    TEMPLATE_PAUSED,
    TEMPLATE_TOO_LONG,
    refuse,
)

CATEGORIES: Final = frozenset({"AUTHENTICATION", "UTILITY", "MARKETING"})
CODE_MAX: Final = 15
PAYLOAD_MAX: Final = 256
LABEL_MAX: Final = 25

_NAME: Final = re.compile(r"[a-z0-9_]{1,512}")
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(?:_[A-Z]{2})?")
_PLACEHOLDER: Final = re.compile(r"\{\{([a-z0-9_]+)\}\}")
_FORBIDDEN: Final = re.compile(r"[\n\t]| {5,}")


@dataclass
class Template:
    id: str
    name: str
    language: str
    category: str
    status: str
    components: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "components": self.components,
            "id": self.id,
        }

    def component(self, kind: str) -> dict[str, Any]:
        return next((entry for entry in self.components if entry["type"] == kind), {})


def check_template(fields: dict[str, Any]) -> None:
    """A template that is asked for. Raises `Refusal`."""
    if not _NAME.fullmatch(fields["name"]):
        raise refuse(PARAMETER, "Param name must have small letters, digits and _ only")
    if not _LANGUAGE.fullmatch(fields["language"]):
        raise refuse(PARAMETER, "Param language is no supported language")
    if fields["category"] not in CATEGORIES:
        raise refuse(PARAMETER, f"Param category must be one of {{{', '.join(sorted(CATEGORIES))}}}")
    kinds = [component["type"] for component in fields["components"]]
    if not set(kinds) <= {"HEADER", "BODY", "FOOTER", "BUTTONS"} or len(set(kinds)) != len(kinds):
        raise refuse(PARAMETER, "Param components.type must be one of {HEADER, BODY, FOOTER, BUTTONS}, each once")
    body = next((component.get("text", "") for component in fields["components"] if component["type"] == "BODY"), None)
    if fields["category"] == "AUTHENTICATION":
        if body is None or (body and len(_PLACEHOLDER.findall(body)) != 1):
            raise refuse(PARAMETER, "An authentication template has a BODY whose one parameter is the code")
    elif not body:
        raise refuse(PARAMETER, "A template has a BODY with text")
    for component in fields["components"]:
        for button in component.get("buttons", []):
            _check_button(button)


def _check_button(button: dict[str, Any]) -> None:
    if button["type"] not in ("QUICK_REPLY", "URL", "PHONE_NUMBER", "OTP", "FLOW"):
        raise refuse(PARAMETER, "Param buttons.type must be one of {QUICK_REPLY, URL, PHONE_NUMBER, OTP, FLOW}")
    if button["type"] == "URL":
        check_url("buttons.url", button.get("url", ""))
    if not 0 < len(button.get("text", "")) <= LABEL_MAX and button["type"] != "OTP":
        raise refuse(PARAMETER, f"Param buttons.text has 1 to {LABEL_MAX} characters")


def find_template(templates: dict[tuple[str, str], Template], message: dict[str, Any]) -> Template:
    """The approved template that a message names, its language matched exactly. Raises `Refusal`."""
    name, code = message["name"], message["language"]["code"]
    if message["language"].get("policy", "deterministic") != "deterministic":
        raise refuse(PARAMETER, "Param language.policy must be deterministic")
    template = templates.get((name, code))
    if template is not None and template.status == "PAUSED":
        raise refuse(TEMPLATE_PAUSED)
    if template is not None and template.status == "DISABLED":
        raise refuse(TEMPLATE_DISABLED)
    if template is None or template.status != "APPROVED":
        raise refuse(NO_TEMPLATE, f"template name ({name}) does not exist in {code}")
    return template


def fill(template: Template, given: list[dict[str, Any]]) -> tuple[str, list[Button]]:
    """The text and the buttons that the person will see. Raises `Refusal` where the parameters do not fit."""
    parts: dict[str, dict[str, Any]] = {}
    buttons: dict[str, dict[str, Any]] = {}
    for component in given:
        kind = component["type"].casefold()
        if kind not in ("header", "body", "button"):
            raise refuse(PARAMETER, "Param template.components.type must be one of {HEADER, BODY, BUTTON}")
        place = buttons if kind == "button" else parts
        key = str(component.get("index", "")) if kind == "button" else kind
        if key in place:
            raise refuse(PARAMETER, f"Two components for {kind} {key}".rstrip())
        place[key] = component
    header = _header(template.component("HEADER"), parts.get("header", {}))
    body_text = template.component("BODY").get("text") or "{{1}}"
    body = _hydrated("body", body_text, parts.get("body", {}).get("parameters", []))
    if len(body) > BODY_MAX:
        raise refuse(TEMPLATE_TOO_LONG)
    if template.category == "AUTHENTICATION":
        _check_code(parts.get("body", {}), buttons)
    text = "\n".join(part for part in (header, body, template.component("FOOTER").get("text", "")) if part)
    return text, _buttons(template.component("BUTTONS").get("buttons", []), buttons)


def _header(component: dict[str, Any], given: dict[str, Any]) -> str:
    sort = component.get("format", "TEXT").casefold()
    parameters = given.get("parameters", [])
    if sort == "text":
        return _hydrated("header", component.get("text", ""), parameters)
    if len(parameters) != 1 or parameters[0]["type"] != sort or sort not in parameters[0]:
        raise refuse(TEMPLATE_FORMAT, f"header: Format mismatch, expected {sort.upper()}")
    check_file(f"header.{sort}", parameters[0][sort])
    return ""


def _hydrated(where: str, text: str, parameters: list[dict[str, Any]]) -> str:
    names = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    if len(names) != len(parameters):
        raise refuse(
            TEMPLATE_PARAMETERS,
            f"{where}: number of localizable_params ({len(parameters)}) does not match the expected number of params "
            f"({len(names)})",
        )
    values = {}
    for place, parameter in enumerate(parameters):
        name = parameter.get("parameter_name", names[place])
        if name not in names or name in values:
            raise refuse(TEMPLATE_FORMAT, f"{where}: Parameter name is missing or empty")
        values[name] = _value(where, parameter)
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def _value(where: str, parameter: dict[str, Any]) -> str:
    kind = parameter["type"]
    if kind in ("currency", "date_time") and kind in parameter:
        return str(parameter[kind]["fallback_value"])
    if kind != "text" or not parameter.get("text"):
        raise refuse(TEMPLATE_FORMAT, f"{where}: Format mismatch, expected TEXT")
    if _FORBIDDEN.search(parameter["text"]):
        raise refuse(PARAMETER, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces")
    return str(parameter["text"])


def _check_code(body: dict[str, Any], buttons: dict[str, dict[str, Any]]) -> None:
    """An authentication template has the code twice: in the body and in its button."""
    code = body["parameters"][0].get("text", "")
    if len(code) > CODE_MAX:
        raise refuse(PARAMETER, f"The code has at most {CODE_MAX} characters")
    button = buttons.get("0", {})
    if [parameter.get("text") for parameter in button.get("parameters", [])] != [code]:
        raise refuse(TEMPLATE_PARAMETERS, "buttons: Button at index 0 of type Url requires a parameter")


def _buttons(defined: list[dict[str, Any]], given: dict[str, dict[str, Any]]) -> list[Button]:
    unknown = given.keys() - {str(place) for place in range(len(defined))}
    if unknown:
        raise refuse(TEMPLATE_PARAMETERS, f"buttons: the template has no button at index {', '.join(sorted(unknown))}")
    return [_button(str(place), entry, given.get(str(place))) for place, entry in enumerate(defined)]


def _button(place: str, defined: dict[str, Any], given: dict[str, Any] | None) -> Button:
    label = defined.get("text", "")
    parameters = [] if given is None else given.get("parameters", [])
    expected = {"QUICK_REPLY": "quick_reply", "URL": "url", "OTP": "url", "FLOW": "flow"}.get(defined["type"], "")
    if given is not None and given.get("sub_type", "").casefold() != expected:
        raise refuse(TEMPLATE_FORMAT, f"buttons: Button at index {place} is of another type")
    if expected == "quick_reply":
        payload = parameters[0].get("payload", "") if parameters else label
        if not 0 < len(payload) <= PAYLOAD_MAX:
            raise refuse(TEMPLATE_FORMAT, f"buttons: Button at index {place} needs a payload")
        return Button(label, payload, "quick_reply")
    if defined["type"] == "URL":
        wants = 1 if "{{1}}" in defined["url"] else 0
        if len(parameters) != wants or (wants and not parameters[0].get("text")):
            raise refuse(TEMPLATE_PARAMETERS, f"buttons: Button at index {place} requires {wants} parameters")
        url = defined["url"].replace("{{1}}", parameters[0]["text"] if wants else "")
        return Button(label, "", "url", url)
    return Button(label, parameters[0].get("text", "") if parameters else "", defined["type"].casefold())
