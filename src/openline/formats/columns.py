"""The words of tables: which field a column is, which choice a cell means, in several languages.

columns.toml holds them as data; a word that two fields of one language group share would be a fault
in it. The form's own names come first.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from openline.formats.draft import FIELDS, LENGTHS
from openline.forms.catalog import form
from openline.forms.phrases import label, languages
from openline.words.errors import BrokenInvariant

WHERE = ("latitude", "longitude", "coordinates", "mgrs", "wkt")
"""Columns that say where."""
WHEN = ("start_date", "start_time", "end_date", "end_time", "zone")
"""Columns that say when, in parts."""
KNOWN: tuple[str, ...] = (*FIELDS, *LENGTHS, *WHERE, *WHEN)
"""Every column that means something."""


def plain(text: str) -> str:
    """`text` without case, marks, signs and spaces: what two spellings of one word share."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in parts if c.isalnum())


@cache
def _data() -> Mapping[str, Any]:
    return tomllib.loads((files("openline.formats") / "columns.toml").read_text("utf-8"))


@cache
def names() -> Mapping[str, str]:
    """The column that each plain word means."""
    found: dict[str, str] = {}
    for column in KNOWN:
        _put(found, column, column)
    for column, by_language in _data()["columns"].items():
        # A field that this version of the form lacks has no column yet.
        if column in KNOWN:
            for word in _words(by_language):
                _put(found, word, column)
    return found


def heading(column: str, language: str) -> str:
    """How a column is headed for people: its first word in the language, else its own name."""
    words = _data()["columns"].get(column, {}).get(language.partition("-")[0])
    if language.startswith("en") or not words:
        return column
    return str(words[0])


@cache
def choices(field: str) -> Mapping[str, str]:
    """The value that each plain word means in a field with choices."""
    found: dict[str, str] = {}
    values: Sequence[str] = form("activity").fields[field].values
    for value in values:
        _put(found, value, value)
        if field == "kind":
            for language in languages():
                found.setdefault(plain(label(f"kind.{value}", language)), value)
    table = _data()["kinds"] if field == "kind" else _data()["choices"].get(field, {})
    for value, by_language in table.items():
        if value in values:
            for word in _words(by_language):
                _put(found, word, value)
    return found


def _words(by_language: Mapping[str, Sequence[str]]) -> Iterator[str]:
    return (word for words in by_language.values() for word in words)


def _put(found: dict[str, str], word: str, meant: str) -> None:
    if found.setdefault(plain(word), meant) != meant:
        raise BrokenInvariant(f"{word!r} means {found[plain(word)]} and {meant}")
