"""One logical message and the literal bodies of `messages` that it becomes in Messenger."""

from __future__ import annotations

from typing import Any

import pytest

from bots.meta.templates import Template
from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture
from core.messages.channels import BadMessage, WireCall
from tests.channels.platforms import MESSENGER, said

PERSON = "24000000000000011"
RECEIPT = Picture(template="receipt", data={}, alt="Квитанція 120.50 UAH", lang="uk")
STATEMENT = Document(template="receipt", data={}, alt="Виписка за листопад", lang="uk", name="statement-11.pdf")
PIN = Link("https://bank.example/s/1", "Ввести PIN")
WEBVIEW = {"messenger_extensions": True, "webview_height_ratio": "tall", "webview_share_button": "hide"}


def render(message: OutboundMessage, template: Template | None = None) -> list[WireCall]:
    return MESSENGER.channel(template=template).render(message, PERSON, "out_1", "")


def messages(message: OutboundMessage) -> list[dict[str, Any]]:
    calls = render(message)
    envelope = {"recipient": {"id": PERSON}, "messaging_type": "RESPONSE"}
    assert all({name: call.payload[name] for name in envelope} == envelope for call in calls)
    assert all(call.payload["message"]["metadata"] == "out_1" for call in calls)
    return [{n: part for n, part in call.payload["message"].items() if n != "metadata"} for call in calls]


def template_of(message: dict[str, Any]) -> dict[str, Any]:
    assert message["attachment"]["type"] == "template"
    payload: dict[str, Any] = message["attachment"]["payload"]
    return payload


def choices(count: int, label: str = "№ {}") -> tuple[Choice, ...]:
    return tuple(Choice(f"b:{number}", label.format(number)) for number in range(1, count + 1))


def test_a_text() -> None:
    assert messages(OutboundMessage(text="Вітаємо")) == [{"text": "Вітаємо"}]


def test_three_choices_are_buttons_that_stay() -> None:
    [message] = messages(OutboundMessage(text="Надіслати?", choices=choices(3)))
    assert template_of(message) == {
        "template_type": "button",
        "text": "Надіслати?",
        "buttons": [{"type": "postback", "title": f"№ {n}", "payload": f"b:{n}"} for n in (1, 2, 3)],
    }


def test_up_to_thirteen_choices_are_quick_replies() -> None:
    [message] = messages(OutboundMessage(text="Рахунок", choices=choices(13)))
    assert message == {
        "text": "Рахунок",
        "quick_replies": [{"content_type": "text", "title": f"№ {n}", "payload": f"b:{n}"} for n in range(1, 14)],
    }


def test_up_to_thirty_choices_are_cards_and_more_are_numbered() -> None:
    text, cards = messages(OutboundMessage(text="Банк", choices=choices(30)))
    assert text == {"text": "Банк"}
    elements = template_of(cards)["elements"]
    assert [element["title"] for element in elements][:2] == ["1–3", "4–6"]
    assert [len(element["buttons"]) for element in elements] == [3] * 10
    [numbered] = messages(OutboundMessage(text="Банк", choices=choices(31)))
    assert numbered["text"].startswith("Банк\n\n1. № 1\n2. № 2\n")


def test_a_label_that_is_cut_stands_whole_in_the_text() -> None:
    [message] = messages(OutboundMessage(text="Куди?", choices=choices(2, "Переказ за номером телефону {}")))
    template = template_of(message)
    assert template["text"] == "Куди?\n\n1. Переказ за номером телефону 1\n2. Переказ за номером телефону 2"
    titles = [button["title"] for button in template["buttons"]]
    assert titles == ["Переказ за номером…", "Переказ за номе… (2)"]


def test_a_link_to_our_page_opens_inside_without_the_button_that_shares_it() -> None:
    [message] = messages(OutboundMessage(text="Відкрийте", links=(PIN,), choices=(Choice("b:0", "Скасувати"),)))
    assert template_of(message)["buttons"] == [
        {"type": "postback", "title": "Скасувати", "payload": "b:0"},
        {"type": "web_url", "title": "Ввести PIN", "url": PIN.url, **WEBVIEW},
    ]


@pytest.mark.parametrize(
    "url", ["https://shop.example/s/1", "https://bank.example.evil.test/s", "http://bank.example/s"]
)
def test_a_link_elsewhere_is_a_plain_one(url: str) -> None:
    [message] = messages(OutboundMessage(text="Крамниця", links=(Link(url, "Відкрити"),)))
    assert template_of(message)["buttons"] == [{"type": "web_url", "title": "Відкрити", "url": url}]


def test_three_choices_and_a_link_are_two_messages() -> None:
    first, second = messages(OutboundMessage(text="Оберіть", choices=choices(3), links=(PIN,)))
    assert template_of(first)["text"] == "Оберіть"
    assert template_of(second)["text"] == "Ввести PIN"


def test_quick_replies_come_last_because_the_next_message_takes_them_away() -> None:
    link, text = messages(OutboundMessage(text="Оберіть", choices=choices(5), links=(PIN,)))
    assert template_of(link)["text"] == "Ввести PIN"
    assert len(text["quick_replies"]) == 5


def test_a_contact_is_asked_beside_the_choices() -> None:
    [message] = messages(OutboundMessage(text="Номер?", ask_contact="Мій номер", choices=choices(1)))
    assert message["quick_replies"] == [
        {"content_type": "user_phone_number"},
        {"content_type": "text", "title": "№ 1", "payload": "b:1"},
    ]


def test_a_place_is_asked_in_words_alone() -> None:
    assert messages(OutboundMessage(text="Де ви?", ask_location="Я тут")) == [{"text": "Де ви?"}]


def test_a_file_is_uploaded_and_what_there_is_to_say_follows() -> None:
    picture, text = render(OutboundMessage(text="Готово", picture=RECEIPT, choices=choices(1)))
    assert picture.payload["message"]["attachment"] == {"type": "image", "payload": {}}
    assert (picture.upload, text.upload) == ("message.attachment.payload", "")
    [document] = render(OutboundMessage(document=STATEMENT))
    assert document.payload["message"]["attachment"]["type"] == "file"
    assert document.file_name == "statement-11.pdf"


def test_a_long_text_over_buttons_ends_above_them() -> None:
    text = "слово " * 500
    *lead, last = render(OutboundMessage(text=text, choices=choices(2)))
    assert all(len(said(call)) <= 2000 for call in lead)
    assert len(said(last)) <= 640
    assert "".join(map(said, [*lead, last])).replace(" ", "") == text.replace(" ", "")


def test_the_mark_that_a_message_was_seen_comes_last_and_holds_up_nothing() -> None:
    text, seen = render(OutboundMessage(text="Так", ack="m_71"))
    assert seen.payload == {"recipient": {"id": PERSON}, "sender_action": "mark_seen"}
    assert (text.optional, seen.optional) == (False, True)


def test_after_the_window_each_message_is_the_template() -> None:
    [call] = render(OutboundMessage(text="Зараховано\n120 грн", lang="uk"), Template("bank_news", ("uk",)))
    parameters = [{"type": "text", "text": "Зараховано 120 грн"}]
    assert call.outside_window == {
        "recipient": {"id": PERSON},
        "messaging_type": "UTILITY",
        "message": {
            "template": {
                "name": "bank_news",
                "language": {"code": "uk"},
                "components": [{"type": "body", "parameters": parameters}],
            }
        },
    }


@pytest.mark.parametrize("token", ["", "b" * 1001])
def test_a_token_that_no_button_can_carry_is_our_mistake(token: str) -> None:
    with pytest.raises(BadMessage, match="token"):
        render(OutboundMessage(text="?", choices=(Choice(token, "Так"),)))
