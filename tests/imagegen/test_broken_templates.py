"""A template that cannot be used says where and why, in one line for each fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.kernel.errors import ConfigurationError
from core.kernel.strict_yaml import MAX_BYTES
from imagegen.errors import TemplateError
from imagegen.load import parse_template
from imagegen.studio import Studio

Folder = Callable[[str], Path]

# Line numbers in the tests below count from the first line of this text.
CARD = """\
canvas: {width: 400, height: 300, colour: white}
colours: {white: "#FFFFFF", ink: "#101010"}
data:
  name: {example: Олена, max: 40}
  code: {example: ABC-1, max: 6}
texts:
  hello: {uk: Вітаємо, ru: Привет, be: Вітаем, en: Hello}
layers:
  - {kind: rect, box: [0, 0, 400, 60], colour: ink, radius: 8}
  - {kind: line, start: [10, 70], end: [390, 70], colour: ink, dash: [6, 4]}
  - {kind: shape, shape: teller, box: [10, 80, 40, 40], colour: ink, accent: white}
  - {kind: text, label: hello, box: [60, 80, 200, 50], font: regular, size: 30, colour: ink}
  - {kind: text, value: "{name}", box: [60, 140, 200, 50], font: regular, size: 30, colour: ink, fit: ellipsis}
  - {kind: qr, value: "{code}", box: [260, 160, 140, 140], colour: ink}
"""


def broken(old: str, new: str) -> str:
    assert CARD.count(old) == 1
    return CARD.replace(old, new)


def problems(text: str) -> list[str]:
    with pytest.raises(TemplateError) as caught:
        parse_template("card", text, "card.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_the_template_of_these_tests_is_sound(folder: Folder) -> None:
    studio = Studio(folder(CARD))
    assert studio.draw("card", studio.example("card"), "en").startswith(b"\x89PNG")
    studio.close()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("kind: rect", "kind: blob", "card.yaml:9: unknown layer kind 'blob'; the kinds are 'rect', 'line', 'shape'"),
        ("{kind: rect, box", "{box", "card.yaml:9: the layer does not say its kind:"),
        ('value: "{name}"', 'value: "{nmae}"', "card.yaml:13: the field 'nmae' is not declared in data:"),
        ('value: "{code}"', 'value: "{kode}"', "card.yaml:14: the field 'kode' is not declared in data:"),
        ('value: "{name}"', 'value: "{name"', "card.yaml:13: braces must hold the name of a field, as in {amount}"),
        ("label: hello", "label: bye", "card.yaml:12: the text 'bye' is not in texts:"),
        ("label: hello, ", "", "card.yaml:12: a text needs either label: or value:, and not both"),
        (
            "label: hello, box: [60, 80, 200, 50], font: regular",
            "label: hello, box: [60, 80, 200, 50], font: Arial",
            "card.yaml:12: the font 'Arial' is not shipped; there are regular, semibold, display",
        ),
        ("shape: teller", "shape: acme", "card.yaml:11: the shape 'acme' is not known; there are teller"),
        ('white: "#FFFFFF"', 'white: "#FFF"', "card.yaml:2: '#FFF' is no colour; write #RRGGBB"),
        ("colour: ink, radius", "colour: '#12345G', radius", "card.yaml:9: '#12345G' is no colour; write #RRGGBB or a"),
        ("colour: ink, radius", "colour: inc, radius", "card.yaml:9: 'inc' is no colour; write #RRGGBB or a name"),
        ("300, colour: white", "300, colour: snow", "card.yaml:1: 'snow' is no colour; write #RRGGBB or a name"),
        (
            "[0, 0, 400, 60]",
            "[0, 0, 401, 60]",
            "card.yaml:9: the layer reaches (401, 60), outside the canvas of 400 x 300",
        ),
        ("end: [390, 70]", "end: [390, 301]", "card.yaml:10: the layer reaches (390, 301), outside the canvas"),
        ("[0, 0, 400, 60]", "[-1, 0, 400, 60]", "card.yaml:9: layers.0.rect.box.0: Input should be greater than or"),
        ("radius: 8", "radius: 8, shadow: 3", "card.yaml:9: the key 'shadow' is not known here"),
        (
            "size: 30, colour: ink}\n  - {kind: text, v",
            "colour: ink}\n  - {kind: text, v",
            "card.yaml:12: the key 'size'",
        ),
        ("[60, 140, 200, 50]", "[60, 140, 200, 20]", "card.yaml:13: the box is 20 high; a line of this font and size"),
        ("[260, 160, 140, 140]", "[260, 160, 140, 100]", "card.yaml:14: the box of a QR code must be square"),
        (
            "[260, 160, 140, 140]",
            "[260, 160, 90, 90]",
            "card.yaml:14: the code of the longest value would be too dense",
        ),
        (
            "[260, 160, 140, 140]",
            "[250, 150, 140, 140]",
            "card.yaml:14: the box lies over another value's box [60, 140",
        ),
        ("fit: ellipsis", "lines: 2", "card.yaml:13: more than one of lines: needs fit: wrap"),
        ("fit: ellipsis", "min_size: 31", "card.yaml:13: min_size: may not be greater than size:"),
        (", en: Hello", "", "card.yaml:7: a text needs exactly the languages be, en, ru, uk"),
        ("ABC-1, max: 6", "ABC-1, max: 3", "card.yaml:5: the example is longer than max: allows"),
        ("width: 400", "width: 40000", "card.yaml:1: canvas.width: Input should be less than or equal to 2160"),
        ("data:\n", "data:\n  name: {example: A, max: 9}\n", "card.yaml:5: the key 'name' is written twice"),
        ("[0, 0, 400, 60]", "[0, 0, 400, 60", "card.yaml:9: this is not YAML:"),
    ],
)
def test_a_fault_is_named_with_file_line_and_sentence(old: str, new: str, expected: str) -> None:
    assert any(problem.startswith(expected) for problem in problems(broken(old, new))), problems(broken(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "[60, 140, 200, 50]",
            "[60, 100, 200, 50]",
            "card.yaml:13: a value needs a background of one single colour",
        ),
        (
            "[60, 80, 200, 50]",
            "[60, 80, 30, 50]",
            "card.yaml:12: the text 'hello' in 'be' does not fit its box at the smallest size",
        ),
    ],
)
def test_a_fault_that_shows_only_in_paint_is_named_as_well(folder: Folder, old: str, new: str, expected: str) -> None:
    with pytest.raises(TemplateError) as caught:
        Studio(folder(broken(old, new)))
    assert caught.value.detail.startswith(expected)


def test_an_example_that_does_not_fit_its_place_is_a_fault_of_the_template(folder: Folder) -> None:
    text = broken("fit: ellipsis", "fit: shrink").replace("Олена", "Олександра Вишнивецька")
    sentence = r"card\.yaml:3: the example does not work: template 'card': the value of 'name' does not fit its place"
    with pytest.raises(TemplateError, match=sentence):
        Studio(folder(text))


def test_values_in_too_many_pairs_of_colours_are_a_fault(folder: Folder) -> None:
    layers = "\n".join(
        f"  - {{kind: text, value: '{{name}}', box: [0, {row * 20}, 100, 20], font: regular, size: 12, "
        f"colour: '#0000{row:02}'}}"
        for row in range(11)
    )
    with pytest.raises(TemplateError, match=r"card\.yaml:\d+: values are drawn in 11 pairs of colour and background"):
        Studio(folder(CARD[: CARD.index("layers:")] + "layers:\n" + layers))


def test_all_faults_of_all_templates_are_told_at_once(folder: Folder, tmp_path: Path) -> None:
    place = folder(broken("kind: rect", "kind: blob").replace("regular, size: 30", "Arial, size: 30"))
    (tmp_path / "ticket.yaml").write_text("layers: []\n", encoding="utf-8")
    with pytest.raises(TemplateError) as caught:
        Studio(place)
    places = [(problem.file, problem.line) for problem in caught.value.problems]
    assert places == [("card.yaml", 9), ("card.yaml", 12), ("card.yaml", 13), ("ticket.yaml", 1), ("ticket.yaml", 1)]


def test_a_broken_template_leaves_a_running_studio_as_it_was(folder: Folder) -> None:
    place = folder(CARD)
    running = Studio(place)
    before = running.draw("card", running.example("card"), "uk")
    folder("layers: [")
    with pytest.raises(TemplateError):
        Studio(place)
    assert running.draw("card", running.example("card"), "uk") == before
    running.close()


@pytest.mark.parametrize(
    "text",
    ["", "just words", "- 1\n- 2", "[" * 60_000, "{a: " * 5_000, "a" * (MAX_BYTES + 1), "%YAML 9.9\n---\n", "\t"],
)
def test_no_text_however_strange_does_more_than_raise_a_template_error(text: str) -> None:
    assert problems(text)[0].startswith("card.yaml:1: ")


@given(text=st.text(alphabet="{}[]:,-&*!|>'\"#%@` \n\tax1", max_size=80))
def test_arbitrary_punctuation_is_a_template_error_too(text: str) -> None:
    assert problems(text)


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "photo.yaml").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(TemplateError, match=r"photo\.yaml:1: the file cannot be read as UTF-8 text"):
        Studio(tmp_path)


def test_a_folder_without_templates_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"has no templates"):
        Studio(tmp_path / "nowhere")
