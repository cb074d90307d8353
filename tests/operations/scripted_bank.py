"""A bank at the border of the `BankApi` protocol: it does what its script says and writes down every posting.

It has no deduplication at all, so a request that is sent once too often shows as a second posting.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Literal

import msgspec

from core.bank_api.contracts import CallContext, Declaration, Inquiry, Reply, Resend
from core.kernel.clock import ManualClock
from core.kernel.errors import ValidationFailed

DECLARATIONS = [
    Declaration(name="transfer", about="", params={}, returns={}, effect="money", settles="bank.settled"),
    Declaration(name="cashback", about="", params={}, returns={}, effect="money", settles="bank.settled"),
    Declaration(name="block_card", about="", params={}, returns={}, effect="card"),
    Declaration(name="quote", about="", params={}, returns={}),
    Declaration(name="verify_code", about="", params={"code": "secret"}, returns={}, grants="otp"),
]
TWICE_A_MINUTE_APART = Resend(allowed=True, not_found_answers=2, not_found_apart_s=60)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What one request does. `posts_after_s`: None never, otherwise the posting appears so many seconds later, "lost"
    or not. `settles_after_s`: from then on the posting is final. `not_found_for_s`: the inquiry does not see it yet."""

    reply: Literal["ok", "processing", "refused", "not_sent", "lost", "raises", "invalid"] = "ok"
    posts_after_s: int | None = 0
    settles_after_s: int = 0
    not_found_for_s: int = 0
    refuses: bool = False


class Posting(msgspec.Struct, frozen=True):
    at: int
    seen_at: int
    settled_at: int


class ScriptedBank:
    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.plans: deque[Plan] = deque()
        self.silent = False
        self.inquiry_fails = False
        self.extra: dict[str, Any] = {}
        self.calls: list[CallContext] = []
        self.inquiries: list[CallContext] = []
        self.request_arrived = asyncio.Event()
        self._may_answer = asyncio.Event()
        self._may_answer.set()
        self.read_reply = Reply(cls="accepted", data={"fee": {"amount": 500, "currency": "UAH"}})
        self._ledger: dict[str, list[Posting]] = {}
        self._refusals: set[str] = set()

    def postings(self, reference: str) -> int:
        return sum(posting.at <= self.clock.now_ms() for posting in self._ledger.get(reference, []))

    def hold(self) -> None:
        """Requests are applied, but none is answered before `answer`."""
        self._may_answer.clear()

    def answer(self) -> None:
        self._may_answer.set()

    def declarations(self) -> list[Declaration]:
        return DECLARATIONS

    def resend(self, operation: str) -> Resend:
        return Resend(allowed=False) if operation == "cashback" else TWICE_A_MINUTE_APART

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        self.calls.append(context)
        plan = self.plans.popleft() if self.plans else Plan()
        self._apply(plan, context.bank_ref)
        self.request_arrived.set()
        await self._may_answer.wait()
        if operation in ("quote", "verify_code") and plan.reply == "ok":
            return self.read_reply
        return self._reply(plan, context.bank_ref)

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        self.inquiries.append(context)
        if self.inquiry_fails:
            raise RuntimeError("a bug in the wrapper")
        return self._truth(context.bank_ref)

    def _apply(self, plan: Plan, reference: str) -> None:
        now = self.clock.now_ms()
        if plan.reply == "refused" or plan.refuses:
            self._refusals.add(reference)
        elif plan.reply != "not_sent" and plan.posts_after_s is not None:
            at = now + plan.posts_after_s * 1000
            posting = Posting(at, at + plan.not_found_for_s * 1000, now + plan.settles_after_s * 1000)
            self._ledger.setdefault(reference, []).append(posting)

    def _truth(self, reference: str) -> Inquiry:
        now = self.clock.now_ms()
        if self.silent:
            return Inquiry(state="no_answer")
        seen = [posting for posting in self._ledger.get(reference, []) if posting.seen_at <= now]
        if seen:
            settled = seen[0].settled_at <= now
            return Inquiry(state="completed", data=self._data(reference)) if settled else Inquiry(state="processing")
        if reference in self._refusals:
            return Inquiry(state="failed", code="insufficient_funds")
        return Inquiry(state="not_found")

    def _reply(self, plan: Plan, reference: str) -> Reply:
        match plan.reply:
            case "ok":
                return Reply(cls="accepted", data=self._data(reference))
            case "processing":
                return Reply(cls="accepted", final=False, data={"eta": "today"})
            case "refused":
                return Reply(cls="refused", code="insufficient_funds")
            case "not_sent":
                return Reply(cls="not_sent", note="connection refused")
            case "lost":
                return Reply(cls="unknown", note="read timed out")
            case "raises":
                raise RuntimeError("a bug in the wrapper")
            case "invalid":
                raise ValidationFailed("amount: missing")

    def _data(self, reference: str) -> dict[str, Any]:
        return {"reference": f"RRN-{reference[:8]}", **self.extra}
