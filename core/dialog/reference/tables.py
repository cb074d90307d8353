"""What the code does not say by itself: what types are for, samples of values, when the engine's flows run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from core.dialog.slot_types import SlotType, parse_type


class Sample(NamedTuple):
    """A text or formula over the one value `it`."""

    type: SlotType
    value: Any
    written: str


TYPES: Final[Mapping[str, str]] = {
    "text": "Words. Every other kind of words can also stand where a text is wanted.",
    "int": "A whole number.",
    "money": "A sum with its currency; sums of two currencies never meet.",
    "date": "A day, read as people write it: 5.03, tomorrow, next friday.",
    "phone": "A phone number, kept as +380501112233.",
    "card": "A card of the customer's own, as the bank lists it.",
    "payee": "Whom to pay: a phone, a contact, a card that was entered safely, or one paid before.",
    "iban": "An account number, whose check digits are looked at.",
    "choice": "One of the written choices of a question.",
    "id": "A name that means something to the bank only.",
    "secret": "A code or password: goes into the next call and is kept nowhere.",
    "bool": "Yes or no.",
    "file": "A photo, document or voice message that the customer sent.",
    "location": "A place that the customer shared.",
    "flow": "A flow that can be begun, with its title; the engine fills it.",
}
_SUM: Final = {"amount": 125050, "currency": "UAH"}
FILTERS: Final[Mapping[str, Sample]] = {
    "money": Sample(parse_type("money"), _SUM, "{it|money}"),
    "date": Sample(parse_type("date"), "2027-03-05", "{it|date}"),
    "time": Sample(parse_type("text"), "2027-03-05T12:30:00Z", "{it|time}"),
    "mask": Sample(parse_type("phone"), "+380501112233", "{it|mask}"),
    "last4": Sample(parse_type("text"), "UA1234567890", "{it|last4}"),
    "phone": Sample(parse_type("phone"), "+380501112233", "{it|phone}"),
    "upper": Sample(parse_type("text"), "abc", "{it|upper}"),
    "lower": Sample(parse_type("text"), "ABC", "{it|lower}"),
    "plural": Sample(parse_type("int"), 3, "{it|plural: card, cards}"),
}
FUNCTIONS: Final[Mapping[str, Sample]] = {
    "len": Sample(parse_type("text"), "Olha", "len(it) > 3"),
    "lower": Sample(parse_type("text"), "Olha", 'lower(it) == "olha"'),
    "starts": Sample(parse_type("text"), "+380501112233", 'starts(it, "+380")'),
    "days_between": Sample(parse_type("date"), "2027-03-05", "days_between(it, it) == 0"),
    "known": Sample(parse_type("text"), "Olha", "known(it)"),
}


class Begun(NamedTuple):
    """When a system flow runs, and what its outcome decides."""

    when: str
    outcome: str = ""


SYSTEM_FLOWS: Final[Mapping[str, Begun]] = {
    "welcome": Begun(
        "The first contact, `/start`, a start link that no flow owns; a flow with `entry: {start: true}` goes before."
    ),
    "login": Begun(
        "An `auth` step, or an old login before a yes; must end `done` after an operation that grants the level.",
        "`done`: the level is looked at.",
    ),
    "menu": Begun('The word "menu".'),
    "help": Begun('The word "help".'),
    "unrecognised": Begun("Nobody waits, and nothing fits what came."),
    "late_outcome": Begun("An effect ended after the customer had moved on; `outcome` is `ok` or `refused`."),
    "cancelled": Begun('The customer cancelled; the flow has ended. `title` is "" when none was open or it has none.'),
    "nothing_back": Begun(
        "`word` (`back` or `cancel`) cannot be done; `why` is `first`, `idle`, or `bank` for what the bank has already."
    ),
    "expired": Begun(
        "A `kind` of `question` or `confirmation` was open too long.",
        "`done`: asked again; otherwise the flow ends `expired`.",
    ),
    "resumed": Begun("The customer comes back from another flow to a question of a flow with a title, shown next."),
    "corrected": Begun("An answer was corrected in words and could be read."),
    "did_you_mean": Begun(
        "What was written may mean one of a few flows; must have `returns: [chosen]`, a `flow`.",
        "`done`: `chosen` begins; otherwise the menu, if nothing is open.",
    ),
    "handed_over": Begun("A person takes over; the bot is silent after it."),
}
