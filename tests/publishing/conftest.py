"""A published house: PostgreSQL with the shipped flows as its first release."""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg
import msgspec
import pytest

from core.dialog.session import Frame, OpenCall, Session, Wait, encode_session
from core.kernel.clock import ManualClock, moment
from core.publishing.schema import Kind
from core.publishing.service import Publishing
from tests.publishing.folders import Change, candidate, flows

DAY_MS = 24 * 60 * 60 * 1000


class House:
    """`publishing` with a clock that moves only when told, and people put where a test wants them."""

    def __init__(self, database: asyncpg.Pool) -> None:
        self.database = database
        self.clock = ManualClock()
        self.publishing = Publishing(database, self.clock)

    async def publish(
        self, *changes: Change, by: str = "olena", kind: Kind = "publish", expected: int | None = None,
        strand: bool = False,
    ) -> int:  # fmt: skip
        number = (await self.publishing.current()).number if expected is None else expected
        return await self.publishing.publish(
            candidate(*changes), flows(*changes), by=by, expected=number, kind=kind, strand=strand
        )

    async def stands(
        self, people: int, flow: str, step: str, *changes: Change, owing: bool = False, ended: bool = False,
        first: int = 0,
    ) -> None:  # fmt: skip
        """So many people at this step of the flow, as it is with these changes."""
        revision = flows(*changes)[flow].revision
        rows = [
            msgspec.structs.replace(_session(first + place, flow, revision, step, owing=owing), greeted=True)
            for place in range(people)
        ]
        wake = None if ended else moment(self.clock.now_ms() + DAY_MS)
        await self.database.executemany(
            "INSERT INTO session (conversation, version, state, wake_at, updated_at) VALUES ($1, 1, $2, $3, $4)",
            [(row.id, encode_session(row).decode(), wake, moment(self.clock.now_ms())) for row in rows],
        )

    async def conversations(self, query: str, *values: object) -> list[str]:
        return [row[0] for row in await self.database.fetch(query, *values)]


def _session(number: int, flow: str, revision: str, step: str, *, owing: bool) -> Session:
    frame = Frame(id=f"F{number}", flow=flow, rev=revision, step=step)
    session = Session(
        id=f"telegram:9{number:09}", stack=[frame], wait=Wait(nonce="b:N", kind="ask", until=1, deadline=1)
    )
    if owing:
        session.open = {f"op{number}": OpenCall(operation="bank.transfer", flow=flow, frame=frame.id)}
    return session


@pytest.fixture
async def house(database: asyncpg.Pool) -> House:
    house = House(database)
    await house.publish()
    return house


def by_step(rows: Sequence[object]) -> dict[str, int]:
    """People by `flow.step`."""
    return {f"{row.flow}.{row.step}": row.people for row in rows}  # type: ignore[attr-defined]
