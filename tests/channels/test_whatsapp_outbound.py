"""One logical message and the literal bodies of `messages` that it becomes in WhatsApp."""

from __future__ import annotations

from typing import Any

import pytest

from bots.meta.templates import Template
from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture, Span
from core.messages.channels import BadMessage, WireCall
from tests.channels.platforms import WHATSAPP, said

PHONE = "380501112233"
RECEIPT = Picture(template="receipt", data={}, alt="Квитанція 120.50 UAH", lang="uk")
STATEMENT = Document(template="receipt", data={}, alt="Виписка за листопад", lang="uk", name="statement-11.pdf")
PIN = Link("https://bank.example/s/1", "Ввести PIN")
ENVELOPE = {
    "messaging_product": "whatsapp",
    "recipient_type": "individual",
    "to": PHONE,
    "biz_opaque_callback_data": "out_1",
}


def render(message: OutboundMessage, chat: str = PHONE, template: Template | None = None) -> list[WireCall]:
    return WHATSAPP.channel(template=template).render(message, chat, "out_1", "")


def payloads(message: OutboundMessage) -> list[dict[str, Any]]:
    return [call.payload for call in render(message)]


def interactive(message: OutboundMessage) -> dict[str, Any]:
    [payload] = payloads(message)
    assert payload["type"] == "interactive"
    found: dict[str, Any] = payload["interactive"]
    return found


def choices(count: int, label: str = "№ {}") -> tuple[Choice, ...]:
    return tuple(Choice(f"b:{number}", label.format(number)) for number in range(1, count + 1))


def test_a_text() -> None:
    assert payloads(OutboundMessage(text="Вітаємо")) == [{**ENVELOPE, "type": "text", "text": {"body": "Вітаємо"}}]


def test_a_person_with_a_business_scoped_id_is_addressed_by_it() -> None:
    [call] = render(OutboundMessage(text="Вітаємо"), "UA.7h3kQ2")
    assert (call.payload["recipient"], "to" in call.payload) == ("UA.7h3kQ2", False)


def test_three_short_choices_are_buttons() -> None:
    assert interactive(OutboundMessage(text="Надіслати?", choices=(Choice("b:1", "Так"), Choice("b:2", "Ні")))) == {
        "type": "button",
        "body": {"text": "Надіслати?"},
        "action": {
            "buttons": [
                {"type": "reply", "reply": {"id": "b:1", "title": "Так"}},
                {"type": "reply", "reply": {"id": "b:2", "title": "Ні"}},
            ]
        },
    }


def test_more_choices_or_longer_ones_are_a_list() -> None:
    assert interactive(OutboundMessage(text="Рахунок", choices=choices(4), lang="en")) == {
        "type": "list",
        "body": {"text": "Рахунок"},
        "action": {
            "button": "Choose",
            "sections": [{"rows": [{"id": f"b:{n}", "title": f"№ {n}"} for n in range(1, 5)]}],
        },
    }
    long = "Поповнити мобільний телефон дружини"
    [row] = interactive(OutboundMessage(text="?", choices=(Choice("b:1", long),)))["action"]["sections"][0]["rows"]
    assert row == {"id": "b:1", "title": "Поповнити мобільний тел…", "description": long}


def test_thirty_choices_are_three_lists_and_more_are_numbered() -> None:
    sent = payloads(OutboundMessage(text="Банк", choices=choices(30)))
    assert [one["interactive"]["body"]["text"] for one in sent] == ["Банк", "11–20", "21–30"]
    assert [len(one["interactive"]["action"]["sections"][0]["rows"]) for one in sent] == [10, 10, 10]
    [text] = payloads(OutboundMessage(text="Банк", choices=choices(31)))
    assert text["text"]["body"].startswith("Банк\n\n1. № 1\n2. № 2\n")


def test_titles_that_are_cut_stay_distinct() -> None:
    rows = interactive(OutboundMessage(text="?", choices=choices(4, "Переказ за номером телефону {}")))["action"]
    titles = [row["title"] for row in rows["sections"][0]["rows"]]
    assert len(set(titles)) == 4
    assert all(len(title) <= 24 for title in titles)


def test_a_link_is_a_button_with_the_text_over_it() -> None:
    assert interactive(OutboundMessage(text="Відкрийте сторінку", links=(PIN,))) == {
        "type": "cta_url",
        "body": {"text": "Відкрийте сторінку"},
        "action": {"name": "cta_url", "parameters": {"display_text": "Ввести PIN", "url": PIN.url}},
    }


def test_choices_and_a_link_are_two_messages() -> None:
    first, second = payloads(OutboundMessage(text="Оберіть", choices=choices(3), links=(PIN,)))
    assert first["interactive"]["type"] == "button"
    assert second["interactive"]["type"] == "cta_url"
    assert second["interactive"]["body"] == {"text": "Ввести PIN"}
    assert PIN.url not in str(first)


def test_many_links_and_odd_ones_are_lines() -> None:
    links = tuple(Link(f"https://bank.example/{n}", f"Сторінка {n}") for n in range(4))
    [text] = payloads(OutboundMessage(text="Сторінки", links=links))
    assert "Сторінка 3: https://bank.example/3" in text["text"]["body"]
    [odd] = payloads(OutboundMessage(text="Дзвоніть", links=(Link("tel:3700", "Гаряча лінія"),)))
    assert odd["text"]["body"] == "Дзвоніть\n\nГаряча лінія: tel:3700"


def test_a_contact_is_asked_by_the_platforms_own_button_with_choices_as_text() -> None:
    message = OutboundMessage(text="Ваш номер?", ask_contact="Мій номер", choices=(Choice("b:1", "Пізніше"),))
    assert interactive(message) == {
        "type": "request_contact_info",
        "body": {"text": "Ваш номер?\n\n1. Пізніше"},
        "action": {"name": "request_contact_info"},
    }


def test_a_place_is_asked_by_the_platforms_own_button() -> None:
    assert interactive(OutboundMessage(ask_location="Де ви?")) == {
        "type": "location_request_message",
        "body": {"text": "Де ви?"},
        "action": {"name": "send_location"},
    }


def test_a_picture_is_uploaded_and_captioned() -> None:
    [call] = render(OutboundMessage(text="Готово", picture=RECEIPT))
    assert (call.payload["type"], call.payload["image"], call.upload) == ("image", {"caption": "Готово"}, "image")


def test_a_picture_with_short_choices_is_one_bubble() -> None:
    [call] = render(OutboundMessage(text="Готово", picture=RECEIPT, choices=choices(2)))
    assert call.upload == "interactive.header.image"
    assert call.payload["interactive"]["header"] == {"type": "image", "image": {}}
    assert call.payload["interactive"]["body"] == {"text": "Готово"}


def test_a_picture_with_a_list_goes_before_it() -> None:
    picture, rows = render(OutboundMessage(text="Готово", picture=RECEIPT, choices=choices(5)))
    assert (picture.payload["image"], picture.upload) == ({"caption": RECEIPT.alt}, "image")
    assert (rows.payload["interactive"]["body"], rows.upload) == ({"text": "Готово"}, "")


def test_a_document_keeps_its_name() -> None:
    [call] = render(OutboundMessage(text="Ось", document=STATEMENT))
    assert call.payload["document"] == {"filename": "statement-11.pdf", "caption": "Ось"}
    assert (call.upload, call.file_name) == ("document", "statement-11.pdf")


def test_a_long_text_over_buttons_ends_above_them() -> None:
    text = "слово " * 900
    *lead, last = render(OutboundMessage(text=text, choices=choices(2)))
    assert [len(said(call)) <= 4096 for call in lead] == [True, True]
    assert len(last.payload["interactive"]["body"]["text"]) <= 1024
    assert "".join(map(said, [*lead, last])).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Картка *1234", "Картка *1234"),
        ("Картки *1234 та *5678", "Картки *1234 та *5678"),
        ("Ціна *знижена* сьогодні", "Ціна ∗знижена* сьогодні"),
        ("id_of_thing", "id_of_thing"),
        ("_курсив_ і ~все~", "＿курсив_ і ∼все~"),
        ("`код` ```код```", "ˋкодˋ ˋˋˋкодˋˋˋ"),
        ("5 * 3 * 2", "5 * 3 * 2"),
    ],
)
def test_what_a_text_says_is_never_taken_for_markup(text: str, plain: str) -> None:
    [payload] = payloads(OutboundMessage(text=text))
    assert payload["text"]["body"] == plain


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (Span(0, 5, "bold"), "*Разом* 120 грн"),
        (Span(6, 9, "italic"), "Разом _120_ грн"),
        (Span(6, 10, "code"), "Разом ```120``` грн"),
        (Span(0, 2, "bold"), "Разом 120 грн"),
        (Span(9, 5, "bold"), "Разом 120 грн"),
        (Span(0, 900, "bold"), "*Разом 120 грн*"),
    ],
)
def test_spans_are_signs_where_whatsapp_reads_them(span: Span, text: str) -> None:
    [payload] = payloads(OutboundMessage(text="Разом 120 грн", spans=(span,)))
    assert payload["text"]["body"] == text


def test_the_mark_that_a_message_was_read_comes_last_and_holds_up_nothing() -> None:
    text, read = render(OutboundMessage(text="Так", ack="wamid.71"))
    assert read.payload == {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.71"}
    assert (text.optional, read.optional) == (False, True)


def test_after_the_window_each_message_is_the_template() -> None:
    template = Template("bank_news", ("uk", "en_US"))
    message = OutboundMessage(text="Зараховано\n\n120 грн", choices=choices(2), links=(PIN,), lang="en")
    first, second = render(message, "UA.7h3kQ2", template)
    parameters = [{"type": "text", "text": "Зараховано 120 грн 1. № 1 2. № 2"}]
    assert first.outside_window == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "recipient": "UA.7h3kQ2",
        "biz_opaque_callback_data": "out_1",
        "type": "template",
        "template": {
            "name": "bank_news",
            "language": {"code": "en_US"},
            "components": [{"type": "body", "parameters": parameters}],
        },
    }
    assert second.outside_window is not None
    assert PIN.url in str(second.outside_window)


def test_a_language_without_the_template_gets_the_first_one() -> None:
    [call] = render(OutboundMessage(text="Так", lang="be"), template=Template("bank_news", ("uk", "ru")))
    assert call.outside_window is not None
    assert call.outside_window["template"]["language"] == {"code": "uk"}


@pytest.mark.parametrize("token", ["", "b" * 201])
def test_a_token_that_no_row_can_carry_is_our_mistake(token: str) -> None:
    with pytest.raises(BadMessage, match="token"):
        render(OutboundMessage(text="?", choices=(Choice(token, "Так"),)))
