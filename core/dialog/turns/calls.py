"""Calls to the bank: their arguments, the seal in front of an effect, and what comes back into slots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.auth_levels import rank
from core.dialog.contracts import Call, CallResult, Seal
from core.dialog.errors import FlowMissing
from core.dialog.expressions import Expression
from core.dialog.program import Requirement
from core.dialog.recording.bank import short
from core.dialog.seal import SealRefused, bind_seal, check_seal
from core.dialog.session import Auth, OpenCall
from core.dialog.signatures import Operation
from core.dialog.slot_types import SlotType, to_runtime
from core.dialog.turns.work import Work
from core.kernel.errors import ValidationFailed
from core.kernel.masking import mask_text

_MOST_OPEN: Final = 32
_TEXTUAL: Final = frozenset({"text", "id", "choice", "phone", "iban", "date"})
_UNMASKED: Final = frozenset({"id", "iban"})
READ_PATIENCE_MS: Final = 90_000


def has_auth(work: Work, requirement: Requirement | None) -> bool:
    """Whether the customer is proven to be who they are, surely and recently enough."""
    if requirement is None:
        return True
    auth = work.session.auth
    if auth is None or rank(auth.level) < rank(requirement.level):
        return False
    return not requirement.fresh_ms or work.now - auth.at <= requirement.fresh_ms


def arguments(
    work: Work, operation: Operation, written: Mapping[str, Expression]
) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of the arguments, and apart from them the secrets that were typed in this turn."""
    values = work.values()
    args: dict[str, Any] = {}
    secrets: dict[str, str] = {}
    for name, expression in written.items():
        if operation.params[name].kind == "secret":
            (slot,) = expression.reads
            if slot not in work.secrets:
                raise FlowMissing(f"secret slot '{slot}' was not typed in this turn")
            secrets[name] = work.secrets.pop(slot)
        else:
            args[name] = expression.evaluate(values)
    return args, secrets


def sealed(work: Work, args: Mapping[str, Any], written: Mapping[str, Expression]) -> Seal:
    """The seal that lets an effect go out now, bound to its arguments.

    Raises `SealRefused` naming in one word what is not as confirmed.
    """
    session, program = work.session, work.program
    if not has_auth(work, program.auth):
        raise SealRefused("auth")
    if program.revision in work.programs.retired:
        raise SealRefused("retired")
    if session.seal is None:
        raise SealRefused("missing")
    check_seal(session.seal, {}, work.now)
    seal = bind_seal(session.seal, {name: written[name].source.strip() for name in args})
    check_seal(seal, args, work.now)
    auth = session.auth or Auth("none", 0)
    if (seal.flow, seal.revision) != (program.name, program.revision):
        raise SealRefused("flow")
    if (seal.level, seal.auth_at) != (auth.level, auth.at):
        raise SealRefused("auth")
    return seal


def issue(
    work: Work, operation: Operation, args: dict[str, Any], secrets: dict[str, str], seal: Seal | None = None
) -> str:
    """Send the call on its way; the wait for it is stored in the same commit. Returns its id."""
    session, frame = work.session, work.frame
    identity = work.effect_id(frame.step)
    effect = operation.signature.effect
    call = Call(
        id=identity,
        operation=operation.name,
        args=args,
        effect=effect,
        customer=session.customer,
        lang=session.lang,
        seal=seal,
        secrets=secrets,
    )
    work.outgoing.add(call, f"{frame.flow}.{frame.step}")
    _note(work, operation, args, identity)
    if effect != "none":
        session.open[identity] = OpenCall(
            operation=operation.name, flow=frame.flow, frame=frame.id, amount=_first_money(operation, args)
        )
        while len(session.open) > _MOST_OPEN:
            del session.open[next(iter(session.open))]
        frame.trail.clear()
    return identity


def _note(work: Work, operation: Operation, args: Mapping[str, Any], identity: str) -> None:
    """What was asked, as the journal keeps it: of the arguments only sums, and the step only for an effect."""
    call: dict[str, Any] = {"id": short(identity), "op": operation.name}
    if operation.signature.effect != "none":
        call["effect"] = operation.signature.effect
        call["step"] = f"{work.frame.flow}.{work.frame.step}"
    if operation.sums:
        call["money"] = {name: args[name] for name in operation.sums if name in args}
    work.journal.calls += (call,)


def _first_money(operation: Operation, args: Mapping[str, Any]) -> dict[str, Any] | None:
    return next((args[name] for name in operation.sums if name in args), None)


def received(operation: Operation, result: CallResult, saved: Mapping[str, str]) -> dict[str, Any] | None:
    """The fields to save, by slot, in the form of their types; None when the answer does not have what was declared."""
    return fields(result.data, saved, operation.returns)


def fields(data: Mapping[str, Any], saved: Mapping[str, str], types: Mapping[str, SlotType]) -> dict[str, Any] | None:
    """`saved` maps slots to fields of `data`. A text that is not there is ""; anything else missing makes it None."""
    values: dict[str, Any] = {}
    for slot, name in saved.items():
        slot_type = types[name]
        value = data.get(name)
        if value is None:
            if slot_type.kind not in _TEXTUAL:
                return None
            value = ""
        try:
            to_runtime(value, slot_type)
        except ValidationFailed:
            return None
        values[slot] = _masked(value, slot_type)
    return values


def _masked(value: Any, slot_type: SlotType) -> Any:
    """The value without card numbers: what the bank says in plain text is kept, but never a whole number of a card."""
    if isinstance(value, str):
        return value if slot_type.kind in _UNMASKED else mask_text(value)
    if isinstance(value, list) and slot_type.item is not None:
        return [_masked(item, slot_type.item) for item in value]
    if isinstance(value, dict) and slot_type.fields:
        return {name: _masked(item, slot_type.fields.get(name, slot_type)) for name, item in value.items()}
    return value
