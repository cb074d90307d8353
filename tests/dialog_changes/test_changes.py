"""What changed between two editions, as a product owner would say it."""

from __future__ import annotations

import pytest

from core.dialog.changes.comparing import changes_between
from core.dialog.changes.model import Change, Edition, edition_of
from core.dialog.loader import load_files
from core.dialog.texts import digest

FLOW = """\
flow: pay_rent
title: Оренда
about: Pays the landlord
entry: {phrases: {uk: [оренда], en: [rent]}, command: rent}
auth: {level: otp, fresh: 5m}
slots:
  source: {type: card, pii: card}
  sum: {type: money, in: source.currency, label: суму}
  fee: money
  note: text
steps:
  - id: login
    auth: otp
  - id: how_much
    ask: sum
    text: How much is the rent?
    hints: [100, 200]
    check:
      - {if: sum < 1.00, say: Too little}
  - id: review
    confirm: [source, sum, fee]
    text: "{sum|money} from {source}. Fee {fee|money}. Pay?"
    edit: [sum]
    ttl: 3m
    yes: pay
    no: stopped
  - id: pay
    call: bank.transfer
    effect: money
    with: {source: source, amount: sum, fee: fee}
    on: {ok: paid, refused: refused, unknown: later}
  - {id: paid, say: "Paid {sum|money}", end: done}
  - {id: refused, say: Refused, end: refused}
  - {id: later, say: Not known yet, handoff: payments}
  - {id: stopped, say: Stopped, end: cancelled}
"""
RUSSIAN = f"how_much.text: {{of: {digest('How much is the rent?')}, text: Сколько?}}\n"
ENGINE = "wrong: Not understood\nyes: Так\n"


def edition(flow: str = FLOW, russian: str = RUSSIAN, engine: str = ENGINE, **more: str) -> Edition:
    files = {"pay_rent.yaml": flow, "pay_rent.ru.yaml": russian, "system/engine.uk.yaml": engine}
    files |= {f"{name}.yaml": text for name, text in more.items()}
    return edition_of(load_files({name: text.encode() for name, text in files.items()}, "flows"))


def changed(old: str, new: str) -> list[Change]:
    assert old in FLOW
    return list(changes_between(edition(), edition(FLOW.replace(old, new))))


def test_the_same_edition_has_no_changes() -> None:
    assert changes_between(edition(), edition()) == ()
    assert changes_between(edition(), edition(FLOW + "# a comment\n")) == ()


@pytest.mark.parametrize(
    ("old", "new", "importance", "sentence"),
    [
        (
            "How much is the rent?",
            "Which sum?",
            "text",
            "step how_much: the text was changed: How much is the rent? → Which sum?",
        ),
        ("Fee {fee|money}. ", "", "money", "confirm review no longer shows fee"),
        ("[source, sum, fee]", "[source, sum]", "money", "confirm review no longer seals: fee"),
        ("edit: [sum]", "edit: [sum, source]", "money", "confirm review can now be changed in: source"),
        (
            "refused: refused, unknown",
            "refused: later, unknown",
            "money",
            "arm refused of pay now leads to later (it led to refused)",
        ),
        ("refused: refused, unknown: later", "refused: refused", "money", "arm unknown of pay was removed: later"),
        ("no: stopped", "no: refused", "money", "answer no of review now leads to refused (it led to stopped)"),
        ("fee: fee}", "fee: sum}", "money", "call pay: argument fee was changed: fee → sum"),
        (
            "ttl: 3m",
            "ttl: 30m",
            "money",
            "confirm review: how long the confirmation can be given was changed: 3m → 30m",
        ),
        ("effect: money\n    ", "", "money", "call pay: the effect was removed: money"),
        (
            "sum < 1.00",
            "sum < 0.01",
            "money",
            "step how_much: check 1 was changed: {if: sum < 1.00, say: Too little} → {if: sum < 0.01, say: Too little}",
        ),
        ("Too little", "Too small", "text", "step how_much: what check 1 says was changed: Too little → Too small"),
        ("in: source.currency", "in: UAH", "money", "slot sum: the currency was changed: source.currency → UAH"),
        ("label: суму", "label: гроші", "text", "slot sum: the label was changed: суму → гроші"),
        ("  note: text\n", "", "way", "slot note was removed: text"),
        ("level: otp", "level: phone", "access", "the login level that effects need was changed: otp → phone"),
        ("fresh: 5m", "fresh: 5h", "access", "how recent the login must be for effects was changed: 5m → 5h"),
        ("    auth: otp\n", "    auth: phone\n", "access", "step login: what it needs was changed: otp → phone"),
        ("uk: [оренда]", "uk: [оренда, за квартиру]", "entry", "phrases added (uk): за квартиру"),
        (", en: [rent]", "", "entry", "phrases removed (en): rent"),
        ("command: rent", "command: flat", "entry", "the command by which it begins was changed: rent → flat"),
        ("title: Оренда", "title: Квартира", "text", "the title was changed: Оренда → Квартира"),
        (
            "about: Pays the landlord",
            "about: Pays the rent",
            "other",
            "the description was changed: Pays the landlord → Pays the rent",
        ),
        (
            "auth: {level",
            "revisions: follow\nauth: {level",
            "way",
            "when it changes, people inside go on with the newest revision",
        ),
        ("auth: {level", "moved: {gone: paid}\nauth: {level", "way", "people on the removed step gone go on at paid"),
        (
            "hints: [100, 200]",
            "hints: [100, 500]",
            "money",
            "step how_much: the list of answers worth one tap was changed: [100, 200] → [100, 500]",
        ),
        ("  - {id: stopped, say: Stopped, end: cancelled}\n", "", "way", "step stopped was removed: say Stopped"),
        ("id: stopped", "id: halted", "way", "step stopped is called halted now"),
        ("end: cancelled", "end: failed", "way", "step stopped: how it ends was changed: cancelled → failed"),
        ("handoff: payments", "handoff: cards", "way", "step later: who takes over was changed: payments → cards"),
    ],
)
def test_a_change_is_said_in_words(old: str, new: str, importance: str, sentence: str) -> None:
    found = {change.sentence: change.importance for change in changed(old, new)}

    assert found.get(sentence) == importance, found


def test_what_one_channel_reads_is_told_apart() -> None:
    with_variant = FLOW.replace(
        "    edit: [sum]\n", "    variants: {viber: 'Pay {sum|money}, fee {fee|money}?'}\n    edit: [sum]\n"
    )
    without_fee = with_variant.replace(", fee {fee|money}?", "?")

    found = [change.sentence for change in changes_between(edition(with_variant), edition(without_fee))]

    assert found == [
        "confirm review no longer shows fee in viber",
        "confirm review: the text in viber was changed: Pay {sum|money}, fee {fee|money}? → Pay {sum|money}?",
    ]


def test_a_new_step_says_what_it_does_and_what_it_comes_between() -> None:
    new = "  - id: why\n    ask: note\n    text: What for?\n  - id: review\n"

    found = [change.sentence for change in changed("  - id: review\n", new)]

    assert found == [
        "after step how_much comes why now (it was review)",
        "new step why after how_much: ask note, “What for?”",
    ]


def test_a_confirmation_that_is_passed_by_is_about_money() -> None:
    head, review = FLOW.index("  - id: review"), FLOW.index("  - id: pay")
    flow = FLOW[:head] + FLOW[review:]

    first, *_ = changes_between(edition(), edition(flow))

    assert first.importance == "money"
    assert "step review was removed: confirm [source, sum, fee]" in first.sentence


def test_money_comes_first_and_notes_come_last() -> None:
    flow = FLOW.replace("landlord", "owner").replace("Refused,", "No,").replace("ttl: 3m", "ttl: 4m")

    found = [change.importance for change in changes_between(edition(), edition(flow))]

    assert found == ["money", "text", "other"]


def test_a_text_that_moved_on_leaves_its_translation_stale() -> None:
    found = changed("How much is the rent?", "Which sum?")

    stale = [change for change in found if change.what == "translation_stale"]
    assert [(change.sentence, change.lang) for change in stale] == [("translation ru of how_much.text is stale", "ru")]


def test_a_translation_that_was_mended_or_only_looked_at() -> None:
    flow = FLOW.replace("How much is the rent?", "Which sum?")
    looked_at = RUSSIAN.replace(digest("How much is the rent?"), digest("Which sum?"))
    mended = looked_at.replace("Сколько?", "Какая сумма?")

    said = {change.sentence for change in changes_between(edition(), edition(flow, looked_at))}
    assert "translation ru of how_much.text is kept for the text of now" in said
    said = {change.sentence for change in changes_between(edition(), edition(flow, mended))}
    assert "translation ru of how_much.text was changed: Сколько? → Какая сумма?" in said
    assert not any("stale" in sentence for sentence in said)


def test_texts_of_the_engine_and_whole_flows() -> None:
    other = FLOW.replace("pay_rent", "pay_gas").replace("Оренда", "Газ")
    after = edition(engine=ENGINE.replace("Так", "Авжеж"), pay_gas=other)

    forth = [change.sentence for change in changes_between(edition(), after)]
    back = [change.sentence for change in changes_between(after, edition())]

    assert forth == ["new flow pay_gas: Газ", "the engine's text yes (uk) was changed: Так → Авжеж"]
    assert back == ["flow pay_gas was removed: Газ", "the engine's text yes (uk) was changed: Авжеж → Так"]


def test_another_order_of_keys_is_a_change_that_says_so() -> None:
    [change] = changed("{source: source, amount: sum, fee: fee}", "{amount: sum, source: source, fee: fee}")

    assert "the order of `with`" in change.sentence


def test_what_is_shown_cannot_move_the_cursor_and_is_cut() -> None:
    long = "x" * 500
    [first] = changed("Pays the landlord", f'"{long}\\e[2Jmore"')

    assert "\x1b" not in first.sentence
    assert len(first.sentence) < 500


def test_of_long_texts_the_part_that_differs_is_shown() -> None:
    start = "a word and another " * 20
    old, new = FLOW.replace("Refused,", f"{start}ends,"), FLOW.replace("Refused,", f"{start}goes on,")

    [change] = changes_between(edition(old), edition(new))

    assert change.sentence.endswith("and another ends → …ther a word and another goes on")
