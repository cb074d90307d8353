"""A conversation's state: one JSON object, readable in psql. Only the engine changes it, on a copy of its own."""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from msgspec.structs import replace

from core.dialog.contracts import BankEvent, Seal

WaitKind = Literal["ask", "confirm", "call", "choices", "wait"]
OptionAct = Literal["pick", "yes", "no", "edit", "other"]


class Auth(msgspec.Struct, frozen=True):
    """`at`: when the level was proven, in ms."""

    level: str
    at: int


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One button that was shown; its token is the wait's nonce and its place in the list."""

    label: str
    value: Any = None
    act: OptionAct = "pick"


class Wait(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the conversation waits for. `nonce` is in every button and timer of this wait.

    `deadline` is the earliest end of the session's waits (ms, 0 = never). `until` is this wait's own end. `call`: id of
    the bank call that is under way. `since`: when the wait began. `came`: the events that a wait for several has got,
    by their place in the step's list. It is never changed in place: copies of the session share it.
    """

    nonce: str
    kind: WaitKind
    deadline: int = 0
    until: int = 0
    since: int = 0
    options: list[Option] = []
    call: str = ""
    came: dict[str, BankEvent] = {}


class Frame(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One running flow. It holds only ids that the flow's author chose, pinned to the content hash it entered.

    `sub`: the frame below waits for this one's result; otherwise this frame is a digression. `held` is the wait of a
    frame that something else was put on top of. `trail`: the asks answered so far, for "back". `kept`: slots that need
    no new question while an edited answer is walked through; `heard`: words said before their question was asked, and
    `fixing` the slot whose answer they correct. `notice`: a system flow that the engine began to tell or ask something;
    `carried`: what was said with a wish, by kind, for the flow that such a notice asks about.
    """

    id: str
    flow: str
    rev: str
    step: str
    slots: dict[str, Any] = {}
    visits: dict[str, int] = {}
    sub: bool = False
    tries: int = 0
    trail: list[str] = []
    kept: list[str] = []
    heard: dict[str, str] = {}
    fixing: str = ""
    notice: bool = False
    carried: dict[str, str] = {}
    held: Wait | None = None


class OpenCall(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A call with an effect whose end the customer has not been told. `frame` is the id of the frame that made it."""

    operation: str
    flow: str
    frame: str
    amount: dict[str, Any] | None = None
    given_up: bool = False


class FollowUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A flow that begins by itself at `due` (ms). A later one with the same `key` takes its place."""

    key: str
    flow: str
    due: int
    slots: dict[str, Any] = {}


class Person(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The person who was called last, until they have finished. `ticket` is what they work on.

    `until`: when the bot comes back without them (ms; 0: it is back already). `frames`: the flow that goes on
    afterwards, under it the flows that ran it.
    """

    ticket: str
    queue: str
    until: int = 0
    frames: list[Frame] = []


class Session(msgspec.Struct, kw_only=True, omit_defaults=True):
    """`id` is the key of the conversation, `<channel>:<conversation>`. `seq` counts turns.

    `early`: bank events that came before their wait. `open`: calls with an effect by their id; `told`: the last ids
    whose end was told, so that a doubled event says nothing twice. `muted`: a person has taken over. `greeted`: the
    first contact has been answered. `media_at`: when the last file was sent (ms, by the platform's clock). `scheduled`
    and `person` are never changed in place: copies share them.
    """

    id: str
    customer: str = ""
    name: str = ""
    lang: str = "uk"
    seq: int = 0
    stack: list[Frame] = []
    wait: Wait | None = None
    auth: Auth | None = None
    seal: Seal | None = None
    muted: bool = False
    greeted: bool = False
    early: list[BankEvent] = []
    open: dict[str, OpenCall] = {}
    told: list[str] = []
    media_at: int = 0
    scheduled: list[FollowUp] = []
    person: Person | None = None

    def copy(self) -> Session:
        """A copy that can be changed without changing this one; slot values are shared, they are never changed."""
        return replace(
            self,
            stack=[copy_frame(frame) for frame in self.stack],
            wait=self.wait and _copy_wait(self.wait),
            early=list(self.early),
            open={key: replace(call) for key, call in self.open.items()},
            told=list(self.told),
        )


def _copy_wait(wait: Wait) -> Wait:
    return replace(wait, options=list(wait.options))


def copy_frame(frame: Frame) -> Frame:
    return replace(
        frame,
        slots=dict(frame.slots),
        visits=dict(frame.visits),
        trail=list(frame.trail),
        kept=list(frame.kept),
        heard=dict(frame.heard),
        held=frame.held and _copy_wait(frame.held),
    )


_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(Session)


def encode_session(session: Session) -> bytes:
    """JSON; fields that hold their default are left out."""
    return _ENCODER.encode(session)


def decode_session(raw: bytes | str) -> Session:
    """Raises `msgspec.ValidationError` when it is not a session."""
    return _DECODER.decode(raw)
