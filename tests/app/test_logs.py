"""The log: one valid JSON object a line, and no secret in any of them, whoever wrote the line and however."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import logs

CARD = "4149499912345673"
TOKEN = '12345:"quoted"\\token'
SECRETS = {TOKEN, "bank-pass-word"}


class Log:
    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line, parse_constant=_no_json) for line in self.text.rstrip("\n").split("\n")]

    def last(self) -> dict[str, Any]:
        return self.lines()[-1]


def _no_json(word: str) -> None:
    raise AssertionError(f"{word} is not JSON")


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Iterator[Log]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure("info", "json", SECRETS)
    yield Log(stream)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()
    root.handlers[:], root.level = handlers, level


@dataclasses.dataclass
class Account:
    card: str
    word: str


@pytest.mark.parametrize(
    "value",
    [
        CARD, int(CARD), float(CARD), CARD.encode(), f"x {TOKEN} y", TOKEN.encode(), {"deep": [{"er": (TOKEN, CARD)}]},
        {TOKEN: 1, CARD: 2, int(CARD): 3, (CARD, TOKEN): 4}, {CARD, TOKEN}, Account(CARD, TOKEN),
        ValueError(TOKEN, CARD), {"password": "bank-pass-word"}, {"Authorization": f"Bearer {TOKEN}"},
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
@pytest.mark.parametrize("way", ["structlog", "bound", "context", "extra", "message"])
def test_secrets_and_card_numbers_are_hidden_in_every_type_and_on_every_way(log: Log, way: str, value: Any) -> None:
    if way == "structlog":
        structlog.get_logger("t").info("said", value=value)
    elif way == "bound":
        structlog.get_logger("t").bind(value=value).info("said")
    elif way == "context":
        structlog.contextvars.bind_contextvars(value=value)
        structlog.get_logger("t").info("said")
    elif way == "extra":
        logging.getLogger("library").info("said", extra={"value": value})
    else:
        logging.getLogger("library").info("said %s and %r", value, value)
    assert log.last()["level"] == "info"
    unescaped = str(log.lines())
    for secret in (CARD, "4149499912345", "token", "bank-pass-word"):
        assert secret not in log.text
        assert secret not in unescaped


def test_secrets_are_hidden_in_the_event_itself(log: Log) -> None:
    structlog.get_logger("t").warning(f"called https://api.example/bot{TOKEN}/getMe for {CARD}")
    assert log.last()["event"] == "called https://api.example/bot•••/getMe for ••••5673"


@pytest.mark.parametrize("library", [False, True])
def test_an_exception_keeps_its_way_and_loses_its_secrets(log: Log, library: bool) -> None:
    try:
        try:
            raise KeyError(TOKEN)
        except KeyError as error:
            raise ValueError(f"pay with {CARD} and bank-pass-word") from error
    except ValueError:
        (logging.getLogger("library") if library else structlog.get_logger("t")).exception("it broke")
    assert "test_an_exception_keeps_its_way" in log.last()["exception"]
    assert CARD not in log.text
    assert "bank-pass-word" not in log.text


def test_a_line_is_one_line_whatever_is_said(log: Log) -> None:
    said = "first\nsecond\r\n\u2028third \x00\x1b[31m \ud83d"
    structlog.get_logger("t").info("said", value=said, number=float("nan"), deep=[float("inf")], when=object)
    assert len(log.text.rstrip("\n").split("\n")) == 1
    assert log.last()["value"] == said
    assert log.last()["number"] == "nan"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.integers() | st.tuples(st.text()), inner),
        max_leaves=10,
    )
)
def test_law_every_value_gives_a_valid_line(log: Log, value: Any) -> None:
    before = len(log.text.split("\n"))
    structlog.get_logger("t").info("said", value=value)
    text = log.text.split("\n")
    assert len(text) == before + 1
    assert json.loads(text[-2], parse_constant=_no_json)["event"] == "said"


def test_what_goes_round_in_a_circle_ends(log: Log) -> None:
    circle: list[Any] = [CARD]
    circle.append(circle)
    structlog.get_logger("t").info("said", value=circle)
    assert log.last()["event"] == "said"
    assert CARD not in log.text


def test_the_words_of_the_line_itself_stay_readable(log: Log) -> None:
    structlog.get_logger("teller.delivery").info("send_again", code="send_retry", attempt=2)
    line = log.last()
    assert (line["event"], line["code"], line["attempt"]) == ("send_again", "send_retry", 2)
    assert (line["logger"], line["level"]) == ("teller.delivery", "info")
    assert line["timestamp"].endswith("Z")


def test_values_of_secret_names_are_hidden_even_if_nobody_configured_them(log: Log) -> None:
    structlog.get_logger("t").info("said", password="hunter2", nested={"otp": "908172"}, pin=0)
    assert "hunter2" not in log.text
    assert "908172" not in log.text
    assert log.last()["pin"] == "•••"


def test_the_access_log_and_debug_lines_are_off(log: Log) -> None:
    logging.getLogger("uvicorn.access").error("GET /pictures/capability.png")
    logging.getLogger("httpx").info("POST https://api.example/bot")
    logging.getLogger("anything").debug("detail")
    structlog.get_logger("t").debug("detail")
    assert log.text == ""


def test_an_empty_secret_hides_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert logs.Masking({""})(None, "info", {"event": "as it was"}) == {"event": "as it was"}


def test_for_people_it_is_masked_all_the_same(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr("sys.stderr", stream)
    logs.configure("info", "console", SECRETS)
    logging.getLogger("library").warning("card %s", CARD)
    assert "••••5673" in stream.getvalue()
    assert CARD not in stream.getvalue()
