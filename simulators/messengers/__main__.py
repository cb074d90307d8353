"""`python -m simulators.messengers`: serve the simulated messengers until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
from pathlib import Path

from simulators.messengers.app import serve
from simulators.messengers.context import Options


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulators.messengers", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free port")
    parser.add_argument("--telegram-token", default="", help="without it the first token that calls is the bot's")
    parser.add_argument("--viber-token", default="", help="without it the first token that calls is the account's")
    parser.add_argument("--whatsapp-token", default="", help="the same for the WhatsApp number")
    parser.add_argument("--messenger-token", default="", help="the same for the page")
    parser.add_argument(
        "--app-secret", default=Options.meta_app_secret, help="signs webhooks of WhatsApp and Messenger"
    )
    parser.add_argument("--rates", action="store_true", help="enforce the platforms' rate limits")
    parser.add_argument(
        "--plain-http-host",
        action="append",
        default=[],
        help="a host whose webhooks may be http; this machine always may",
    )
    parser.add_argument("--ready-file", type=Path, help='receives {"url": ...} once the servers accept connections')
    return parser.parse_args()


def _announce(path: Path, url: str) -> None:
    """Write the file whole or not at all."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}")
    unfinished.write_text(json.dumps({"url": url}), encoding="utf-8")
    unfinished.replace(path)


async def _run(arguments: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    options = Options(
        telegram_token=arguments.telegram_token,
        viber_token=arguments.viber_token,
        whatsapp_token=arguments.whatsapp_token,
        messenger_token=arguments.messenger_token,
        meta_app_secret=arguments.app_secret,
        rates=arguments.rates,
        plain_http_hosts=Options.plain_http_hosts | frozenset(arguments.plain_http_host),
    )
    async with serve(options, arguments.host, arguments.port) as url:
        if arguments.ready_file is not None:
            _announce(arguments.ready_file, url)
        print(f"Messengers at {url}", flush=True)
        await stopped.wait()


if __name__ == "__main__":
    asyncio.run(_run(_arguments()))
