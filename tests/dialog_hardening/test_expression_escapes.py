"""Nobody gets out of an expression or a text: what opened other sandboxes is refused here before anything runs."""

from __future__ import annotations

import builtins
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from core.dialog.expressions import ExpressionError, compile_expression
from core.dialog.slot_types import SlotType
from core.dialog.texts import TextError, compile_text

SCOPE = {
    "source": SlotType("card"),
    "amount": SlotType("money"),
    "note": SlotType("text"),
    "count": SlotType("int"),
    "code": SlotType("secret"),
    "items": SlotType("list", item=SlotType("text")),
}

DUNDERS = [
    "().__class__.__bases__[0].__subclasses__()",
    "''.__class__.__mro__[1].__subclasses__()",
    "note.__class__",
    "note.__class__.__base__.__subclasses__()",
    "amount.__class__.__init__.__globals__",
    "source.__dict__",
    "source.pan.__class__",
    "known.__globals__",
    "len.__self__",
    "len.__self__.__dict__",
    "lower.__class__.__mro__",
    "len.__call__(note)",
    "starts.__code__.co_consts",
    "__builtins__",
    "__import__('os').system('id')",
    "__loader__.load_module('os')",
    "__name__ == 'x'",
    "count.real",
    "count.__add__(1)",
    "count.bit_length()",
    "amount.amount",
    "amount.__post_init__",
]
CODE = [
    "[c for c in ().__class__.__base__.__subclasses__()]",
    "[x for x in items]",
    "{x: 1 for x in items}",
    "(x for x in items)",
    "any(x == '' for x in items)",
    "lambda: 1",
    "(lambda f: f(f))(lambda f: f(f))",
    "(note := 'x') == 'x'",
    "[note := 'x', note]",
    "await note",
    "yield note",
    "(yield)",
    "note if count else note",
    "f'{note}'",
    "f'{note.__class__}'",
    "f'{(lambda: note)()}'",
    "'%s' % note",
    "'{0.__class__}'.format(note)",
    "'{0.__class__.__init__.__globals__}'.format(lower)",
    "'{}'.format_map(source)",
    "note.format(note)",
    "note.join(items)",
    "note.upper()",
    "items.pop()",
    "items.append(note) or true",
    "items[0]",
    "items[0:2]",
    "source['pan']",
    "note[::-1]",
    "{'a': 1}",
    "{note}",
    "[1, 2]",
    "(1, 2)",
    "b'bytes' == b'bytes'",
    "...",
    "1j",
    "None",
    "note is note",
    "note is not None",
    "import os",
    "from os import system",
    "note; note",
    "note = 'x'",
    "del note",
    "exec('1')",
    "eval('1')",
    "compile('1', '', 'eval')",
    "open('/etc/passwd')",
    "getattr(note, '__class__')",
    "setattr(source, 'pan', '1')",
    "vars()",
    "globals()",
    "locals()",
    "dir()",
    "type(note)",
    "type('X', (), {})",
    "print(note)",
    "input()",
    "breakpoint()",
    "str(note)",
    "int('9' * 9)",
    "range(10)",
    "map(len, items)",
    "sorted(items, key=len)",
    "starts(*items)",
    "starts(text=note, prefix=note)",
    "starts(**source)",
    "len(*items)",
    "len(len)",
    "known(known)",
    "known(note, note)",
    "known('note')",
    "known(note.__class__)",
    "len",
    "known",
]
COSTLY = [
    "9**9**9**9",
    "2**1000000",
    "count ** count",
    "count * count",
    "'a' * 1000000000",
    "note * 1000000000",
    "[0] * 1000000000",
    "1 << 1000000000",
    "count >> 1",
    "~count",
    "count & 1",
    "count | 1",
    "count ^ 1",
    "count @ count",
    "count % 3",
    "count / 0",
    "count // 0",
    "'%1000000000d' % 1",
    "1e400",
    "1_000_000 > 1",
    "0x1F > 1",
    "0o17 > 1",
    "0b11 > 1",
    "9999999999999999 > 1",
    "0.0000000001 > 1",
    "(" * 10_000 + "note" + ")" * 10_000,
    "(" * 240 + "note" + ")" * 240,
    "not " * 100 + "true",
    "-" * 400 + "1",
    "count" + " + count" * 60,
    "note" + ".pan" * 100,
    "len(" * 90 + "note" + ")" * 90,
    "count > 1" + " " * 500,
]
SPELLINGS = [
    "note.__cl\u0430ss__",
    "note.\uff3f\uff3fclass\uff3f\uff3f",
    "\uff3f\uff3fimport\uff3f\uff3f('os')",
    "\U0001d5fb\U0001d5fc\U0001d601\U0001d5f2 == 'x'",
    "\uff4e\uff4f\uff54\uff45 == 'x'",
    "\uff53ource.pan == 'x'",
    "source.\uff50an == 'x'",
    "\uff4cen(note) > 1",
    "k\u2099own(note)",
    "n\u00f6te == 'x'",
    "\u043dote == 'x'",
    "no\u200bte == 'x'",
    "note\x00 == 'x'",
    "note \\\n == 'x'",
    "'\\x5f\\x5fclass'",
    "note == '\ud800'",
    "count > \u0661",
    "count > \uff11",
    "\ufeffnote == 'x'",
    "note\u2028== 'x'",
    "note\x0c.\x0cpan",
]
EMPTY = [
    "",
    " ",
    "\n",
    "#",
    "# note",
    "()",
    "''.",
    ".",
    "note.",
    "=",
    "==",
    "note ==",
    "and",
    "not",
    "'",
    '"',
    "(",
    "`id`",
    "$note",
]
EVERYTHING = [*DUNDERS, *CODE, *COSTLY, *SPELLINGS, *EMPTY]


@contextmanager
def nothing_runs() -> Iterator[None]:
    """Whatever Python would have to run for an expression fails the test at once."""

    def caught(*args: Any, **named: Any) -> Any:
        raise AssertionError("something was evaluated")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("eval", "exec", "open", "breakpoint", "input"):
            patch.setattr(builtins, name, caught)
        patch.setattr(os, "system", caught)
        yield


@pytest.mark.parametrize("escape", EVERYTHING)
def test_an_escape_is_refused_with_a_sentence_and_a_column(escape: str) -> None:
    with nothing_runs(), pytest.raises(ExpressionError) as refused:
        compile_expression(escape, SCOPE)

    assert refused.value.message.strip()
    assert 0 <= refused.value.column <= 501


@pytest.mark.parametrize("escape", [escape for escape in EVERYTHING if "{" not in escape])
def test_an_escape_is_no_placeholder_of_a_text(escape: str) -> None:
    with pytest.raises(TextError):
        compile_text(f"{{{escape}}}", SCOPE)


IN_TEXTS = [
    "{note.__class__}",
    "{note!r}",
    "{note:>1000000000}",
    "{count:1000000000d}",
    "{0}",
    "{}",
    "{note[0]}",
    "{source[pan]}",
    "{note.upper()}",
    "{note|__class__}",
    "{note|attr('__class__')}",
    "{note|format('x')}",
    "{items|join}",
    "{items|map(attribute='x')}",
    "{note|upper()}",
    "{note|safe}",
    "{note|tojson}",
    "{% for x in items %}",
    "{%- include '/etc/passwd' -%}",
    "{# {note} #}",
    "{code}",
    "{code|mask}",
    "{code|last4}",
    "{amount.__class__|money}",
    "{count|plural: {note}, b}",
    "{note|plural: a, b}",
    "{unknown}",
]


@pytest.mark.parametrize("text", IN_TEXTS)
def test_a_template_attack_is_refused(text: str) -> None:
    with pytest.raises(TextError):
        compile_text(text, SCOPE)


PLAIN = [
    "{{note}}",
    "{{7*7}}",
    "${{7*7}}",
    "#{{7*7}}",
    "<%= 7*7 %>",
    "$(id)",
    "`id`",
    "%(note)s",
    "%n%n%n",
    "{{{{note}}}}",
]


@pytest.mark.parametrize("text", PLAIN)
def test_what_looks_like_another_template_language_stays_text(text: str) -> None:
    rendered = compile_text(text, SCOPE).render({"note": "secret"}, "uk")

    assert rendered == text.replace("{{", "{").replace("}}", "}")


@pytest.mark.parametrize("value", ["{note}", "{source.pan}", "{{7*7}}", "%s", "{0.__class__}", "<b>", "*_`["])
def test_what_a_customer_wrote_is_never_read_as_a_template(value: str) -> None:
    text = compile_text("{note} and {note|upper}", SCOPE)

    assert text.render({"note": value}, "uk") == f"{value} and {value.upper()}"
