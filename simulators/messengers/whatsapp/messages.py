"""Which messages WhatsApp takes (developers.facebook.com/docs/whatsapp/cloud-api/reference/messages).

Lengths count characters. Whether a recipient or a file exists is checked elsewhere.
"""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from simulators.messengers.shapes import ShapeError
from simulators.messengers.whatsapp.fields import ACTION_NAMES, ACTIONS, MEDIA_TYPES, MESSAGE_TYPES, SHAPES
from simulators.messengers.whatsapp.refusal import MISSING, PARAMETER, VALUE, refuse

TEXT_MAX: Final = 4096
CAPTION_MAX: Final = 1024
BODY_MAX: Final = 1024
LINE_MAX: Final = 60
BUTTONS_MAX: Final = 3
TITLE_MAX: Final = 20
BUTTON_ID_MAX: Final = 256
SECTIONS_MAX: Final = 10
ROWS_MAX: Final = 10
ROW_TITLE_MAX: Final = 24
ROW_ID_MAX: Final = 200
ROW_DESCRIPTION_MAX: Final = 72
FLOW_BUTTON_MAX: Final = 30
FILE_NAME_MAX: Final = 240
OPAQUE_MAX: Final = 512

_PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
_SEPARATORS: Final = re.compile(r"[ ()-]")
_BSUID: Final = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")


def check_shape(value: object, name: str) -> None:
    """Raises `Refusal`: 131008 for a missing field, 100 for an unknown or mistyped one."""
    try:
        SHAPES.check(value, name)
    except ShapeError as error:
        path, _, key = error.path.rpartition(".")
        if error.reason == "missing":
            raise refuse(MISSING, f"The parameter {error.path} is required.") from error
        if error.reason == "unknown":
            raise refuse(PARAMETER, f'Unexpected key "{key}" on param "{path}"') from error
        raise refuse(PARAMETER, f"Param {error.path} has a wrong type") from error


def check_product(fields: dict[str, Any]) -> None:
    if fields.get("messaging_product", "whatsapp") != "whatsapp":
        raise refuse(PARAMETER, "Param messaging_product must be one of {WHATSAPP}")


def read_message(fields: dict[str, Any]) -> dict[str, Any]:
    """Check all of a message but what must exist; gives it with its `type`. Raises `Refusal`."""
    check_product(fields)
    kind = fields.get("type", "text")
    if not isinstance(kind, str) or kind not in MESSAGE_TYPES:
        raise refuse(PARAMETER, f"Param type must be one of {{{', '.join(sorted(MESSAGE_TYPES)).upper()}}}")
    check_shape(fields, f"message {kind}")
    if fields.get("recipient_type", "individual") != "individual":
        raise refuse(PARAMETER, "Param recipient_type must be one of {INDIVIDUAL}")
    _check_recipient(fields)
    _length("biz_opaque_callback_data", fields.get("biz_opaque_callback_data", "-"), OPAQUE_MAX)
    content = fields[kind]
    if kind == "text":
        _length("text.body", content["body"], TEXT_MAX)
    elif kind in MEDIA_TYPES:
        _check_media(kind, content)
    elif kind == "location":
        _check_location(content)
    elif kind == "contacts":
        _check_contacts(content)
    elif kind == "interactive":
        _check_interactive(content)
    return fields | {"type": kind}


def digits_of(number: str) -> str:
    return _SEPARATORS.sub("", number).removeprefix("+")


def _check_recipient(fields: dict[str, Any]) -> None:
    """`to` wins over `recipient`."""
    if "to" not in fields and "recipient" not in fields:
        raise refuse(MISSING, "The parameter to is required.")
    if "to" in fields:
        if not _PHONE.fullmatch(_SEPARATORS.sub("", fields["to"])):
            raise refuse(VALUE, "to is no phone number")
    elif not _BSUID.fullmatch(fields["recipient"]):
        raise refuse(VALUE, "recipient is no business-scoped user ID")


def _length(name: str, text: str, most: int) -> None:
    if not text.strip():
        raise refuse(VALUE, f"{name} must not be empty")
    if len(text) > most:
        raise refuse(VALUE, f"{name} must have at most {most} characters")


def _identifier(name: str, text: str, most: int) -> None:
    _length(name, text, most)
    if text != text.strip():
        raise refuse(VALUE, f"{name} must not begin or end with spaces")


def _unique(name: str, values: list[str]) -> None:
    if len(set(values)) != len(values):
        raise refuse(VALUE, f"Duplicated {name} found: {name}s must be unique")


def check_url(name: str, url: str) -> None:
    """Raises `Refusal` for what is no http or https URL."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise refuse(VALUE, f"{name} is no URL") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise refuse(VALUE, f"{name} is no URL")


def check_file(name: str, content: dict[str, Any]) -> None:
    """A file is named by exactly one of `id` and `link`."""
    if ("id" in content) == ("link" in content):
        raise refuse(PARAMETER, f"Param {name} must have exactly one of id and link")
    if "link" in content:
        check_url(f"{name}.link", content["link"])


def _check_media(kind: str, content: dict[str, Any]) -> None:
    check_file(kind, content)
    if len(content.get("caption", "")) > CAPTION_MAX:
        raise refuse(VALUE, f"{kind}.caption must have at most {CAPTION_MAX} characters")
    _length("document.filename", content.get("filename", "-"), FILE_NAME_MAX)


def _check_location(content: dict[str, Any]) -> None:
    for name, most in (("latitude", 90), ("longitude", 180)):
        try:
            degrees = float(content[name])
        except (ValueError, OverflowError) as error:
            raise refuse(VALUE, f"location.{name} is no number") from error
        if not -most <= degrees <= most:
            raise refuse(VALUE, f"location.{name} is outside of the earth")


def _check_contacts(contacts: list[dict[str, Any]]) -> None:
    if not contacts:
        raise refuse(MISSING, "The parameter contacts is required.")
    for contact in contacts:
        _length("contacts.name.formatted_name", contact["name"]["formatted_name"], CAPTION_MAX)
        if len(contact["name"]) < 2:
            raise refuse(MISSING, "contacts.name must have one more part beside formatted_name")


def _check_interactive(content: dict[str, Any]) -> None:
    kind = content["type"]
    if kind not in ACTIONS:
        raise refuse(PARAMETER, f"Param interactive.type must be one of {{{', '.join(sorted(ACTIONS))}}}")
    check_shape(content["action"], f"action {kind}")
    if "body" not in content:
        raise refuse(MISSING, "The parameter interactive.body is required.")
    _length("interactive.body.text", content["body"]["text"], BODY_MAX)
    if "footer" in content:
        _length("interactive.footer.text", content["footer"]["text"], LINE_MAX)
    if "header" in content:
        _check_header(kind, content["header"])
    _check_action(kind, content["action"])


def _check_header(kind: str, header: dict[str, Any]) -> None:
    sort = header["type"]
    allowed = {"list": {"text"}, "request_contact_info": set(), "location_request_message": set()}
    if sort not in allowed.get(kind, {"text", "image", "video", "document"}):
        raise refuse(PARAMETER, f"An interactive message of type {kind} has no header of type {sort}")
    if header.keys() != {"type", sort}:
        raise refuse(PARAMETER, f"A header of type {sort} has exactly {sort}")
    if sort == "text":
        _length("interactive.header.text", header["text"], LINE_MAX)
    else:
        check_file(f"interactive.header.{sort}", header[sort])


def _check_action(kind: str, action: dict[str, Any]) -> None:
    if kind in ACTION_NAMES and action["name"] != ACTION_NAMES[kind]:
        raise refuse(PARAMETER, f"Param interactive.action.name must be {ACTION_NAMES[kind]}")
    if kind == "button":
        _check_buttons(action["buttons"])
    elif kind == "list":
        _check_list(action)
    elif kind == "cta_url":
        _length("parameters.display_text", action["parameters"]["display_text"], TITLE_MAX)
        check_url("parameters.url", action["parameters"]["url"])
    elif kind == "flow":
        _check_flow(action["parameters"])


def _check_buttons(buttons: list[dict[str, Any]]) -> None:
    if not 1 <= len(buttons) <= BUTTONS_MAX:
        raise refuse(VALUE, f"Invalid buttons count. Min allowed buttons: 1, Max allowed buttons: {BUTTONS_MAX}")
    for button in buttons:
        if button["type"] != "reply":
            raise refuse(PARAMETER, "Param buttons.type must be reply")
        _identifier("Button id", button["reply"]["id"], BUTTON_ID_MAX)
        _length("Button title", button["reply"]["title"], TITLE_MAX)
    _unique("button id", [button["reply"]["id"] for button in buttons])
    _unique("button title", [button["reply"]["title"] for button in buttons])


def _check_list(action: dict[str, Any]) -> None:
    _length("action.button", action["button"], TITLE_MAX)
    sections = action["sections"]
    if not 1 <= len(sections) <= SECTIONS_MAX:
        raise refuse(VALUE, f"A list has 1 to {SECTIONS_MAX} sections")
    for section in sections:
        if len(sections) > 1 and "title" not in section:
            raise refuse(MISSING, "A section of several needs a title")
        _length("Section title", section.get("title", "-"), ROW_TITLE_MAX)
        if not section["rows"]:
            raise refuse(VALUE, "A section needs rows")
    rows = [row for section in sections for row in section["rows"]]
    if len(rows) > ROWS_MAX:
        raise refuse(VALUE, f"Total row count exceed max allowed count: {ROWS_MAX}")
    for row in rows:
        _identifier("Row id", row["id"], ROW_ID_MAX)
        _length("Row title", row["title"], ROW_TITLE_MAX)
        _length("Row description", row.get("description", "-"), ROW_DESCRIPTION_MAX)
    _unique("row id", [row["id"] for row in rows])
    _unique("row title", [row["title"] for row in rows])


def _check_flow(parameters: dict[str, Any]) -> None:
    check_shape(parameters, "Flow")
    if parameters["flow_message_version"] != "3":
        raise refuse(VALUE, "flow_message_version must be 3")
    if ("flow_id" in parameters) == ("flow_name" in parameters):
        raise refuse(PARAMETER, "A flow is named by exactly one of flow_id and flow_name")
    _length("flow_cta", parameters["flow_cta"], FLOW_BUTTON_MAX)
    way = parameters.get("flow_action", "navigate")
    if way not in ("navigate", "data_exchange"):
        raise refuse(PARAMETER, "Param flow_action must be one of {navigate, data_exchange}")
    if way == "data_exchange" and "flow_action_payload" in parameters:
        raise refuse(PARAMETER, "flow_action_payload belongs to navigate")
    if parameters.get("mode", "published") not in ("draft", "published"):
        raise refuse(PARAMETER, "Param mode must be one of {draft, published}")
