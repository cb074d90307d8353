"""A bank that sends and checks one-time codes, as a script at the BankApi protocol."""

from __future__ import annotations

from typing import Any

from core.bank_api.contracts import CallContext, Declaration, Inquiry, Reply, Resend


class CodeBank:
    """`people`: phone to (customer id, masked name, status). The code of every phone is its last six digits."""

    def __init__(self) -> None:
        self.people = {
            "+380671110001": ("cust_1", "Олена К.", "active"),
            "+380671110002": ("cust_2", "Тарас Б.", "active"),
            "+380671110003": ("cust_3", "Ірина Л.", "blocked"),
        }
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.next_reply: Reply | None = None
        self._codes: dict[str, str] = {}

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def declarations(self) -> list[Declaration]:
        return []

    def resend(self, operation: str) -> Resend:
        return Resend(allowed=False)

    async def inquire(self, operation: str, args: dict[str, Any], context: CallContext) -> Inquiry:
        raise AssertionError("nothing here has a later outcome")

    async def call(self, operation: str, args: dict[str, Any], context: CallContext) -> Reply:
        self.calls.append((operation, args))
        if self.next_reply is not None:
            reply, self.next_reply = self.next_reply, None
            return reply
        replies = {
            "bank.send_code": self._send_code,
            "bank.verify_code": self._verify_code,
            "bank.find_customer": self._find_customer,
        }
        return replies[operation](args, context)

    def _send_code(self, args: dict[str, Any], context: CallContext) -> Reply:
        otp = f"otp_{len(self._codes) + 1}"
        self._codes[otp] = args["phone"]
        return Reply(cls="accepted", data={"otp": otp})

    def _verify_code(self, args: dict[str, Any], context: CallContext) -> Reply:
        right = self._codes.get(args["otp"]) == args["phone"] and context.secrets["code"] == args["phone"][-6:]
        return Reply(cls="accepted") if right else Reply(cls="refused", code="confirmation_wrong")

    def _find_customer(self, args: dict[str, Any], context: CallContext) -> Reply:
        if args["phone"] not in self.people:
            return Reply(cls="refused", code="not_found")
        customer, name, status = self.people[args["phone"]]
        return Reply(cls="accepted", data={"customer": customer, "name": name, "status": status})
