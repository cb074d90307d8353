"""The filters of texts, a fixed list: `money date time mask last4 phone upper lower plural`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.dialog.slot_types import SlotType, did_you_mean
from core.dialog.texts.errors import TextError
from core.dialog.texts.formats import Format, clock_time, day, default_format, masked, phone, plain
from core.dialog.texts.masks import last4
from core.dialog.texts.money_format import format_money
from core.dialog.texts.plurals import plural_index

_WRITTEN: Final = frozenset({"text", "id", "choice", "iban", "phone"})
_MOST_FORMS: Final = 6


@dataclass(frozen=True, slots=True)
class Filter:
    """`kinds` it can be put on, and whether what comes out is safe for a personal value to be seen in."""

    kinds: frozenset[str]
    format: Format
    masks: bool = False


FILTERS: Final = {
    "money": Filter(frozenset({"money"}), format_money),
    "date": Filter(frozenset({"date", "text"}), day),
    "time": Filter(frozenset({"text"}), clock_time),
    "mask": Filter(_WRITTEN | {"card", "payee"}, masked, masks=True),
    "last4": Filter(_WRITTEN, lambda value, _language: plain(last4(value)), masks=True),
    "phone": Filter(frozenset({"phone", "text"}), phone),
    "upper": Filter(_WRITTEN, lambda value, _language: plain(value).upper()),
    "lower": Filter(_WRITTEN, lambda value, _language: plain(value).lower()),
}
# Records that are written masked where no filter says how.
_MASKED_KINDS: Final = frozenset({"card", "payee"})
_PLURAL_KINDS: Final = frozenset({"int"})
_NAMES: Final = (*FILTERS, "plural")


@dataclass(frozen=True, slots=True)
class FilterChain:
    """What the filters of one placeholder come to. `plural_forms` is empty without a plural."""

    format: Format
    masks: bool
    plural_forms: tuple[str, ...] = ()


def filter_chain(written: Sequence[str], slot_type: SlotType, spoken: str, column: int) -> FilterChain:
    """Filters from left to right; each takes what the one before it gave. Raises `TextError` when one does not fit.

    A card or payee without a filter is written masked; a secret cannot be written at all.
    """
    if slot_type.kind == "secret":
        raise TextError(f"'{spoken}' is secret and cannot be shown in a text", column)
    if not written:
        return FilterChain(default_format(slot_type), masks=slot_type.kind in _MASKED_KINDS)
    kind, masks = slot_type.kind, False
    formats: list[Format] = []
    forms: tuple[str, ...] = ()
    for one in written:
        chosen, forms = _filter(one, column)
        if kind not in chosen.kinds:
            fitting = ", ".join(sorted(chosen.kinds))
            message = f"'{spoken}' is {kind}; filter '{_name(one)}' takes {fitting}"
            raise TextError(message, column)
        formats.append(chosen.format)
        masks, kind = masks or chosen.masks, "text"
    return FilterChain(_composed(formats), masks, forms)


def _name(written: str) -> str:
    return written.partition(":")[0].strip()


def _filter(written: str, column: int) -> tuple[Filter, tuple[str, ...]]:
    name = _name(written)
    if name == "plural":
        forms = _forms(written, column)
        return Filter(_PLURAL_KINDS, _plural(forms)), forms
    found = FILTERS.get(name)
    if found is None:
        hint = did_you_mean(name, _NAMES) or f"; filters are {', '.join(_NAMES)}"
        raise TextError(f"unknown filter '{name[:40]}'{hint}", column)
    if ":" in written:
        raise TextError(f"filter '{name}' takes nothing after a colon", column)
    return found, ()


def _forms(written: str, column: int) -> tuple[str, ...]:
    forms = tuple(form.strip() for form in written.partition(":")[2].split(","))
    if not 2 <= len(forms) <= _MOST_FORMS or not all(forms):
        raise TextError("write the forms as {n|plural: card, cards}, separated by commas", column)
    return forms


def _plural(forms: tuple[str, ...]) -> Format:
    last = len(forms) - 1
    return lambda number, language: forms[min(plural_index(language, number), last)]


def _composed(formats: Sequence[Format]) -> Format:
    composed = formats[0]
    for following in formats[1:]:
        composed = _then(composed, following)
    return composed


def _then(first: Format, second: Format) -> Format:
    return lambda value, language: second(first(value, language), language)
