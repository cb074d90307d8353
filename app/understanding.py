"""An understanding outside of the engine, asked before the turn about words that the flows' phrases do not explain.

The engine does no I/O: what was heard comes with the event and is written in the journal with it, so that a replay
needs nobody outside. Whatever goes wrong, the turn goes on without it, at most `limit_s` later.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from app.dialogflow import DialogflowCx, ServiceAccount, Transport
from app.settings import Settings
from core.dialog.contracts import Event, InboundEvent
from core.dialog.engine import new_session
from core.dialog.program import ProgramSet
from core.dialog.session import Session, decode_session
from core.dialog.system_flows import ASK_FOR_WISHES
from core.dialog.understanding import engine_word, entities, near_engine_word
from core.dialog.understanding.misunderstood import presentable
from core.dialog.understanding.nlu import NluUnavailable, RemoteNlu
from core.kernel.clock import Clock
from core.kernel.errors import ConfigurationError

_REMEMBERED: Final = 2_000
_MOST_FAILURES: Final = 5
_REST_MS: Final = 30_000
_TOO_MANY_REQUESTS: Final = 429
_AT_ONCE: Final = 20
_log = structlog.get_logger("teller.understanding")


class Breaker:
    """After `_MOST_FAILURES` in a row nobody is asked for `_REST_MS`; then one more is enough to rest again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures = 0
        self._rests_until_ms = 0

    @property
    def closed(self) -> bool:
        return self._clock.now_ms() >= self._rests_until_ms

    def succeeded(self) -> None:
        self._failures = 0

    def failed(self, *, at_once: bool = False) -> None:
        """`at_once`: the service itself asks to be left alone."""
        self._failures += 1
        if at_once or self._failures >= _MOST_FAILURES:
            self._rests_until_ms = self._clock.now_ms() + _REST_MS


class OutsideUnderstanding:
    """`core.messages.turn.Prepare`: the event with what is meant by it, where that helps and can be known in time.

    Asked only about text that could begin a flow: where nothing or the menu is open, never an answer to a question.
    What leaves the house has no digits, no addresses and no capitalised names. `surely`: the least score that counts.
    """

    def __init__(
        self, nlu: RemoteNlu, programs: Callable[[], ProgramSet], clock: Clock, *, limit_s: float = 0.3,
        surely: float = 0.7,
    ) -> None:  # fmt: skip
        self._nlu = nlu
        self._programs = programs
        self._breaker = Breaker(clock)
        self._limit_s = limit_s
        self._surely = surely
        self._known: OrderedDict[str, str] = OrderedDict()
        self._asking = 0

    async def __call__(self, state: str, event: Event) -> Event:
        if not isinstance(event, InboundEvent) or event.kind != "text" or not event.should_reply:
            return event
        programs = self._programs()
        if not programs.intents:
            return event
        key = f"{event.channel}:{event.dedupe_key}"
        if key not in self._known:
            session = decode_session(state) if state else None
            asked = _question(programs, session, event.text)
            lang = session.lang if session is not None else new_session("", event.lang).lang
            self._remember(key, await self._meant(asked, lang, programs) if asked else "")
        meant = self._known[key]
        return msgspec.structs.replace(event, meant=meant) if meant else event

    async def _meant(self, text: str, lang: str, programs: ProgramSet) -> str:
        """The intent, or "" when it is not surely one, or not known in time."""
        if not self._breaker.closed or self._asking >= _AT_ONCE:
            return ""
        self._asking += 1
        try:
            async with asyncio.timeout(self._limit_s):
                ranked = await self._nlu.rank(text, lang, programs.intents.keys())
        except TimeoutError:
            self._breaker.failed()
            _log.warning("understanding_too_slow", limit_s=self._limit_s)
            return ""
        except NluUnavailable as error:
            self._breaker.failed(at_once=error.context.get("status") == _TOO_MANY_REQUESTS)
            _log.warning("understanding_failed", detail=error.detail)
            return ""
        finally:
            self._asking -= 1
        self._breaker.succeeded()
        first = next(iter(ranked), None)
        return first.intent if first is not None and first.score >= self._surely else ""

    def _remember(self, key: str, meant: str) -> None:
        self._known[key] = meant
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)


def _question(programs: ProgramSet, session: Session | None, text: str) -> str:
    """What may leave the house of a text that only somebody outside could explain, "" when nobody is to be asked."""
    if session is not None and (session.muted or (session.stack and session.stack[-1].flow not in ASK_FOR_WISHES)):
        return ""
    if text.lstrip().startswith("/") or engine_word(text) is not None or near_engine_word(text) is not None:
        return ""
    phrases = programs.phrases
    if any(phrases.match(rest) or phrases.understand(rest, "").intent for rest in (text, *entities(text).rests)):
        return ""
    return presentable(text)


def open_understanding(
    settings: Settings, transport: Transport, programs: Callable[[], ProgramSet], clock: Clock
) -> OutsideUnderstanding | None:
    """The one that is configured, None when there is none. Raises ConfigurationError."""
    given = settings.dialogflow
    if not given.agent:
        return None
    if given.key_file is None:
        raise ConfigurationError("TELLER_DIALOGFLOW__AGENT needs TELLER_DIALOGFLOW__KEY_FILE")
    account = ServiceAccount(given.key_file, clock)
    nlu = DialogflowCx(transport, account, given.agent, api_url=given.api_url, languages=given.languages)
    return OutsideUnderstanding(nlu, programs, clock, limit_s=given.limit_ms / 1000, surely=given.confidence)
