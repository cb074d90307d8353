"""Many events in one webhook of Meta's: all are read, in the order in which they happened, and a broken one alone is
put aside."""

from __future__ import annotations

from typing import Any

import pytest

from core.dialog.contracts import InboundEvent
from core.messages.channels import Unreadable
from tests.channels.platforms import MESSENGER, META, PAGE_ID, WHATSAPP, MessengerPlatform, WhatsAppPlatform, as_json

Meta = WhatsAppPlatform | MessengerPlatform


def read(platform: Meta, payload: Any) -> tuple[list[InboundEvent], str]:
    """The events, and what was said of the others."""
    try:
        return platform.channel().read(as_json(payload)), ""
    except Unreadable as error:
        return list(error.events), error.detail


def whatsapp_batch(*messages: Any, statuses: Any = ()) -> dict[str, Any]:
    return WHATSAPP.envelope(WHATSAPP.change(messages=list(messages), statuses=list(statuses)))


def text_of_whatsapp(number: int, **more: Any) -> dict[str, Any]:
    return WHATSAPP.message(number, **{"type": "text", "text": {"body": f"№ {number}"}, **more})


def text_of_messenger(number: int, **more: Any) -> dict[str, Any]:
    return MESSENGER.item(**{"message": {"mid": f"m_{number}", "text": f"№ {number}"}, **more})


POISON = [None, 5, "text", [], {}, {"id": {}}, {"id": "", "type": "text"}]


@pytest.mark.parametrize("poison", POISON, ids=repr)
def test_a_broken_message_of_whatsapp_costs_no_other(poison: Any) -> None:
    status = {"id": "wamid.Z", "status": "read", "timestamp": "1763700009", "recipient_id": "380501112233"}
    batch = whatsapp_batch(text_of_whatsapp(1), poison, text_of_whatsapp(2), statuses=[{"id": 5.5}, status])
    events, detail = read(WHATSAPP, batch)
    assert [event.dedupe_key for event in events] == ["wamid.1", "wamid.2", "wamid.Z:read"]
    assert "(and 1 more)" in detail


@pytest.mark.parametrize(
    "part",
    [
        {"text": {"body": 5}},
        {"text": None},
        {"type": "contacts", "contacts": {"phones": 5}},
        {"type": "image", "image": {"id": ["?"]}},
        {"type": "location", "location": {"latitude": "north", "longitude": 1}},
        {"timestamp": "soon"},
        {"from": {"digits": 5}},
    ],
    ids=str,
)
def test_a_message_that_is_broken_inside_costs_no_other(part: dict[str, Any]) -> None:
    events, detail = read(WHATSAPP, whatsapp_batch(text_of_whatsapp(1, **part), text_of_whatsapp(2)))
    assert [event.dedupe_key for event in events] == ["wamid.2"]
    assert detail


@pytest.mark.parametrize("poison", [None, 5, "text", [], {"sender": 5}, {"timestamp": {}}], ids=repr)
def test_a_broken_item_of_messenger_costs_no_other(poison: Any) -> None:
    events, detail = read(MESSENGER, MESSENGER.envelope(text_of_messenger(1), poison, text_of_messenger(2)))
    assert [event.dedupe_key for event in events] == ["m_1", "m_2"]
    assert detail


@pytest.mark.parametrize("broken", [None, 5, {"changes": 5}, {"changes": [5]}, {"changes": [{"field": 5}]}], ids=repr)
def test_a_broken_entry_costs_no_other(broken: Any) -> None:
    batch = whatsapp_batch(text_of_whatsapp(1))
    batch["entry"] = [broken, *batch["entry"], broken]
    events, _ = read(WHATSAPP, batch)
    assert [event.dedupe_key for event in events] == ["wamid.1"]


def test_lists_that_are_none_cost_nothing_beside_them() -> None:
    batch = WHATSAPP.envelope(
        WHATSAPP.change(messages=5, statuses=[{"id": "wamid.Z", "status": "sent", "recipient_id": "380501112233"}]),
        WHATSAPP.change(messages=[text_of_whatsapp(1)], statuses=None),
    )
    events, _ = read(WHATSAPP, batch)
    assert sorted(event.dedupe_key for event in events) == ["wamid.1", "wamid.Z:sent"]


def test_what_is_put_aside_is_the_broken_part_and_nothing_that_others_wrote() -> None:
    broken = {"id": "wamid.3", "type": "text", "from": "1", "text": ["таємне"]}
    with pytest.raises(Unreadable) as unreadable:
        WHATSAPP.channel().read(as_json(whatsapp_batch(text_of_whatsapp(1), broken)))
    assert b"wamid.3" in unreadable.value.part
    assert b"wamid.1" not in unreadable.value.part
    assert "таємне" not in str(unreadable.value)


def test_three_people_in_one_webhook_of_whatsapp_are_three_events() -> None:
    username = {"id": "wamid.A1", "from_user_id": "UA.7h3kQ2", "timestamp": "1763700000"}
    pressed = {"type": "interactive", "interactive": {"type": "list_reply", "list_reply": {"id": "b:a1", "title": "?"}}}
    batch = whatsapp_batch(
        {**username, "type": "text", "text": {"body": "Баланс"}},
        WHATSAPP.message(2, **{**pressed, "timestamp": "1763700001"}),
        statuses=[{"id": "wamid.Z9", "status": "read", "timestamp": "1763700002", "recipient_user_id": "UA.9x1Lm0"}],
    )
    events, detail = read(WHATSAPP, batch)
    assert [(event.kind, event.conversation) for event in events] == [
        ("text", "UA.7h3kQ2"),
        ("button", "UA.9x1Lm0"),
        ("status", "UA.9x1Lm0"),
    ]
    assert detail == ""


def test_events_are_brought_into_the_order_in_which_they_happened() -> None:
    batch = {
        "object": "page",
        "entry": [
            {"id": PAGE_ID, "messaging": [text_of_messenger(2, timestamp=1763700004000)]},
            {"id": PAGE_ID, "messaging": [text_of_messenger(1, timestamp=1763700002000)]},
            {"id": "1", "messaging": [text_of_messenger(3)]},
        ],
    }
    events, _ = read(MESSENGER, batch)
    assert [event.dedupe_key for event in events if event.kind == "text"] == ["m_1", "m_2"]
    assert sum(event.kind == "ignored" for event in events) == 1


def test_an_edit_that_comes_before_its_message_does_not_take_its_place() -> None:
    edit = MESSENGER.item(message_edit={"mid": "m_1", "text": "200", "num_edit": 1}, timestamp=1763700000000)
    events, _ = read(MESSENGER, MESSENGER.envelope(edit, text_of_messenger(1, timestamp=1763700000123)))
    assert [(event.kind, event.should_reply) for event in events] == [("edit", False), ("text", True)]
    assert len({event.dedupe_key for event in events}) == 2


def test_receipts_of_one_moment_are_told_apart() -> None:
    items = [MESSENGER.item(read={"watermark": 1}), MESSENGER.item(delivery={"watermark": 1})]
    other = MESSENGER.item(sender={"id": "24000000000000012"}, read={"watermark": 1})
    events, _ = read(MESSENGER, MESSENGER.envelope(*items, other))
    assert len({event.dedupe_key for event in events}) == 3
    again, _ = read(MESSENGER, MESSENGER.envelope(*items, other))
    assert {event.dedupe_key for event in again} == {event.dedupe_key for event in events}


def test_trouble_that_meta_reports_is_kept_for_a_person_to_see() -> None:
    batch = WHATSAPP.envelope(WHATSAPP.change(messages=[text_of_whatsapp(1)], errors=[{"code": 130429}]))
    events, detail = read(WHATSAPP, batch)
    assert ([event.dedupe_key for event in events], detail) == (["wamid.1"], "WhatsApp reports error 130429")
    enforced = {"recipient": {"id": PAGE_ID}, "policy_enforcement": {"action": "block", "reason": "?"}}
    events, detail = read(MESSENGER, MESSENGER.envelope(text_of_messenger(1), enforced))
    assert len(events) == 1
    assert "policy" in detail


@pytest.mark.parametrize("platform", META, ids=lambda platform: platform.name)
def test_a_webhook_without_events_is_none(platform: Meta) -> None:
    name = "whatsapp_business_account" if platform.name == "whatsapp" else "page"
    assert read(platform, {"object": name, "entry": []}) == ([], "")
