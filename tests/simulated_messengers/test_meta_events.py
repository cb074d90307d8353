"""Whatever people do and in whatever order: every webhook has the documented form and nothing has the same id twice."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.messengers.actions import ACTIONS, NewPerson
from simulators.messengers.context import Context, Options
from simulators.messengers.graph.body import Call
from simulators.messengers.graph.webhook import join
from simulators.messengers.messenger.server import Messenger
from simulators.messengers.whatsapp.server import WhatsApp
from tests.simulated_messengers.driver import NUMBER_ID
from tests.simulated_messengers.meta import check_messenger, check_whatsapp, is_escaped

TEXTS = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and text.isprintable())
ACTS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.one_of(
    st.tuples(st.just("say"), st.fixed_dictionaries({"text": TEXTS})),
    st.tuples(st.just("photo"), st.just({})),
    st.tuples(st.just("document"), st.fixed_dictionaries({"file_name": TEXTS})),
    st.tuples(st.just("media"), st.fixed_dictionaries({"kind": st.sampled_from(["voice", "video", "sticker"])})),
    st.tuples(st.just("edit"), st.fixed_dictionaries({"text": TEXTS})),
    st.tuples(st.just("react"), st.fixed_dictionaries({"emoji": st.sampled_from(["", "👍", "❤️"])})),
    st.tuples(st.just("referral"), st.fixed_dictionaries({"ref": st.from_regex(r"\A[A-Za-z0-9_=-]{1,9}\Z")})),
    st.tuples(st.just("press"), st.fixed_dictionaries({"index": st.integers(0, 1)})),
    st.tuples(st.just("look"), st.just({})),
    st.tuples(st.just("start"), st.just({})),
    st.tuples(st.just("contact"), st.fixed_dictionaries({"own": st.booleans()})),
    st.tuples(st.just("location"), st.just({})),
    st.tuples(st.just("identity"), st.just({"kind": "user_changed_user_id"})),
    st.tuples(st.just("handover"), st.fixed_dictionaries({"to": st.sampled_from(["inbox", "bot"]), "text": TEXTS})),
    st.tuples(st.just("send"), st.fixed_dictionaries({"text": TEXTS})),
)


async def live(channel: WhatsApp | Messenger, acts: list[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    """Let one person act while the bot keeps every webhook waiting; gives the webhooks."""
    hooks: list[bytes] = []
    webhook = channel.webhook

    async def keep(body: bytes, *_: object) -> Any:
        hooks.append(body)
        raise AssertionError("held webhooks are not sent")

    webhook.deliverer.attempt = keep  # type: ignore[method-assign]
    webhook.url, webhook.fields = "https://bot.example/hook", webhook.known_fields
    webhook.subscribe()
    if isinstance(channel, Messenger):
        fields = {"subscribed_fields": sorted(webhook.known_fields)}
        await channel.answer(Call("POST", "me", "subscribed_apps", fields, frozenset(), {}, "", ""), None)
    user = channel.add_person(NewPerson(name="Ол"))["id"]
    for name, fields in [("say", {"text": "Привіт"}), *acts]:
        if name == "send":
            await send(channel, user, fields["text"])
        elif name in channel.actions:
            act = ACTIONS[name].model_validate({"user": user, "hold": True, **fields})
            try:
                await channel.actions[name](act)
            except Exception as error:
                if type(error).__name__ != "ControlError":
                    raise
    bodies = [str(entry["body"]).encode() for entry in channel.deliverer.listed()]
    await channel.close()
    assert all(is_escaped(body) for body in bodies)
    joined = [join(bodies, deep=deep) for deep in (False, True)] if bodies else []
    return [json.loads(body) for body in [*bodies, *joined]]


async def send(channel: WhatsApp | Messenger, user: str, text: str) -> None:
    button = {"title": "Так", "payload": "h:1"}
    if isinstance(channel, WhatsApp):
        action = {"buttons": [{"type": "reply", "reply": {"id": "h:1", "title": "Так"}}]}
        content = {"type": "button", "body": {"text": text}, "action": action}
        fields = {"messaging_product": "whatsapp", "to": user, "type": "interactive", "interactive": content}
        node = NUMBER_ID
    else:
        message = {"text": text, "quick_replies": [{"content_type": "text", **button}]}
        fields = {"recipient": {"id": user}, "messaging_type": "RESPONSE", "message": message}
        node = "me"
    try:
        await channel.answer(Call("POST", node, "messages", fields, frozenset(), {}, "", ""), None)
    except Exception as error:
        if type(error).__name__ != "Refusal":
            raise


def context() -> Context:
    return Context(Options(receipts=False), "http://127.0.0.1")


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_any_whatsapp_webhook_has_its_form_and_its_own_ids(acts: list[tuple[str, dict[str, Any]]]) -> None:
    async def run() -> list[dict[str, Any]]:
        return await live(WhatsApp(context()), acts)

    bodies = asyncio.run(run())
    keys = [key for body in bodies[:-2] for key in check_whatsapp(body)]
    assert len(set(keys)) == len(keys)
    assert [sorted(check_whatsapp(body)) for body in bodies[-2:]] == [sorted(keys)] * 2


@settings(max_examples=60, deadline=None)
@given(st.lists(ACTS, max_size=12))
def test_any_messenger_webhook_has_its_form_and_its_own_ids(acts: list[tuple[str, dict[str, Any]]]) -> None:
    async def run() -> list[dict[str, Any]]:
        return await live(Messenger(context()), acts)

    bodies = asyncio.run(run())
    mids = [mid for body in bodies[:-2] for mid in check_messenger(body)]
    assert len(set(mids)) == len(mids)
    assert [sorted(check_messenger(body)) for body in bodies[-2:]] == [sorted(mids)] * 2
