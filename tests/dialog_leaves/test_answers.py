"""Phones, dates, whole numbers, yes and no, account numbers and one-time codes as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.dialog.slot_types import SlotType
from core.dialog.texts import compile_text
from core.dialog.understanding import read_bool, read_code, read_date, read_iban, read_int, read_phone

TODAY = date(2026, 2, 28)
SHOWN_DATE = compile_text("{day}", {"day": SlotType("date")})
SHOWN_PHONE = compile_text("{phone}", {"phone": SlotType("phone")})


@pytest.mark.parametrize(
    "text",
    [
        "0671112233",
        "+38 (067) 111-22-33",
        "380671112233",
        "067 111 22 33",
        "00380671112233",
        "+38\u00a0067\u200b1112233",
    ],
)
def test_a_ukrainian_phone_is_read_however_it_is_written(text: str) -> None:
    assert read_phone(text) == "+380671112233"


def test_a_foreign_phone_is_read_with_and_without_its_plus() -> None:
    assert read_phone("+375 29 123-45-67") == read_phone("375291234567") == "+375291234567"


def test_a_local_number_is_read_in_the_region_that_is_asked_for() -> None:
    assert read_phone("8 029 123-45-67", region="BY") == "+375291234567"


@pytest.mark.parametrize(
    "text",
    ["", "hello", "12345", "0671112", "+1 202 555", "0800FLOWERS", "4444555566661111", "067-1", "+" * 12, "9" * 60],
)
def test_what_is_no_existing_number_is_not_a_phone(text: str) -> None:
    assert read_phone(text) is None


@given(st.integers(0, 9_999_999), st.sampled_from(["67", "50", "63", "96"]))
def test_a_phone_survives_every_way_of_writing_it(number: int, operator: str) -> None:
    e164 = f"+380{operator}{number:07d}"
    parsed = phonenumbers.parse(e164)

    for form in (phonenumbers.PhoneNumberFormat.INTERNATIONAL, phonenumbers.PhoneNumberFormat.NATIONAL):
        assert read_phone(phonenumbers.format_number(parsed, form)) == e164
    assert read_phone(SHOWN_PHONE.render({"phone": e164}, "uk")) == e164


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31.03.2026", date(2026, 3, 31)),
        ("1/4/2026", date(2026, 4, 1)),
        ("01-04-2026", date(2026, 4, 1)),
        ("2026-04-01", date(2026, 4, 1)),
        ("5.1", date(2026, 1, 5)),
        ("24 серпня 1991", date(1991, 8, 24)),
        ("24 августа 1991 года", date(1991, 8, 24)),
        ("24 жніўня 1991 г.", date(1991, 8, 24)),
        ("24th August, 1991", date(1991, 8, 24)),
        ("Aug 24 1991", date(1991, 8, 24)),
        ("Сьогодні", TODAY),
        ("сегодня", TODAY),
        ("сёння", TODAY),
        ("today", TODAY),
        ("завтра", date(2026, 3, 1)),
        ("заўтра", date(2026, 3, 1)),
        ("tomorrow", date(2026, 3, 1)),
        ("послезавтра", date(2026, 3, 2)),
        ("вчора", date(2026, 2, 27)),
    ],
)
def test_a_day_is_read(text: str, day: date) -> None:
    assert read_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    ["", "31.02.2026", "13/13/2026", "1.2.26", "1.2-2026", "01.01.1899", "01.01.2101", "5 бобра 2026", "скоро", "0.0"],
)
def test_a_day_that_does_not_exist_or_is_not_clear_is_not_guessed(text: str) -> None:
    assert read_date(text, TODAY) is None


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.sampled_from(["uk", "ru", "be", "en"]))
def test_a_day_shown_in_any_language_and_typed_back_is_the_same_day(day: date, language: str) -> None:
    shown = SHOWN_DATE.render({"day": day.isoformat()}, language)

    assert read_date(shown, TODAY) == day
    assert read_date(day.strftime("%d.%m.%Y"), TODAY + timedelta(days=400)) == day


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("007", 7),
        ("-5", -5),
        ("−5", -5),
        ("1 000", 1000),
        ("двадцять п'ять", 25),
        ("twenty-five", 25),
        ("пяць", 5),
        ("2 тысячи", 2000),
        ("півтори тисячі", 1500),
    ],
)
def test_a_whole_number_is_read(text: str, number: int) -> None:
    assert read_int(text) == number


@pytest.mark.parametrize("text", ["", "1.5", "1,000", "a", "five apples", "9" * 16, "1e3", "²", "- 5 -"])
def test_what_is_not_a_whole_number_is_none(text: str) -> None:
    assert read_int(text) is None


@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_every_bounded_whole_number_reads_back(number: int) -> None:
    assert read_int(str(number)) == number


@pytest.mark.parametrize("text", ["так", "Так!", "ДА", "yes", "ага", "ok", "згоден", "👍", "+"])
def test_yes_is_understood_in_every_language(text: str) -> None:
    assert read_bool(text) is True


@pytest.mark.parametrize("text", ["ні", "Нет.", "не", "no", "nope", "👎", "-"])
def test_no_is_understood_in_every_language(text: str) -> None:
    assert read_bool(text) is False


@pytest.mark.parametrize("text", ["", "можливо", "yes and no", "так ні", "1"])
def test_anything_else_is_neither_yes_nor_no(text: str) -> None:
    assert read_bool(text) is None


def iban(country: str, account: str) -> str:
    digits = "".join(str(int(sign, 36)) for sign in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"


@given(st.text("0123456789", min_size=25, max_size=25))
def test_a_valid_account_number_is_read_with_and_without_spaces(account: str) -> None:
    valid = iban("UA", account)
    grouped = " ".join(valid[start : start + 4] for start in range(0, len(valid), 4))

    assert read_iban(valid) == read_iban(grouped) == read_iban(valid.lower()) == valid


@given(st.text("0123456789", min_size=25, max_size=25), st.integers(4, 28), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(account: str, place: int, shift: int) -> None:
    valid = iban("UA", account)
    wrong = str((int(valid[place]) + shift) % 10)

    assert read_iban(valid[:place] + wrong + valid[place + 1 :]) is None


def test_the_letters_of_the_country_may_come_from_a_cyrillic_keyboard() -> None:
    valid = iban("BY", "ALFA30120000000000000000")

    assert read_iban(valid.replace("A", "А").replace("B", "В")) == valid


@pytest.mark.parametrize("text", ["", "UA", iban("UA", "1" * 24), iban("UA", "1" * 26), "UA00" + "1" * 25, "1" * 500])
def test_an_account_number_of_another_length_or_sum_is_refused(text: str) -> None:
    assert read_iban(text) is None


@pytest.mark.parametrize("text", ["482913", "482 913", "48-29-13", " 4 8 2 9 1 3 ", "４８２９１３"])
def test_a_one_time_code_is_read_with_the_gaps_that_people_leave(text: str) -> None:
    assert read_code(text) == "482913"


@pytest.mark.parametrize("text", ["", "123", "123456789", "12a456", "12  --  34", "код"])
def test_what_is_not_four_to_eight_digits_is_no_code(text: str) -> None:
    assert read_code(text) is None
