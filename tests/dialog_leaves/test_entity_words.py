"""What customers write for sums, days and cards where others would press a button: four languages and their slips."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.dialog.understanding import (
    AmountProblem,
    find_amount,
    match_choice,
    read_amount,
    read_bool,
    read_code,
    read_date,
    read_iban,
    read_int,
    read_phone,
)
from core.dialog.understanding.number_words import read_number
from core.dialog.understanding.spoken_sum import spoken_sum
from core.kernel.masking import luhn
from core.kernel.money import Money
from tests.dialog_leaves.speller import spelled

LANGUAGES = ("uk", "ru", "be", "en")
WEDNESDAY = date(2026, 11, 25)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_number_below_three_thousand_is_read_back(lang: str) -> None:
    for number in range(3000):
        assert read_int(spelled(number, lang)) == number


@settings(max_examples=400)
@given(st.integers(0, 999_999), st.sampled_from(LANGUAGES))
def test_a_number_below_a_million_is_read_back(number: int, lang: str) -> None:
    assert read_int(spelled(number, lang)) == number


@settings(max_examples=200)
@given(st.integers(0, 999_999), st.sampled_from(("uk", "ru", "be")))
def test_soft_signs_and_apostrophes_may_be_left_out(number: int, lang: str) -> None:
    assert read_int(spelled(number, lang).replace("ь", "").replace("'", "")) == number


@pytest.mark.parametrize(
    ("text", "hryvnias"),
    [
        ("пів тисячі", 500),
        ("пол тысячи", 500),
        ("паў тысячы", 500),
        ("пол-тысячи", 500),
        ("half a million", 500_000),
        ("дві з половиною тисячі", 2500),
        ("две с половиной тысячи гривен", 2500),
        ("дзве з паловай тысячы", 2500),
        ("two and a half thousand", 2500),
        ("сотню", 100),
        ("дві сотні", 200),
        ("полторы сотни", 150),
        ("twelve hundred", 1200),
        ("двохсот гривень", 200),
        ("пятидесяти", 50),
        ("пятсот грн", 500),
        ("п'ятихатка", 500),
        ("штуку двести", 1200),
        ("200 гр", 200),
        ("двести гривен 0 копеек", 200),
    ],
)
def test_a_sum_as_people_say_it(text: str, hryvnias: int) -> None:
    assert read_amount(text, "UAH") == Money(hryvnias * 100, "UAH")


@pytest.mark.parametrize(
    "text",
    ["пів", "half", "half a", "2 тисячі з половиною", "сто сотень", "сто пів тисячі", "з половиною", "twenty hundred"],
)
def test_half_a_sum_is_no_sum(text: str) -> None:
    assert read_amount(text, "UAH") is AmountProblem.UNREADABLE


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("перекажи пів тисячі грн мамі", "пів тисячі грн"),
        ("send two hundred and fifty dollars to anna", "two hundred and fifty dollars"),
        ("перекажи дві з половиною тисячі гривень", "дві з половиною тисячі гривень"),
        ("200 з картки", "200"),
        ("send half a million dollars", "half a million dollars"),
    ],
)
def test_all_the_words_of_a_sum_are_heard(text: str, heard: str) -> None:
    assert spoken_sum(text)[0] == heard


@pytest.mark.parametrize("text", ["двісті пядeсят п'ять гривень", "перекажи двісті, ні, п'ять гривень"])
def test_a_part_of_a_sum_is_never_heard_as_the_sum(text: str) -> None:
    assert spoken_sum(text) == ("", text)


@given(st.integers(0, 9_999_999), st.sampled_from(["67", "50", "63", "93"]), st.integers(0, 3))
def test_a_phone_is_never_a_sum(number: int, operator: str, form: int) -> None:
    e164 = f"+380{operator}{number:07d}"
    parsed = phonenumbers.parse(e164)
    shown = phonenumbers.format_number(parsed, form)

    for text in (e164, e164[1:], e164[3:], e164[4:], shown):
        assert not isinstance(read_amount(text, "UAH"), Money)
    assert find_amount(f"набери {shown}", "UAH") is None


@given(st.integers(10**14, 10**15 - 1))
def test_a_card_number_is_never_a_sum(beginning: int) -> None:
    digits = next(f"{beginning}{check}" for check in range(10) if luhn(f"{beginning}{check}"))
    grouped = " ".join(digits[at : at + 4] for at in range(0, 16, 4))

    assert not isinstance(read_amount(digits, "UAH"), Money)
    assert not isinstance(read_amount(grouped, "UAH"), Money)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("у пятніцу", date(2026, 11, 27)),
        ("в пятницу", date(2026, 11, 27)),
        ("у п’ятницю", date(2026, 11, 27)),
        ("friday", date(2026, 11, 27)),
        ("в среду", date(2026, 12, 2)),
        ("next friday", date(2026, 12, 4)),
        ("наступної п'ятниці", date(2026, 12, 4)),
        ("в следующую среду", date(2026, 12, 2)),
        ("у наступную нядзелю", date(2026, 12, 6)),
        ("last monday", date(2026, 11, 23)),
        ("минулої середи", date(2026, 11, 18)),
        ("15 жніўня", date(2026, 8, 15)),
        ("15-го серпня", date(2026, 8, 15)),
        ("1-е декабря", date(2026, 12, 1)),
        ("15th of august", date(2026, 8, 15)),
        ("01.12", date(2026, 12, 1)),
        ("завтра!", date(2026, 11, 26)),
        ("через 3 дні", date(2026, 11, 28)),
        ("через неделю", date(2026, 12, 2)),
        ("праз два тыдні", date(2026, 12, 9)),
        ("in a week", date(2026, 12, 2)),
        ("through", None),
        ("in 99999999 weeks", None),
        ("у бобра", None),
        ("next year", None),
    ],
)
def test_a_day_as_people_say_it(text: str, day: date | None) -> None:
    assert read_date(text, WEDNESDAY) == day


@given(st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.integers(0, 6))
def test_a_day_of_the_week_is_at_most_a_week_away(today: date, weekday: int) -> None:
    name = "понедельник вторник среду четверг пятницу субботу воскресенье".split()[weekday]
    coming, past = read_date(f"в {name}", today), read_date(f"в прошлый {name}", today)

    assert coming is not None
    assert past is not None
    assert coming.weekday() == past.weekday() == weekday
    assert timedelta(0) < coming - today <= timedelta(7)
    assert timedelta(0) < today - past <= timedelta(7)


CARDS = ["Зарплатна ··4417", "Для дитини ··8120", "Кредитна ··0044"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("4417", 0),
        ("*8120", 1),
        ("карта 0044", 2),
        ("та що закінчується на 4417", 0),
        ("9999", None),
        ("4417 8120", None),
        ("44170", None),
    ],
)
def test_a_card_is_chosen_by_its_last_four_digits(text: str, place: int | None) -> None:
    assert match_choice(text, CARDS) == place


def test_two_cards_with_the_same_last_digits_are_not_told_apart_by_them() -> None:
    assert match_choice("4417", [*CARDS, "Дитяча ··4417"]) is None


def test_digits_that_are_not_behind_a_mask_are_no_card() -> None:
    assert match_choice("4417", ["Рахунок, на ньому 4417", "Картка ··8120"]) is None


READERS: list[Callable[[str], object]] = [
    read_bool,
    read_code,
    read_iban,
    read_int,
    read_phone,
    spoken_sum,
    lambda text: read_date(text, WEDNESDAY),
    lambda text: read_amount(text, "UAH"),
    lambda text: find_amount(text, "BYN"),
    lambda text: match_choice(text, CARDS),
    lambda text: read_number(text.split()),
]


@given(st.text(max_size=200))
def test_nothing_that_can_be_typed_breaks_a_reader(text: str) -> None:
    for reader in READERS:
        reader(text)


WORDS = (
    "пів дві двести тысячи тисяч сотня и and a half з половиною через next п'ятниці мая 5 200 к грн , . · ++".split()
)


@given(st.lists(st.sampled_from(WORDS), max_size=14))
def test_no_order_of_the_words_that_are_known_breaks_a_reader(words: list[str]) -> None:
    for reader in READERS:
        reader(" ".join(words))
