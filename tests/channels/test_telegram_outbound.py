"""One logical message and the literal Bot API calls that it becomes."""

from __future__ import annotations

from typing import Any

import pytest

from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture, Span
from core.messages.channels import BadMessage, WireCall
from tests.channels.platforms import TELEGRAM

CHAT = 5500000001
REMOVE = {"remove_keyboard": True}
RECEIPT = Picture(template="receipt", data={"sum": "120.50 UAH"}, alt="Квитанція 120.50 UAH", lang="uk")
STATEMENT = Document(template="receipt", data={}, alt="Виписка за листопад", lang="uk", name="statement-11.pdf")


def render(message: OutboundMessage) -> list[WireCall]:
    return TELEGRAM.channel().render(message, str(CHAT), "out_1", "")


def payload(message: OutboundMessage) -> dict[str, Any]:
    [call] = render(message)
    return call.payload


def test_a_text_takes_away_a_keyboard_left_behind() -> None:
    [call] = render(OutboundMessage(text="Вітаємо"))
    assert call == WireCall(method="sendMessage", payload={"chat_id": CHAT, "text": "Вітаємо", "reply_markup": REMOVE})


def test_choices_and_links_become_an_inline_keyboard() -> None:
    message = OutboundMessage(
        text="Оберіть рахунок",
        choices=(Choice("b:a1", "*1234"), Choice("b:a2", "*5678")),
        links=(Link("https://bank.example/s/1", "Ввести PIN"),),
        once=True,
    )
    assert payload(message) == {
        "chat_id": CHAT,
        "text": "Оберіть рахунок",
        "protect_content": True,
        "reply_markup": {
            "inline_keyboard": [
                [{"text": "*1234", "callback_data": "b:a1"}],
                [{"text": "*5678", "callback_data": "b:a2"}],
                [{"text": "Ввести PIN", "url": "https://bank.example/s/1"}],
            ]
        },
    }


def test_a_request_for_the_phone_becomes_a_reply_keyboard() -> None:
    message = OutboundMessage(
        text="Поділіться номером", ask_contact="Мій номер", choices=(Choice("b:c0", "Скасувати"),)
    )
    assert payload(message)["reply_markup"] == {
        "keyboard": [[{"text": "Мій номер", "request_contact": True}], [{"text": "Скасувати"}]],
        "resize_keyboard": True,
        "one_time_keyboard": True,
    }


def test_a_request_for_the_place_becomes_a_reply_keyboard_and_links_become_text() -> None:
    message = OutboundMessage(
        text="Де ви?", ask_location="Я тут", links=(Link("https://bank.example/map", "Відділення"),)
    )
    sent = payload(message)
    assert sent["reply_markup"]["keyboard"] == [[{"text": "Я тут", "request_location": True}]]
    assert sent["text"] == "Де ви?\n\nВідділення: https://bank.example/map"
    assert sent["link_preview_options"] == {"is_disabled": True}


@pytest.mark.parametrize(
    "url",
    ["http://localhost:8080/s/1", "tel:380441112233", "https://", "https://a b/", "x", "http://[::1", "https:///s"],
)
def test_an_address_that_telegram_refuses_on_a_button_becomes_text(url: str) -> None:
    sent = payload(OutboundMessage(text="PIN", links=(Link(url, "Сторінка"),)))
    assert sent["text"] == f"PIN\n\nСторінка: {url}"
    assert sent["reply_markup"] == REMOVE


def test_acknowledgement_and_deletion_go_first_and_hold_up_nothing() -> None:
    calls = render(OutboundMessage(text="Готово", ack="44", delete="77"))
    assert [(call.method, call.optional) for call in calls] == [
        ("answerCallbackQuery", True),
        ("deleteMessage", True),
        ("sendMessage", False),
    ]
    assert calls[0].payload == {"callback_query_id": "44"}
    assert calls[1].payload == {"chat_id": CHAT, "message_id": 77}


def test_a_message_of_nothing_but_an_acknowledgement_sends_nothing() -> None:
    assert [call.method for call in render(OutboundMessage(ack="44"))] == ["answerCallbackQuery"]


def test_buttons_without_a_text_stand_under_a_dot() -> None:
    assert payload(OutboundMessage(text=" \u200b ", choices=(Choice("b:1", "Так"),)))["text"] == "•"


def test_spans_become_entities_counted_in_utf16() -> None:
    text = "😀 сума 5 ₴"
    message = OutboundMessage(text=text, spans=(Span(2, 6, "bold"), Span(7, 8, "code")))
    assert payload(message)["entities"] == [
        {"type": "bold", "offset": 3, "length": 4},
        {"type": "code", "offset": 8, "length": 1},
    ]


def test_crossing_spans_are_taken_apart_and_code_stands_alone() -> None:
    spans = (Span(0, 4, "bold"), Span(2, 6, "italic"), Span(5, 6, "code"), Span(3, 99, "bold"), Span(7, 7, "code"))
    assert payload(OutboundMessage(text="abcdef", spans=spans))["entities"] == [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "bold", "offset": 2, "length": 1},
        {"type": "italic", "offset": 2, "length": 1},
        {"type": "bold", "offset": 3, "length": 1},
        {"type": "italic", "offset": 3, "length": 1},
        {"type": "bold", "offset": 4, "length": 1},
        {"type": "italic", "offset": 4, "length": 1},
        {"type": "code", "offset": 5, "length": 1},
    ]


def test_a_long_text_is_cut_at_a_word_and_its_keyboard_stands_under_the_last_part() -> None:
    words = " ".join(["слово"] * 1000)
    calls = render(OutboundMessage(text=words, spans=(Span(4090, 4100, "bold"),), choices=(Choice("b:1", "Далі"),)))
    first, second = (call.payload for call in calls)
    assert f"{first['text']} {second['text']}" == words
    assert len(first["text"]) == 4091
    assert first["entities"] == [{"type": "bold", "offset": 4090, "length": 1}]
    assert second["entities"] == [{"type": "bold", "offset": 0, "length": 8}]
    assert "reply_markup" not in first
    assert "inline_keyboard" in second["reply_markup"]


def test_a_picture_is_uploaded_with_its_caption() -> None:
    [call] = render(OutboundMessage(text="Готово", spans=(Span(0, 6, "bold"),), picture=RECEIPT, once=True))
    assert (call.method, call.upload) == ("sendPhoto", "photo")
    assert call.payload == {
        "chat_id": CHAT,
        "caption": "Готово",
        "caption_entities": [{"type": "bold", "offset": 0, "length": 6}],
        "protect_content": True,
        "reply_markup": REMOVE,
    }


def test_a_picture_without_a_text_is_described() -> None:
    [call] = render(OutboundMessage(picture=RECEIPT))
    assert call.payload["caption"] == "Квитанція 120.50 UAH"


def test_a_text_too_long_for_a_caption_follows_the_picture() -> None:
    long_text = "а" * 1025
    photo, text = render(OutboundMessage(text=long_text, picture=RECEIPT, choices=(Choice("b:1", "Далі"),)))
    assert photo.payload == {"chat_id": CHAT, "caption": "Квитанція 120.50 UAH"}
    assert text.payload["text"] == long_text
    assert "inline_keyboard" in text.payload["reply_markup"]


def test_many_choices_stand_two_a_row() -> None:
    message = OutboundMessage(text="?", choices=tuple(Choice(f"b:{n}", f"№ {n}") for n in range(13)))
    assert [len(row) for row in payload(message)["reply_markup"]["inline_keyboard"]] == [2] * 6 + [1]


def test_more_choices_than_buttons_become_numbered_text() -> None:
    message = OutboundMessage(text="Оберіть", choices=tuple(Choice(f"b:{n}", f"Картка {n}") for n in range(101)))
    sent = payload(message)
    assert sent["text"].startswith("Оберіть\n\n1. Картка 0\n2. Картка 1\n")
    assert sent["text"].endswith("101. Картка 100")
    assert sent["reply_markup"] == REMOVE


def test_alike_and_long_labels_stay_distinct() -> None:
    name = "Дуже довга назва шаблону платежу за комунальні послуги в місті Києві, вулиця"
    choices = (Choice("b:1", name + " А"), Choice("b:2", name + " Б"), Choice("b:3", " "), Choice("b:4", "a\nb"))
    rows = payload(OutboundMessage(text="?", choices=choices))["reply_markup"]["inline_keyboard"]
    labels = [row[0]["text"] for row in rows]
    assert labels[0] == name[:63].rstrip() + "…"
    assert labels[1].endswith("… (2)")
    assert labels[2:] == ["3", "a b"]
    assert all(len(label) <= 64 for label in labels)


@pytest.mark.parametrize("token", ["", "я" * 33])
def test_a_token_that_no_button_can_carry_is_our_mistake(token: str) -> None:
    with pytest.raises(BadMessage):
        render(OutboundMessage(text="?", choices=(Choice(token, "Так"),)))


def test_a_message_is_never_put_into_the_answer_to_a_webhook() -> None:
    with pytest.raises(BadMessage):
        TELEGRAM.channel().inline(OutboundMessage(text="Вітаємо"), "out_1")


def test_a_document_is_uploaded_under_its_name_with_its_caption() -> None:
    [call] = render(OutboundMessage(text="Ось вона", document=STATEMENT, choices=(Choice("b:1", "Далі"),)))
    assert (call.method, call.upload, call.file_name) == ("sendDocument", "document", "statement-11.pdf")
    assert call.payload == {
        "chat_id": CHAT,
        "caption": "Ось вона",
        "reply_markup": {"inline_keyboard": [[{"text": "Далі", "callback_data": "b:1"}]]},
    }


def test_a_document_without_a_text_is_described() -> None:
    [call] = render(OutboundMessage(document=STATEMENT))
    assert call.payload["caption"] == "Виписка за листопад"


def test_a_text_too_long_for_a_caption_follows_the_document() -> None:
    file, text = render(OutboundMessage(text="а" * 1025, document=STATEMENT, choices=(Choice("b:1", "Далі"),)))
    assert (file.method, file.payload) == ("sendDocument", {"chat_id": CHAT, "caption": "Виписка за листопад"})
    assert (text.method, text.upload, "inline_keyboard" in text.payload["reply_markup"]) == ("sendMessage", "", True)
