"""A customer who does anything and a bank that answers anything, over the shipped flows.

Every turn is looked at as those of flow tests and walks are; and besides for what only these flows have: a code that
is never kept, and a payment of exactly what was shown.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec

from core.dialog.contracts import BankEvent, Call, CallResult, Event, InboundEvent, TimerFired
from core.dialog.engine import Turned, turn
from core.dialog.flowtest.watch import Watch, messages
from core.dialog.program import ProgramSet
from core.dialog.session import Session, Wait, decode_session, encode_session
from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text

START: Final = 1_795_000_000_000
CODE: Final = "739164"
PANS: Final = ("4111111111111111", "5555555555554444", "378282246310005")
_SUM: Final = compile_text("{it|money}", {"it": SlotType("money")})
_GAPS: Final = re.compile(r"[\s.\-\u00a0]")


class Street:
    """`calls` and `tokens`: everything that was ever sent or shown, so that it can come again late."""

    def __init__(self, programs: ProgramSet) -> None:
        self.programs = programs
        self.now = START
        self.session: Session | None = None
        self.calls: list[Call] = []
        self.tokens: list[str] = []
        self.nonces: list[str] = []
        self.shown: dict[str, str] = {}
        self.agreed: set[str] = set()
        self.events: list[Event] = []
        self._watch = Watch()

    @property
    def wait(self) -> Wait | None:
        return self.session.wait if self.session is not None else None

    @property
    def asks_for_secret(self) -> bool:
        return self._waiting("code")

    @property
    def asks_for_sum(self) -> bool:
        return self._waiting("sum")

    def _waiting(self, step: str) -> bool:
        return self.session is not None and bool(self.session.stack) and self.session.stack[-1].step == step

    def happens(self, event: Event) -> Turned:
        before = self.session
        kept = encode_session(before) if before is not None else b""
        turned = turn(self.programs, before, event, self.now)
        assert before is None or encode_session(before) == kept, "a turn changed the session that it was given"
        found = self._watch.saw(before, event, turned)
        assert not found, found
        raw = encode_session(turned.session)
        self.session = decode_session(raw)
        self.events.append(event)
        self._check_silence_of_secrets(raw.decode(), turned)
        self._check_money(before, turned)
        self._remember(turned)
        return turned

    def _check_silence_of_secrets(self, session: str, turned: Turned) -> None:
        written = [session, json.dumps(turned.journal, ensure_ascii=False)]
        written += [json.dumps(msgspec.to_builtins(message), ensure_ascii=False) for message in messages(turned)]
        for text in written:
            bare = _GAPS.sub("", text)
            assert not any(pan in bare for pan in PANS), "a card number was kept or said"
            assert CODE not in text, "a code was kept or said"
        for effect in turned.effects:
            if isinstance(effect, Call):
                assert CODE not in json.dumps(effect.args), "a code left as an open argument"

    def _check_money(self, before: Session | None, turned: Turned) -> None:
        paid = [effect for effect in turned.effects if isinstance(effect, Call) and effect.effect != "none"]
        if not paid:
            return
        assert len(paid) == 1, "two money calls in one turn"
        assert isinstance(self.events[-1], InboundEvent), "money moved although the customer did nothing"
        assert before is not None
        assert before.wait is not None
        assert before.wait.kind == "confirm", "money moved without a yes"
        nonce = before.wait.nonce
        assert nonce not in self.agreed, "money moved twice for one yes"
        self.agreed.add(nonce)
        assert paid[0].id not in {call.id for call in self.calls}
        self._check_shown(paid[0], self.shown[nonce])

    def _check_shown(self, call: Call, shown: str) -> None:
        assert call.seal is not None
        assert self.session is not None
        for name in ("amount", "fee"):
            assert _SUM.render({"it": call.args[name]}, self.session.lang) in shown, f"'{name}' is not what was shown"
        target, source = call.args["target"], call.args["source"]
        assert (target["masked"] or target["phone"])[-4:] in shown
        assert source["pan"][-4:] in shown

    def _remember(self, turned: Turned) -> None:
        self.calls += [effect for effect in turned.effects if isinstance(effect, Call)]
        for message in messages(turned):
            self.tokens += [choice.token for choice in message.choices]
            for nonce in {choice.token.rpartition(".")[0] for choice in message.choices}:
                self.shown[nonce] = message.text
        if self.wait is not None and self.wait.nonce not in self.nonces:
            self.nonces.append(self.wait.nonce)

    # What can happen.

    def inbound(self, **fields: Any) -> Turned:
        number = str(len(self.events))
        return self.happens(
            InboundEvent(
                channel="telegram",
                conversation="7",
                user="7",
                message_id=number,
                dedupe_key=number,
                sent_at=self.now,
                **fields,
            )
        )

    def answer(self, call: Call, arm: Any, data: dict[str, Any], reason: str, grant: Any = None) -> Turned:
        return self.happens(CallResult(call=call.id, arm=arm, data=data, reason=reason, grant=grant))

    def bank_event(self, data: dict[str, Any]) -> Turned:
        return self.happens(BankEvent(name="bank.settled", data=data))

    def timer(self, nonce: str) -> Turned:
        return self.happens(TimerFired(nonce))
