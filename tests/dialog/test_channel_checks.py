"""What each channel cannot do is told with its name; a deployment checks the channels it has."""

from __future__ import annotations

import pytest

from app.declarations import ABILITIES, channel_limits
from app.settings import Settings
from core.dialog.channel_limits import ChannelLimits, sms_segments
from core.dialog.compiler import compile_loaded
from core.dialog.problems import FlowProblem
from core.dialog.signatures import build_catalogue
from tests.dialog.bank import SIGNATURES
from tests.dialog.compiled import with_changes


def limits(*names: str) -> tuple[ChannelLimits, ...]:
    return channel_limits(Settings(flow_channels=list(names)))


def found(steps: str, *channels: str, slots: str = "{note: text}") -> list[FlowProblem]:
    flow = f"flow: example\nentry: {{command: example}}\nslots: {slots}\nsteps:\n{steps}"
    compilation = compile_loaded(with_changes(flow), build_catalogue(SIGNATURES), ("uk",), limits(*channels))
    assert compilation.errors == ()
    return [problem for problem in compilation.problems if problem.file == "example.yaml"]


def offering(count: int) -> str:
    choices = ", ".join(f"{{value: v{number}, label: Choice {number}}}" for number in range(count))
    return (
        f'  - {{id: q, ask: note, text: Which?, choices: [{choices}]}}\n  - {{id: told, say: "{{note}}", end: done}}\n'
    )


@pytest.mark.parametrize(
    ("count", "channel", "code"),
    [
        (3, "whatsapp", None),
        (4, "whatsapp", "choices_as_list"),
        (10, "whatsapp", "choices_as_list"),
        (11, "whatsapp", "choices_in_pages"),
        (4, "messenger", "choices_as_list"),
        (14, "messenger", "choices_in_pages"),
        (14, "telegram", None),
        (25, "viber", "choices_in_pages"),
        (14, "sms", None),
    ],
)
def test_how_choices_come_out(count: int, channel: str, code: str | None) -> None:
    assert [problem.code for problem in found(offering(count), channel)] == ([code] if code else [])


def test_a_finding_names_its_channel() -> None:
    sentences = [problem.sentence for problem in found(offering(5), "whatsapp", "messenger")]

    assert sentences == [
        "on whatsapp the 5 choices of 'q' become a list instead of buttons",
        "on messenger the 5 choices of 'q' become a list instead of buttons",
    ]


COUNTED = [
    ("a", 160, 1),
    ("a", 161, 2),
    ("€", 80, 1),
    ("€", 81, 2),
    ("ж", 70, 1),
    ("ж", 71, 2),
    ("ж", 135, 3),
    ("👍", 36, 2),
]


@pytest.mark.parametrize(("sign", "count", "messages"), COUNTED)
def test_an_sms_is_counted_as_it_is_paid_for(sign: str, count: int, messages: int) -> None:
    assert sms_segments(sign * count) == messages


CONTACT = "  - {id: q, ask: phone, text: Yours?, accept: [contact]}\n  - {id: told, say: Thanks, end: done}\n"


PLACE = "  - {id: q, ask: place, text: Where?, accept: [location]}\n  - {id: told, say: Thanks, end: done}\n"


@pytest.mark.parametrize("channel", ["telegram", "viber", "whatsapp", "messenger", "sms"])
def test_an_answer_that_nobody_can_send_on_a_channel_is_told(channel: str) -> None:
    contact = {problem.code for problem in found(CONTACT, channel, slots="{phone: {type: phone}}")}
    place = {problem.code for problem in found(PLACE, channel, slots="{place: location}")}

    assert ("answer_impossible" in contact) is (channel == "sms")
    assert ("answer_impossible" in place) is (channel in ("messenger", "sms"))


def test_a_channel_is_checked_with_the_text_that_is_read_there() -> None:
    long = "a" * 700
    choices = "choices: [{value: a, label: A}]"
    steps = f"  - {{id: q, ask: note, text: {long}, variants: {{messenger: Short}}, {choices}}}\n"

    codes = [problem.code for problem in found(steps + '  - {id: told, say: "{note}", end: done}\n', "messenger")]

    assert codes == []


def test_without_tokens_every_channel_is_checked_and_otherwise_the_configured_ones() -> None:
    assert {one.name for one in channel_limits(Settings())} == set(ABILITIES)
    assert [one.name for one in channel_limits(Settings(viber={"token": "t" * 20}))] == ["viber"]
    assert [one.name for one in limits("sms")] == ["sms"]


def test_every_limit_says_where_it_comes_from() -> None:
    assert all(one.source.startswith("https://") for one in channel_limits(Settings()))
