"""The runtime twin of the verifier: what was not confirmed cannot leave, whatever the engine or the session say."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.program import ProgramSet
from core.dialog.seal import SealRefused, bind_seal, check_seal, make_seal, seal_digest
from core.dialog.session import Auth
from tests.dialog.compiled import programs_with
from tests.dialog.conversation import Conversation

VALUES: dict[str, Any] = {"amount": {"amount": 20000, "currency": "UAH"}, "fee": {"amount": 500, "currency": "UAH"}}
SEAL = make_seal(VALUES, level="otp", auth_at=1, flow="f", revision="r", now_ms=1000, ttl_ms=500)
BOUND = bind_seal(SEAL, {"sum": "amount", "fee": "fee"})
ARGS: dict[str, Any] = {"sum": VALUES["amount"], "fee": VALUES["fee"]}


def test_the_seal_travels_with_the_call_and_can_be_recomputed(programs: ProgramSet) -> None:
    talk = Conversation(programs).at_pay()

    call = talk.calls[-1]

    assert call.effect == "money"
    assert call.seal is not None
    assert call.seal.digest == seal_digest(
        call.seal.values,
        level=call.seal.level,
        auth_at=call.seal.auth_at,
        flow=call.seal.flow,
        revision=call.seal.revision,
        args={"source": "source", "target": "target", "amount": "amount", "fee": "fee"},
    )
    assert check_seal(call.seal, call.args, talk.now) is call.seal
    assert talk.session.seal is None


def test_a_call_without_an_effect_has_no_seal(programs: ProgramSet) -> None:
    talk = Conversation(programs).at_review()

    assert talk.calls[-1].operation == "quote"
    assert talk.calls[-1].seal is None


def test_the_seal_survives_json(programs: ProgramSet) -> None:
    call = Conversation(programs).at_pay().calls[-1]

    again = msgspec.json.decode(msgspec.json.encode(call), type=type(call))

    assert again == call
    assert check_seal(again.seal, again.args, again.seal.sealed_at if again.seal else 0)


def test_exactly_what_was_confirmed_passes() -> None:
    assert check_seal(BOUND, ARGS, 1500) is BOUND


@pytest.mark.parametrize(
    ("args", "now", "why"),
    [
        (ARGS, 1501, "expired"),
        ({**ARGS, "sum": {"amount": 20001, "currency": "UAH"}}, 1000, "values"),
        ({**ARGS, "sum": {"amount": 20000, "currency": "USD"}}, 1000, "values"),
        ({**ARGS, "note": "more"}, 1000, "values"),
        ({"sum": VALUES["amount"]}, 1000, "values"),
        ({"sum": VALUES["fee"], "fee": VALUES["amount"]}, 1000, "values"),
    ],
    ids=["old", "another sum", "another currency", "more", "less", "changed places"],
)
def test_other_values_and_an_old_seal_are_refused(args: dict[str, Any], now: int, why: str) -> None:
    with pytest.raises(SealRefused) as refusal:
        check_seal(BOUND, args, now)

    assert refusal.value.why == why


def test_a_seal_that_no_call_was_bound_to_covers_no_argument() -> None:
    with pytest.raises(SealRefused) as refusal:
        check_seal(SEAL, ARGS, 1000)

    assert refusal.value.why == "values"


def test_a_slot_that_was_not_confirmed_covers_no_argument() -> None:
    bound = bind_seal(SEAL, {"sum": "amount", "fee": "tip"})

    with pytest.raises(SealRefused) as refusal:
        check_seal(bound, {"sum": VALUES["amount"], "fee": None}, 1000)

    assert refusal.value.why == "values"


@pytest.mark.parametrize(
    "change",
    [
        {"values": {**VALUES, "fee": {"amount": 0, "currency": "UAH"}}},
        {"level": "card"},
        {"auth_at": 2},
        {"flow": "g"},
        {"revision": "s"},
        {"digest": "0" * 64},
        {"args": {"sum": "fee", "fee": "amount"}},
    ],
)
def test_an_altered_seal_is_refused(change: dict[str, Any]) -> None:
    altered = msgspec.structs.replace(BOUND, **change)

    with pytest.raises(SealRefused) as refusal:
        check_seal(altered, ARGS, 1000)

    assert refusal.value.why == "altered"


def test_no_seal_is_refused() -> None:
    with pytest.raises(SealRefused) as refusal:
        check_seal(None, {}, 0)

    assert refusal.value.why == "missing"


@given(
    st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), min_size=1, max_size=4),
    st.data(),
)
def test_any_other_value_gives_another_digest(values: dict[str, Any], data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(values)))
    other = {**values, name: [values[name]]}
    proof: dict[str, Any] = {"level": "otp", "auth_at": 1, "flow": "f", "revision": "r"}

    assert seal_digest(values, **proof) != seal_digest(other, **proof)
    assert seal_digest(dict(reversed(values.items())), **proof) == seal_digest(values, **proof)


def _tampered(talk: Conversation, **changes: Any) -> None:
    """The confirmation is given, and before the call leaves the session is another one."""
    session = talk.session
    for name, value in changes.items():
        setattr(session, name, value)
    talk.stands_at(session)


def test_a_session_whose_auth_was_taken_away_sends_nothing(programs: ProgramSet) -> None:
    talk = Conversation(programs).at_review()
    _tampered(talk, auth=Auth("phone", talk.now))

    talk.taps("yes")

    assert talk.called("transfer") == []
    assert talk.step == "login.number"


def test_a_step_reached_without_its_confirmation_sends_nothing(programs: ProgramSet) -> None:
    talk = Conversation(programs).at_review()
    session = talk.session
    session.stack[-1].step = "pay"
    session.wait = None
    talk.stands_at(session)

    talk.says("так")

    assert talk.called("transfer") == []
    assert "Нічого не надіслано" in talk.said
    assert any(note == "seal_refused: missing" for note in talk.journal["notes"])


@pytest.mark.parametrize(
    ("slot", "value", "why"),
    [("amount", {"amount": 99900, "currency": "UAH"}, "values"), ("fee", {"amount": 0, "currency": "UAH"}, "values")],
)
def test_a_value_changed_behind_the_seal_sends_nothing(
    programs: ProgramSet, slot: str, value: dict[str, Any], why: str
) -> None:
    talk = Conversation(programs).at_review()
    session = talk.session
    auth = session.auth
    assert auth is not None
    frame = session.stack[-1]
    session.seal = make_seal(
        {name: frame.slots[name] for name in ("source", "target", "amount", "fee")},
        level=auth.level,
        auth_at=auth.at,
        flow=frame.flow,
        revision=frame.rev,
        now_ms=talk.now,
        ttl_ms=60_000,
    )
    frame.slots[slot] = value
    frame.step = "pay"
    session.wait = None
    talk.stands_at(session)

    talk.says("так")

    assert talk.called("transfer") == []
    assert f"seal_refused: {why}" in talk.journal["notes"]


def _at_pay_with(programs: ProgramSet, auth: Auth | None = None, **seal: Any) -> Conversation:
    """Everything is as after a yes, but the seal or the auth is another one; then the engine goes on."""
    talk = Conversation(programs).at_review()
    session = talk.session
    frame = session.stack[-1]
    proven = session.auth
    assert proven is not None
    proof: dict[str, Any] = {
        "level": proven.level,
        "auth_at": proven.at,
        "flow": frame.flow,
        "revision": frame.rev,
        "now_ms": talk.now,
        "ttl_ms": 10**9,
    }
    values = {name: frame.slots[name] for name in ("source", "target", "amount", "fee")}
    session.seal = make_seal(values, **{**proof, **seal})
    session.auth = auth or proven
    frame.step, session.wait = "pay", None
    talk.stands_at(session)
    return talk


def test_a_seal_that_fits_lets_the_call_out(programs: ProgramSet) -> None:
    talk = _at_pay_with(programs)

    talk.says("так")

    assert len(talk.called("transfer")) == 1


@pytest.mark.parametrize(
    ("seal", "why"),
    [
        ({"flow": "another"}, "flow"),
        ({"revision": "another"}, "flow"),
        ({"level": "card"}, "auth"),
        ({"auth_at": 5}, "auth"),
        ({"ttl_ms": -1}, "expired"),
    ],
)
def test_a_seal_of_something_else_lets_nothing_out(programs: ProgramSet, seal: dict[str, Any], why: str) -> None:
    talk = _at_pay_with(programs, **seal)

    talk.says("так")

    assert talk.called("transfer") == []
    assert f"seal_refused: {why}" in talk.journal["notes"]


def test_auth_that_has_grown_old_or_low_lets_nothing_out(programs: ProgramSet) -> None:
    for auth in (Auth("phone", 1_795_000_000_000), Auth("otp", 1_795_000_000_000 - 301_000)):
        talk = _at_pay_with(programs, auth)

        talk.says("так")

        assert talk.called("transfer") == []
        assert "Потрібно увійти ще раз." in talk.said


def test_a_secret_that_is_not_there_any_more_stops_the_call() -> None:
    programs = programs_with()
    talk = Conversation(programs).welcomed()
    talk.starts("t")
    talk.shares("+380501112233")
    talk.bank_answers(data={"otp_id": "o1"})
    session = talk.session
    session.stack[-1].step, session.wait = "verify", None
    talk.stands_at(session)

    talk.says("hello")

    assert talk.called("verify_code") == []
    assert talk.said.startswith("Щось пішло не так.")
