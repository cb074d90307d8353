"""What a transfer costs, the transfer itself, and what became of one."""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import msgspec

from core.bank_api.bank import Bank, CallEnded, unknown
from core.bank_api.catalogue.arguments import fits
from core.bank_api.catalogue.operation import Operation
from core.bank_api.catalogue.shown import shown_card
from core.bank_api.contracts import CallContext, Declaration, Inquiry, Reply
from core.kernel.errors import ValidationFailed
from core.kernel.masking import mask_text
from core.kernel.money import Money

_BANK_REF: Final = re.compile(r"[A-Z0-9]{20}")


class _PayeeCheck(msgspec.Struct):
    first_time: bool
    shown_name: str | None = None


class _Quote(msgspec.Struct):
    quote_id: str
    money: Money
    fee: Money
    total: Money
    payee_check: _PayeeCheck


class _Payee(msgspec.Struct):
    """Whom the bank says it pays, in the words of the quote."""

    phone: str | None = None
    card_id: str | None = None
    card_token: str | None = None

    def is_another_than(self, target: dict[str, Any]) -> bool:
        echoed = {"phone": self.phone, "card_id": self.card_id, "card_token": self.card_token}
        return any(value and value != target.get(way) for way, value in echoed.items())


class _Transfer(msgspec.Struct):
    transfer_id: str
    reference: str
    state: Literal["settled", "processing", "rejected"]
    money: Money
    fee: Money
    created_at: str
    rrn: str | None = None
    failure_code: str | None = None
    payee: _Payee | None = None


class _Transfers(msgspec.Struct):
    items: list[_Transfer]


async def _quote(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    _check_amount("bank.quote", args["amount"])
    target = args["target"]
    request = {
        "customer_id": context.customer,
        "card_id": args["source"]["id"],
        "to": {way: target[way] for way in ("phone", "card_id", "card_token") if target.get(way)},
        "money": args["amount"],
    }
    quote = await bank.fetch("TRANSFERS", "quote", request, context, _Quote)
    if quote.fee.currency != quote.money.currency or quote.fee.amount < 0 or quote.total != quote.money + quote.fee:
        return unknown("TRANSFERS quote: the total is not the sum and the fee")
    if not fits("id", quote.quote_id):
        return unknown("TRANSFERS quote: not a usable quote id")
    data = {
        "fee": _plain(quote.fee),
        "total": _plain(quote.total),
        "payee": mask_text(quote.payee_check.shown_name or target.get("name") or _reached_by(target)),
        "quote": quote.quote_id,
        "first_time": quote.payee_check.first_time,
    }
    return Reply(cls="accepted", data=data)


async def _transfer(bank: Bank, args: dict[str, Any], context: CallContext) -> Reply:
    _check_amount("bank.transfer", args["amount"])
    if args["fee"]["currency"] != args["amount"]["currency"] or args["fee"]["amount"] < 0:
        raise ValidationFailed("bank.transfer: the fee must not be negative and has the currency of the amount")
    if not _BANK_REF.fullmatch(context.bank_ref):
        raise ValidationFailed("bank.transfer: the bank reference must be 20 characters A-Z and 0-9")
    request = {
        "reference": context.bank_ref,
        "customer_id": context.customer,
        "quote_id": args["quote"],
        "money": args["amount"],
        "fee": args["fee"],
    }
    transfer = await bank.fetch("TRANSFERS", "transfer", request, context, _Transfer)
    inquiry = _state_of(bank, transfer, args["target"])
    match inquiry.state:
        case "completed":
            return Reply(cls="accepted", data=inquiry.data)
        case "processing":
            return Reply(cls="accepted", final=False, note=inquiry.note)
        case "failed":
            return Reply(cls="refused", code=inquiry.code, note=inquiry.note)
    return unknown(inquiry.note)


async def _inquire(bank: Bank, args: dict[str, Any], context: CallContext) -> Inquiry:
    try:
        found = await bank.fetch("TRANSFERS", "find_transfers", {"reference": context.bank_ref}, context, _Transfers)
    except CallEnded as ended:
        return Inquiry(state="no_answer", note=ended.reply.note)
    if not found.items:
        return Inquiry(state="not_found")
    transfer = found.items[0]
    ours = (context.bank_ref, args["amount"], args["fee"])
    if len(found.items) > 1 or (transfer.reference, _plain(transfer.money), _plain(transfer.fee)) != ours:
        return Inquiry(state="no_answer", note="the bank's transfer under this reference is not the one we sent")
    return _state_of(bank, transfer, args["target"])


def _state_of(bank: Bank, transfer: _Transfer, target: dict[str, Any]) -> Inquiry:
    """Settled only with a bank's id and to the right payee, failed only with a code that proves it."""
    if transfer.payee is not None and transfer.payee.is_another_than(target):
        return Inquiry(state="no_answer", note="the bank names another payee than ours")
    if transfer.state == "processing":
        return Inquiry(state="processing", note="accepted by the bank, not settled yet")
    if transfer.state == "rejected":
        code = bank.refusal("TRANSFERS", transfer.failure_code or "")
        if not code:
            return Inquiry(state="no_answer", note="rejected with a code that proves nothing")
        return Inquiry(state="failed", code=code, note=f"rejected with the code {transfer.failure_code}")
    bank_id = transfer.rrn or transfer.transfer_id
    if not fits("id", bank_id):
        return Inquiry(state="no_answer", note="settled without a bank's id")
    return Inquiry(state="completed", data={"reference": bank_id, "at": transfer.created_at})


def _check_amount(operation: str, amount: dict[str, Any]) -> None:
    if amount["amount"] < 1:
        raise ValidationFailed(f"{operation}: the amount must be at least one minor unit")


def _plain(money: Money) -> dict[str, Any]:
    return {"amount": money.amount, "currency": money.currency}


def _reached_by(target: dict[str, Any]) -> str:
    if target.get("phone"):
        return f"{target['phone'][:4]}•••{target['phone'][-2:]}"
    return shown_card(target.get("masked", ""))


OPERATIONS: Final = (
    Operation(
        Declaration(
            name="bank.quote",
            about="What a transfer would cost and whom it would reach; valid for two minutes",
            params={"source": "card", "target": "payee", "amount": "money"},
            returns={"fee": "money", "total": "money", "payee": "text", "quote": "id", "first_time": "bool"},
        ),
        system="TRANSFERS",
        handle=_quote,
    ),
    Operation(
        Declaration(
            name="bank.transfer",
            about="Sends money from the customer's card to the payee of the quote",
            params={"source": "card", "target": "payee", "amount": "money", "fee": "money", "quote": "id"},
            returns={"reference": "id", "at": "text"},
            effect="money",
            arms=("ok", "refused", "pending", "unknown"),
            settles="bank.settled",
        ),
        system="TRANSFERS",
        handle=_transfer,
        inquire=_inquire,
    ),
)
