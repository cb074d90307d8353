"""PO files out and back in: nothing is lost on the way, and nothing comes in that the compiler would refuse."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.cli.flows import cli
from app.declarations import catalogue_signatures
from app.settings import ROOT
from core.dialog.loader import load_folder
from core.dialog.signatures import build_catalogue
from core.dialog.texts import digest
from core.dialog.translating.catalogue import State, Translated, translated
from core.dialog.translating.po import PoRefused, from_po, language_of_po, to_po
from core.kernel.strict_yaml import Mark

FLOWS = ROOT / "flows"
CATALOGUE = build_catalogue(catalogue_signatures())
PIECES = [b'msgid "a"', b'msgstr "b"', b'msgctxt "c:d"', b'"e"', b"#, fuzzy", b'#~ msgid "f"', b'msgstr[1] "g"', b""]
WRITTEN = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(WRITTEN, st.one_of(st.just(""), WRITTEN), st.booleans()), max_size=5))
def test_every_text_comes_back_as_it_was(texts: list[tuple[str, str, bool]]) -> None:
    given_texts = [
        Translated("pay", f"s{place}.say", base, text, _state(text, stale), Mark("flows/pay.yaml", place + 1, 1))
        for place, (base, text, stale) in enumerate(texts)
    ]

    entries = from_po(to_po(given_texts, "be", "flows").encode(), "x.po", "be")

    assert [(one.context, one.base, one.text, one.fuzzy) for one in entries] == [
        (one.context, one.base, one.text, one.state == "stale") for one in given_texts
    ]


def _state(text: str, stale: bool) -> State:
    return "missing" if not text else "stale" if stale else "done"


def test_a_translator_reads_where_a_text_is_from_and_what_to_keep() -> None:
    one = Translated(
        "cards", "tell.say", "{n} {n|plural: картка, картки, карток}", "", "missing", Mark("flows/cards.yaml", 7, 3),
        "How many cards",
    )  # fmt: skip

    po = to_po([one], "en", "flows")

    assert language_of_po(po) == "en"
    for line in (
        "#. How many cards",
        "#. Keep as they are: {n} {n|plural: картка, картки, карток}",
        "#. Forms of a plural in en: one, other",
        "#: cards.yaml:7",
        'msgctxt "cards:tell.say"',
    ):
        assert line in po.splitlines()
    assert "format" not in po


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'msgid "a"\nmsgstr "b\n', "x.po:"),
        (b'msgid "a"\nnonsense "b"\n', "x.po:"),
        ('msgid "а"'.encode("cp1251"), "x.po:1: the file is not UTF-8"),
        (b'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "c"\n', "plurals stay inside the text"),
        (b" " * (4 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_what_is_no_po_is_refused_with_its_line(content: bytes, told: str) -> None:
    with pytest.raises(PoRefused, match=told):
        from_po(content, "x.po", "ru")


@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=12).map(b"\n".join)))
def test_no_bytes_break_the_reading(content: bytes) -> None:
    with suppress(PoRefused):
        from_po(content, "x.po", "ru")


@pytest.fixture
def flows(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FLOWS, tmp_path / "flows"))


def _run(*arguments: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(cli, ["translations", *map(str, arguments)])
    return result.exit_code, result.output


def _exported(flows: Path, lang: str = "ru") -> Path:
    po = flows.parent / f"{lang}.po"
    assert _run("export", "--lang", lang, "--folder", flows, "-o", po)[0] == 0
    return po


@pytest.mark.parametrize("lang", ["ru", "be", "en"])
def test_what_comes_back_untouched_changes_nothing(flows: Path, lang: str) -> None:
    code, told = _run("import", _exported(flows, lang), "--folder", flows)

    assert (code, told) == (0, "0 translations in 0 files, 0 still fuzzy\n")
    assert {file: file.read_bytes() for file in FLOWS.rglob("*.yaml")} == {
        FLOWS / file.relative_to(flows): file.read_bytes() for file in flows.rglob("*.yaml")
    }


def test_a_better_translation_changes_its_own_line_only(flows: Path) -> None:
    po = _exported(flows)
    po.write_text(po.read_text().replace("Какую карту показать?", "Какую карту вам показать?"))
    before = (flows / "balance.ru.yaml").read_text()

    assert _run("import", po, "--folder", flows) == (0, "1 translations in 1 files, 0 still fuzzy\n")

    after = (flows / "balance.ru.yaml").read_text()
    assert after == before.replace("Какую карту показать?", "Какую карту вам показать?")


def test_an_engine_text_comes_back_too(flows: Path) -> None:
    po = _exported(flows)
    po.write_text(po.read_text().replace('msgstr "Минутку, спрашиваю банк."', 'msgstr "Секунду, спрашиваю банк."'))

    assert _run("import", po, "--folder", flows)[0] == 0
    assert 'busy: "Секунду, спрашиваю банк."' in (flows / "system" / "engine.ru.yaml").read_text()


def test_a_stale_translation_is_fuzzy_until_somebody_has_looked_at_it(flows: Path) -> None:
    flow = flows / "balance.yaml"
    flow.write_text(flow.read_text().replace("Яку картку показати?", "Яку з карток показати?"))
    assert _run("status", "ru", "--folder", flows)[0] == 1
    po = _exported(flows)

    assert _run("import", po, "--folder", flows) == (0, "0 translations in 0 files, 1 still fuzzy\n")
    po.write_text(po.read_text().replace("#, fuzzy\n", ""))

    assert _run("import", po, "--folder", flows) == (0, "1 translations in 1 files, 0 still fuzzy\n")
    assert f"of: {digest('Яку з карток показати?')}" in (flows / "balance.ru.yaml").read_text()
    assert _run("status", "ru", "--folder", flows)[0] == 0


def test_a_language_that_was_missing_comes_with_all_its_files(flows: Path) -> None:
    po = _exported(flows, "be")
    for file in flows.glob("*.be.yaml"):
        file.unlink()
    assert "8 missing" in _run("status", "be", "--folder", flows)[1]

    assert _run("import", po, "--folder", flows)[0] == 0

    assert _run("status", "be", "--folder", flows)[0] == 0
    assert CliRunner().invoke(cli, ["check", str(flows)]).exit_code == 0


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("На счёте {booked|money}", "На счёте {booked}", "[placeholders_differ]"),
        ("На счёте {booked|money}", "На счёте {boked|money}", "[text]"),
        ("На счёте {booked|money}", "На счёте {booked|money", "[text]"),
        ('msgctxt "balance:show.say"', 'msgctxt "balance:shown.say"', "no flow has a text 'balance:shown.say'"),
        ('msgid "Яку картку показати?"', 'msgid "Котру картку показати?"', "has another text by now"),
    ],
)
def test_what_the_compiler_would_refuse_does_not_come_in(flows: Path, old: str, new: str, told: str) -> None:
    po = _exported(flows)
    content = po.read_text()
    assert old in content
    po.write_text(content.replace(old, new).replace("Какую карту показать?", "Какую?"))

    code, output = _run("import", po, "--folder", flows)

    assert code == 1
    assert told in output
    (line,) = [line for line in output.splitlines() if told in line]
    at = int(line.removeprefix(f"{po}:").partition(":")[0])
    around = "\n".join(po.read_text().splitlines()[at - 2 : at + 8])
    assert new in around
    assert (flows / "balance.ru.yaml").read_bytes() == (FLOWS / "balance.ru.yaml").read_bytes()


def test_what_is_not_done_is_named_with_its_place(flows: Path) -> None:
    english = flows / "balance.en.yaml"
    english.write_text(english.read_text().replace("which.text:", "whcih.text:"))

    code, output = _run("status", "en", "--folder", flows, "--all")

    assert code == 1
    assert "1 missing, 1 extra" in output
    assert "en missing balance:which.text" in output
    assert f"{english}:" in output


@pytest.mark.parametrize("arguments", [("status", "uk"), ("status", "pl"), ("export", "--lang", "xx", "-o", "x.po")])
def test_only_the_languages_that_are_translated_into(arguments: tuple[str, ...]) -> None:
    assert _run(*arguments)[0] == 2


def test_every_shipped_text_is_in_the_catalogue() -> None:
    texts = translated(load_folder(FLOWS), CATALOGUE, "be")

    assert {one.state for one in texts} == {"done"}
    assert {"card_transfer", "balance", "engine", "login"} <= {one.flow for one in texts}
