"""How the phone shows what the bot sent."""

from __future__ import annotations

from typing import Any, Final

from simulators.messengers.transcript import Button

_ASKING: Final = {"user_phone_number": "Share phone number", "user_email": "Share email"}


def shown(message: dict[str, Any], template_text: str) -> dict[str, Any]:
    """The bubble of a message as arguments of `Transcript.add`, without its file."""
    attachment = message.get("attachment", {})
    payload = attachment.get("payload", {})
    kind, text, buttons = attachment.get("type", "text"), message.get("text", template_text), list[Button]()
    if kind == "template":
        kind = payload["template_type"]
        cards = payload.get("elements", [])
        lines = [payload.get("text", ""), *(card.get(name, "") for card in cards for name in ("title", "subtitle"))]
        text = "\n".join(line for line in lines if line)
        entries = [*payload.get("buttons", []), *(entry for card in cards for entry in card.get("buttons", []))]
        buttons = [button_of(entry) for entry in entries]
    buttons += [_quick(reply) for reply in message.get("quick_replies", [])]
    return {
        "kind": kind,
        "text": text,
        "buttons": buttons,
        "ask_contact": any(button.kind == "user_phone_number" for button in buttons),
        "picture_url": payload.get("url", "") if kind == "image" else "",
    }


def button_of(entry: dict[str, Any]) -> Button:
    """A button of a template or of the menu."""
    kind = entry["type"]
    token = entry.get("payload", "") if kind == "postback" else ""
    url = f"tel:{entry['payload']}" if kind == "phone_number" else entry.get("url", "")
    return Button(entry.get("title", kind), token, kind, url)


def _quick(reply: dict[str, Any]) -> Button:
    kind = reply["content_type"]
    if kind == "text":
        return Button(reply["title"], reply["payload"], "quick_reply")
    return Button(_ASKING[kind], "", kind)
