"""Whatever JSON a bot sends, it is taken or refused; nothing else ever happens."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

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


@given(st.binary(min_size=1, max_size=200))
def test_an_uploaded_file_arrives_byte_for_byte(content: bytes) -> None:
    boundary = b"1f4c9a-boundary-that-no-content-has"
    head = b'Content-Disposition: form-data; name="photo"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
    chat = b'Content-Disposition: form-data; name="chat_id"\r\n\r\n5'
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in (chat, head + content))
    content_type = f"multipart/form-data; boundary={boundary.decode()}"
    call = read_call(content_type, {}, body + b"--" + boundary + b"--\r\n", METHODS["sendPhoto"])
    assert call.uploads["photo"].content == content
