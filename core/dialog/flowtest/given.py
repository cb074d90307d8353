"""How a test begins: who is there, what the bank would list, and where in a flow the conversation stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from core.dialog.auth_levels import LEVELS
from core.dialog.engine import new_session
from core.dialog.flowtest.bank import LISTS
from core.dialog.flowtest.values import ValueUnreadable, read_value
from core.dialog.program import Program, ProgramSet
from core.dialog.session import Auth, Frame, OpenCall, Session
from core.dialog.signatures import Catalogue, spoken
from core.dialog.slot_types import SlotType, did_you_mean, parse_type

_MONEY: Final = SlotType("money")
_OWN: Final = ("customer", "name", "auth", "at", "slots", "open")
_OPEN: Final = ("operation", "amount")


def session_given(
    given: Mapping[str, Any], flow: str, conversation: str, lang: str, programs: ProgramSet, now_ms: int
) -> Session | None:
    """The session before the first line; None where nobody has written yet. Raises `ValueUnreadable` with a place."""
    _check_keys(given, programs.operations)
    if not {"customer", "at", "open"} & given.keys():
        return None
    session = new_session(conversation, lang)
    session.greeted = True
    if "customer" in given:
        session.customer = str(given["customer"])
        session.name = str(given.get("name", session.customer.title()))
        level = _level(given.get("auth", "otp"))
        session.auth = Auth(level, now_ms) if level != "none" else None
    session.open = _open_calls(given.get("open", {}), programs.operations)
    if "at" in given:
        session.stack = [_frame(given, flow, programs)]
    return session


def _check_keys(given: Mapping[str, Any], catalogue: Catalogue) -> None:
    fields = {name: kind for operation in catalogue.values() for name, kind in operation.returns.items()}
    lists = fields | {name: parse_type(form) for name, form in LISTS.items()}
    for name, value in given.items():
        if name in _OWN:
            continue
        if name not in lists:
            raise ValueUnreadable(f"nothing reads '{name}' of `given`{did_you_mean(name, (*_OWN, *lists))}", (name,))
        try:
            read_value(value, lists[name])
        except ValueUnreadable as error:
            raise error.inside(name) from error


def _level(written: Any) -> str:
    if written not in LEVELS:
        raise ValueUnreadable(f"`auth` is one of {', '.join(LEVELS)}{did_you_mean(str(written), LEVELS)}", ("auth",))
    return str(written)


def _frame(given: Mapping[str, Any], flow: str, programs: ProgramSet) -> Frame:
    program, step = programs.flows[flow], given["at"]
    if step not in program.steps:
        raise ValueUnreadable(f"{flow} has no step '{step}'{did_you_mean(str(step), program.steps)}", ("at",))
    slots = _slots(given.get("slots", {}), program, given)
    taken = {name: "" for name in program.takes}
    return Frame(id="TEST", flow=flow, rev=program.revision, step=str(step), slots={**taken, **slots})


def _slots(written: Any, program: Program, given: Mapping[str, Any]) -> dict[str, Any]:
    if not isinstance(written, dict):
        raise ValueUnreadable("`slots` is a mapping of slots to their values", ("slots",))
    slots = {}
    for name, value in written.items():
        slot = program.slots.get(name)
        if slot is None:
            hint = did_you_mean(name, program.slots)
            raise ValueUnreadable(f"{program.name} has no slot '{name}'{hint}", ("slots", name))
        try:
            slots[name] = read_value(_listed(value, slot.type, given), slot.type)
        except ValueUnreadable as error:
            raise error.inside("slots", name) from error
    return slots


def _listed(written: Any, slot_type: SlotType, given: Mapping[str, Any]) -> Any:
    """A card or a payee may be named by its id where `given` lists it."""
    rows = given.get(next((key for key, form in LISTS.items() if form == f"list of {slot_type}"), ""), ())
    if not isinstance(written, str) or not slot_type.fields:
        return written
    names = ("id", "card_token", "card_id", "phone", "name")
    return next((row for row in rows if written in (row.get(name) for name in names)), written)


def _open_calls(written: Any, catalogue: Catalogue) -> dict[str, OpenCall]:
    if not isinstance(written, dict):
        raise ValueUnreadable("`open` is a mapping: an id for each operation whose end is not known", ("open",))
    return {str(name): _open_call(name, value, catalogue) for name, value in written.items()}


def _open_call(name: str, written: Any, catalogue: Catalogue) -> OpenCall:
    if not isinstance(written, dict) or "operation" not in written or set(written) - {*_OPEN}:
        raise ValueUnreadable("an open operation is written {operation: ..., amount: ...}", ("open", name))
    operation = spoken(str(written["operation"]))
    if operation not in catalogue:
        hint = did_you_mean(operation, catalogue)
        raise ValueUnreadable(f"there is no operation '{operation}'{hint}", ("open", name, "operation"))
    try:
        amount = read_value(written["amount"], _MONEY) if "amount" in written else None
    except ValueUnreadable as error:
        raise error.inside("open", name, "amount") from error
    return OpenCall(operation=catalogue[operation].name, flow="", frame="", amount=amount)
