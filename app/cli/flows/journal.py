"""Reaching the journal from a command: the configured database, or the embedded one."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

import asyncpg
import typer

from app.assembly import Stores
from app.settings import Settings
from core.kernel.clock import SystemClock
from core.recordings.service import Recordings

_LENGTH: Final = re.compile(r"([1-9][0-9]{0,4})([hd])")


@asynccontextmanager
async def recordings() -> AsyncIterator[Recordings]:
    stores = Stores(Settings())
    try:
        dsn, _ = await stores.start()
        pool = await asyncpg.create_pool(dsn, min_size=1, max_size=2)
        try:
            yield Recordings(pool, SystemClock())
        finally:
            await pool.close()
    finally:
        await stores.stop()


def length_of(written: str) -> timedelta:
    """`12h` or `7d`."""
    match = _LENGTH.fullmatch(written)
    if match is None:
        raise typer.BadParameter(f"write a length of time as 12h or 7d, not {written[:20]!r}")
    number = int(match[1])
    return timedelta(hours=number) if match[2] == "h" else timedelta(days=number)
