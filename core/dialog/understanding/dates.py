"""Days as people write them: `31.03.2026`, `31 березня 2026`, `завтра`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from babel import Locale

from core.dialog.understanding.normal import normalise

_NUMERIC: Final = re.compile(r"(?P<day>[0-9]{1,2})([./\-])(?P<month>[0-9]{1,2})(?:\2(?P<year>[0-9]{4}))?")
_ISO: Final = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_DAY_FIRST: Final = re.compile(r"(?P<day>[0-9]{1,2})(?:st|nd|rd|th)? (?P<name>[^\W\d_]+)\.?,?(?: (?P<year>[0-9]{4}))?")
_MONTH_FIRST: Final = re.compile(
    r"(?P<name>[^\W\d_]+)\.? (?P<day>[0-9]{1,2})(?:st|nd|rd|th)?,?(?: (?P<year>[0-9]{4}))?"
)
_YEAR_WORD: Final = re.compile(r" ?(?:р|г|року|года|year)\.?$")
_YEARS: Final = range(1900, 2101)
DAYS_AWAY: Final = {
    **dict.fromkeys("сьогодні сегодня сёння today".split(), 0),
    **dict.fromkeys("завтра заўтра tomorrow".split(), 1),
    **dict.fromkeys(("післязавтра", "послезавтра", "паслязаўтра", "day after tomorrow"), 2),
    **dict.fromkeys("вчора вчера учора ўчора yesterday".split(), -1),
}


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

    None for two-digit years, days that do not exist and years outside 1900..2100.
    """
    written = normalise(text)
    if written in DAYS_AWAY:
        return today + timedelta(days=DAYS_AWAY[written])
    written = _YEAR_WORD.sub("", written) if written[:1].isdigit() else written
    for form in (_ISO, _NUMERIC, _DAY_FIRST, _MONTH_FIRST):
        match = form.fullmatch(written)
        if match:
            return _date(match.groupdict(), today)
    return None


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
