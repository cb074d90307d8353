"""`python -m simulators.bank --database <DSN>`: the simulated bank as a process of its own."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

from simulators.bank.errors import BankStartError
from simulators.bank.server import serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.bank", description="A simulated bank over real HTTP.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--database", required=True, help="DSN of a PostgreSQL database for the bank's ledger")
    parser.add_argument("--ready-file", type=Path, help='where to write {"url": ...} once the bank serves')
    options = parser.parse_args()
    try:
        asyncio.run(_run(options.host, options.port, options.database, options.ready_file))
    except BankStartError as error:
        print(error.text, file=sys.stderr)
        return 1
    return 0


async def _run(host: str, port: int, dsn: str, ready_file: Path | None) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with serve(dsn, host=host, port=port) as running:
        ready = json.dumps({"url": running.url})
        if ready_file is not None:
            _write_whole(ready_file, ready)
        print(ready, flush=True)
        await stop.wait()


def _write_whole(path: Path, text: str) -> None:
    """A reader sees the whole file or none."""
    half = path.with_name(f"{path.name}.half")
    half.write_text(text, encoding="utf-8")
    half.replace(path)


if __name__ == "__main__":
    sys.exit(main())
