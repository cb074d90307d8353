"""An understanding outside: asked in time and without particulars, or not at all, and never the reason to wait."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from app.dialogflow import DialogflowCx, ServiceAccount
from app.settings import Settings
from app.understanding import OutsideUnderstanding, open_understanding
from core.dialog.contracts import InboundEvent, TimerFired
from core.dialog.engine import turn
from core.dialog.program import ProgramSet
from core.dialog.recording.row import Row
from core.dialog.replay.events import inbound
from core.dialog.replay.phrases import RecordedPhrases
from core.dialog.session import encode_session
from core.dialog.understanding.misunderstood import presentable
from core.kernel.clock import ManualClock
from core.kernel.errors import ConfigurationError
from core.messages.transport import HttpTransport
from tests.dialog.compiled import problems_of, programs_with, replaced
from tests.dialog.conversation import Conversation
from tests.dialog.test_understanding import BALANCE, TRANSFER
from tests.understanding.detect_intent import AGENT, KEY_FILE, DetectIntent, detect_intent

RATES = """\
flow: rates
title: Курси
entry: {intents: [exchange_rate], phrases: {uk: [курс валют]}}
steps:
  - {id: told, say: "41.50", end: done}
"""
SLANG = "почім нині бакс"


def _programs() -> ProgramSet:
    paying = replaced("intents: [transfer]", "intents: [transfer], phrases: {uk: [переказ, перекажи гроші]}")
    paying = paying.replace("flow: card_transfer", "flow: card_transfer\ntitle: Гроші", 1)
    return programs_with(BALANCE, RATES, paying)


class Asking(NamedTuple):
    service: DetectIntent
    outside: OutsideUnderstanding
    talk: Conversation
    clock: ManualClock

    async def hear(self, text: str, key: str = "") -> InboundEvent:
        state = encode_session(self.talk.session).decode() if self.talk.session else ""
        heard = await self.outside(state, _text(text, key or text))
        assert isinstance(heard, InboundEvent)
        return heard


def _text(text: str, key: str) -> InboundEvent:
    return InboundEvent(
        channel="telegram", conversation="551", user="551", message_id=key, dedupe_key=key, kind="text", text=text,
        sent_at=1, lang="uk",
    )  # fmt: skip


def _account(tmp_path: Path, clock: ManualClock) -> ServiceAccount:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(KEY_FILE))
    return ServiceAccount(file, clock)


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    clock, programs = ManualClock(), _programs()
    async with detect_intent() as (service, address), HttpTransport() as transport:
        nlu = DialogflowCx(transport, _account(tmp_path, clock), AGENT, api_url=address)
        outside = OutsideUnderstanding(nlu, lambda: programs, clock, limit_s=0.25)
        yield Asking(service, outside, Conversation(programs).welcomed(), clock)


async def test_words_that_only_somebody_outside_explains_begin_the_flow_of_the_intent(asking: Asking) -> None:
    asking.service.intents[SLANG] = ("exchange_rate", 0.93)

    event = await asking.hear(SLANG)
    turned = turn(asking.talk.programs, asking.talk.session, event, 1)

    assert event.meant == "exchange_rate"
    assert "rates.told" in turned.journal["path"]


@pytest.mark.parametrize("text", [SLANG, "закинь бабла корешу", "скільки", "скільки 200 грн"])
@pytest.mark.parametrize("intent", ["exchange_rate", "transfer"])
async def test_a_replay_needs_nobody_outside(asking: Asking, text: str, intent: str) -> None:
    asking.service.intents[presentable(text)] = (intent, 0.93)
    programs, session = asking.talk.programs, asking.talk.session
    row = turn(programs, session, await asking.hear(text), 1).journal
    assert row["outside"] == intent

    recorded = msgspec.convert(row, Row)
    phrases = RecordedPhrases(programs.phrases, programs.flows.keys())
    phrases.expect(recorded)
    again, _ = inbound(recorded, session.wait if session else None, channel="telegram", sent_at=1)

    played = turn(replace(programs, phrases=phrases), session, again, 1).journal
    assert played["path"] == row["path"]
    assert played["notes"] == row["notes"] if "notes" in row else "notes" not in played


async def test_a_flow_that_moves_money_is_only_asked_about(asking: Asking) -> None:
    asking.service.intents["закинь бабла корешу"] = ("transfer", 0.99)

    event = await asking.hear("закинь бабла корешу")
    turned = turn(asking.talk.programs, asking.talk.session, event, 1)

    assert turned.journal["notes"] == ["asked which flow"]
    assert turned.session.stack[-1].flow == "did_you_mean"


@pytest.mark.parametrize("text", ["курс валют", "скільки гршей на картці", "/balance", "меню", "500", "•••", "😀"])
async def test_what_the_house_understands_itself_is_not_asked(asking: Asking, text: str) -> None:
    await asking.hear(text)

    assert asking.service.bodies == []


async def test_an_answer_to_a_question_never_leaves_the_house(asking: Asking) -> None:
    asking.talk.says("скільки гршей на картці")
    assert asking.talk.step == "balance.wait_here"

    assert (await asking.hear("вулиця садова п'ять")).meant == ""
    assert asking.service.bodies == []


async def test_other_events_are_left_as_they_are(asking: Asking) -> None:
    timer = TimerFired("n1")

    assert await asking.outside("", timer) is timer


async def test_nothing_particular_leaves_the_house(asking: Asking) -> None:
    texts = [
        "що там по 4111 1111 1111 1111 га",
        "глянь на 0671234567 бро",
        "код 481516 шо за таке",
        "пиши olena@example.com бро",
        "то для Олени Коваль бро",
    ]
    for text in texts:
        await asking.hear(text)

    sent = b"".join(asking.service.bodies).decode()
    assert len(asking.service.asked) == len(texts)
    for private in ("4111", "1111", "067", "481516", "olena@", "example", "Олени", "олени", "Коваль", "коваль", "551"):
        assert private not in sent
    assert len(asking.service.sessions) == len(texts)


@pytest.mark.parametrize(
    "answer",
    [
        (429, b'{"error": {"code": 429}}'),
        (500, b"{}"),
        (401, b"{}"),
        (200, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b'{"queryResult": {}}'),
        (200, b'{"queryResult": {"match": {"confidence": "high"}}}'),
        (200, b'{"queryResult": {"match": {"matchType": "INTENT", "confidence": 1}}}'),
        (200, b'{"queryResult": {"match": {"matchType": "INTENT", "confidence": 1, "intent": {"displayName": "x"}}}}'),
        (200, b'{"queryResult": {"match": {"matchType": "INTENT", "confidence": 0.5, "intent": {"displayName":'
         b' "exchange_rate"}}}}'),
        (200, b'{"queryResult": {"match": {"matchType": "PARAMETER_FILLING", "confidence": 1, "intent": {"displayName":'
         b' "exchange_rate"}}}}'),
    ],
)  # fmt: skip
async def test_whatever_goes_wrong_the_turn_goes_on_without_it(asking: Asking, answer: tuple[int, bytes]) -> None:
    asking.service.answer = answer

    assert (await asking.hear(SLANG)).meant == ""
    assert asking.service.asked == [SLANG]


async def test_a_turn_does_not_wait_for_a_service_that_does_not_answer(asking: Asking) -> None:
    asking.service.silent = True

    event = await asking.hear(SLANG)

    assert event.meant == ""
    assert not asking.service.freed.is_set()


async def test_the_same_message_is_asked_about_once(asking: Asking) -> None:
    asking.service.intents[SLANG] = ("exchange_rate", 0.93)

    first, again = await asking.hear(SLANG, "k1"), await asking.hear(SLANG, "k1")

    assert first == again
    assert len(asking.service.asked) == 1


async def test_after_five_failures_nobody_is_asked_for_half_a_minute(asking: Asking) -> None:
    asking.service.answer = (500, b"{}")
    for number in range(7):
        await asking.hear(f"{SLANG} {'а' * (number + 1)}")
    assert len(asking.service.asked) == 5

    asking.clock.advance(30_000)
    asking.service.answer = None
    asking.service.intents[SLANG] = ("exchange_rate", 0.9)

    assert (await asking.hear(SLANG)).meant == "exchange_rate"


async def test_a_service_that_asks_to_be_left_alone_is_left_alone_at_once(asking: Asking) -> None:
    asking.service.answer = (429, b"{}")

    await asking.hear(SLANG)
    await asking.hear("шо там по зелені")

    assert asking.service.asked == [SLANG]


async def test_an_unreachable_service_is_no_reason_to_fail(tmp_path: Path) -> None:
    clock, programs = ManualClock(), _programs()
    async with HttpTransport() as transport:
        nlu = DialogflowCx(transport, _account(tmp_path, clock), AGENT, api_url="http://127.0.0.1:9")
        outside = OutsideUnderstanding(nlu, lambda: programs, clock)

        event: Any = await outside("", _text(SLANG, "k1"))

    assert event.meant == ""


async def test_a_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    clock = ManualClock()
    account = _account(tmp_path, clock)
    first = account.token()

    clock.advance(50 * 60_000)
    assert account.token() == first
    clock.advance(6 * 60_000)
    assert account.token() != first


def test_without_intents_nobody_is_asked() -> None:
    assert programs_with(BALANCE, TRANSFER).intents == {"transfer": "card_transfer"}


def test_an_intent_leads_to_one_flow() -> None:
    other = RATES.replace("flow: rates", "flow: money").replace("Курси", "Гроші").replace("курс валют", "валюта")
    assert "doubled_entry" in {problem.code for problem in problems_of(RATES, other)}


_PROGRAMS = _programs()


def test_without_settings_there_is_none(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)

    assert open_understanding(settings, HttpTransport(), lambda: _PROGRAMS, ManualClock()) is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"agent": AGENT}, "KEY_FILE"),
        ({"agent": AGENT, "key_file": "missing.json"}, "FileNotFoundError"),
        ({"agent": "kasa"}, "projects/P/locations/L/agents/A"),
    ],
)
def test_half_a_configuration_is_refused(tmp_path: Path, given: dict[str, str], told: str) -> None:
    key = tmp_path / "key.json"
    key.write_text(json.dumps(KEY_FILE))
    settings = Settings(data_dir=tmp_path, dialogflow={"key_file": key, **given} if given["agent"] == "kasa" else given)

    with pytest.raises(ConfigurationError, match=told):
        open_understanding(settings, HttpTransport(), lambda: _PROGRAMS, ManualClock())
