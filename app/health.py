"""The checks behind `teller doctor`. Each says what it found and, if anything is wrong, what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, Literal
from urllib.parse import urlsplit

import asyncpg
import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.assembly import Stores
from app.channels import open_channels
from app.database import revisions
from app.declarations import catalogue_signatures
from app.flow_folder import WrittenFlows
from app.settings import Settings
from core.dialog.compiler import compile_folder
from core.dialog.signatures import build_catalogue
from core.kernel.clock import SystemClock
from core.kernel.errors import TellerError
from core.messages.transport import HttpTransport
from core.publishing.candidate import candidate_of
from core.publishing.running import compile_release
from core.publishing.service import Publishing
from imagegen.studio import Studio

_DRIFT_MAX_S: Final = 2.0
_CONNECT_S: Final = 5.0


class Check(msgspec.Struct, frozen=True):
    """`verdict`: ok, warn (works, but look at it) or fail; `remedy` is what to do."""

    name: str
    verdict: Literal["ok", "warn", "fail"]
    finding: str
    remedy: str = ""


async def checks_of(settings: Settings) -> list[Check]:
    """Every check, in the order in which things depend on each other."""
    results = [_guarded("secret", lambda: _secret(settings)), _guarded("channels", lambda: _channels(settings))]
    results += [_guarded("flows", lambda: _flows(settings)), _guarded("pictures", _pictures)]
    results += await _stores(settings)
    results.append(await _bank(settings))
    results += [await _reach(f"{name} server", url) for name, url in _servers(settings)]
    return results


def _guarded(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except TellerError as error:
        return Check(name, "fail", error.detail)


def _secret(settings: Settings) -> Check:
    settings.master_secret()
    if settings.secret.get_secret_value():
        return Check("secret", "ok", "configured")
    return Check("secret", "ok", f"made by Teller, kept in {settings.data_dir / 'secret'}")


def _channels(settings: Settings) -> Check:
    channels = open_channels(settings, HttpTransport(), SystemClock())
    if channels:
        return Check("channels", "ok", ", ".join(sorted(channels)))
    remedy = (
        "set TELLER_TELEGRAM__TOKEN, TELLER_VIBER__TOKEN, TELLER_WHATSAPP__TOKEN or TELLER_MESSENGER__PAGE_TOKEN; "
        "`teller demo` needs none"
    )
    return Check("channels", "warn", "no messenger is configured", remedy)


def _flows(settings: Settings) -> Check:
    compilation = compile_folder(settings.flows_dir, catalogue_signatures())
    if compilation.programs is None:
        return Check("flows", "fail", f"{len(compilation.errors)} errors, the first: {compilation.errors[0]}",
                     "run `teller flows check`")  # fmt: skip
    return Check("flows", "ok", f"{len(compilation.programs.flows)} flows, all verified")


def _pictures() -> Check:
    studio = Studio()
    size = len(studio.draw("receipt", studio.example("receipt"), "uk"))
    studio.close()
    return Check("pictures", "ok", f"fonts and templates are whole; a receipt has {size // 1024} KiB")


async def _stores(settings: Settings) -> list[Check]:
    """Looking changes nothing in a database that somebody has configured, not even an old schema."""
    stores = Stores(settings)
    kind = "configured" if settings.database.url else f"embedded in {settings.data_dir}"
    try:
        dsn, redis_url = await stores.start(upgrade_configured=False)
        checks = [await _database(dsn, kind), await _clock(dsn), await _redis(redis_url)]
        if checks[0].verdict == "ok":
            checks.append(await _release(dsn, settings))
        return checks
    except (TellerError, OSError, ValueError, asyncpg.PostgresError, SQLAlchemyError) as error:
        # Never the words of a driver: they may quote the address with its password.
        detail = error.detail if isinstance(error, TellerError) else type(error).__name__
        return [Check("database", "fail", detail, "check TELLER_DATABASE__URL and that the server runs")]
    finally:
        await stores.stop()


async def _database(dsn: str, kind: str) -> Check:
    have, newest = await revisions(dsn)
    if have != newest:
        return Check("database", "fail", f"schema {have or 'missing'}, newest {newest}", "run `teller db upgrade`")
    return Check("database", "ok", f"{kind}, schema {have}")


async def _release(dsn: str, settings: Settings) -> Check:
    """Whether this program can run what is published, and whether the folder is ahead of it."""
    async with asyncpg.create_pool(dsn, min_size=1, max_size=1) as pool:
        publishing = Publishing(pool, SystemClock())
        if not (await publishing.current()).number:
            return Check("release", "ok", "nothing is published yet; the first start publishes the folder")
        published = await publishing.release()
    name = f"release {published.release.number}"
    signatures = catalogue_signatures()
    compilation = await asyncio.to_thread(compile_release, published, build_catalogue(signatures))
    if compilation.programs is None:
        remedy = "run a newer version of Teller, or `teller flows rollback`"
        return Check("release", "fail", f"this program cannot run {name}: {compilation.errors[0]}", remedy)
    written = await asyncio.to_thread(WrittenFlows(settings.flows_dir, signatures).compile)
    if written.programs is not None and candidate_of(written).manifest != published.release.manifest:
        remedy = "look with `teller flows diff`, then `teller flows publish`"
        return Check("release", "warn", f"{name} runs, but the folder has changed since", remedy)
    return Check("release", "ok", f"{name}, published by {published.release.published_by}")


async def _clock(dsn: str) -> Check:
    connection = await asyncpg.connect(dsn)
    try:
        theirs = float(await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8"))
    finally:
        await connection.close()
    drift = abs(theirs - time.time())
    if drift > _DRIFT_MAX_S:
        return Check(
            "clock", "fail", f"{drift:.1f} s away from the database's", "synchronise the machines' clocks (NTP)"
        )
    return Check("clock", "ok", f"{drift * 1000:.0f} ms away from the database's")


async def _redis(url: str) -> Check:
    remedy = "check TELLER_REDIS__URL; Teller works without, slower"
    try:
        async with Redis.from_url(url) as redis:
            await redis.info("server")
    except (RedisError, OSError, ValueError) as error:
        return Check("redis", "fail", type(error).__name__, remedy)
    return Check("redis", "ok", "answers")


async def _bank(settings: Settings) -> Check:
    if not settings.bank.base_url:
        return Check("bank", "warn", "no bank is configured", "set TELLER_BANK__BASE_URL; `teller demo` brings its own")
    return await _reach("bank", settings.bank.base_url)


def _servers(settings: Settings) -> list[tuple[str, str]]:
    servers = []
    if settings.telegram.token.get_secret_value():
        servers.append(("Telegram", settings.telegram.api_url))
    if settings.viber.token.get_secret_value():
        servers.append(("Viber", settings.viber.api_url))
    if settings.whatsapp.token.get_secret_value() or settings.messenger.page_token.get_secret_value():
        servers.append(("Graph API", settings.meta.graph_url))
    return servers


async def _reach(name: str, url: str) -> Check:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return Check(name, "fail", "the address cannot be read", "write it as https://host:port")
    if not parts.hostname or parts.scheme not in ("http", "https"):
        return Check(name, "fail", "the address has no host", "write it as https://host:port")
    try:
        async with asyncio.timeout(_CONNECT_S):
            _, writer = await asyncio.open_connection(parts.hostname, port)
        writer.close()
    except (OSError, TimeoutError) as error:
        remedy = "check the address, the network and the firewall"
        return Check(name, "fail", f"{parts.hostname}:{port} cannot be reached ({type(error).__name__})", remedy)
    return Check(name, "ok", f"{parts.hostname}:{port} accepts connections")
