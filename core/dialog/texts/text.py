"""A compiled text of a flow."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from core.dialog.expressions import Expression, ExpressionError, compile_expression, compile_path
from core.dialog.expressions.expression import MALFORMED
from core.dialog.slot_types import SlotType
from core.dialog.texts.errors import TextError
from core.dialog.texts.filters import FilterChain, filter_chain
from core.dialog.texts.languages import language_of
from core.dialog.texts.plurals import CATEGORIES
from core.dialog.texts.template import MAX_LENGTH, Placeholder, split

Slots = Mapping[str, Any]
Known: TypeAlias = "dict[tuple[str, tuple[str, ...]], tuple[Expression, FilterChain]]"
_Piece = Callable[[Slots, str], str]
_NO_SLOTS: Final[frozenset[str]] = frozenset()


def digest(source: str) -> str:
    """12 hex digits that change when the text changes; a translation keeps the digest of what it translates."""
    return hashlib.blake2b(source.encode(errors="surrogatepass"), digest_size=6).hexdigest()


def compile_text(source: str, scope: Mapping[str, SlotType], known: Known | None = None) -> Text:
    """Compiles a text over the slots of `scope`. Raises `TextError`, and nothing else, for any source.

    `known`: placeholders that were compiled over the same scope before; what is new is added to it.
    """
    if "{" not in source and "}" not in source and len(source) <= MAX_LENGTH:
        return Text(source, [source] if source else [])
    known = {} if known is None else known
    return Text(source, [piece if isinstance(piece, str) else _shown(piece, scope, known) for piece in split(source)])


def _shown(placeholder: Placeholder, scope: Mapping[str, SlotType], known: Known) -> _Shown:
    written = (placeholder.path, placeholder.filters)
    compiled = known.get(written)
    if compiled is None:
        compiled = known[written] = _compiled(placeholder, scope)
    return _Shown(placeholder, *compiled)


def _compiled(placeholder: Placeholder, scope: Mapping[str, SlotType]) -> tuple[Expression, FilterChain]:
    path, column = placeholder.path, placeholder.column
    try:
        expression = compile_path(path, scope) or compile_expression(path, scope)
    except ExpressionError as error:
        raise TextError(error.message, column) from error
    return expression, filter_chain(placeholder.filters, expression.type, path, column)


class _Shown(NamedTuple):
    """One placeholder, checked and ready to be written."""

    placeholder: Placeholder
    expression: Expression
    chain: FilterChain

    def write(self) -> _Piece:
        read, written = self.expression.run, self.chain.format
        return lambda slots, language: written(read(slots), language)


class Text:
    """`reads`: the slots it shows. `placeholders`: (path, filters as written, joined by `|`) in order.

    `open_reads`: the slots that are shown somewhere without a masking filter; `masked_reads`: the other ones.
    """

    __slots__ = ("_pieces", "_plain", "_plurals", "open_reads", "placeholders", "reads", "source")

    def __init__(self, source: str, pieces: Sequence[str | _Shown]) -> None:
        self.source = source
        self.reads = self.open_reads = _NO_SLOTS
        self.placeholders: tuple[tuple[str, str], ...] = ()
        self._plurals: list[tuple[tuple[str, ...], Placeholder]] = []
        self._pieces = [piece if isinstance(piece, str) else piece.write() for piece in pieces]
        shown = [piece for piece in pieces if isinstance(piece, _Shown)]
        self._plain = "" if shown else "".join(piece for piece in pieces if isinstance(piece, str))
        if shown:
            self._note(shown)

    def _note(self, shown: Sequence[_Shown]) -> None:
        self.reads = _NO_SLOTS.union(*(piece.expression.reads for piece in shown))
        self.open_reads = _NO_SLOTS.union(*(piece.expression.reads for piece in shown if not piece.chain.masks))
        self.placeholders = tuple((piece.placeholder.path, "|".join(piece.placeholder.filters)) for piece in shown)
        self._plurals = [(piece.chain.plural_forms, piece.placeholder) for piece in shown if piece.chain.plural_forms]

    @property
    def masked_reads(self) -> frozenset[str]:
        return self.reads - self.open_reads

    def render(self, slots: Slots, lang: str) -> str:
        """The text with stored values written in the language; values are plain text, whatever is in them.

        Raises `TextError` when a slot has no value or a value does not have the form of its type.
        """
        if not self.placeholders:
            return self._plain
        language = language_of(lang)
        try:
            return "".join([piece if isinstance(piece, str) else piece(slots, language) for piece in self._pieces])
        except ExpressionError as error:
            raise TextError(error.message) from error
        except MALFORMED as error:
            raise TextError("a slot holds a value that is not of its declared type") from error

    def check_plurals(self, lang: str) -> None:
        """Raises `TextError` when a plural has another number of forms than the language."""
        if not self._plurals:
            return
        categories = CATEGORIES[language_of(lang)]
        for forms, placeholder in self._plurals:
            if len(forms) != len(categories):
                wanted = f"{len(categories)} forms ({', '.join(categories)})"
                raise TextError(f"'{placeholder.path}' needs {wanted}, got {len(forms)}", placeholder.column)

    def __repr__(self) -> str:
        return f"Text({self.source!r})"
