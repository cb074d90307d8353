"""Days as people write them: `31.03.2026`, `31 березня 2026`, `завтра`, `у пятніцу`, `через 3 дні`, `next friday`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from babel import Locale

from core.dialog.understanding.normal import normalise
from core.dialog.understanding.number_words import read_number

_NUMERIC: Final = re.compile(r"(?P<day>[0-9]{1,2})([./\-])(?P<month>[0-9]{1,2})(?:\2(?P<year>[0-9]{4}))?")
_ISO: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_ENDING: Final = r"(?:st|nd|rd|th|[\-‑]?(?:го|ого|е|га|ага|те))?"
_DAY_FIRST: Final = re.compile(
    rf"(?P<day>[0-9]{{1,2}}){_ENDING} (?:of )?(?P<name>[^\W\d_]+)\.?,?(?: (?P<year>[0-9]{{4}}))?"
)
_MONTH_FIRST: Final = re.compile(
    r"(?P<name>[^\W\d_]+)\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?(?: (?P<year>[0-9]{4}))?"
)
_YEAR_WORD: Final = re.compile(r" ?(?:р|г|року|года|year)\.?$")
_YEARS: Final = range(1900, 2101)
DAYS_AWAY: Final = {
    **dict.fromkeys("сьогодні сегодня сёння today".split(), 0),
    **dict.fromkeys("завтра заўтра tomorrow".split(), 1),
    **dict.fromkeys(("післязавтра", "послезавтра", "паслязаўтра"), 2),
    **dict.fromkeys(("day after tomorrow", "the day after tomorrow"), 2),
    **dict.fromkeys("вчора вчера учора ўчора yesterday".split(), -1),
    **dict.fromkeys(("позавчора", "позавчера", "заўчора", "пазаўчора", "day before yesterday"), -2),
}
# Monday first, in the forms that answer both "what day" and "when".
_WEEKDAYS: Final = {
    word: number
    for number, words in enumerate(
        (
            "понеділок понеділка понедельник понедельника панядзелак панядзелка monday mon пн",
            "вівторок вівторка вторник вторника аўторак аўторка tuesday tue вт аўт",
            "середа середу середи среда среду среды серада сераду серады wednesday wed ср",
            "четвер четверга четверг чацвер чацвярга thursday thu чт чц",
            "п'ятниця п'ятницю п'ятниці пятница пятницу пятницы пятніца пятніцу пятніцы friday fri пт",
            "субота суботу суботи суботы суббота субботу субботы субота суботу saturday sat сб",
            "неділя неділю неділі воскресенье воскресенья нядзеля нядзелю нядзелі sunday sun нд вс",
        )
    )
    for word in words.split()
}
_ON: Final = r"(?:(?:у|в|ў|во|на|on|by) )?"
_NEXT: Final = r"(?P<next>наступн\w+|следующ\w+|next)"
_LAST: Final = r"(?P<last>минул\w+|прошл\w+|мінул\w+|last)"
_THIS: Final = r"(?:цю|цей|цього|эту|этот|этой|гэт\w+|this|ближайш\w+|найближч\w+|бліжэйш\w+)"
_WEEKDAY: Final = re.compile(rf"{_ON}(?:(?:{_NEXT}|{_LAST}|{_THIS}) )?(?P<weekday>[^\W\d_]+(?:'[^\W\d_]+)?)")
_AHEAD: Final = re.compile(r"(?:через|праз|за|in) (?P<count>.{1,30}? )?(?P<unit>[^\W\d_]+)")
_UNITS: Final = {
    **dict.fromkeys("день дні днів дня дней дзень дні дзён day days".split(), 1),
    **dict.fromkeys("тиждень тижні тижнів неделю недели недель тыдзень тыдні тыдняў week weeks".split(), 7),
}
_FURTHEST: Final = 3660


def _months() -> dict[str, int]:
    return {
        normalise(name).rstrip("."): number
        for language in ("uk", "ru", "be", "en")
        for form in ("format", "stand-alone")
        for width in ("wide", "abbreviated")
        for number, name in Locale.parse(language).months[form][width].items()
    }


_MONTHS: Final = _months()


def read_date(text: str, today: date) -> date | None:
    """The day meant; without a year it is one of this year. Day before month, as all four languages of ours write.

    A day of the week is the next one after today; the `next` one is in the week after this, the `last` one before
    today. None for two-digit years, days that do not exist and years outside 1900..2100.
    """
    written = normalise(text).rstrip(".!")
    if written in DAYS_AWAY:
        return _moved(today, DAYS_AWAY[written])
    written = _YEAR_WORD.sub("", written) if written[:1].isdigit() else written
    for form in (_ISO, _NUMERIC, _DAY_FIRST, _MONTH_FIRST):
        match = form.fullmatch(written)
        if match:
            return _date(match.groupdict(), today)
    ahead = _AHEAD.fullmatch(written)
    if ahead:
        return _ahead(ahead["count"], ahead["unit"], today)
    match = _WEEKDAY.fullmatch(written)
    return _weekday(match, today) if match else None


def _date(parts: dict[str, str | None], today: date) -> date | None:
    name = parts.get("name")
    month = _MONTHS.get(name) if name else int(parts["month"] or 0)
    year = int(parts["year"]) if parts["year"] else today.year
    if month is None or year not in _YEARS:
        return None
    try:
        return date(year, month, int(parts["day"] or 0))
    except ValueError:
        return None


def _ahead(count: str | None, unit: str, today: date) -> date | None:
    words = (count or "1").split()
    number = Decimal(1) if words in (["a"], ["1"]) else read_number([_counted(word) for word in words])
    if number is None or number != int(number) or unit not in _UNITS or not 0 < number <= _FURTHEST:
        return None
    return _moved(today, int(number) * _UNITS[unit])


def _counted(word: str) -> str | Decimal:
    return Decimal(word) if word.isascii() and word.isdigit() else word


def _weekday(match: re.Match[str], today: date) -> date | None:
    wanted = _WEEKDAYS.get(match["weekday"])
    if wanted is None:
        return None
    if match["last"]:
        return _moved(today, -((today.weekday() - wanted - 1) % 7 + 1))
    if match["next"]:
        return _moved(today, 7 - today.weekday() + wanted)
    return _moved(today, (wanted - today.weekday() - 1) % 7 + 1)


def _moved(today: date, days: int) -> date | None:
    try:
        moved = today + timedelta(days=days)
    except OverflowError:
        return None
    return moved if moved.year in _YEARS else None
