"""Embedded PostgreSQL and Redis: start in seconds, survive a killed predecessor, several at once."""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
import textwrap
import traceback
from pathlib import Path

import asyncpg
import pytest
import redis

from app.embedded.postgres import EmbeddedPostgres
from app.embedded.process import command_of
from app.embedded.redis import EmbeddedRedis


async def answer(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        return int(await connection.fetchval("SELECT 6 * 7"))
    finally:
        await connection.close()


def postmaster(folder: Path) -> int:
    return int((folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])


async def test_it_starts_answers_and_stops_without_a_trace_of_a_process(server_folder: Path) -> None:
    server = EmbeddedPostgres(server_folder, durable=False)
    dsn = server.start()
    assert await answer(dsn) == 42
    pid = postmaster(server_folder)
    server.stop()
    assert command_of(pid) == ""


async def test_a_second_caller_joins_the_running_server_and_does_not_stop_it(server_folder: Path) -> None:
    owner = EmbeddedPostgres(server_folder, durable=False)
    guest = EmbeddedPostgres(server_folder, durable=False)
    owner.start()
    joined = guest.start()
    guest.stop()
    assert await answer(joined) == 42
    owner.stop()


async def test_two_folders_are_two_servers(server_folder: Path) -> None:
    servers = [EmbeddedPostgres(server_folder / name, durable=False) for name in ("one", "two")]
    first, second = [server.start() for server in servers]
    assert first != second
    assert [await answer(first), await answer(second)] == [42, 42]
    for server in servers:
        server.stop()


async def test_after_kill_9_of_the_owner_the_next_start_takes_over_the_data(server_folder: Path) -> None:
    # Given a process that starts the server, writes a row and is killed without a chance to clean up
    script = textwrap.dedent(f"""
        import asyncio, os, signal, asyncpg
        from pathlib import Path
        from app.embedded.postgres import EmbeddedPostgres
        from app.embedded.redis import EmbeddedRedis
        dsn = EmbeddedPostgres(Path({str(server_folder)!r})).start()
        EmbeddedRedis(Path({str(server_folder)!r})).start()
        async def write():
            connection = await asyncpg.connect(dsn)
            await connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
        asyncio.run(write())
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL
    orphan = postmaster(server_folder)

    # When the next one starts in the same folder
    server, cache = EmbeddedPostgres(server_folder), EmbeddedRedis(server_folder)
    dsn, url = server.start(), cache.start()

    # Then the orphan is gone, the row is there, and Redis answers
    assert command_of(orphan) == ""
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("SELECT n FROM kept") == 7
    await connection.close()
    assert redis.Redis.from_url(url).ping()
    server.stop()
    cache.stop()


async def test_a_pid_file_that_names_a_foreign_process_is_not_believed(server_folder: Path) -> None:
    server = EmbeddedPostgres(server_folder, durable=False)
    server.start()
    server.stop()
    lines = [str(os.getpid()), str(server_folder / "postgres"), "1", "5432", "/tmp/teller-pg-gone", "", "1 1", "ready"]
    (server_folder / "postgres" / "postmaster.pid").write_text("\n".join(lines) + "\n")
    again = EmbeddedPostgres(server_folder, durable=False)
    assert await answer(again.start()) == 42
    again.stop()


async def test_a_kill_during_the_first_initialisation_is_repaired(server_folder: Path) -> None:
    half = server_folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(server_folder, durable=False)
    assert await answer(server.start()) == 42
    server.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_an_ordinary_user_starts_it_too(server_folder: Path) -> None:
    # Given a process that is no longer root (forked, as the interpreter may lie where only root can start it)
    nobody = pwd.getpwnam("nobody")
    os.chown(server_folder, nobody.pw_uid, nobody.pw_gid)
    pid = os.fork()
    if pid == 0:
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)
        os._exit(_start_as_user(server_folder))

    # Then it starts its own server, asks it and stops it
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _start_as_user(folder: Path) -> int:
    try:
        server = EmbeddedPostgres(folder, durable=False)
        assert asyncio.run(answer(server.start())) == 42
        server.stop()
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def test_redis_is_shared_between_callers_and_ends_with_its_owner(server_folder: Path) -> None:
    owner, guest = EmbeddedRedis(server_folder), EmbeddedRedis(server_folder)
    url = owner.start()
    assert guest.start() == url
    redis.Redis.from_url(url).set("seen", "1")
    guest.stop()
    assert redis.Redis.from_url(url).get("seen") == b"1"
    owner.stop()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(url).ping()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has folders that others cannot reach")
async def test_a_folder_that_only_root_can_reach_is_served_from_var_tmp(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    server = EmbeddedPostgres(tmp_path, durable=False)
    assert await answer(server.start()) == 42
    server.stop()
    assert server.folder.parent == Path("/var/tmp/teller-embedded")
    shutil.rmtree(server.folder)
