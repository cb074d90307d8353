"""The webhook edge: what each kind of request is answered, and what it leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any

import asyncpg
import msgspec
import pytest

from core.dialog.contracts import InboundEvent
from core.messages.api import BODY_MAX, WebhookApp
from core.messages.channels import RetryLater, SignatureRefused, Unreadable
from core.messages.store import StoreUnavailable
from tests.messages.conftest import MakeNode, said
from tests.messages.node import Node
from tests.messages.scripted_channel import PROOF, ScriptedChannel, event_body

CARD = "4149499912345673"


class Answer:
    def __init__(self, messages: list[MutableMapping[str, Any]]) -> None:
        self.messages = messages
        self.status = messages[0]["status"] if messages else 0
        self.headers = dict(messages[0]["headers"]) if messages else {}
        self.body = b"".join(message.get("body", b"") for message in messages[1:])


class Edge:
    """Calls the ASGI application as a web server would."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.app = WebhookApp({"telegram": node.channel}, node.messages)

    async def post(
        self,
        body: bytes | Iterable[bytes | None],
        path: str = "/webhooks/telegram",
        *,
        method: str = "POST",
        headers: Iterable[tuple[bytes, bytes]] = (PROOF,),
        query: bytes = b"",
    ) -> Answer:
        """`body` as chunks arrives piece by piece; None in it is a client that leaves."""
        chunks = iter([body] if isinstance(body, bytes) else body)
        pending = [next(chunks, b"")]
        answered: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            if not pending or pending[0] is None:
                return {"type": "http.disconnect"}
            chunk = pending.pop()
            following = next(chunks, ...)
            if following is not ...:
                pending.append(following)  # type: ignore[arg-type]
            return {"type": "http.request", "body": chunk, "more_body": following is not ...}

        async def send(message: MutableMapping[str, Any]) -> None:
            answered.append(message)

        scope = {"type": "http", "path": path, "method": method, "headers": list(headers), "query_string": query}
        await self.app(scope, receive, send)
        return Answer(answered)


@pytest.fixture
def edge(node: MakeNode) -> Edge:
    return Edge(node("web"))


async def everything(database: asyncpg.Pool) -> dict[str, int]:
    tables = ["inbox", "session", "outbox", "operation", "journal", "quarantine"]
    return {table: await database.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def test_an_event_is_answered_200_once_its_turn_is_durable(edge: Edge, database: asyncpg.Pool) -> None:
    answer = await edge.post(event_body(said("one")))
    assert (answer.status, answer.body, answer.headers[b"content-length"]) == (200, b"", b"0")
    assert (await everything(database))["session"] == 1


async def test_without_proof_401_and_no_trace_anywhere(edge: Edge, database: asyncpg.Pool) -> None:
    answer = await edge.post(event_body(said("one", key="u1")), headers=[])
    assert (answer.status, answer.body) == (401, b"")
    assert set((await everything(database)).values()) == {0}
    # The same event, proven, is then new.
    await edge.post(event_body(said("one", key="u1")))
    assert (await everything(database))["inbox"] == 1


async def test_an_unreadable_body_without_proof_is_401_too(edge: Edge, database: asyncpg.Pool) -> None:
    assert (await edge.post(b"\xff{{{", headers=[])).status == 401
    assert set((await everything(database)).values()) == {0}


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/viber", "/webhooks/telegram/", "/webhooks/../telegram"])
async def test_a_channel_that_is_not_there_is_404(edge: Edge, path: str) -> None:
    assert (await edge.post(b"{}", path)).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_only_post_is_a_webhook(edge: Edge, method: str) -> None:
    answer = await edge.post(b"", method=method)
    assert (answer.status, answer.headers[b"allow"]) == (405, b"POST")


async def test_a_body_of_more_than_four_megabytes_is_413_in_one_piece_or_many(edge: Edge) -> None:
    assert (await edge.post(b" " * (BODY_MAX + 1))).status == 413
    pieces = (b" " * 65_536 for _ in range(10_000))
    assert (await edge.post(pieces)).status == 413
    # And it is not read to its end.
    assert sum(1 for _ in pieces) > 9_000


async def test_what_the_header_says_about_the_length_counts_for_nothing(edge: Edge) -> None:
    lying = [PROOF, (b"content-length", b"10")]
    assert (await edge.post([b" " * BODY_MAX, b" "], headers=lying)).status == 413
    boasting = [PROOF, (b"content-length", b"999999999")]
    assert (await edge.post(event_body(said("one")), headers=boasting)).status == 200


async def test_exactly_four_megabytes_are_read(edge: Edge) -> None:
    body = event_body(said("one"))
    assert (await edge.post([body, b" " * (BODY_MAX - len(body))])).status == 200


async def test_a_body_in_pieces_is_one_body(edge: Edge, database: asyncpg.Pool) -> None:
    body = event_body(said("one"))
    assert (await edge.post([body[:7], b"", body[7:20], body[20:]])).status == 200
    assert (await everything(database))["session"] == 1


async def test_a_client_that_leaves_in_the_middle_gets_no_answer_and_harms_nothing(
    edge: Edge, database: asyncpg.Pool
) -> None:
    body = event_body(said("one"))
    answer = await edge.post([body[:7], None])
    assert answer.messages == []
    assert set((await everything(database)).values()) == {0}
    assert (await edge.post(body)).status == 200


async def test_a_query_can_be_the_proof_and_a_hostile_one_is_only_refused(edge: Edge) -> None:
    body = event_body(said("one"))
    assert (await edge.post(body, headers=[], query=b"proof=good")).status == 200
    for hostile in (b"&".join([b"a=1"] * 5000), b"%ff%fe=%00", b"proof=good" + b"&x=1" * 50, b"\xff" * 100):
        assert (await edge.post(body, headers=[], query=hostile)).status == 401


async def test_an_authentic_but_unreadable_body_is_kept_masked_and_acknowledged(
    edge: Edge, database: asyncpg.Pool
) -> None:
    answer = await edge.post(b'{"text": "card ' + CARD.encode() + b'\x00\xff"}' + b"x" * 100_000)
    assert (answer.status, answer.body) == (200, b"")
    row = await database.fetchrow("SELECT * FROM quarantine")
    assert row["channel"] == "telegram"
    assert row["reason"] == "the body is no list of events"
    assert "••••5673" in row["body"]
    assert CARD not in row["body"]
    assert len(row["body"]) <= 4_000
    assert (await everything(database))["inbox"] == 0


async def test_a_card_number_across_the_cut_of_a_long_quarantined_body_is_not_left_in_pieces(
    edge: Edge, database: asyncpg.Pool
) -> None:
    await edge.post(b"x" * 3_990 + CARD.encode())
    body = await database.fetchval("SELECT body FROM quarantine")
    assert sum(sign.isdigit() for sign in body) <= 10


async def test_an_ignored_event_is_acknowledged_and_forgotten(edge: Edge, database: asyncpg.Pool) -> None:
    ignored = msgspec.structs.replace(said("one"), kind="ignored")
    assert (await edge.post(event_body(ignored))).status == 200
    assert set((await everything(database)).values()) == {0}


async def test_a_body_without_events_is_acknowledged(edge: Edge) -> None:
    assert (await edge.post(event_body())).status == 200


async def test_of_several_events_one_that_is_a_bug_does_not_cost_the_others(edge: Edge, database: asyncpg.Pool) -> None:
    events = [said("one"), said("boom"), said("two", conversation="2")]
    assert (await edge.post(event_body(*events))).status == 200
    assert await database.fetchval("SELECT count(*) FROM session") == 2
    reason = await database.fetchval("SELECT reason FROM quarantine")
    assert reason == "turn failed: ZeroDivisionError"


async def test_several_events_of_one_conversation_keep_their_order(edge: Edge, database: asyncpg.Pool) -> None:
    await edge.post(event_body(*(said(f"m{n}") for n in range(20))))
    state = await database.fetchval("SELECT state::text FROM session")
    assert msgspec.json.decode(state) == [f"m{n}" for n in range(20)]


async def test_a_single_event_that_is_a_bug_is_acknowledged_or_it_would_come_for_ever(
    edge: Edge, database: asyncpg.Pool
) -> None:
    assert (await edge.post(event_body(said("boom")))).status == 200
    assert (await everything(database))["quarantine"] == 1


async def _away(*_: object) -> None:
    raise StoreUnavailable("the database is away")


async def test_without_the_database_the_messenger_is_asked_to_come_again(edge: Edge, database: asyncpg.Pool) -> None:
    commit = edge.node.writer.commit
    edge.node.writer.commit = _away  # type: ignore[method-assign, assignment]
    answer = await edge.post(event_body(said("one", key="u1")))
    assert (answer.status, answer.headers[b"retry-after"]) == (503, b"1")
    assert await database.fetchval("SELECT count(*) FROM inbox") == 0
    # And when it does, nothing is lost.
    edge.node.writer.commit = commit  # type: ignore[method-assign]
    assert (await edge.post(event_body(said("one", key="u1")))).status == 200
    assert await database.fetchval("SELECT count(*) FROM inbox") == 1


async def test_if_one_of_several_events_is_not_durable_all_come_again_and_run_once(
    edge: Edge, database: asyncpg.Pool
) -> None:
    commit = edge.node.writer.commit
    body = event_body(said("one", conversation="1"), said("two", conversation="2"))

    async def half(turn: Any) -> Any:
        return await (_away() if turn.conversation == "telegram:2" else commit(turn))

    edge.node.writer.commit = half  # type: ignore[method-assign]
    assert (await edge.post(body)).status == 503
    edge.node.writer.commit = commit  # type: ignore[method-assign]
    assert (await edge.post(body)).status == 200
    assert await database.fetchval("SELECT array_agg(version ORDER BY conversation) FROM session") == [1, 1]


async def _reset(*_: object) -> None:
    raise ConnectionResetError


async def test_a_quarantine_that_cannot_be_written_is_not_acknowledged(edge: Edge) -> None:
    edge.node.store.quarantine = _reset  # type: ignore[method-assign, assignment]
    assert (await edge.post(b"no events")).status == 503


async def test_a_database_lost_between_two_processes_racing_is_a_503_and_not_a_quarantine(
    edge: Edge, node: MakeNode
) -> None:
    # Given a conversation that moved elsewhere, so that this process must ask for it
    await edge.post(event_body(said("one")))
    await node("other").hear(said("two"))

    def lost(*_: object, **__: object) -> Any:
        raise ConnectionResetError

    edge.node.store.exclusive = lost  # type: ignore[method-assign]
    assert (await edge.post(event_body(said("three")))).status == 503


async def test_the_first_answer_to_an_inline_event_is_in_the_body(edge: Edge, database: asyncpg.Pool) -> None:
    welcome = said("hello", key="s1", answer_inline=True)
    answer = await edge.post(event_body(welcome))
    assert answer.headers[b"content-type"] == b"application/json"
    assert msgspec.json.decode(answer.body)["text"] == "1: hello"
    row = await database.fetchrow("SELECT state, platform_id FROM outbox")
    assert (row["state"], row["platform_id"]) == ("sent", "inline")
    await edge.node.settle()
    assert edge.node.channel.sent == []


async def test_an_inline_event_that_comes_twice_is_answered_empty_the_second_time(edge: Edge) -> None:
    welcome = said("hello", key="s1", answer_inline=True)
    await edge.post(event_body(welcome))
    answer = await edge.post(event_body(welcome))
    assert (answer.status, answer.body) == (200, b"")


async def test_the_answer_does_not_wait_for_the_messenger_to_take_our_message(edge: Edge) -> None:
    edge.node.channel.gates["1: one"] = asyncio.Event()
    edge.node.channel.script["1: one"] = [RetryLater("busy")]
    assert (await edge.post(event_body(said("one")))).status == 200
    edge.node.channel.gates["1: one"].set()
    await edge.node.settle()


async def test_many_at_once_each_get_their_own_answer(edge: Edge, database: asyncpg.Pool) -> None:
    bodies = [event_body(said("hello", conversation=str(n), answer_inline=True)) for n in range(50)]
    answers = await asyncio.gather(*(edge.post(body) for body in bodies))
    ids = {msgspec.json.decode(answer.body)["id"] for answer in answers}
    assert len(ids) == 50


class Shaking(ScriptedChannel):
    """A messenger that checks the address by a handshake."""

    def handshake(self, query: Mapping[str, str]) -> bytes:
        if query.get("hub.verify_token") != "word":
            raise SignatureRefused("not our word")
        return query["hub.challenge"].encode()


@pytest.fixture
def shaking(node: MakeNode) -> Edge:
    edge = Edge(node("web"))
    edge.app = WebhookApp({"telegram": Shaking()}, edge.node.messages)
    return edge


async def test_a_handshake_is_answered_with_the_challenge_as_plain_text(shaking: Edge) -> None:
    query = b"hub.mode=subscribe&hub.verify_token=word&hub.challenge=%3Cb%3E1158201444"
    answer = await shaking.post(b"", method="GET", headers=[], query=query)
    assert (answer.status, answer.body) == (200, b"<b>1158201444")
    assert answer.headers[b"content-type"] == b"text/plain; charset=utf-8"
    assert answer.headers[b"x-content-type-options"] == b"nosniff"


@pytest.mark.parametrize(
    "query", [b"", b"hub.verify_token=another&hub.challenge=1", b"&" * 50 + b"hub.verify_token=word"]
)
async def test_a_handshake_that_proves_nothing_is_403(shaking: Edge, query: bytes) -> None:
    answer = await shaking.post(b"", method="GET", headers=[], query=query)
    assert (answer.status, answer.body) == (403, b"")


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_there_is_nothing_but_webhooks_and_handshakes(shaking: Edge, method: str) -> None:
    answer = await shaking.post(b"", method=method)
    assert (answer.status, answer.headers[b"allow"]) == (405, b"GET, POST")


class HalfReading(ScriptedChannel):
    """A messenger of which every webhook has one element that nobody can read."""

    def read(self, body: bytes) -> list[InboundEvent]:
        raise Unreadable("messages[] is not of its shape", part=b'{"broken":1}', events=tuple(super().read(body)))


async def test_what_cannot_be_read_is_kept_and_what_stands_beside_it_is_handled(
    edge: Edge, database: asyncpg.Pool
) -> None:
    edge.app = WebhookApp({"telegram": HalfReading()}, edge.node.messages)
    answer = await edge.post(event_body(said("one", key="u1"), said("two", key="u2", conversation="other")))
    assert answer.status == 200
    found = await everything(database)
    assert (found["inbox"], found["quarantine"]) == (2, 1)
    kept = await database.fetchrow("SELECT * FROM quarantine")
    assert '{"broken":1}' in str(dict(kept))
