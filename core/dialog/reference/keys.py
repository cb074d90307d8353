"""What each key means, in one sentence. A key without one here is described by the comment in its kind's example."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel

from core.dialog.steps import KINDS

# A key of an example with a comment behind it.
_COMMENTED: Final = re.compile(r"^\s*(?:- )?([a-z_]+):.*?\s#\s+(.+)$", re.MULTILINE)

# Keys that mean the same wherever they stand.
_EVERYWHERE: Final[Mapping[str, str]] = {
    "id": "The step's name; sessions, tests and translations find it by this, so do not rename it lightly.",
    "text": "What the customer reads; `{slot}` and `{slot|filter}` show values.",
    "image": "A picture that is drawn and sent with the text.",
    "else": "Where to go when none of the other ways is gone.",
    "end": "The flow is over after this step, with this outcome.",
    "handoff": "A person of this queue takes over after this step, and the bot is silent.",
    "go": "The step that follows instead of the next one.",
    "hold": '`true`: no word such as "cancel" and no other flow gets between; then there must be another way out.',
    "with": "The values that are handed over, by name: slots or formulas.",
    "save": "Slots that are filled, each from a field of the answer.",
    "on": "Where each way of ending leads: the id of a step, or a target written in place.",
    "timeout": "How long it stays open, such as `90s`, `15m`, `12h` or `2d`.",
    "run": "The flow that is run as a part of this one; it comes back here.",
    "say": "The message; `{slot}` and `{slot|filter}` show values.",
    "if": "A condition over slots, such as `amount > 100.00`.",
    "label": "What stands on the button.",
    "variants": "What customers of single channels read instead, by channel.",
    "document": "A PDF of one page that is drawn and sent with the text.",
}
_OF_MODEL: Final[Mapping[str, Mapping[str, str]]] = {
    "FlowModel": {
        "flow": "The flow's name, as its file is called.",
        "title": "What customers know the flow by, at most 40 signs; asked for of flows with phrases.",
        "about": "What the flow is for, for those who read it.",
        "spec": "The version of the language.",
        "entry": "How a customer gets into the flow; without it only other flows can run it.",
        "auth": "What effects of this flow need: the level of login and how recent it must be.",
        "revisions": "What becomes of people inside when the flow changes: `pin` keeps the revision they entered, "
        "`follow` goes on with the newest one, `restart` begins the newest one anew.",
        "slots": "The values that the flow knows, each with its type.",
        "takes": "Slots that whoever starts the flow fills.",
        "returns": "Slots that go back to a flow that runs this one, when it ends `done`.",
        "moved": "For `revisions: follow`: where people on removed steps go on, as `old_step: new_step`.",
        "steps": "The steps in order; each leads to the next one unless it says otherwise.",
    },
    "SlotModel": {
        "type": "What the slot holds.",
        "in": "The currency of money that is asked for: an ISO code, or where it stands, such as `source.currency`.",
        "pii": "The value is personal: it is kept out of journals and is to be shown with a mask.",
        "label": 'How buttons name the slot, as in "Change the sum".',
    },
    "EntryModel": {
        "phrases": "Words by which customers ask for the flow, by language.",
        "intents": "What an understanding outside calls it (Dialogflow CX), where one is configured.",
        "command": "The flow begins with `/<command>`.",
        "link": "The flow begins with a start link of this word, or of this word, `_` and a payload.",
        "start": "`true`: the first contact and /start come here instead of to `welcome`.",
        "menu": "The group of a menu that the flow belongs to; the engine does not read it.",
    },
    "AuthModel": {
        "level": "The level: none, phone, otp or card; each includes the ones before it.",
        "fresh": "How recently it must have been proven; without it a login does not grow old.",
    },
    "InlineTarget": {
        "end": "The flow ends with this outcome.",
        "handoff": "A person of this queue takes over.",
        "go": "Continue at this step.",
        "say": "Say this first.",
        "run": "Run this flow first.",
    },
    "Check": {"say": "What is said when the condition holds; then the question is open again."},
    "ImageModel": {
        "card": "The template of the picture.",
        "data": "The slots that it shows, or its fields with a text for each.",
        "alt": "What is read out, or shown where the picture cannot be.",
    },
    "DocumentModel": {"name": "What the file is saved as, the same in every language."},
    "LinkModel": {"url": "The address, https only."},
    "StaticChoice": {"value": "What the slot holds when this is chosen."},
    "BankChoices": {
        "of": "The operation that returns the list.",
        "label": "The label of each; `it` is one row, as in `{it.name}`.",
    },
    "OtherButton": {"go": "Where the button leads."},
    "AskModel": {
        "ask": "The slot that the answer goes into.",
        "choices": "What can be chosen from: a written list, or rows that an operation of the bank returns.",
        "none": "Where to go when the bank returns no rows.",
        "secure": "Adds the button that opens the one-time page, where a card number is entered safely.",
        "accept": "What an answer may be: `text`, `contact`, `location`, or files: `photo`, `document`, `voice`.",
        "wrong": "What is said when the answer cannot be read.",
        "tries": "How many answers that cannot be read are taken before `else`.",
        "else": "Where to go when the tries are used up; without it the flow ends.",
        "check": "Conditions under which an answer is not taken, and what is said then.",
        "on": "Where each value leads; the others lead to the next step.",
    },
    "ConfirmModel": {
        "confirm": "The slots that a yes seals; a call with an effect sends nothing else.",
        "labels": "What stands on the buttons instead of the engine's words.",
        "ttl": "How long a yes is taken, and how long after it the effect may leave.",
        "yes": "Where a yes leads; the next step by default.",
        "no": "Where a no leads; by default the flow ends.",
        "expired": "Where it leads when nobody answers in time; by default the engine says so and the flow ends.",
    },
    "Labels": {"yes": "On the button that confirms.", "no": "On the button that declines."},
    "CallModel": {"call": "The operation of the bank."},
    "WaitModel": {
        "wait": "The event of the bank that is waited for; or `all` or `any` of those under `of`.",
        "of": "The events of a wait for several.",
        "match": "Which event it is: a field with the call of a step, as in `{op: pay.op}`, or with a formula.",
    },
    "BranchModel": {
        "branch": "Conditions in order, each with the way that is gone when it is the first to hold.",
        "else": "Where to go when none holds; without it the next step follows.",
    },
    "AwaitedModel": {
        "event": "One of the events.",
        "match": "Which event it is: a field with the call of a step, or with a formula.",
        "go": "Where it leads when it comes first and ok, in a wait for any.",
    },
    "Case": {
        "go": "Where this case leads.",
        "share": "How many of all customers go this way, such as `20%`.",
        "name": "What tests and the funnel call the case.",
    },
    "SetModel": {"set": "Slots with the formulas that give them values; `lang` sets the language of the conversation."},
    "RunModel": {
        "with": "Values for slots that the flow takes.",
        "save": "Slots here, each from a slot that the flow returns; filled when it ends `done`.",
        "on": "Where its outcomes lead; those that are not named lead to `else`.",
    },
    "AuthStepModel": {
        "auth": "The level that is needed from here on; without it the flow `login` runs first.",
        "fresh": "How recently it must have been proven; by default as the flow says.",
        "else": "Where to go when the login failed; without it the flow ends.",
    },
    "SayModel": {"link": "A button that opens a page."},
    "HandoffModel": {"handoff": "The queue of people that takes over; the bot is silent until it is called back."},
    "GoModel": {"go": "The step to continue at."},
    "EndModel": {"end": "How the flow ended, for the flow that ran it."},
    "TestModel": {
        "test": "What happens, in a few words.",
        "channel": "The channels that it is played on.",
        "lang": "The customer's language.",
        "given": "What is there before: `customer`, `name`, `auth`, and lists that the bank returns.",
        "bank": "What each operation answers: data, an arm, `{arm, reason, ...data}`, or a list of them in turn.",
        "talk": "What is said and done, line by line.",
        "then": "What must have come of it.",
    },
    "MediaModel": {
        "kind": "What it is.",
        "name": "The name of the file.",
        "size": "Its size in bytes.",
        "caption": "What is written under it.",
    },
    "LocationModel": {"latitude": "In degrees, north of the equator.", "longitude": "In degrees, east of Greenwich."},
    "LineModel": {
        "tap_old": "The customer presses a button of an earlier question.",
        "location": "The customer shares a place.",
        "person": "`done`: the person who took over has finished.",
        "me": "The customer writes this.",
        "tap": "The customer presses a button: by value, id, label, `yes`, `no` or `edit <slot>`.",
        "start": "The customer opens a start link with this payload.",
        "contact": "The customer shares a contact.",
        "media": "The customer sends a picture, a voice message or the like.",
        "event": "The bank makes an event known.",
        "timer": "The wait runs out of time.",
        "after": "So much time passes.",
        "bot": "What the bot must have said.",
    },
    "LookModel": {
        "reads": "What is in its text.",
        "image": "The template of its picture.",
        "document": "The template of its document.",
        "choices": "Its buttons, by value or label.",
    },
    "BotModel": {"step": "The step that it comes from.", "on": "What is otherwise on single channels, by channel."},
    "ThenModel": {
        "tickets": "The queues that tickets were opened in.",
        "calls": "How often each operation was called.",
        "end": "How the flow of this file ended.",
    },
    "ContactModel": {"phone": "The number.", "name": "The name.", "proof": "Whose the platform says that it is."},
}


def described(model: type[BaseModel], key: str) -> str:
    """What a key of a model means; "" where nobody has said so."""
    field = next((one for name, one in model.model_fields.items() if key in (one.alias, name)), None)
    if field is not None and field.description:
        return field.description
    own = next((_OF_MODEL[one.__name__][key] for one in model.__mro__ if key in _OF_MODEL.get(one.__name__, ())), "")
    return own or _commented(model).get(key) or _EVERYWHERE.get(key, "")


def _commented(model: type[BaseModel]) -> dict[str, str]:
    """The comments beside keys in the example of a kind of step."""
    example = next((kind.example for kind in KINDS.values() if kind.model is model), "")
    return {key: _sentence(comment) for key, comment in _COMMENTED.findall(example)}


def _sentence(comment: str) -> str:
    return comment[0].upper() + comment[1:].rstrip(".") + "."
