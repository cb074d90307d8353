"""Logs: one JSON object a line, with a request id, and never a secret in it, whoever wrote the line."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from math import isfinite
from typing import Any
from urllib.parse import quote

import structlog

from core.kernel.masking import HIDDEN, mask_value

_QUIET = {"uvicorn.access": logging.CRITICAL, "viber.bot.api": logging.CRITICAL, "httpx": logging.WARNING,
          "httpcore": logging.WARNING, "aiogram": logging.WARNING, "alembic": logging.WARNING}  # fmt: skip
# Structure of the log line itself, which masking by key must not hide.
_OWN = {"event", "level", "timestamp", "logger", "code", "exception"}
# What structlog itself hands from one processor to the next; it is never written.
_META = {"_record", "_from_structlog"}
_DEPTH_MAX = 20


class Masking:
    """Hides card numbers, values of secret keys, and every configured secret wherever it stands."""

    def __init__(self, secrets: Iterable[str]) -> None:
        spellings = {spelling for secret in secrets if secret for spelling in _spellings(secret)}
        self._secrets = sorted(spellings, key=len, reverse=True)

    def __call__(self, logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        rest = mask_value(_plain({key: value for key, value in event.items() if key not in _OWN | _META}))
        own = {key: mask_value(_plain(value)) for key, value in event.items() if key in _OWN}
        meta = {key: value for key, value in event.items() if key in _META}
        masked: dict[str, Any] = self._without_secrets({**own, **rest})
        return {**masked, **meta}

    def _without_secrets(self, value: Any) -> Any:
        if isinstance(value, str):
            for secret in self._secrets:
                if secret in value:
                    value = value.replace(secret, HIDDEN)
            return value
        if isinstance(value, dict):
            return {self._without_secrets(key): self._without_secrets(item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._without_secrets(item) for item in value]
        return value


def _spellings(secret: str) -> set[str]:
    """As it is, and as it stands in a repr, in JSON and in an address."""
    return {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe="")}


def _plain(value: Any, depth: int = 0) -> Any:
    """Only what JSON knows: what the renderer would spell out itself, it would spell out unmasked."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if isfinite(value) else str(value)
    if depth < _DEPTH_MAX and isinstance(value, Mapping):
        return {str(key): _plain(item, depth + 1) for key, item in value.items()}
    if depth < _DEPTH_MAX and isinstance(value, list | tuple | set | frozenset):
        return [_plain(item, depth + 1) for item in value]
    return repr(value)


def _without_colours(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """uvicorn says everything twice, once with terminal codes in it."""
    event.pop("color_message", None)
    return event


def configure(level: str, style: str, secrets: Iterable[str] = ()) -> None:
    """Send structlog and the standard library's logging through the same masked lines on standard error."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_colours,
        Masking(secrets),
    ]
    renderer: Any = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
