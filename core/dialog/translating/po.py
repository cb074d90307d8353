"""PO files, as translators and their tools know them (GNU gettext).

`msgctxt` is `flow:step.field`, `msgid` the base text, `fuzzy` a translation of an older one. A `{n|plural: ...}` stays
inside the text: a text may have several, and each language writes its own number of forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po, write_po

from core.dialog.texts.plurals import CATEGORIES
from core.dialog.translating.catalogue import Translated
from core.kernel.errors import TellerError

MAX_BYTES: Final = 4 * 1024 * 1024
_HEADER: Final = """\
# Translations of the bank's conversations; back with: teller flows translations import FILE
msgid ""
msgstr ""
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Language: {lang}\\n"

"""
_PLACEHOLDER: Final = re.compile(r"(?<!\{)\{[^{}]+\}")
# What babel takes our braces for; tools would then complain about their filters.
_GUESSED: Final = frozenset(("python-format", "python-brace-format"))
_TITLE_LENGTH: Final = 40
_LABEL_LENGTH: Final = 80
_LINE: Final = re.compile(r'(?:#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) *)?"(?:[^"\\]|\\.)*"|)')
_LANGUAGE: Final = re.compile(r'^"Language: ([a-z]{2})', re.MULTILINE)


class PoRefused(TellerError):
    """The file is no PO file that can be taken; `detail` says where and why."""

    code = "po_refused"


@dataclass(frozen=True, slots=True)
class PoEntry:
    """`context` is `flow:key`; `base` the text that was translated; `line` where the entry begins, from 1."""

    context: str
    base: str
    text: str
    fuzzy: bool
    line: int


def to_po(texts: Iterable[Translated], lang: str, folder: str) -> str:
    """A PO file of every text that the flows of the folder have; what is extra in the translations is left out."""
    catalog = Catalog(locale=lang)
    for one in texts:
        if one.state == "extra":
            continue
        message = catalog.add(
            one.base,
            one.text,
            locations=[(one.mark.file.removeprefix(f"{folder}/"), one.mark.line)],
            flags=["fuzzy"] if one.state == "stale" else [],
            auto_comments=_comments(one, lang),
            context=one.context,
        )
        message.flags -= _GUESSED
    out = BytesIO()
    write_po(out, catalog, width=0, omit_header=True)
    return _HEADER.format(lang=lang) + out.getvalue().decode()


def _comments(one: Translated, lang: str) -> list[str]:
    comments = [" ".join(one.about.split())] if one.about.strip() else []
    shown = list(dict.fromkeys(_PLACEHOLDER.findall(one.base)))
    if shown:
        comments.append(f"Keep as they are: {' '.join(' '.join(part.split()) for part in shown)}")
    if any("plural" in part for part in shown):
        comments.append(f"Forms of a plural in {lang}: {', '.join(CATEGORIES[lang])}")
    if one.key == "flow.title":
        comments.append(f"At most {_TITLE_LENGTH} characters")
    elif ".label" in one.key or one.key.endswith(("yes", "no")):
        comments.append(f"On a button: short, at most {_LABEL_LENGTH} characters")
    return comments


def language_of_po(content: str) -> str:
    """What its header says, "" when it says nothing."""
    found = _LANGUAGE.search(content)
    return found[1] if found else ""


def from_po(content: bytes, file: str, lang: str) -> list[PoEntry]:
    """The entries in their order. Raises `PoRefused` with file and line."""
    if len(content) > MAX_BYTES:
        raise PoRefused(f"{file}:1: the file is larger than {MAX_BYTES} bytes")
    try:
        _check_lines(content.decode("utf-8-sig"), file)
        catalog = read_po(BytesIO(content), locale=lang, charset="utf-8", abort_invalid=True)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise PoRefused(f"{file}:{line}: the file is not UTF-8") from None
    except PoFileError as error:
        raise PoRefused(f"{file}:{error.lineno + 1}: this is no PO: {error.args[0]}") from None
    except (ValueError, IndexError, TypeError, AttributeError, LookupError) as error:
        raise PoRefused(f"{file}:1: this is no PO: {error}") from None
    return list(_entries(catalog, file))


def _check_lines(content: str, file: str) -> None:
    """What babel would read as something else than was written."""
    for number, line in enumerate(content.split("\n"), start=1):
        if not _LINE.fullmatch(line.strip()):
            raise PoRefused(f"{file}:{number}: this is no line of a PO file; is a quote missing?")


def _entries(catalog: Catalog, file: str) -> Iterator[PoEntry]:
    for message in catalog:
        if not message.id:
            continue
        if not isinstance(message.id, str) or not isinstance(message.string, str):
            raise PoRefused(f"{file}:{message.lineno}: plurals stay inside the text, so there is no msgid_plural here")
        context = message.context or ""
        yield PoEntry(context, message.id, message.string, message.fuzzy, message.lineno or 1)
