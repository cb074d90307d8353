"""Whatever JSON a bot sends, it is taken or refused; nothing else ever happens."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from simulators.messengers.graph.body import read_call as read_graph_call
from simulators.messengers.graph.refusal import Refusal
from simulators.messengers.messenger import messages as messenger
from simulators.messengers.messenger.profile import Profile
from simulators.messengers.messenger.showing import shown as shown_in_messenger
from simulators.messengers.shapes import read_table
from simulators.messengers.telegram import refusal as telegram
from simulators.messengers.telegram.body import read_call
from simulators.messengers.telegram.fields import METHODS
from simulators.messengers.telegram.keyboards import check_markup, shown_buttons
from simulators.messengers.telegram.texts import read_text
from simulators.messengers.viber import keyboards
from simulators.messengers.viber import refusal as viber
from simulators.messengers.viber.fields import MESSAGE_TYPES
from simulators.messengers.viber.messages import read_message
from simulators.messengers.whatsapp import messages as whatsapp
from simulators.messengers.whatsapp.fields import ACTIONS
from simulators.messengers.whatsapp.fields import MESSAGE_TYPES as WHATSAPP_TYPES
from simulators.messengers.whatsapp.sending import file_of
from simulators.messengers.whatsapp.showing import shown as shown_in_whatsapp
from simulators.messengers.whatsapp.templates import Template, check_template, fill

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=5)
)


def json_with(names: list[str], words: list[str]) -> st.SearchStrategy[Any]:
    """JSON whose keys and texts are often those of the platform."""
    leaves = st.one_of(SCALARS, st.sampled_from(words))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(names), inner, max_size=4)
        ),
        max_leaves=12,
    )


TELEGRAM = json_with(
    ["inline_keyboard", "keyboard", "text", "callback_data", "url", "web_app", "copy_text", "remove_keyboard", "type"],
    ["https://bank.example", "Так", "http://[", "bold"],
)
VIBER = json_with(
    ["Type", "Buttons", "ActionType", "ActionBody", "Text", "Columns", "Rows", "InternalBrowser", "name", "lat", "lon"],
    ["keyboard", "rich_media", "reply", "open-url", "http://[", "https://bank.example/a.png"],
)


@given(TELEGRAM, TELEGRAM)
@example({"inline_keyboard": [[{"text": "Так", "url": "http://["}]]}, [])
@example({"keyboard": [["Так"]], "input_field_placeholder": ""}, [])
def test_telegram_takes_or_refuses_any_keyboard_and_entities(markup: Any, entities: Any) -> None:
    body = json.dumps({"chat_id": 1, "text": "Так", "reply_markup": markup, "entities": entities}).encode()
    with contextlib.suppress(telegram.Refusal):
        call = read_call("application/json", {}, body, METHODS["sendMessage"])
        read_text(call.fields)
        check_markup(call.fields["reply_markup"])
        shown_buttons(call.fields["reply_markup"])


@given(st.sampled_from(list(MESSAGE_TYPES)), VIBER, VIBER)
@example("picture", "http://[", {"Type": "keyboard", "Buttons": [{"ActionBody": "a", "Text": "a"}]})
@example("text", "Так", {"Type": "keyboard", "Buttons": [{"ActionBody": "a", "Text": "a", "Columns": None}]})
@example("rich_media", {"Type": "rich_media", "Buttons": [{"ActionBody": "a", "Text": "a"}]}, None)
@example("location", {"lat": 10**400, "lon": 1}, None)
def test_viber_takes_or_refuses_any_message(kind: str, content: Any, keyboard: Any) -> None:
    message = {"type": kind, "sender": {"name": "Банк"}, "keyboard": keyboard}
    message |= dict.fromkeys(read_table(MESSAGE_TYPES[kind]), content)
    with contextlib.suppress(viber.Refusal):
        taken = read_message(message)
        keyboards.shown_buttons(taken.get("keyboard", taken.get("rich_media", {})))


WHATSAPP = json_with(
    [
        "type",
        "body",
        "text",
        "action",
        "buttons",
        "sections",
        "rows",
        "reply",
        "id",
        "title",
        "name",
        "parameters",
        "url",
    ],
    ["text", "reply", "https://bank.example", "http://[", "flow", "1", "image"],
)
COMPONENTS = json_with(
    ["type", "sub_type", "index", "parameters", "text", "payload", "format", "buttons", "url", "image", "link"],
    ["header", "body", "button", "text", "image", "quick_reply", "0", "https://bank.example/{{1}}", "HEADER", "URL"],
)
MESSENGER = json_with(
    ["text", "attachment", "type", "payload", "template_type", "elements", "buttons", "title", "url", "quick_replies"],
    ["template", "button", "generic", "media", "postback", "web_url", "http://[", "https://bank.example", "image"],
)


@given(st.sampled_from(sorted(ACTIONS)), WHATSAPP, st.sampled_from(sorted(WHATSAPP_TYPES)), WHATSAPP)
@example("cta_url", {"name": "cta_url", "parameters": {"display_text": "a", "url": "http://["}}, "location", None)
def test_whatsapp_takes_or_refuses_any_message(sort: str, action: Any, kind: str, content: Any) -> None:
    interactive = {"type": sort, "body": {"text": "Так?"}, "action": action}
    for given_kind, given_content in ((kind, content), ("interactive", interactive)):
        message = {"messaging_product": "whatsapp", "to": "380501112233", "type": given_kind, given_kind: given_content}
        with contextlib.suppress(Refusal):
            taken = whatsapp.read_message(message)
            shown_in_whatsapp(taken["type"], taken[taken["type"]])


@given(
    st.lists(COMPONENTS, max_size=3), st.lists(COMPONENTS, max_size=3), st.sampled_from(["UTILITY", "AUTHENTICATION"])
)
@example([{"type": "BODY", "text": "{{1}}"}, {"type": "BUTTONS", "buttons": [{"type": "URL"}]}], [], "UTILITY")
@example([{"type": "BODY", "text": "a"}], [], "AUTHENTICATION")
def test_whatsapp_takes_or_refuses_any_template(components: list[Any], given_: list[Any], category: str) -> None:
    asked = {"name": "hello", "language": "uk", "category": category, "components": components}
    used = {"messaging_product": "whatsapp", "to": "380501112233", "type": "template"}
    used["template"] = {"name": "hello", "language": {"code": "uk"}, "components": given_}  # type: ignore[assignment]
    with contextlib.suppress(Refusal):
        whatsapp.check_shape(asked, "create template")
        check_template(asked)
        message = whatsapp.read_message(used)
        fill(Template("1", "hello", "uk", category, "APPROVED", components), message["template"]["components"])
        file_of("template", message["template"])


@given(MESSENGER, MESSENGER)
@example({"attachment": {"type": "template", "payload": {"template_type": "media", "elements": [{}]}}}, [])
def test_messenger_takes_or_refuses_any_message_and_menu(message: Any, menu: Any) -> None:
    with contextlib.suppress(Refusal):
        call = {"recipient": {"id": "5"}, "messaging_type": "RESPONSE", "message": message}
        messenger.check_call(call, frozenset(), uploaded=False)
        shown_in_messenger(message, "")
    with contextlib.suppress(Refusal):
        Profile().set({"get_started": {"payload": "a"}, "persistent_menu": menu})


@given(
    st.sampled_from(["application/json", "multipart/form-data; boundary=b", "application/x-www-form-urlencoded", ""]),
    st.binary(max_size=60),
)
@example("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--')
def test_any_body_of_a_graph_call_is_read_or_refused(content_type: str, body: bytes) -> None:
    with contextlib.suppress(Refusal):
        read_graph_call("POST", ("me", "messages"), {"content-type": content_type}, {}, body)


@given(st.binary(min_size=1, max_size=200))
def test_an_uploaded_file_arrives_byte_for_byte(content: bytes) -> None:
    boundary = b"1f4c9a-boundary-that-no-content-has"
    head = b'Content-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    chat = b'Content-Disposition: form-data; name="chat_id"\r\n\r\n5'
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in (chat, head + content))
    content_type = f"multipart/form-data; boundary={boundary.decode()}"
    call = read_call(content_type, {}, body + b"--" + boundary + b"--\r\n", METHODS["sendPhoto"])
    assert call.uploads["photo"].content == content
