"""Small flows, each of which shows one thing, and the conversation at their beginning."""

from __future__ import annotations

from typing import Final

from tests.dialog.compiled import programs_with
from tests.dialog.conversation import Conversation

TYPES: Final = """\
flow: types
entry: {command: types}
slots: {answer: ANSWER, more: text}
steps:
  - {id: one, ask: answer, text: Question?, wrong: Not this}
  - {id: two, ask: more, text: "And?"}
  - {id: three, say: "Got {answer} and {more}", end: done}
"""
SUBFLOWS: Final = """\
flow: outer
entry: {command: outer}
slots: {sum: {type: money, in: UAH}, got: text}
steps:
  - {id: ask, ask: sum, text: How much?}
  - {id: part, run: inner, with: {sum: sum}, save: {got: note}, on: {cancelled: sad}, else: sad}
  - {id: told, say: "Inner said {got}", end: done}
  - {id: sad, say: Inner was cancelled, end: cancelled}
"""
INNER: Final = """\
flow: inner
takes: [sum]
returns: [note]
slots: {sum: money, note: text}
steps:
  - {id: ask, ask: note, text: "A note for {sum|money}?"}
  - {id: over, end: done}
"""
BRANCHES: Final = """flow: ways
entry: {command: ways}
slots: {count: int, twice: int, lang_choice: choice}
steps:
  - id: which
    ask: lang_choice
    text: Which?
    choices: [{value: en, label: English}, {value: uk, label: Українська}, {value: stay, label: Лишити}]
    image: {card: flags, alt: Flags}
    on: {stay: number}
  - {id: choose, set: {lang: lang_choice}, go: number}
  - {id: number, ask: count, text: How many?, hints: [1, 5]}
  - {id: double, set: {twice: count + count}}
  - id: size
    branch:
      - {if: twice > 100, go: {say: Too many, end: refused}}
      - {if: twice == 2 and lang == "en", go: {handoff: help}}
    else: {say: "Twice is {twice}", go: link}
  - id: link
    say: See
    link: {url: "https://bank.example/terms", label: Terms}
    image: {card: sum, data: {twice: "{twice}"}, alt: Sum}
    end: done
"""


def begun(flow: str, *others: str) -> Conversation:
    """At the beginning of the flow."""
    name = flow.partition("flow:")[2].split()[0]
    talk = Conversation(programs_with(flow, *others)).welcomed()
    talk.says(f"/{name}")
    return talk
