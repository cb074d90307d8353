"""One logical message and the literal `send_message` bodies that it becomes."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bots.viber.outbound import for_older_clients
from core.dialog.contracts import Choice, Document, Link, OutboundMessage, Picture, Span
from core.messages.channels import BadMessage, WireCall
from tests.channels.platforms import VIBER

USER = "aB3/x+Zk9Q=="
URL = "https://bank.example/pictures/out_1.png"
RECEIPT = Picture(template="receipt", data={"sum": "120.50 UAH"}, alt="Квитанція 120.50 UAH", lang="uk")
STATEMENT = Document(template="receipt", data={}, alt="Виписка за листопад", lang="uk", name="statement-11.pdf")
ENVELOPE = {"receiver": USER, "sender": {"name": "Банк"}, "tracking_data": "out_1"}


def render(message: OutboundMessage, picture_url: str = URL) -> list[WireCall]:
    return VIBER.channel().render(message, USER, "out_1", picture_url)


def payload(message: OutboundMessage, picture_url: str = URL) -> dict[str, Any]:
    [call] = render(message, picture_url)
    assert call.method == "send_message"
    assert not call.upload
    return call.payload


def reply(columns: int, token: str, label: str) -> dict[str, Any]:
    return {"Columns": columns, "Rows": 1, "ActionType": "reply", "ActionBody": token, "Text": label}


def buttons(message: OutboundMessage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = payload(message)["keyboard"]["Buttons"]
    return found


def test_a_text_has_no_markup_and_no_keyboard() -> None:
    message = OutboundMessage(text="Вітаємо", spans=(Span(0, 3, "bold"),), ack="1", delete="2", once=True)
    assert payload(message) == {**ENVELOPE, "type": "text", "text": "Вітаємо"}


def test_choices_requests_and_links_become_one_keyboard() -> None:
    message = OutboundMessage(
        text="Оберіть рахунок",
        choices=(Choice("b:a1", "*1234"), Choice("b:a2", "*5678")),
        ask_contact="Мій номер",
        ask_location="Я тут",
        links=(Link("https://bank.example/s/1", "Ввести PIN"),),
    )
    assert payload(message) == {
        **ENVELOPE,
        "type": "text",
        "text": "Оберіть рахунок",
        "min_api_version": 3,
        "keyboard": {
            "Type": "keyboard",
            "DefaultHeight": False,
            "Buttons": [
                {
                    "Columns": 6,
                    "Rows": 1,
                    "ActionType": "share-phone",
                    "ActionBody": "share-phone",
                    "Text": "Мій номер",
                },
                {
                    "Columns": 6,
                    "Rows": 1,
                    "ActionType": "location-picker",
                    "ActionBody": "location-picker",
                    "Text": "Я тут",
                },
                reply(6, "b:a1", "*1234"),
                reply(6, "b:a2", "*5678"),
                {
                    "Columns": 6,
                    "Rows": 1,
                    "ActionType": "open-url",
                    "ActionBody": "https://bank.example/s/1",
                    "OpenURLType": "internal",
                    "Silent": True,
                    "InternalBrowser": {"ActionButton": "none"},
                    "Text": "Ввести PIN",
                },
            ],
        },
    }


def test_plain_buttons_ask_for_no_version_and_the_phone_for_the_third() -> None:
    assert "min_api_version" not in payload(OutboundMessage(text="?", choices=(Choice("b:1", "Так"),)))
    assert payload(OutboundMessage(text="?", ask_contact="Мій номер"))["min_api_version"] == 3


def test_many_choices_stand_two_a_row_and_fill_their_rows() -> None:
    found = buttons(OutboundMessage(text="?", choices=tuple(Choice(f"b:{n}", f"№ {n}") for n in range(13))))
    assert [button["Columns"] for button in found] == [3] * 12 + [6]


def test_more_choices_than_rows_become_numbered_text() -> None:
    message = OutboundMessage(
        text="Оберіть", choices=tuple(Choice(f"b:{n}", f"Картка {n}") for n in range(25)), ask_contact="Мій номер"
    )
    sent = payload(message)
    assert sent["text"].startswith("Оберіть\n\n1. Картка 0\n2. Картка 1\n")
    assert sent["text"].endswith("25. Картка 24")
    assert [button["ActionType"] for button in sent["keyboard"]["Buttons"]] == ["share-phone"]


def test_labels_too_big_for_the_json_become_numbered_text() -> None:
    choices = tuple(Choice(f"b:{n}", "😀" * 250 + str(n)) for n in range(13))
    sent = payload(OutboundMessage(text="Оберіть", choices=choices))
    assert "keyboard" not in sent
    assert sent["text"].count("😀") == 13 * 250


def test_a_name_cannot_bring_markup_onto_a_button() -> None:
    [button] = buttons(OutboundMessage(text="?", choices=(Choice("b:1", "<font size=32>Ol</font>"),)))
    assert button["Text"] == "‹font size=32›Ol‹/font›"


def test_an_address_that_is_no_web_page_becomes_text() -> None:
    sent = payload(OutboundMessage(text="Пошта", links=(Link("mailto:a@bank.example", "Лист"),)))
    assert sent["text"] == "Пошта\n\nЛист: mailto:a@bank.example"
    assert "keyboard" not in sent


def test_a_picture_goes_out_by_its_address_with_its_caption() -> None:
    message = OutboundMessage(text="Готово", picture=RECEIPT, choices=(Choice("b:1", "Меню"),))
    sent = payload(message)
    assert (sent["type"], sent["media"], sent["text"]) == ("picture", URL, "Готово")
    assert sent["keyboard"]["Buttons"] == [reply(6, "b:1", "Меню")]
    assert None not in sent.values()


def test_a_picture_without_a_text_is_described() -> None:
    assert payload(OutboundMessage(picture=RECEIPT))["text"] == "Квитанція 120.50 UAH"


def test_a_picture_that_has_no_address_is_told_in_words() -> None:
    sent = payload(OutboundMessage(text="Готово", picture=RECEIPT), picture_url="")
    assert (sent["type"], sent["text"]) == ("text", "Квитанція 120.50 UAH\n\nГотово")


def test_a_text_too_long_for_a_caption_follows_the_picture() -> None:
    picture, text = render(OutboundMessage(text="а" * 769, picture=RECEIPT, choices=(Choice("b:1", "Далі"),)))
    assert (picture.payload["type"], picture.payload["text"]) == ("picture", "Квитанція 120.50 UAH")
    assert "keyboard" not in picture.payload
    assert (text.payload["text"], "keyboard" in text.payload) == ("а" * 769, True)


def test_a_document_goes_out_by_its_address_with_size_and_name_and_its_text_follows() -> None:
    message = OutboundMessage(text="Ось вона", document=STATEMENT, choices=(Choice("b:1", "Далі"),))
    file, text = VIBER.channel().render(message, USER, "out_1", URL, 34_913)
    assert {name: file.payload[name] for name in ("type", "media", "size", "file_name")} == {
        "type": "file",
        "media": URL,
        "size": 34_913,
        "file_name": "statement-11.pdf",
    }
    assert "keyboard" not in file.payload
    assert (text.payload["text"], "keyboard" in text.payload) == ("Ось вона", True)


def test_a_document_without_a_text_carries_the_buttons_itself() -> None:
    message = OutboundMessage(document=STATEMENT, choices=(Choice("b:1", "Далі"),))
    [file] = VIBER.channel().render(message, USER, "out_1", URL, 34_913)
    assert (file.payload["type"], "keyboard" in file.payload) == ("file", True)


@pytest.mark.parametrize(("url", "size"), [("", 34_913), (URL, 0)])
def test_a_document_that_cannot_be_fetched_is_told_in_words(url: str, size: int) -> None:
    [sent] = VIBER.channel().render(OutboundMessage(text="Ось вона", document=STATEMENT), USER, "out_1", url, size)
    assert sent.payload["text"] == "Виписка за листопад\n\nОсь вона"


def test_a_document_that_viber_would_refuse_is_not_sent() -> None:
    with pytest.raises(BadMessage):
        VIBER.channel().render(OutboundMessage(document=STATEMENT), USER, "out_1", URL, 52_428_801)


def test_a_welcome_tells_of_a_document_in_words() -> None:
    welcome = json.loads(VIBER.channel().inline(OutboundMessage(text="Вітаю", document=STATEMENT), "out_1"))
    assert welcome["text"] == "Виписка за листопад\n\nВітаю"


def test_a_text_of_seven_thousand_letters_is_one_message_and_a_longer_one_two() -> None:
    assert len(render(OutboundMessage(text="ї" * 7000))) == 1
    first, second = render(OutboundMessage(text="ї" * 7001, choices=(Choice("b:1", "Далі"),)))
    assert ("keyboard" in first.payload, "keyboard" in second.payload) == (False, True)


def test_a_message_of_nothing_but_an_acknowledgement_sends_nothing() -> None:
    assert render(OutboundMessage(ack="44", delete="5")) == []


def test_a_token_that_ios_would_cut_is_our_mistake() -> None:
    with pytest.raises(BadMessage):
        render(OutboundMessage(text="?", choices=(Choice("x" * 101, "Так"),)))


def test_the_welcome_is_a_body_without_a_receiver() -> None:
    message = OutboundMessage(text="Вітаємо", ask_contact="Мій номер")
    assert json.loads(VIBER.channel().inline(message, "out_1")) == {
        "sender": {"name": "Банк"},
        "tracking_data": "out_1",
        "type": "text",
        "text": "Вітаємо",
        "min_api_version": 3,
        "keyboard": {
            "Type": "keyboard",
            "DefaultHeight": False,
            "Buttons": [
                {"Columns": 6, "Rows": 1, "ActionType": "share-phone", "ActionBody": "share-phone", "Text": "Мій номер"}
            ],
        },
    }


def test_a_welcome_too_long_for_one_message_ends_in_an_ellipsis() -> None:
    welcome = json.loads(VIBER.channel().inline(OutboundMessage(text="ї" * 8000, picture=RECEIPT), "out_1"))
    assert welcome["text"].startswith("Квитанція 120.50 UAH\n\nїїї")
    assert welcome["text"].endswith("ї…")
    assert len(welcome["text"]) <= 7000


def test_an_older_client_gets_the_message_without_the_buttons_that_it_does_not_know() -> None:
    new = payload(OutboundMessage(text="?", ask_contact="Мій номер", choices=(Choice("b:1", "Так"),)))
    older = for_older_clients(new)
    assert older is not None
    assert older["keyboard"]["Buttons"] == [reply(6, "b:1", "Так")]
    assert "min_api_version" not in older
    assert for_older_clients(older) is None


def test_an_older_client_gets_no_empty_keyboard() -> None:
    older = for_older_clients(payload(OutboundMessage(text="?", ask_contact="Мій номер")))
    assert older == {**ENVELOPE, "type": "text", "text": "?"}
