"""The commands of a product owner, as they are typed, over a real database."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.cli.flows.publishing import agreed
from core.dialog.session import Frame, Session, Wait, encode_session
from core.kernel.errors import TellerError
from core.kernel.ids import random_id
from tests.publishing.folders import FLOWS, flows


@dataclass
class Desk:
    """Where a product owner sits: a folder, a database, a command line."""

    folder: Path
    database: asyncpg.Pool
    environment: dict[str, str]

    async def says(self, *arguments: str, code: int = 0) -> str:
        """What `teller flows ...` prints, errors of the program included."""
        result = await asyncio.to_thread(CliRunner().invoke, cli, ["flows", *arguments], env=self.environment)
        if isinstance(result.exception, TellerError):
            assert code == 1, result.exception
            return result.exception.detail
        assert result.exit_code == code, result.output
        return result.output

    def rewrite(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    async def stands(self, people: int, flow: str, revision: str, step: str) -> None:
        for _ in range(people):
            frame = Frame(id="F", flow=flow, rev=revision, step=step)
            wait = Wait(nonce="b:N", kind="ask", until=1, deadline=1)
            session = Session(id=f"telegram:{random_id('u')}", stack=[frame], wait=wait)
            await self.database.execute(
                "INSERT INTO session VALUES ($1, 1, $2, now() + interval '1 hour', now())",
                session.id, encode_session(session).decode(),
            )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, database: asyncpg.Pool, database_url: str, redis_url: str) -> Desk:
    folder = Path(shutil.copytree(FLOWS, tmp_path / "flows"))
    environment = {
        "TELLER_DATABASE__URL": database_url, "TELLER_REDIS__URL": redis_url, "TELLER_FLOWS_DIR": str(folder),
        "TELLER_SECRET": "a master secret of tests", "TELLER_DATA_DIR": str(tmp_path / "data"), "USER": "olena",
    }  # fmt: skip
    return Desk(folder, database, environment)


async def test_publishing_shows_what_changes_and_for_how_many_and_says_who_did_it(desk: Desk) -> None:
    await desk.says("publish")
    await desk.stands(4, "card_transfer", flows()["card_transfer"].revision, "review")
    desk.rewrite("card_transfer.yaml", "ttl: 110s", "ttl: 100s")

    said = await desk.says("publish", "--note", "shorter", "--by", "olena")

    assert "card_transfer: confirm review: how long the confirmation can be given was changed: 110s → 100s" in said
    assert "4 live sessions are in flows that this changes" in said
    assert "card_transfer.review: 4 on" in said
    assert "a step that was changed or removed: they finish on the revision that they entered" in said
    assert "Published as release 2." in said
    newest, _ = json.loads(await desk.says("releases", "--json"))["releases"]
    assert (newest["number"], newest["published_by"], newest["note"]) == (2, "olena", "shorter")
    assert "*    2" in await desk.says("releases")


async def test_the_same_folder_is_not_published_twice(desk: Desk) -> None:
    await desk.says("publish")

    assert "Nothing to publish: release 1 is the same." in await desk.says("publish")


async def test_a_broken_folder_is_refused_with_its_problems(desk: Desk) -> None:
    await desk.says("publish")
    desk.rewrite("balance.yaml", "call: bank.balance", "call: bank.balanse")

    said = await desk.says("publish", code=1)

    assert "bank.balanse" in said
    assert "not published" in said
    assert len(json.loads(await desk.says("releases", "--json"))["releases"]) == 1


async def test_people_may_not_be_left_without_a_step(desk: Desk) -> None:
    desk.rewrite("system/menu.yaml", "slots: {what: choice}", "revisions: follow\nslots: {what: choice}")
    await desk.says("publish")
    manifest = json.loads(await desk.says("releases", "--json"))["releases"][0]["manifest"]
    await desk.stands(2, "menu", manifest["menu"], "pick")
    for file in desk.folder.glob("system/menu.*yaml"):
        file.write_text(file.read_text().replace("pick", "choose"))

    said = await desk.says("publish", code=1)

    assert "menu.pick: 2 live sessions stand on this step" in said
    assert len(json.loads(await desk.says("releases", "--json"))["releases"]) == 1


async def test_a_folder_is_compared_with_a_release_or_with_a_folder(desk: Desk) -> None:
    await desk.says("publish")
    desk.rewrite("balance.yaml", "fresh: 15m", "fresh: 10m")
    sentence = "balance: how recent the login must be for effects was changed: 15m → 10m"

    assert sentence in await desk.says("diff")
    assert sentence in await desk.says("diff", str(desk.folder), "--against", "1")
    assert sentence in await desk.says("diff", "--against", str(FLOWS))
    back = await desk.says("diff", "1", "--against", str(desk.folder))
    assert "was changed: 10m → 15m" in back
    found = json.loads(await desk.says("diff", "--json"))
    assert [(one["flow"], one["importance"], one["what"]) for one in found["changes"]] == [
        ("balance", "access", "auth_fresh")
    ]
    assert "0 changes" in await desk.says("diff", "1", "--against", "1")


async def test_comparing_with_what_is_not_there(desk: Desk) -> None:
    await desk.says("publish")

    assert "there is no release 9" in await desk.says("diff", "9", code=1)
    assert "there is no folder" in await desk.says("diff", "nowhere", code=1)


async def test_rolling_back_goes_to_the_release_before_again_and_again(desk: Desk) -> None:
    await desk.says("publish")
    for old, new in (("110s", "100s"), ("100s", "90s")):
        desk.rewrite("card_transfer.yaml", f"ttl: {old}", f"ttl: {new}")
        await desk.says("publish")

    said = await desk.says("rollback", "--note", "too short")
    assert "was changed: 90s → 100s" in said
    assert "Published as release 4, as release 2 was." in said
    assert "Published as release 5, as release 1 was." in await desk.says("rollback")
    assert "there is no release before release 1" in await desk.says("rollback", code=1)
    assert "Published as release 6, as release 3 was." in await desk.says("rollback", "3")
    assert "back to 3" in await desk.says("releases")


async def test_retiring_says_how_many_end_and_is_listed(desk: Desk) -> None:
    await desk.says("publish")
    old = flows()["card_transfer"].revision
    await desk.stands(3, "card_transfer", old, "sum")
    assert "No other revision of card_transfer is kept" in await desk.says("retire", "card_transfer")
    assert "new conversations begin with this revision" in await desk.says("retire", old, code=1)
    desk.rewrite("card_transfer.yaml", "ttl: 110s", "ttl: 100s")
    await desk.says("publish")

    said = await desk.says("retire", "card_transfer", "--reason", "wrong fee", "--by", "taras")

    assert f"{old}: 3 live sessions; 3 end with a message" in said
    assert f"Retired {old} of card_transfer." in said
    assert f"retired {old} of card_transfer" in await desk.says("releases")
    assert "this very revision was retired" in await desk.says("rollback", "1", code=1)


async def test_pruning_says_how_many(desk: Desk) -> None:
    await desk.says("publish")

    assert "0 revisions removed." in await desk.says("prune", "--keep-days", "1")


def test_only_somebody_at_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert agreed("Publish?", yes=True)
    assert agreed("Publish?", yes=False)

    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("typer.confirm", lambda question: False)
    assert not agreed("Publish?", yes=False)
    assert agreed("Publish?", yes=True)
