"""Three hundred flows of the transfer's size: read, verified and swapped, while the process goes on answering."""

from __future__ import annotations

import asyncio
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import yaml

from app.declarations import catalogue_signatures
from app.settings import ROOT
from benchmarks.language.figures import ROUNDS, Figure
from core.dialog.compiler import compile_folder
from core.dialog.program import LANGS
from core.dialog.texts import digest

FLOWS: Final = 300
# A bank has some sixty wishes that are put into words; its other flows are begun from menus, links and each other.
_EVERY: Final = 5
_TICK_S: Final = 0.001
_TEMPLATE: Final = "card_transfer"
_PHRASES: Final = re.compile(r"  phrases:\n(?:    .*\n)+")
_INTENTS: Final = re.compile(r"  intents: .*\n")
_OF: Final = re.compile(r"(?m)^(\S+):\n  of: (\w+)$")


@contextmanager
def many_flows(langs: tuple[str, ...] = LANGS) -> Iterator[Path]:
    """The shipped flows and 300 more, each a transfer with a name, a title and texts of its own, every fifth with
    phrases."""
    folder = Path(tempfile.mkdtemp(prefix="teller-flows-"))
    try:
        shutil.copytree(ROOT / "flows", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.test.yaml"))
        for number in range(FLOWS):
            _write(folder, number, langs)
        yield folder
    finally:
        shutil.rmtree(folder)


def _write(folder: Path, number: int, langs: tuple[str, ...]) -> None:
    source = ROOT / "flows" / f"{_TEMPLATE}.yaml"
    base = source.read_text(encoding="utf-8")
    uk, en = _words(number, "бвгдзклмнпрст", "аеиоу"), _words(number, "bdfgklmnprst", "aeiou")
    phrases = f"  phrases: {{uk: [{uk}], en: [{en}]}}\n" if number % _EVERY == 0 else ""
    own = _INTENTS.sub("", _PHRASES.sub(phrases, base, count=1))
    for old, new in (
        (f"flow: {_TEMPLATE}", f"flow: transfer_{number}"),
        ("title: Переказ на картку", f"title: Переказ {number}"),
        ("command: transfer", f"command: transfer_{number}"),
        ("link: t\n", f"link: t{number}\n"),
        ("Яку суму надіслати?", f"Яку суму надіслати за номером {number}?"),
    ):
        if old not in own:
            raise AssertionError(f"the transfer flow has no {old!r} any more")
        own = own.replace(old, new, 1)
    (folder / f"transfer_{number}.yaml").write_text(own, encoding="utf-8")
    changed = {
        "flow.title": digest(f"Переказ {number}"),
        "sum.text": digest(f"Яку суму надіслати за номером {number}?"),
    }
    for lang in langs:
        translated = source.with_suffix(f".{lang}.yaml")
        if translated.exists():
            text = _OF.sub(lambda match: f"{match[1]}:\n  of: {changed.get(match[1], match[2])}",
                           translated.read_text(encoding="utf-8"))  # fmt: skip
            (folder / f"transfer_{number}.{lang}.yaml").write_text(text, encoding="utf-8")


def _words(number: int, consonants: str, vowels: str) -> str:
    """Two words that no other number has, as unlike each other as those of different wishes are."""
    syllables = [a + b for a in consonants for b in vowels]
    picks = [number, number * 7 + 3, number * 13 + 5, number * 29 + 1, number * 3 + 11, number * 17 + 9]
    parts = [syllables[pick % len(syllables)] for pick in picks]
    return f"{''.join(parts[:3])} {''.join(parts[3:])} {number}"


def measure_loading() -> list[Figure]:
    figures = []
    for name, langs in (("base language", ("uk",)), ("four languages, 1,200 files", LANGS)):
        with many_flows(langs) as folder:
            figures.append(_compiled(folder, name, langs))
            if langs == LANGS:
                figures.append(asyncio.run(_gaps(folder)))
    return figures


def _compiled(folder: Path, name: str, langs: tuple[str, ...]) -> Figure:
    signatures = catalogue_signatures()
    texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.yaml")]

    def compile_all() -> None:
        compilation = compile_folder(folder, signatures, langs)
        if compilation.programs is None:
            raise AssertionError(str(compilation.errors[0]))

    def parse_all() -> None:
        for text in texts:
            parser = yaml.CBaseLoader(text)
            while not isinstance(parser.get_event(), yaml.StreamEndEvent):
                pass

    rounds = [(_cpu_ms(compile_all), _cpu_ms(parse_all)) for _ in range(ROUNDS)]
    return Figure(
        f"{FLOWS} flows read, compiled and verified ({name})", "ms", tuple(ours for ours, _ in rounds),
        "events of libyaml alone", tuple(theirs for _, theirs in rounds), most=500,
    )  # fmt: skip


async def _gaps(folder: Path) -> Figure:
    """How long the event loop is kept from its work at most while the flows are loaded in a thread beside it."""
    signatures = catalogue_signatures()
    busy, idle = [], []
    for _ in range(ROUNDS):
        busy.append(await _longest_gap(lambda: compile_folder(folder, signatures)))
        idle.append(await _longest_gap(lambda: time.sleep(0.5)))
    return Figure("longest time that a request waits while they load", "ms", tuple(busy), "while nothing loads",
                  tuple(idle))  # fmt: skip


async def _longest_gap(work: Callable[[], object]) -> float:
    """ms by which a task that wakes every millisecond is late at most."""
    loading = asyncio.get_running_loop().run_in_executor(None, work)
    latest = 0.0
    while not loading.done():
        began = time.perf_counter()
        await asyncio.sleep(_TICK_S)
        latest = max(latest, time.perf_counter() - began - _TICK_S)
    await loading
    return latest * 1000


def _cpu_ms(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000
