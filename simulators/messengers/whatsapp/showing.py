"""How the phone shows what the bot sent: text, buttons, whether it asks for a number or a place."""

from __future__ import annotations

from typing import Any

from simulators.messengers.transcript import Button


def shown(kind: str, content: Any) -> dict[str, Any]:
    """The bubble of a message that is no template, as arguments of `Transcript.add`."""
    if kind == "interactive":
        return _interactive(content)
    if kind == "text":
        return {"text": content["body"]}
    if kind == "location":
        return {"text": f"{content['latitude']}, {content['longitude']}"}
    if kind == "contacts":
        phones = [phone.get("phone", "") for contact in content for phone in contact.get("phones", [])]
        return {"text": ", ".join(phones)}
    if kind == "reaction":
        return {"text": content["emoji"]}
    return {"text": content.get("caption") or content.get("filename", "")}


def _interactive(content: dict[str, Any]) -> dict[str, Any]:
    lines = [content.get(part, {}).get("text", "") for part in ("header", "body", "footer")]
    kind = content["type"]
    return {
        "text": "\n".join(line for line in lines if line),
        "buttons": buttons(kind, content["action"]),
        "ask_contact": kind == "request_contact_info",
        "ask_location": kind == "location_request_message",
    }


def buttons(kind: str, action: dict[str, Any]) -> list[Button]:
    if kind == "button":
        return [Button(entry["reply"]["title"], entry["reply"]["id"], "reply") for entry in action["buttons"]]
    if kind == "list":
        return [Button(row["title"], row["id"], "list") for section in action["sections"] for row in section["rows"]]
    if kind == "cta_url":
        return [Button(action["parameters"]["display_text"], "", "url", action["parameters"]["url"], shown=False)]
    if kind == "flow":
        return [Button(action["parameters"]["flow_cta"], action["parameters"].get("flow_token", ""), "flow")]
    if kind == "request_contact_info":
        return [Button("Share contact info", "", "contact")]
    return [Button("Send location", "", "location")]


def described(content: dict[str, Any], row_id: str) -> dict[str, Any]:
    """The description of a list's row, if it has one."""
    for section in content.get("action", {}).get("sections", []):
        for row in section["rows"]:
            if row["id"] == row_id and "description" in row:
                return {"description": row["description"]}
    return {}
