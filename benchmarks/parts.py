"""The parts of a turn, and two parts of a transfer, each alone in this process: µs of a call, median of batches."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from lxml import etree

from app.conversation import Conversation, FixedFlows
from app.declarations import catalogue_signatures
from app.flow_folder import WrittenFlows
from app.settings import ROOT
from benchmarks.conversation import DIALOG, update
from benchmarks.soap_reply import ACTION, CORRELATION, REPLY
from bots.telegram import inbound, outbound
from core.bank_api.soap.envelope import Fault, read_reply
from core.bank_api.systems.loader import load_systems
from core.bank_api.systems.model import SoapSystem
from core.dialog.contracts import Send
from imagegen.studio import Studio

_BATCHES: Final = 15
_NOW_MS: Final = 1_795_000_000_000
_CHAT: Final = 5_000_000_000


class Part(NamedTuple):
    """`bound`: what the same work costs without what we add, 0 where nothing comparable exists."""

    name: str
    us: float
    bound_name: str = ""
    bound_us: float = 0.0


def measure_parts() -> list[Part]:
    return [*_turn_parts(), _soap_part(), _receipt_part()]


def _turn_parts() -> list[Part]:
    decide = Conversation(FixedFlows(WrittenFlows(ROOT / "flows", catalogue_signatures()).programs()))
    bodies = [update(step, number, _CHAT, _NOW_MS // 1000) for number, step in enumerate(DIALOG, 1)]
    events = [inbound.read(body, "7000000001", _NOW_MS)[0] for body in bodies]
    key = f"telegram:{_CHAT}"

    def engine() -> None:
        state = ""
        for event in events:
            state = decide(key, state, event, _NOW_MS).state

    messages = []
    state = ""
    for event in events:
        decision = decide(key, state, event, _NOW_MS)
        state = decision.state
        messages += [effect.message for effect in decision.effects if isinstance(effect, Send)]

    def read() -> None:
        for body in bodies:
            inbound.read(body, "7000000001", _NOW_MS)

    def render() -> None:
        for message in messages:
            outbound.render(message, str(_CHAT))

    steps = len(DIALOG)
    return [
        Part("webhook read into an event", cost_us(read, 500) / steps),
        Part("engine: stored session and event to next session and effects", cost_us(engine, 100) / steps),
        Part("message rendered for Telegram", cost_us(render, 200) / steps),
    ]


def _soap_part() -> Part:
    system = next(one for one in load_systems().values() if isinstance(one, SoapSystem) and ACTION in one.actions)
    mapping = system.reply_mapping(ACTION)
    parser = etree.XMLParser(resolve_entities=False, no_network=True)

    def convert() -> None:
        content = read_reply(REPLY, system.namespace, ACTION, CORRELATION)
        if isinstance(content, Fault):
            raise AssertionError(content.code)
        mapping.convert(content)

    def parse() -> None:
        etree.fromstring(REPLY, parser)

    name = f"SOAP reply of {len(REPLY) / 1024:.1f} KiB to plain data"
    return Part(name, cost_us(convert, 200), "bare lxml parse", cost_us(parse, 1000))


def _receipt_part() -> Part:
    studio = Studio()
    try:
        data = studio.example("receipt")
        return Part("receipt drawn, with QR, as PNG", cost_us(lambda: studio.draw("receipt", data, "uk"), 3))
    finally:
        studio.close()


def cost_us(work: Callable[[], object], times: int) -> float:
    """Median over batches of so many calls."""
    work()
    costs = []
    for _ in range(_BATCHES):
        began = time.perf_counter()
        for _ in range(times):
            work()
        costs.append((time.perf_counter() - began) / times)
    return statistics.median(costs) * 1e6
