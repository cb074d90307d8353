"""Messenger: one logical message to calls of `messages`. Pure; nothing in here is refused by the platform for its form.

Source: https://developers.facebook.com/documentation/business-messaging/messenger-platform/reference/send-api
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from bots.fitting import (
    PLACEHOLDER,
    can_be_button,
    fit,
    fit_labels,
    linked,
    numbered,
    paragraphs,
    sendable,
    split_text,
)
from bots.messenger.abilities import ABILITIES, CARDS_MAX, LINK_BUTTONS_MAX, PAYLOAD_MAX
from bots.meta.templates import Template
from bots.webhook import visible_text
from core.dialog.contracts import Choice, Link, OutboundMessage
from core.messages.channels import BadMessage, WireCall

Json = dict[str, Any]


class _Piece(NamedTuple):
    """One message of Messenger's. `said`: all its words, for a template; `upload`: the place of the uploaded file."""

    body: Json
    said: str
    upload: str = ""


def render(
    message: OutboundMessage, conversation: str, outbox_id: str, template: Template | None, own_pages: str
) -> list[WireCall]:
    """File, texts, and under the last one buttons that stay; more than three choices become quick replies, more than
    13 cards, more than 30 numbered lines. Then, optional, the mark that the customer's message was seen. A contact is
    asked by a quick reply, a place cannot be asked, a message cannot be deleted. After the service window each message
    becomes the `template`, if there is one. `own_pages`: the address under which our pages lie, allow-listed at Meta.

    Raises `BadMessage` for a token that no button can carry.
    """
    message = sendable(message)
    for choice in message.choices:
        if not 1 <= len(choice.token.encode()) <= PAYLOAD_MAX:
            raise BadMessage(f"the token of a button has 1..{PAYLOAD_MAX} bytes, got {len(choice.token)}")
    recipient = {"recipient": {"id": conversation}}
    metadata = {"metadata": outbox_id} if outbox_id else {}
    calls = [
        _call(message, recipient, {**piece.body, **metadata}, piece, template) for piece in _pieces(message, own_pages)
    ]
    if message.ack:
        calls.append(WireCall(method="messages", payload={**recipient, "sender_action": "mark_seen"}, optional=True))
    return calls


def _call(message: OutboundMessage, recipient: Json, body: Json, piece: _Piece, template: Template | None) -> WireCall:
    instead = template.filled(piece.said, message.lang) if template is not None else None
    is_document = message.document is not None and bool(piece.upload)
    return WireCall(
        method="messages",
        payload={**recipient, "messaging_type": "RESPONSE", "message": body},
        upload=piece.upload,
        file_name=message.document.name if is_document and message.document is not None else "picture.png",
        outside_window=(
            None if instead is None else {**recipient, "messaging_type": "UTILITY", "message": {"template": instead}}
        ),
    )


def _pieces(message: OutboundMessage, own_pages: str) -> list[_Piece]:
    """The form follows from how many choices there are. Quick replies come last: the next message takes them away."""
    links = tuple(link for link in message.links if can_be_button(link))
    links = links if len(links) <= LINK_BUTTONS_MAX else ()
    lines = linked([link for link in message.links if link not in links])
    opening = [_opening(link, own_pages) for link in links]
    choices = message.choices
    asked = bool(message.ask_contact)
    if asked or ABILITIES.buttons_max < len(choices) <= ABILITIES.list_max:
        room = ABILITIES.list_max - (1 if asked else 0)
        offered = choices if len(choices) <= room else ()
        said = numbered(choices) if len(offered) < len(choices) else _cut_in_words(choices)
        first = [*_files(message), *_linked_alone(links, opening)]
        return [*first, *_quick(message, paragraphs(message.text, said, lines), offered, asked=asked)]
    if ABILITIES.list_max < len(choices) <= CARDS_MAX * ABILITIES.buttons_max:
        text = paragraphs(message.text, _cut_in_words(choices), lines)
        return [*_files(message), *_texts(text), *_linked_alone(links, opening), _cards(choices)]
    if len(choices) > ABILITIES.buttons_max:
        return _buttoned(message, paragraphs(message.text, numbered(choices), lines), opening, links)
    text = paragraphs(message.text, _cut_in_words(choices), lines)
    together = [*_postbacks(choices), *opening]
    if len(together) <= ABILITIES.buttons_max:
        return _buttoned(message, text, _distinct(together), ())
    return [*_buttoned(message, text, _postbacks(choices), ()), *_linked_alone(links, opening)]


def _cut_in_words(choices: Sequence[Choice]) -> str:
    """The choices as lines too, when a button shows only the beginning of one."""
    cut = any(len(" ".join(choice.label.split())) > ABILITIES.label_max for choice in choices)
    return numbered(choices) if cut else ""


def _postbacks(choices: Sequence[Choice]) -> list[Json]:
    titles = fit_labels((choice.label for choice in choices), ABILITIES.label_max)
    return [
        {"type": "postback", "title": title, "payload": choice.token}
        for title, choice in zip(titles, choices, strict=True)
    ]


def _opening(link: Link, own_pages: str) -> Json:
    """Our own pages open inside Messenger, without the button that would share their address."""
    [title] = fit_labels([link.label], ABILITIES.label_max)
    button: Json = {"type": "web_url", "title": title, "url": link.url}
    root = own_pages.rstrip("/")
    if root.startswith("https://") and link.url.startswith(f"{root}/"):
        button |= {"messenger_extensions": True, "webview_height_ratio": "tall", "webview_share_button": "hide"}
    return button


def _distinct(buttons: list[Json]) -> list[Json]:
    titles = fit_labels((button["title"] for button in buttons), ABILITIES.label_max)
    return [{**button, "title": title} for button, title in zip(buttons, titles, strict=True)]


def _buttoned(message: OutboundMessage, text: str, buttons: list[Json], links: Sequence[Link]) -> list[_Piece]:
    """The file, the text, and the buttons under its end."""
    if not buttons:
        return [*_files(message), *_texts(text)]
    if links:
        return [*_files(message), *_texts(text), *_linked_alone(links, buttons)]
    parts = split_text(text, ABILITIES.beside_max, len)
    lead = text[: parts[-2][1]] if len(parts) > 1 else ""
    last = text[slice(*parts[-1])] if parts else visible_text(fit(_alt(message), ABILITIES.beside_max))
    said = paragraphs(last, numbered(message.choices), "\n".join(b["url"] for b in buttons if "url" in b))
    return [*_files(message), *_texts(lead), _template(last or PLACEHOLDER, buttons, said)]


def _linked_alone(links: Sequence[Link], buttons: Sequence[Json]) -> list[_Piece]:
    """Links as a message of their own, under their labels."""
    if not links:
        return []
    labels = "\n".join(" ".join(link.label.split()) for link in links)
    text = visible_text(fit(labels, ABILITIES.beside_max)) or PLACEHOLDER
    return [_template(text, _distinct(list(buttons)), linked(links))]


def _template(text: str, buttons: list[Json], said: str) -> _Piece:
    payload = {"template_type": "button", "text": text, "buttons": buttons}
    return _Piece({"attachment": {"type": "template", "payload": payload}}, said)


def _quick(message: OutboundMessage, text: str, choices: Sequence[Choice], *, asked: bool) -> list[_Piece]:
    titles = fit_labels((choice.label for choice in choices), ABILITIES.list_label_max)
    replies: list[Json] = [{"content_type": "user_phone_number"}] if asked else []
    replies += [
        {"content_type": "text", "title": title, "payload": choice.token}
        for title, choice in zip(titles, choices, strict=True)
    ]
    pieces = _texts(text) or [_said(visible_text(fit(_alt(message) or message.ask_contact, ABILITIES.text_max)))]
    last = pieces[-1]
    offered = _Piece({**last.body, "quick_replies": replies}, paragraphs(last.said, numbered(choices)))
    return [*pieces[:-1], offered]


def _said(text: str) -> _Piece:
    return _Piece({"text": text or PLACEHOLDER}, text)


def _cards(choices: Sequence[Choice]) -> _Piece:
    """A row of cards to leaf through, three choices on each."""
    buttons, size = _postbacks(choices), ABILITIES.buttons_max
    pages = [buttons[start : start + size] for start in range(0, len(buttons), size)]
    cards = [
        {"title": f"{number * size + 1}–{number * size + len(page)}", "buttons": page}
        for number, page in enumerate(pages)
    ]
    payload = {"template_type": "generic", "elements": cards}
    return _Piece({"attachment": {"type": "template", "payload": payload}}, numbered(choices))


def _texts(text: str) -> list[_Piece]:
    return [_said(text[start:end]) for start, end in split_text(text, ABILITIES.text_max, len)]


def _files(message: OutboundMessage) -> list[_Piece]:
    """A file has no caption: what there is to say follows it."""
    if message.picture is None and message.document is None:
        return []
    kind = "file" if message.document is not None else "image"
    body = {"attachment": {"type": kind, "payload": {}}}
    return [_Piece(body, _alt(message), "message.attachment.payload")]


def _alt(message: OutboundMessage) -> str:
    drawn = message.picture or message.document
    return drawn.alt.strip() if drawn is not None else ""
