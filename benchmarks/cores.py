"""Cores and what runs on them: pinning, CPU time and memory of processes, from Linux's /proc."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from core.kernel.errors import TellerError

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_FIXED_WORK: Final = 50_000
_REPETITIONS: Final = 9
_PAGE: Final = os.sysconf("SC_PAGE_SIZE")


class TooFewCores(TellerError):
    """The benchmark needs Linux and two cores: one for the server, one for the load."""

    code = "too_few_cores"


class Cores(NamedTuple):
    server: int
    load: int


def two_cores() -> Cores:
    """The first two cores that this process may use. Raises `TooFewCores`."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    if len(allowed) < 2:
        raise TooFewCores("the benchmark needs Linux and two cores: one for the server, one for the load")
    return Cores(allowed[0], allowed[1])


@contextmanager
def pinned(core: int) -> Iterator[None]:
    """This thread on that core; what it starts meanwhile stays there."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def cpu_seconds(pid: int) -> float:
    """CPU time that the process has used, all its threads together; in steps of a scheduler tick."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / _TICKS


def family_cpu_seconds(pid: int) -> float:
    """CPU time of the process, of its children, and of those that it has already buried."""
    fields = _stat(pid)
    buried = (int(fields[13]) + int(fields[14])) / _TICKS
    return cpu_seconds(pid) + buried + sum(_lenient_cpu_seconds(child) for child in children(pid))


def children(pid: int) -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and _parent(entry) == pid]


def resident_mib(pid: int) -> float:
    """Resident memory in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20


def fixed_work_ms(core: int) -> float:
    """CPU time of a fixed piece of Python on that core, in ms: on a shared machine a core is not always as fast."""
    costs = []
    with pinned(core):
        for _ in range(_REPETITIONS):
            began = time.thread_time()
            table = {number & 1023: str(number) for number in range(_FIXED_WORK)}
            costs.append(time.thread_time() - began)
            table.clear()
    return statistics.median(costs) * 1000


def _lenient_cpu_seconds(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except OSError:
        return 0.0


def _parent(entry: Path) -> int:
    try:
        return int(_stat(int(entry.name))[1])
    except OSError:
        return 0


def _stat(pid: int) -> list[str]:
    """The fields behind the name of the command, which may hold spaces: state, parent, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
