"""Activities in CSV (RFC 4180), as spreadsheets save it: any of the usual separators.

The encoding is that of the byte order mark, else UTF-8, else the one that was named: bytes that are
no UTF-8 could be letters of several alphabets, and are refused without it (R-FMT-22).
"""

from __future__ import annotations

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

from openline.formats.cells import Cell, Row
from openline.formats.columns import KNOWN, heading, plain
from openline.formats.columns import names as column_names
from openline.formats.draft import FIELDS, LENGTHS, Found, Given
from openline.formats.table import bad_table, read_rows, too_blank
from openline.formats.wkt import write_wkt
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

ENCODINGS = (
    *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1250", "cp1251", "cp1252", "cp1254"),
    *("cp1256", "koi8-r", "koi8-u", "iso8859-1", "iso8859-5", "iso8859-6", "iso8859-15"),
    *("cp866", "mac-cyrillic"),
)
"""The encodings that can be named."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS = ",;\t|"
csv.field_size_limit(filelimits.CELL_CHARS)
_DANGER = ("=", "+", "-", "@", "\t", "\r")


def decoded(data: bytes, encoding: str) -> str:
    """The text of a file; raises ``bad-encoding`` (ours)."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), "")
    named = _named(encoding) if encoding else ""
    try:
        text = data.decode(marked or named or "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _bad(
            f"line {line} is not {marked or named or 'UTF-8'}",
            "name the encoding it was saved in, like --encoding cp1251, or save it as UTF-8",
        ) from None
    if "\0" in text:
        raise _bad(
            "it holds NUL characters",
            "name the encoding it was saved in, like --encoding utf-16-le, or save it as UTF-8",
        )
    return text.removeprefix("\ufeff")


def _named(encoding: str) -> str:
    try:
        name = codecs.lookup(encoding[: limits.FORM_CHARS]).name
    except (LookupError, UnicodeError, ValueError):
        name = ""
    if name not in ENCODINGS:
        raise _bad(f"{encoding[:40]!r} is no encoding here", f"use one of {', '.join(ENCODINGS)}")
    return name


def _bad(why: str, advice: str) -> OpenlineError:
    return OpenlineError(
        "bad-encoding", f"the text cannot be read: {why}", rule="R-FMT-22", next=advice
    )


def read_csv(data: bytes, given: Given) -> Iterator[Found]:
    """The activities in rows; raises ``bad-encoding``, ``bad-table`` for the whole."""
    text = decoded(data, given.encoding)
    return read_rows(_rows(text, _separator(text)), given)


def names_columns(text: str) -> bool:
    """Whether one of the first lines names columns of ours."""
    lines = text.split("\n", filelimits.HEADER_ROWS)[: filelimits.HEADER_ROWS]
    return max((_named_in(line, s) for line in lines for s in _SEPARATORS), default=0) > 2


def _separator(text: str) -> str:
    """The sign that parts the most names of columns in any of the first lines."""
    lines = text.split("\n", filelimits.HEADER_ROWS)[: filelimits.HEADER_ROWS]
    return max(_SEPARATORS, key=lambda sign: max(_named_in(line, sign) for line in lines))


def _named_in(line: str, sign: str) -> int:
    words = line[: limits.TEXT_CHARS].split(sign, filelimits.SHEET_COLUMNS)
    return len({column_names().get(plain(word)) for word in words} - {None})


def _rows(text: str, separator: str) -> Iterator[tuple[int, Row]]:
    reader = csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        blank = 0
        for number, row in enumerate(reader, 1):
            blank = 0 if any(row) else blank + 1
            if blank > filelimits.SHEET_BLANKS:
                raise too_blank()
            cells = [
                Cell(value, f"column {place} of row {number}") if value else None
                for place, value in enumerate(row[: filelimits.SHEET_COLUMNS], 1)
            ]
            # So that a row's length shows whether something stands beyond the named columns.
            while cells and cells[-1] is None:
                cells.pop()
            yield number, cells
    except csv.Error as error:
        raise bad_table(
            f"line {reader.line_num} is no CSV: {error}",
            f"close every quote, keep a cell within {filelimits.CELL_CHARS:,} characters "
            "(CELL_CHARS), or save it as CSV again",
        ) from None


# ---- out -----------------------------------------------------------------------------------

_OUT = (*(name for name in FIELDS if name != "details"), "wkt", *LENGTHS, "details")


def write_csv(activities: Iterable[Mapping[str, Any]], language: str = "en") -> str:
    """CSV of activities' plain fields, headed in the reader's language; reads back as the same.

    A text that a spreadsheet would calculate gets an apostrophe in front (R-FMT-24).
    """
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heading(name, language) for name in _OUT)
    for fields in activities:
        shape = fields["shape"]
        row = {**fields, "wkt": write_wkt(shape), **{n: shape.get(n) for n in LENGTHS}}
        writer.writerow(_cell(row.get(name)) for name in _OUT)
    return out.getvalue()


def _cell(value: object) -> str | int | float:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.lstrip("'").startswith(_DANGER) else text


assert set(_OUT) <= set(KNOWN)
