"""Numbers written out in words by the rules of four grammars, apart from the tables that read them."""

from __future__ import annotations

from typing import Final

_UK: Final = {
    "small": "нуль один два три чотири п'ять шість сім вісім дев'ять десять одинадцять дванадцять тринадцять"
    " чотирнадцять п'ятнадцять шістнадцять сімнадцять вісімнадцять дев'ятнадцять",
    "tens": "двадцять тридцять сорок п'ятдесят шістдесят сімдесят вісімдесят дев'яносто",
    "hundreds": "сто двісті триста чотириста п'ятсот шістсот сімсот вісімсот дев'ятсот",
    "thousand": "тисяча тисячі тисяч",
    "feminine": "одна дві",
}
_RU: Final = {
    "small": "ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать"
    " четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "tens": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "hundreds": "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    "thousand": "тысяча тысячи тысяч",
    "feminine": "одна две",
}
_BE: Final = {
    "small": "нуль адзін два тры чатыры пяць шэсць сем восем дзевяць дзесяць адзінаццаць дванаццаць трынаццаць"
    " чатырнаццаць пятнаццаць шаснаццаць сямнаццаць васямнаццаць дзевятнаццаць",
    "tens": "дваццаць трыццаць сорак пяцьдзясят шэсцьдзясят семдзесят восемдзесят дзевяноста",
    "hundreds": "сто дзвесце трыста чатырыста пяцьсот шэсцьсот семсот восемсот дзевяцьсот",
    "thousand": "тысяча тысячы тысяч",
    "feminine": "адна дзве",
}
_EN_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen"
).split()
_EN_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_SLAVIC: Final = {"uk": _UK, "ru": _RU, "be": _BE}


def spelled(number: int, lang: str) -> str:
    """0..999,999 as a person who knows the language writes it."""
    if number == 0:
        return _EN_SMALL[0] if lang == "en" else _SLAVIC[lang]["small"].split()[0]
    thousands, rest = divmod(number, 1000)
    words = _english(thousands) if lang == "en" else _slavic(thousands, _SLAVIC[lang], feminine=True)
    if thousands:
        words += ["thousand"] if lang == "en" else [_thousand(thousands, _SLAVIC[lang])]
    words += _english(rest) if lang == "en" else _slavic(rest, _SLAVIC[lang], feminine=False)
    return " ".join(words)


def _slavic(number: int, words: dict[str, str], *, feminine: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    said = [words["hundreds"].split()[hundreds - 1]] if hundreds else []
    if rest >= 20:
        said.append(words["tens"].split()[rest // 10 - 2])
        rest %= 10
    if rest and feminine and rest <= 2:
        said.append(words["feminine"].split()[rest - 1])
    elif rest:
        said.append(words["small"].split()[rest])
    return said


def _thousand(count: int, words: dict[str, str]) -> str:
    one, few, many = words["thousand"].split()
    if count % 100 in range(11, 15):
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(count % 10, many)


def _english(number: int) -> list[str]:
    hundreds, rest = divmod(number, 100)
    said = [_EN_SMALL[hundreds], "hundred"] if hundreds else []
    if hundreds and rest:
        said.append("and")
    if rest >= 20:
        ones = rest % 10
        said.append(_EN_TENS[rest // 10 - 2] + (f"-{_EN_SMALL[ones]}" if ones else ""))
    elif rest:
        said.append(_EN_SMALL[rest])
    return said
