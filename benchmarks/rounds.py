"""The run: the echo, the responder and Teller in turn, so that a slow minute of the machine hits all three alike."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from benchmarks.conversation import DIALOG, update
from benchmarks.cores import Cores, fixed_work_ms
from benchmarks.load import Load, LoadFailed, Run
from benchmarks.server import TOKEN, WEBHOOK_SECRET, SmallServer, Stored, TellerServer
from benchmarks.stub import TelegramStub
from benchmarks.wire import Answerer, Caller, connect, listen, post

PEOPLE: Final = 200
# As many as the bot asks Telegram for when it registers its webhook (`max_connections`).
CONNECTIONS: Final = 40
LOW_RATE: Final = 100.0
_SETTLE_S: Final = 1.0
_LOOKS: Final = 100
_LOOK_EVERY_S: Final = 0.1


class Plan(NamedTuple):
    """How long each part takes, in seconds."""

    rounds: int
    teller_s: float
    bounds_s: float
    low_rate_s: float
    warm_up_s: float


WHOLE: Final = Plan(rounds=7, teller_s=8.0, bounds_s=2.0, low_rate_s=30.0, warm_up_s=4.0)
QUICK: Final = Plan(rounds=3, teller_s=4.0, bounds_s=1.0, low_rate_s=6.0, warm_up_s=2.0)


class Round(NamedTuple):
    """Rates per second; CPU in µs for each turn; latencies in ms; `busy`: the part of its core that the server got."""

    turns: int
    rate: float
    app_us: float
    postgres_us: float
    busy: float
    p50_ms: float
    p99_ms: float
    load_us: float
    echo_rate: float
    echo_us: float
    ceiling_rate: float
    ceiling_load_us: float
    fixed_work_ms: float


@dataclass
class Measured:
    rounds: list[Round] = field(default_factory=list)
    low_rate: Run = field(default_factory=Run)
    memory_idle_mib: float = 0.0
    memory_mib: float = 0.0
    sessions_before: int = 0
    stored: Stored = field(default_factory=lambda: Stored(0, 0, 0, 0, 0))
    turns: int = 0
    store: dict[str, str] = field(default_factory=dict)
    took_s: float = 0.0


class LostTurns(LoadFailed):
    """The database does not hold one row for each turn that was acknowledged."""

    code = "lost_turns"


async def measure(cores: Cores, plan: Plan, tell: Callable[[str], None]) -> Measured:
    """Every part of the plan. Raises what went wrong, and `LostTurns` when a turn was not durable."""
    os.sched_setaffinity(0, {cores.load})
    measured = Measured()
    began = time.monotonic()
    load = Load(WEBHOOK_SECRET)
    stub = TelegramStub(TOKEN, load.arrived, load.failed)
    async with AsyncExitStack() as stack:
        listener = listen()
        stub_port = listener.getsockname()[1]
        serving = await asyncio.get_running_loop().create_server(lambda: Answerer(stub.answer), sock=listener)
        stack.callback(serving.close)
        echo = stack.enter_context(SmallServer(cores.server, "benchmarks.echo"))
        responder = stack.enter_context(SmallServer(cores.server, "benchmarks.responder", str(stub_port), TOKEN))
        teller = await stack.enter_async_context(TellerServer(cores.server, stub_port))
        rig = _Rig(cores.server, load, echo, responder, teller)
        await rig.connect()
        stack.callback(rig.close)
        measured.store = await teller.durability()
        measured.memory_idle_mib = teller.memory_mib()
        measured.turns += (await rig.warm_up(plan)).turns
        await teller.analyse()
        measured.sessions_before = (await teller.stored()).sessions
        for number in range(plan.rounds):
            measured.rounds.append(await rig.round(plan))
            tell(_line(number + 1, measured.rounds[-1]))
        measured.low_rate = await load.at_rate(PEOPLE, LOW_RATE, plan.low_rate_s)
        measured.memory_mib = teller.memory_mib()
        measured.turns += measured.low_rate.turns + sum(one.turns for one in measured.rounds)
        measured.stored = await _settled(teller, measured.turns)
    measured.took_s = time.monotonic() - began
    return measured


class _Rig:
    """The three servers and the connections to them."""

    def __init__(self, core: int, load: Load, echo: SmallServer, responder: SmallServer, teller: TellerServer) -> None:
        self._core = core
        self._load = load
        self._echo = echo
        self._responder = responder
        self._teller = teller

    async def connect(self) -> None:
        self._to_echo = await connect(self._echo.port, CONNECTIONS, self._load.failed)
        self._to_responder = await connect(self._responder.port, CONNECTIONS, self._load.failed)
        self._to_teller = await connect(self._teller.port, CONNECTIONS, self._load.failed)

    def close(self) -> None:
        for caller in (*self._to_echo, *self._to_responder, *self._to_teller):
            caller.close()

    async def warm_up(self, plan: Plan) -> Run:
        await echo_rate(self._to_echo, plan.bounds_s)
        self._load.use(self._to_teller)
        return await self._load.saturate(PEOPLE, plan.warm_up_s)

    async def round(self, plan: Plan) -> Round:
        echo_s = self._echo.cpu_s()
        echoes, echo_took = await echo_rate(self._to_echo, plan.bounds_s)
        echo_s = self._echo.cpu_s() - echo_s
        self._load.use(self._to_responder)
        load_s = time.process_time()
        ceiling = await self._load.saturate(PEOPLE, plan.bounds_s)
        load_s = time.process_time() - load_s
        await asyncio.sleep(_SETTLE_S)
        self._load.use(self._to_teller)
        work_ms = fixed_work_ms(self._core)
        before = self._teller.cpu()
        run = await self._load.saturate(PEOPLE, plan.teller_s)
        after = self._teller.cpu()
        work_ms = (work_ms + fixed_work_ms(self._core)) / 2
        app, postgres, own = ((late - early) / run.turns * 1e6 for early, late in zip(before, after, strict=True))
        return Round(
            turns=run.turns, rate=run.rate, app_us=app, postgres_us=postgres, busy=(app + postgres) * run.rate / 1e6,
            p50_ms=percentile(run, 50), p99_ms=percentile(run, 99), load_us=own, echo_rate=echoes / echo_took,
            echo_us=echo_s / echoes * 1e6, ceiling_rate=ceiling.rate, ceiling_load_us=load_s / ceiling.turns * 1e6,
            fixed_work_ms=work_ms,
        )  # fmt: skip


async def echo_rate(callers: list[Caller], seconds: float) -> tuple[int, float]:
    """(requests answered, seconds), each connection asking again as soon as it is answered."""
    request = post("/echo", "", update(DIALOG[0], 1, 5_000_000_000, 1_795_000_000))
    began = time.perf_counter()
    end = began + seconds
    done = asyncio.get_running_loop().create_future()
    answers, open_callers = 0, len(callers)

    def ask(caller: Caller) -> None:
        def answered(status: int) -> None:
            nonlocal answers, open_callers
            answers += 1
            if time.perf_counter() < end:
                ask(caller)
                return
            open_callers -= 1
            if open_callers == 0:
                done.set_result(None)

        caller.ask(request, answered)

    for caller in callers:
        ask(caller)
    await done
    return answers, time.perf_counter() - began


def percentile(run: Run, percent: int) -> float:
    """In ms."""
    return statistics.quantiles(run.latencies, n=100)[percent - 1] * 1000


async def _settled(teller: TellerServer, turns: int) -> Stored:
    """What is stored when the last message is marked as sent. Raises `LostTurns`."""
    stored = await teller.stored()
    for _ in range(_LOOKS):
        if stored.sent >= turns:
            break
        await asyncio.sleep(_LOOK_EVERY_S)
        stored = await teller.stored()
    if not stored.inbox == stored.journal == stored.outbox == stored.sent == turns:
        raise LostTurns(f"{turns} turns were acknowledged and answered; stored is {stored}")
    return stored


def _line(number: int, one: Round) -> str:
    return (
        f"round {number}: {one.rate:,.0f} turns/s, "
        f"{one.app_us:.0f} µs app + {one.postgres_us:.0f} µs PostgreSQL a turn, p50 {one.p50_ms:.0f} ms; "
        f"echo {one.echo_rate:,.0f}/s; load alone {one.ceiling_rate:,.0f} turns/s"
    )
