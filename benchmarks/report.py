"""benchmarks/RESULTS.md: what was measured, how, the figures, and how to read them."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks.conversation import DIALOG
from benchmarks.cores import Cores
from benchmarks.parts import Part
from benchmarks.rounds import CONNECTIONS, LOW_RATE, PEOPLE, Measured, Round, percentile
from benchmarks.server import DURABILITY

# Durable turns a second on one core that this stage of the work must reach.
FLOOR_RATE: Final = 1_500

# Below this part of its core the server was held up by other programs, and the rates say little.
_ALONE: Final = 0.9
_NOT_ALONE: Final = """

Other programs ran on the machine: the server got only {busy:.0%} of its core. The rates are too low by as much;
CPU a turn and the ratios hold better."""

_LIBRARIES: Final = ("uvicorn", "uvloop", "httptools", "asyncpg", "aiohttp", "msgspec", "lxml", "pillow")


def render(measured: Measured, parts: Sequence[Part], cores: Cores, language: str) -> str:
    """`language`: the section about the dialog engine, "" where it was not measured."""
    sections = [
        _summary(measured), _method(cores), _turns(measured), _bounds(measured), _memory(measured),
        _parts(parts), language, _machine(measured, cores), _reading(),
    ]  # fmt: skip
    return "\n\n".join(section for section in sections if section) + "\n"


def _summary(measured: Measured) -> str:
    rate = _median(measured, lambda one: one.rate)
    total_us = _median(measured, lambda one: one.app_us + one.postgres_us)
    verdict = "reached" if rate >= FLOOR_RATE else "not reached"
    busy = _median(measured, lambda one: one.busy)
    note = "" if busy >= _ALONE else _NOT_ALONE.format(busy=busy)
    return f"""# What a turn costs

Written by `make bench` (`python -m benchmarks`); do not edit by hand.

**{rate:,.0f} durable turns/s on one core**, {total_us:,.0f} µs of CPU a turn, application and PostgreSQL together:
{rate / FLOOR_RATE:.2f} times the floor of {FLOOR_RATE:,} turns/s ({verdict}).{note}"""


def _method(cores: Cores) -> str:
    steps = "\n".join(f"{number}. `{step.says}` → {_shown(step.text)} ({', '.join(step.buttons)})"
                      for number, step in enumerate(DIALOG, 1))  # fmt: skip
    return f"""## What was measured

A *turn* is one message of a customer with everything that belongs to it: the signed webhook of Telegram comes in over
HTTP, the engine runs the shipped flows, one commit makes the inbox row, the session, the outgoing message and the
journal row durable, the webhook is answered 200, the message leaves over HTTP and is marked as sent. A turn counts when
the webhook was answered 200 **and** the right message, with its text and its buttons, has arrived at the stub of
Telegram. A wrong, doubled or missing message fails the whole run. At the end the database must hold one inbox row, one
journal row and one message marked as sent for each turn.

The dialog of four steps needs no bank; each person goes through it once and is then replaced by a new one, so every
fourth turn begins a conversation that the process has never seen:

{steps}

- Teller runs as `python -m app serve`, all roles in one process; it and every process of PostgreSQL share core
  {cores.server}. The load and the stub run in one process on core {cores.load}.
- {PEOPLE} people write at the same time, over at most {CONNECTIONS} connections (what the bot asks Telegram for);
  nobody writes again before the answer has come.
- Each round measures three things one after the other: the **echo** (uvicorn with a raw ASGI application that returns
  the same webhook body; nothing else), the **responder** (answers each webhook and sends the right message without a
  thought, which shows what the load itself can do), and **Teller**. Figures are medians of the rounds, with the least
  and the greatest.
- Before the first round the tables are filled by a warm-up and analysed, as a database in service is.
- CPU time is that of the processes, from `/proc`, divided by the turns of the round."""


def _turns(measured: Measured) -> str:
    rows = [
        ("durable turns/s", lambda one: one.rate, ",.0f"),
        ("CPU a turn, application, µs", lambda one: one.app_us, ",.0f"),
        ("CPU a turn, PostgreSQL, µs", lambda one: one.postgres_us, ",.0f"),
        ("CPU a turn, both, µs", lambda one: one.app_us + one.postgres_us, ",.0f"),
        ("turns for a second of the server's CPU", lambda one: 1e6 / (one.app_us + one.postgres_us), ",.0f"),
        ("a fixed piece of Python on the same core, ms of CPU", lambda one: one.fixed_work_ms, ",.1f"),
        ("part of its core that the server got, %", lambda one: one.busy * 100, ".0f"),
        (f"latency p50 with {PEOPLE} people writing, ms", lambda one: one.p50_ms, ".1f"),
        (f"latency p99 with {PEOPLE} people writing, ms", lambda one: one.p99_ms, ".1f"),
    ]  # fmt: skip
    low = measured.low_rate
    return f"""## Turns

{_table(measured, rows)}

At a steady {LOW_RATE:.0f} turns/s (each begun by the clock; {low.turns:,} turns): latency
**p50 {percentile(low, 50):.1f} ms, p99 {percentile(low, 99):.1f} ms**. It is counted from the moment the person wanted
to write, waiting for a free connection included, to the message at the stub.

{measured.turns:,} turns in all; stored: {measured.stored.inbox:,} inbox rows, {measured.stored.journal:,} journal rows,
{measured.stored.sent:,} messages marked as sent."""


def _bounds(measured: Measured) -> str:
    rows = [
        ("echo, requests/s", lambda one: one.echo_rate, ",.0f"),
        ("echo, CPU a request, µs", lambda one: one.echo_us, ",.1f"),
        ("turns/s as a part of the echo's requests/s, %", lambda one: one.rate / one.echo_rate * 100, ".1f"),
        ("load against the responder, turns/s", lambda one: one.ceiling_rate, ",.0f"),
        ("CPU of the load a turn, against the responder, µs", lambda one: one.ceiling_load_us, ",.1f"),
        ("CPU of the load a turn, against Teller, µs", lambda one: one.load_us, ",.1f"),
        ("what the load can do over what Teller does", lambda one: one.ceiling_rate / one.rate, ".1f"),
        ("turns/s over the floor", lambda one: one.rate / FLOOR_RATE, ".2f"),
    ]  # fmt: skip
    return f"""## Bounds, in the same rounds

{_table(measured, rows)}

The load is not what limits the figures: against the responder the same load, with the same checks, does several times
as many turns, and against Teller its own core is mostly idle."""


def _memory(measured: Measured) -> str:
    sessions = measured.stored.sessions - measured.sessions_before
    return f"""## Memory

Resident memory of the application: {measured.memory_idle_mib:.0f} MiB after its start, {measured.memory_mib:.0f} MiB
after {measured.turns:,} turns of {measured.stored.sessions:,} conversations, {sessions:,} of them
begun after the warm-up. The process keeps the sessions and message keys that it saw last, up to a fixed number."""


def _parts(parts: Sequence[Part]) -> str:
    lines = [f"| {part.name} | {part.us:,.1f} | {_bound(part)} |" for part in parts]
    return "\n".join(["## Parts, each alone", "", "| part | µs | bound in the same run |", "|---|---:|---|", *lines])


def _bound(part: Part) -> str:
    return f"{part.bound_name}: {part.bound_us:,.1f} µs, {part.us / part.bound_us:.1f} times" if part.bound_us else ""


def _machine(measured: Measured, cores: Cores) -> str:
    store = measured.store
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    durable = ", ".join(f"{name} {store[name]}" for name in DURABILITY)
    return f"""## Machine and versions

- {_cpu_model()}, {os.cpu_count()} cores, Linux; server on core {cores.server}, load on core {cores.load}
- Python {platform.python_version()}; {libraries}
- PostgreSQL {store["server_version"]} (embedded): {durable}
- writing and syncing one page of 8 KiB takes {store["sync"]} on its disk
- {len(measured.rounds)} rounds, {measured.took_s:.0f} s in all"""


def _reading() -> str:
    return f"""## How to read it

- Compare ratios of one run (turns against the echo, a part against its bound), or CPU a turn. Rates of two machines, or
  of one shared machine at two hours, differ by up to a factor of two with the same code.
- The server has one core for application and database together; CPU a turn says what two cores would bring.
- Latency under full load is {PEOPLE} people waiting in one queue: it is {PEOPLE} divided by the rate, and says
  nothing more. The latency that a customer feels is the one at {LOW_RATE:.0f} turns/s.
- The fixed piece of Python, run right before and after Teller in each round, shows how fast the core itself was:
  where its least and greatest are far apart, other tenants of the machine slowed it down, and CPU a turn grew alike.
- Where the server did not get nearly all of its core, something else ran on the machine: measure again."""


def _table(measured: Measured, rows: Sequence[tuple[str, Callable[[Round], float], str]]) -> str:
    lines = ["| | median | least | greatest |", "|---|---:|---:|---:|"]
    for name, of, form in rows:
        values = [of(one) for one in measured.rounds]
        shown = (statistics.median(values), min(values), max(values))
        lines.append(f"| {name} | {' | '.join(format(value, form) for value in shown)} |")
    return "\n".join(lines)


def _median(measured: Measured, of: Callable[[Round], float]) -> float:
    return statistics.median(of(one) for one in measured.rounds)


def _shown(text: str) -> str:
    line = text.replace("\n", " ")
    return f"“{line}”" if len(line) <= 60 else f"“{line[:57]}…”"


def _cpu_model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
