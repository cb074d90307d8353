"""`python -m benchmarks` measures and writes benchmarks/RESULTS.md; with `--quick` it takes a minute and prints."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

import uvloop

from benchmarks.channels import measure_channels
from benchmarks.cores import pinned, two_cores
from benchmarks.language.report import measure_language
from benchmarks.parts import measure_parts
from benchmarks.report import FLOOR_RATE, render
from benchmarks.rounds import QUICK, WHOLE, measure
from core.kernel.errors import TellerError

_RESULTS: Final = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than a minute; prints and writes nothing")
    quick = parser.parse_args().quick
    try:
        cores = two_cores()
        measured = uvloop.run(measure(cores, QUICK if quick else WHOLE, _tell))
        with pinned(cores.server):
            parts = [*measure_parts(), *measure_channels()]
            language = "" if quick else measure_language()
    except TellerError as error:
        _tell(f"{error.code}: {error.detail}")
        return 1
    report = render(measured, parts, cores, language)
    if quick:
        print(report)
        return 0
    _RESULTS.write_text(report)
    _tell(f"written: benchmarks/{_RESULTS.name} (floor {FLOOR_RATE:,} turns/s)")
    return 0


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
