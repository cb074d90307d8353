"""A small world for an operation: one database, one bank, one conversation, any number of processes that may die."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from core.bank_api.contracts import CallContext, Declaration, Inquiry, Reply, Resend
from core.kernel.clock import ManualClock, moment
from core.kernel.envelope import Keyring
from core.kernel.ids import derived_id
from core.operations.model import Operation, Outcome, Policy
from core.operations.service import OperationsService
from tests.operations.scripted_bank import ScriptedBank

FINAL = ("completed", "failed", "under_review")
_numbers = itertools.count(1)


class Killed(BaseException):
    """`kill -9`: nothing in the process may catch it and go on."""


class Border:
    """Counts the places where a process can die, and kills it at one of them. A dead process crosses nothing more."""

    def __init__(self, kill_at: int | None = None) -> None:
        self.kill_at = kill_at
        self.crossed: list[str] = []
        self.dead = False

    def __call__(self, name: str) -> None:
        if not self.dead:
            self.crossed.append(name)
            self.dead = len(self.crossed) - 1 == self.kill_at
        if self.dead:
            raise Killed(name)


class Outage(Border):
    """Fails once, at one of the borders; the process lives on."""

    def __init__(self, fail_at: int) -> None:
        super().__init__()
        self.fail_at = fail_at

    @property
    def failed(self) -> bool:
        return len(self.crossed) > self.fail_at

    def __call__(self, name: str) -> None:
        super().__call__(name)
        if len(self.crossed) - 1 == self.fail_at:
            raise ConnectionError(name)


class MortalPool:
    """The pool as a process sees it that can die before a statement is sent or after it is committed."""

    def __init__(self, pool: asyncpg.Pool, border: Border) -> None:
        self._pool = pool
        self._border = border

    async def fetch(self, *statement: Any) -> Any:
        return await self._cross(self._pool.fetch, statement)

    async def fetchrow(self, *statement: Any) -> Any:
        return await self._cross(self._pool.fetchrow, statement)

    async def fetchval(self, *statement: Any) -> Any:
        return await self._cross(self._pool.fetchval, statement)

    async def execute(self, *statement: Any) -> Any:
        return await self._cross(self._pool.execute, statement)

    async def _cross(self, run: Callable[..., Any], statement: tuple[Any, ...]) -> Any:
        self._border("before a statement")
        answer = await run(*statement)
        self._border("after a statement")
        return answer


class MortalBank:
    """The bank as a process sees it that can die before its request leaves or after the bank has done its part."""

    def __init__(self, bank: ScriptedBank, border: Border) -> None:
        self._bank = bank
        self._border = border

    def declarations(self) -> list[Declaration]:
        return self._bank.declarations()

    def resend(self, operation: str) -> Resend:
        return self._bank.resend(operation)

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        self._border("before a request")
        reply = await self._bank.call(operation, args, context)
        self._border("after a request")
        return reply

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        self._border("before an inquiry")
        inquiry = await self._bank.inquire(operation, args, context)
        self._border("after an inquiry")
        return inquiry


class Conversation:
    """What a conversation was told: like the turn, it ignores a pair (operation, seq) that it has had."""

    def __init__(self) -> None:
        self.heard: dict[tuple[str, int], Outcome] = {}
        self.deaf = False
        self._told = asyncio.Condition()

    async def hear(self, outcome: Outcome) -> None:
        if self.deaf:
            raise ConnectionError("the turn's database does not answer")
        first = self.heard.setdefault((outcome.operation_id, outcome.seq), outcome)
        assert first == outcome, "a redelivered outcome must say what it said the first time"
        async with self._told:
            self._told.notify_all()

    async def told(self, operation_id: str) -> None:
        async with self._told:
            await self._told.wait_for(lambda: self.about(operation_id))

    def about(self, operation_id: str) -> list[Outcome]:
        """In the order in which they arrived."""
        return [outcome for (about, _), outcome in self.heard.items() if about == operation_id]


class Clockwork:
    """A sleeper that wakes only when told, and lets a test wait until so many sleep."""

    def __init__(self) -> None:
        self._alarms: list[asyncio.Event] = []
        self._changed = asyncio.Condition()

    async def sleep(self, seconds: float) -> None:
        alarm = asyncio.Event()
        async with self._changed:
            self._alarms.append(alarm)
            self._changed.notify_all()
        try:
            await alarm.wait()
        finally:
            if alarm in self._alarms:
                self._alarms.remove(alarm)

    async def asleep(self, count: int) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: len(self._alarms) >= count)

    def wake(self) -> None:
        """Wake all who sleep now."""
        for alarm in self._alarms:
            alarm.set()
        self._alarms.clear()

    async def ring(self) -> None:
        """Wake the one who sleeps, who then does his work and sleeps again."""
        await self.asleep(1)
        self.wake()
        await self.asleep(1)


class World:
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool
        self.clock = ManualClock()
        self.bank = ScriptedBank(self.clock)
        self.conversation = Conversation()
        self.keyring = Keyring.from_secret("sixteen letters or more")
        self.clockwork = Clockwork()
        self.obstacle: Callable[[Operation], str | None] = lambda operation: None

    def process(self, owner: str, border: Border | None = None, policy: Policy | None = None) -> OperationsService:
        border = border or Border()

        async def deliver(outcome: Outcome) -> None:
            border("before a delivery")
            await self.conversation.hear(outcome)
            border("after a delivery")

        return OperationsService(
            MortalPool(self.pool, border),
            MortalBank(self.bank, border),
            self.clock,
            self.keyring,
            deliver,
            lambda operation: self.obstacle(operation),
            owner,
            policy=policy,
            sleep=self.clockwork.sleep,
        )

    async def committed(self, owner: str = "process-a", **columns: Any) -> str:
        """The id of an operation as a turn of `owner` commits it just now."""
        operation_id: str = columns.pop("id", f"call-{next(_numbers)}")
        secrets = columns.pop("secrets", {})
        now = moment(self.clock.now_ms())
        row = {
            "id": operation_id,
            "conversation": "telegram:501",
            "customer": "cust_olena",
            "operation": "transfer",
            "effect": "money",
            "lang": "uk",
            "args": json.dumps({"amount": {"amount": 12000, "currency": "UAH"}}),
            "secrets": self.sealed(operation_id, secrets) if secrets else "",
            "seal": json.dumps({"digest": "d1"}),
            "bank_ref": derived_id(20, "bank_ref", operation_id),
            "state": "confirmed",
            "lease_owner": owner,
            "lease_until": moment(self.clock.now_ms() + 30_000),
            "next_at": now,
            "created_at": now,
            "updated_at": now,
        } | columns
        names = ", ".join(row)
        places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
        await self.pool.execute(f"INSERT INTO operation ({names}) VALUES ({places})", *row.values())
        return operation_id

    def sealed(self, operation_id: str, secrets: dict[str, str]) -> str:
        return self.keyring.seal(msgspec.json.encode(secrets), "operation", "secrets", operation_id)

    def pass_seconds(self, seconds: float) -> None:
        self.clock.advance(round(seconds * 1000))

    async def run(self, service: OperationsService, *operation_ids: str) -> None:
        """Start the operations in the process and wait until it has nothing more to do."""
        service.start(operation_ids)
        await service.stop()

    async def until_settled(self, service: OperationsService, operation_id: str) -> None:
        """Let the process sweep, time passing from one due moment to the next, until the operation has ended."""
        for _ in range(200):
            if await self.settled(operation_id):
                return
            await self.pass_until_due(operation_id)
            await service.run_due()
        raise AssertionError(f"does not converge: {dict(await self.row(operation_id))}")

    async def settled(self, operation_id: str) -> bool:
        """The operation has ended and everything about it has been delivered."""
        row = await self.row(operation_id)
        return row["state"] in FINAL and row["delivered_seq"] == row["outcome_seq"]

    async def pass_until_due(self, operation_id: str) -> None:
        """Move the clock to the moment at which a sweep finds something to do with the operation."""
        row = await self.row(operation_id)
        late = row["updated_at"] + timedelta(seconds=Policy().redeliver_after_s)
        due = late if row["next_at"] is None else max(row["next_at"], row["lease_until"])
        self.pass_seconds(max((due - moment(self.clock.now_ms())).total_seconds(), 0))

    async def row(self, operation_id: str) -> asyncpg.Record:
        return await self.pool.fetchrow("SELECT * FROM operation WHERE id = $1", operation_id)

    async def state(self, operation_id: str) -> str:
        return str((await self.row(operation_id))["state"])

    async def history(self, operation_id: str) -> list[str]:
        """The states in the order in which the event rows tell them; each must begin where the one before ended."""
        events = await self.pool.fetch(
            "SELECT * FROM operation_event WHERE operation_id = $1 ORDER BY seq", operation_id
        )
        assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
        for before, after in itertools.pairwise(events):
            assert before["to_state"] == after["from_state"]
        return [event["to_state"] for event in events]

    async def postings(self, operation_id: str) -> int:
        return self.bank.postings((await self.row(operation_id))["bank_ref"])

    async def assert_truth_was_told(self, operation_id: str) -> None:
        """The end that the platform claims is the bank's truth, and the conversation was told it exactly once."""
        row = await self.row(operation_id)
        told = self.conversation.about(operation_id)
        postings = self.bank.postings(row["bank_ref"])
        assert [outcome.seq for outcome in told] == list(range(1, row["outcome_seq"] + 1))
        assert told[0].kind == "result"
        assert row["secrets"] == ""
        if row["state"] == "under_review":
            assert postings <= 1
            assert [outcome.arm for outcome in told] in (["unknown"], ["pending"])
            return
        assert postings == (1 if row["state"] == "completed" else 0)
        truth = "ok" if row["state"] == "completed" else "refused"
        if told[0].arm in ("pending", "unknown"):
            assert [(told[1].kind, told[1].data["outcome"])] == [("event", truth)]
        else:
            assert [outcome.arm for outcome in told] == [truth]
