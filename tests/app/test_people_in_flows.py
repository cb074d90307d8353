"""Flows are published, rolled back and stopped while people are at every step of a transfer, also over a restart."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import msgspec
import pytest

from app.declarations import catalogue_signatures
from app.flow_folder import WrittenFlows
from app.flow_library import FlowLibrary, ReleaseNotRunnable
from core.dialog.signatures import Signature
from core.kernel.clock import ManualClock
from core.messages.store import StoreUnavailable
from core.messages.turn import NotReady
from core.publishing.candidate import candidate_of
from core.publishing.service import Publishing
from tests.app.person import RECEIPT, WAYS, Person, walk
from tests.publishing.folders import FLOWS

GONE = "Ця розмова застаріла"
SENT = "Надіслано 300,00 ₴"


class House:
    """A folder, a database, a clock, and libraries as processes have them."""

    def __init__(self, folder: Path, database: asyncpg.Pool) -> None:
        self.folder = folder
        self.database = database
        self.clock = ManualClock()
        self.publishing = Publishing(database, self.clock)

    async def process(self, signatures: tuple[Signature, ...] = ()) -> FlowLibrary:
        """A process that has just started."""
        known = signatures or catalogue_signatures()
        library = FlowLibrary(WrittenFlows(self.folder, known), self.publishing, known)
        await library.start()
        return library

    def person(self, library: FlowLibrary) -> Person:
        return Person(library, self.database, self.clock)

    def rewrite(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    async def publish(self) -> int:
        compilation = WrittenFlows(self.folder, catalogue_signatures()).compile()
        assert compilation.programs is not None, compilation.errors
        current = (await self.publishing.current()).number
        return await self.publishing.publish(
            candidate_of(compilation), compilation.programs.flows, by="olena", expected=current
        )

    async def mend_transfer(self) -> str:
        """Another revision of the transfer is published; the hash of the one before."""
        before = (await self.publishing.release()).release.manifest["card_transfer"]
        self.rewrite("card_transfer.yaml", "ttl: 110s", "ttl: 100s")
        await self.publish()
        return before


@pytest.fixture
def house(tmp_path: Path, database: asyncpg.Pool) -> House:
    return House(Path(shutil.copytree(FLOWS, tmp_path / "flows")), database)


async def the_end(person: Person) -> None:
    """The bank has done it, whether it says so at once or later."""
    if person.step == "card_transfer.settle":
        await person.bank_settles()
    else:
        await person.bank_answers(**RECEIPT)


@pytest.mark.parametrize(
    "stop", range(1, len(WAYS) + 1), ids=[f"{number}-{step}" for number, (step, _) in enumerate(WAYS, 1)]
)
async def test_people_at_every_step_finish_what_they_entered_and_money_moves_once(house: House, stop: int) -> None:
    # Given somebody on the way to the money
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, stop)
    entered = person.session.stack[-1].rev

    # When the flow is published anew and another process, which has never seen them, takes over
    await house.mend_transfer()
    person.flows = await house.process()
    assert person.flows.programs.flows["card_transfer"].revision != entered
    await walk(person, stop, max(stop, 8))

    # Then they finish on the revision that they entered
    assert person.session.stack[-1].rev == entered
    await the_end(person)
    assert SENT in person.said
    [call] = person.called("bank.transfer")
    assert call.seal is not None
    assert call.seal.revision == entered


async def test_the_next_transfer_begins_on_the_new_revision(house: House) -> None:
    library = await house.process()
    person = house.person(library)
    await house.mend_transfer()
    await library.refresh()

    await walk(person, 0, 7)

    assert person.session.stack[-1].rev == library.programs.flows["card_transfer"].revision
    assert person.session.wait is not None
    assert person.session.wait.until - house.clock.now_ms() == 100_000


async def test_a_process_that_has_not_heard_of_a_release_learns_of_it_from_whoever_comes(house: House) -> None:
    # Given two processes, of which only one has switched
    slow, quick = await house.process(), await house.process()
    await house.mend_transfer()
    await quick.refresh()
    person = house.person(quick)
    await walk(person, 0, 7)

    # When the next word of the conversation comes to the other one
    person.flows = slow
    await walk(person, 7, 8)

    # Then it runs the same release
    assert slow.release == quick.release == 2
    assert len(person.called("bank.transfer")) == 1


async def test_an_old_revision_is_loaded_when_somebody_comes_back_to_it(house: House) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, 7)
    await house.database.execute("UPDATE session SET wake_at = NULL")
    await house.mend_transfer()
    fresh = await house.process()
    assert person.session.stack[-1].rev not in fresh.programs.revisions

    person.flows = fresh
    await walk(person, 7, 8)
    await the_end(person)

    assert SENT in person.said


async def test_a_revision_that_is_kept_nowhere_ends_politely_and_is_not_looked_for_again(house: House) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, 5)
    old = await house.mend_transfer()
    await house.database.execute("DELETE FROM flow_revision WHERE hash = $1", old)
    fresh = await house.process()
    person.flows = fresh

    await person.says("300")

    assert person.said.startswith(GONE)
    fresh.need(person.session)


async def test_a_database_that_is_away_is_no_reason_to_end_a_conversation(house: House, database_url: str) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, 5)
    await house.database.execute("UPDATE session SET wake_at = NULL")
    await house.mend_transfer()
    away = await asyncpg.create_pool(database_url, min_size=1, max_size=1)
    known = catalogue_signatures()
    fresh = FlowLibrary(WrittenFlows(house.folder, known), Publishing(away, house.clock), known)
    await fresh.start()
    away.terminate()
    person.flows = fresh

    with pytest.raises(StoreUnavailable):
        await person.says("300")

    assert person.step == "card_transfer.sum"


async def test_a_program_that_is_too_old_for_a_release_keeps_the_one_of_before(house: House) -> None:
    # Given a process that does not know an operation which the new flows use
    house.rewrite("card_transfer.yaml", "    choices: {of: bank.saved_payees,", "    choices: {of: bank.my_payees,")
    known = tuple(map(_renamed, catalogue_signatures()))
    before = await house.process(known)

    # When flows are published which need it
    house.rewrite("card_transfer.yaml", "    choices: {of: bank.my_payees,", "    choices: {of: bank.saved_payees,")
    await house.publish()
    quick = await house.process()
    await before.refresh()

    # Then it goes on with those of before and says so
    assert (before.release, before.refused) == (1, 2)
    assert before.refusal.startswith("release 2/card_transfer.")
    assert before.programs.flows["card_transfer"].revision != quick.programs.flows["card_transfer"].revision

    # And somebody who entered the new flows elsewhere is not turned away for good, but asked to come again
    person = house.person(quick)
    await walk(person, 0, 5)
    person.flows = before
    with pytest.raises(ReleaseNotRunnable):
        await person.says("300")
    person.flows = quick
    await walk(person, 5, 7)

    # And a release that it can run again is taken
    house.rewrite("card_transfer.yaml", "    choices: {of: bank.saved_payees,", "    choices: {of: bank.my_payees,")
    compilation = WrittenFlows(house.folder, known).compile()
    assert compilation.programs is not None
    await house.publishing.publish(candidate_of(compilation), compilation.programs.flows, by="olena", expected=2)
    await before.refresh()
    assert (before.release, before.refused, before.refusal) == (3, 0, "")


def _renamed(signature: Signature) -> Signature:
    name = "bank.my_payees" if signature.name == "bank.saved_payees" else signature.name
    return msgspec.structs.replace(signature, name=name)


async def retire(house: House, library: FlowLibrary, person: Person) -> None:
    old = await house.mend_transfer()
    await library.refresh()
    await house.publishing.retire([old], by="taras", reason="wrong text")
    await library.refresh()
    assert old in library.programs.retired
    await person.wakes()


@pytest.mark.parametrize("stop", range(1, 8))
async def test_retired_before_the_effect_the_conversation_ends_and_nothing_was_sent(house: House, stop: int) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, stop)

    await retire(house, library, person)

    assert person.said.startswith(GONE)
    assert person.step == ""
    assert person.called("bank.transfer") == []
    await person.bank_answers(items=[])
    assert person.called("bank.transfer") == []


@pytest.mark.parametrize(("stop", "ends"), [(8, the_end), (9, the_end)], ids=["at the call", "at the wait"])
async def test_retired_after_the_effect_the_customer_hears_how_it_ended(
    house: House, stop: int, ends: Callable[[Person], Awaitable[None]]
) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, stop)

    await retire(house, library, person)
    assert person.said == ""
    person.flows = await house.process()
    await ends(person)

    assert SENT in person.said
    assert len(person.called("bank.transfer")) == 1


async def test_retired_and_the_bank_stays_silent_a_person_takes_over(house: House) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, 9)
    await retire(house, library, person)

    wait = person.session.wait
    assert wait is not None
    house.clock.advance(wait.deadline - house.clock.now_ms())
    await person.wakes()

    assert [ticket.queue for ticket in person.tickets] == ["payments"]
    assert "ще не знаю напевно" in person.said


async def test_people_are_woken_when_a_process_hears_of_it(house: House) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, 5)
    old = await house.mend_transfer()
    await library.refresh()

    await house.publishing.retire([old], by="taras")
    await library.refresh()

    due = "SELECT count(*) FROM session WHERE wake_at <= updated_at"
    assert await house.database.fetchval(due) == 1


async def test_a_roll_back_leaves_people_on_what_they_entered(house: House) -> None:
    library = await house.process()
    await house.mend_transfer()
    await library.refresh()
    person = house.person(library)
    await walk(person, 0, 5)
    house.rewrite("card_transfer.yaml", "ttl: 100s", "ttl: 110s")
    await house.publish()
    await library.refresh()

    await walk(person, 5, 7)

    assert person.session.wait is not None
    assert person.session.wait.until - house.clock.now_ms() == 100_000


async def test_those_who_stand_on_an_unknown_revision_are_told_apart_before_the_turn(house: House) -> None:
    library = await house.process()
    person = house.person(library)
    await walk(person, 0, 5)
    await house.database.execute("UPDATE session SET wake_at = NULL")
    await house.mend_transfer()
    fresh = await house.process()

    with pytest.raises(NotReady):
        fresh.need(person.session)
