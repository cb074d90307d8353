"""Drawing beside the event loop: in threads, a few at a time, with a bounded queue."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping

import pytest

from imagegen.errors import StudioBusy, UnknownTemplate
from imagegen.studio import Studio


class HeldStudio(Studio):
    """Draws only when it is let go, and notes who draws."""

    def __init__(self, *, workers: int, most_waiting: int) -> None:
        self.let_go = threading.Event()
        self.full = threading.Event()
        self._workers = workers
        self._lock = threading.Lock()
        self._forget()
        self.let_go.set()  # A studio draws its examples while it is made.
        super().__init__(workers=workers, most_waiting=most_waiting)
        self.let_go.clear()
        self._forget()

    def _forget(self) -> None:
        self.full.clear()
        self.threads: list[str] = []
        self.at_work = self.most_at_work = 0

    def draw(self, template: str, data: Mapping[str, str], lang: str) -> bytes:
        with self._lock:
            self.threads.append(threading.current_thread().name)
            self.at_work += 1
            self.most_at_work = max(self.most_at_work, self.at_work)
            if self.at_work == self._workers:
                self.full.set()
        self.let_go.wait()
        with self._lock:
            self.at_work -= 1
        return super().draw(template, data, lang)


async def test_a_picture_drawn_beside_the_loop_is_the_same(studio: Studio, receipt: dict[str, str]) -> None:
    beside = await asyncio.gather(*(studio.draw_async("receipt", receipt, "ru") for _ in range(6)))
    assert set(beside) == {studio.draw("receipt", receipt, "ru")}


async def test_errors_come_through_with_their_type(studio: Studio) -> None:
    with pytest.raises(UnknownTemplate):
        await studio.draw_async("poster", {}, "uk")


async def test_no_more_pictures_are_drawn_at_once_than_there_are_workers(receipt: dict[str, str]) -> None:
    studio = HeldStudio(workers=2, most_waiting=10)
    drawing = [asyncio.ensure_future(studio.draw_async("receipt", receipt, "uk")) for _ in range(6)]
    await asyncio.to_thread(studio.full.wait)
    studio.let_go.set()
    pictures = await asyncio.gather(*drawing)
    studio.close()
    assert len(set(pictures)) == 1
    assert studio.most_at_work == 2
    assert threading.current_thread().name not in studio.threads


async def test_a_caller_too_many_is_turned_away_and_the_others_are_served(receipt: dict[str, str]) -> None:
    studio = HeldStudio(workers=1, most_waiting=2)
    drawing = [asyncio.ensure_future(studio.draw_async("receipt", receipt, "uk")) for _ in range(2)]
    await asyncio.to_thread(studio.full.wait)
    with pytest.raises(StudioBusy) as caught:
        await studio.draw_async("receipt", receipt, "uk")
    assert caught.value.retryable
    studio.let_go.set()
    await asyncio.gather(*drawing)
    assert await studio.draw_async("receipt", receipt, "uk") == drawing[0].result()
    studio.close()


async def test_a_caller_that_gives_up_makes_room_for_the_next(receipt: dict[str, str]) -> None:
    studio = HeldStudio(workers=1, most_waiting=2)
    first, second = (asyncio.ensure_future(studio.draw_async("receipt", receipt, "uk")) for _ in range(2))
    await asyncio.to_thread(studio.full.wait)
    second.cancel()
    await asyncio.wait([second])
    third = asyncio.ensure_future(studio.draw_async("receipt", receipt, "uk"))
    studio.let_go.set()
    assert await third == await first
    studio.close()


def test_a_template_tells_what_data_it_needs(studio: Studio) -> None:
    fields = studio.fields("receipt")
    assert list(fields) == ["amount", "fee", "total", "payee", "source", "reference", "at", "status"]
    assert fields["payee"].max == 200
