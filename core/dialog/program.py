"""What flows are compiled to: frozen steps, found by the ids that their author chose."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from core.dialog.contracts import BankEvent, CallResult, InboundEvent
from core.dialog.expressions import Expression
from core.dialog.recording.words import Words
from core.dialog.session import Option
from core.dialog.signatures import Operation
from core.dialog.slot_types import SlotType
from core.dialog.texts import Text
from core.dialog.understanding.phrases import Phrases
from core.kernel.strict_yaml import Mark

if TYPE_CHECKING:
    from core.dialog.turns.work import Work

BASE_LANG: Final = "uk"
LANGS: Final = ("uk", "ru", "be", "en")
Use = Literal["text", "picture", "formula", "argument"]


@dataclass(frozen=True, slots=True)
class FlowText:
    """One text in every language it has. `key` is `step.field`, by which translations find it. `variants`: by the
    name of a channel, the text that is said there instead."""

    key: str
    mark: Mark
    by_lang: Mapping[str, Text]
    variants: Mapping[str, FlowText] = field(default_factory=dict)

    @property
    def base(self) -> Text:
        return self.by_lang[BASE_LANG]

    @property
    def forms(self) -> tuple[FlowText, ...]:
        """The text itself and what is said instead of it somewhere."""
        return (self, *self.variants.values())

    def render(self, values: Mapping[str, Any], lang: str) -> str:
        return (self.by_lang.get(lang) or self.by_lang[BASE_LANG]).render(values, lang)


@dataclass(frozen=True, slots=True)
class Edge:
    """A way out of a step. `target` None: the flow ends there.

    `assigns`: slots that have a value on this way. `sealed`: the slots a confirmation sealed. `drops_seal`: what was
    confirmed no longer holds. `grants`: the auth level proven. `engine`: the engine goes this way by itself (back,
    edit, tries exhausted, expiry), not the author's order.
    """

    arm: str
    target: str | None
    assigns: frozenset[str] = frozenset()
    sealed: frozenset[str] = frozenset()
    drops_seal: bool = False
    grants: str = ""
    engine: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """A step looks at slots. `open`: the ones that a text shows without a mask."""

    slots: frozenset[str]
    use: Use
    mark: Mark
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One compiled step. `enter` runs it: it must go on, wait, push a flow or end.

    No `ABC`: its `isinstance` costs ten times as much, and turns and checks ask for the kind of a step all the time.
    """

    id: str
    mark: Mark

    kind: ClassVar[str] = ""
    waits: ClassVar[bool] = False

    @abstractmethod
    def enter(self, work: Work) -> None: ...

    @abstractmethod
    def edges(self) -> Iterable[Edge]: ...

    def reads(self) -> Iterable[Read]:
        return ()

    def returned(self, work: Work, outcome: str, values: Mapping[str, Any]) -> None:
        """The flow that this step ran has ended."""
        work.enter(self.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStep(Step):
    """A step at which the conversation can stand. `hold`: no word and no other flow gets between."""

    hold: bool = False
    waits: ClassVar[bool] = True

    @abstractmethod
    def show(self, work: Work) -> None:
        """Say again where we are, without beginning a new wait."""

    def picked(self, work: Work, option: Option) -> None:
        """One of the wait's own buttons was pressed."""
        self.show(work)

    def said(self, work: Work, event: InboundEvent) -> bool:
        """Anything else came from the customer. False: it was not an answer and has not been dealt with."""
        return False

    def could_take(self, work: Work, words: str, *, surely: bool) -> bool:
        """Whether the words can answer this question, which is not the one that is open.

        `surely`: they are meant as another answer; otherwise only what can hardly be anything else counts.
        """
        return False

    def puzzled(self, work: Work, event: InboundEvent) -> None:
        """What came was neither an answer nor anything else that the conversation knows."""
        self.show(work)

    def result(self, work: Work, result: CallResult) -> None:
        """The bank call that the wait is about has ended."""

    def wants(self, work: Work, event: BankEvent) -> bool:
        """Whether this is the event that the step waits for, in the frame that `work` stands in."""
        return False

    def gathers(self, work: Work, event: BankEvent) -> bool:
        """Whether the event that `wants` agreed to is only noted, and the wait goes on."""
        return False

    def happened(self, work: Work, event: BankEvent) -> None:
        """The event that `wants` agreed to and that ends the wait."""

    @abstractmethod
    def expired(self, work: Work) -> None:
        """The wait has run out of time."""


@dataclass(frozen=True, slots=True)
class Slot:
    """`currency` tells the currency of money that is asked for; `label` is how buttons name the slot."""

    name: str
    type: SlotType
    mark: Mark
    currency: Expression | None = None
    pii: str = ""
    label: FlowText | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
    """Auth that the flow's effects need. `fresh_ms` 0: it does not grow old."""

    level: str
    fresh_ms: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    phrases: tuple[str, ...] = ()
    command: str = ""
    link: str = ""
    start: bool = False
    menu: str = ""
    intents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled flow. `revision` is the hash of everything that can change what it does or says. `title` is what
    customers know it by.

    `known`: for each step, the slots that surely have a value there. `asked`: the slots that the customer is asked for.
    `literals`: the words that its formulas compare with.
    """

    name: str
    revision: str
    about: str
    file: str
    first: str
    steps: Mapping[str, Step]
    slots: Mapping[str, Slot]
    entry: Entry
    auth: Requirement | None
    revisions: Literal["pin", "follow", "restart"]
    takes: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    known: Mapping[str, frozenset[str]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    title: FlowText | None = None
    literals: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ProgramSet:
    """Everything a turn can run. `flows`: the current revision by name; `revisions`: every kept one by hash; `retired`:
    hashes of those that an operator has stopped.

    Indices for entry: `commands`, `links` and `intents` give a flow's name; `phrases` is what understanding searches.
    `words`: what of a customer's words may be written down. `drawn`: by `flow.step`, what splits draw in a replay.
    """

    flows: Mapping[str, Program]
    revisions: Mapping[str, Program]
    engine_texts: Mapping[str, FlowText]
    operations: Mapping[str, Operation]
    commands: Mapping[str, str]
    links: Mapping[str, str]
    phrases: Phrases
    start: str
    intents: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    words: Words = field(default_factory=Words)
    drawn: Mapping[str, int] = field(default_factory=dict)

    def adopt(self, previous: ProgramSet) -> ProgramSet:
        """This set, with the revisions of the previous one that sessions may still stand on."""
        return replace(self, revisions={**previous.revisions, **self.revisions}, retired=previous.retired)

    def keeping(self, revisions: Mapping[str, Program], retired: frozenset[str]) -> ProgramSet:
        """This set, with these revisions beside its own and with other ones retired."""
        return replace(self, revisions={**revisions, **self.revisions}, retired=retired)
