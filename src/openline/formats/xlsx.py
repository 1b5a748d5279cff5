"""Activities in XLSX (ISO 29500), and the template that is handed out.

A formula is read by the value that the spreadsheet kept of it, and said; without one, and where
cells are merged among the activities, the file is refused by the cell (R-FMT-23).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from defusedxml.common import DefusedXmlException
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from openline.formats import columns
from openline.formats.cells import Cell, Row
from openline.formats.draft import LENGTHS, Found, Given
from openline.formats.table import EXAMPLE, Heads, bad_table, heads_of, read_rows
from openline.formats.zipped import names_in
from openline.forms.catalog import form
from openline.words import filelimits

_FAULTS = (
    *(BadZipFile, InvalidFileException, DefusedXmlException, ParseError, KeyError, ValueError),
    *(TypeError, AttributeError, IndexError, OverflowError, OSError, EOFError, RecursionError),
    *(NotImplementedError, AssertionError, ZeroDivisionError),
)
"""What the library raises at a file that is broken, or made to break it."""
_HOURS = re.compile(r"[hH]")
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")
Book = Any


def read_xlsx(data: bytes, given: Given) -> Iterator[Found]:
    """The activities in the rows of one sheet; raises ``bad-zip``, ``bad-table`` for the whole."""
    names_in(data, filelimits.WORKBOOK_BYTES)
    values, formulas = _opened(data, True), _opened(data, False)
    name = _sheet_name(values, given.sheet)
    shown, written = values[name], formulas[name]
    try:
        _no_merged_cells(shown, written)
        rows = list(_rows(shown, written))
    except _FAULTS:
        raise _broken() from None
    return read_rows(rows, given)


def _opened(data: bytes, cached: bool) -> Book:
    try:
        return load_workbook(BytesIO(data), data_only=cached, keep_links=False)
    except _FAULTS:
        raise _broken() from None


def _broken() -> Exception:
    return bad_table("the workbook is damaged", "open it, save it as XLSX again, and send that")


def _sheet_name(book: Book, wanted: str) -> str:
    sheets = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if wanted:
        if wanted not in sheets:
            names = ", ".join(repr(name[:40]) for name in sheets[: filelimits.NAMES_LISTED])
            raise bad_table(f"it has no sheet {wanted[:40]!r}", f"it has {names}")
        return wanted
    named = [name for name in sheets if _heads(book[name]) is not None]
    if len(named) != 1:
        count = len(named) or "no"
        advice = "name the one that is meant with --sheet"
        raise bad_table(f"{count} sheets name columns of activities", advice)
    return str(named[0])


def _heads(sheet: Any) -> Heads | None:
    for number, row in enumerate(
        sheet.iter_rows(max_row=filelimits.HEADER_ROWS, values_only=True), 1
    ):
        found = heads_of(
            ("" if value is None else str(value) for value in row[: filelimits.SHEET_COLUMNS]),
            number,
        )
        if found:
            return found
    return None


def _no_merged_cells(shown: Any, written: Any) -> None:
    heads = _heads(shown)
    for merged in written.merged_cells.ranges:
        if heads is not None and merged.max_row >= heads.row:
            raise bad_table(
                f"the cells {merged.coord} are merged, and belong to no single row or column",
                "unmerge them and write the value into each row that it holds for",
            )


def _rows(shown: Any, written: Any) -> Iterator[tuple[int, Row]]:
    blank = 0
    width = min(shown.max_column, filelimits.SHEET_COLUMNS)
    for number in range(1, shown.max_row + 1):
        row: Row = [_cell(shown, written, number, column) for column in range(1, width + 1)]
        blank = 0 if any(row) else blank + 1
        if blank > filelimits.SHEET_BLANKS:
            break
        yield number, row


def _cell(shown: Any, written: Any, row: int, column: int) -> Cell | None:
    # Cells that are not there are not made, or a sheet would grow by being read.
    cell, source = shown._cells.get((row, column)), written._cells.get((row, column))
    if cell is None or source is None:
        return None
    where = f"{get_column_letter(column)}{row}"
    value = cell.value
    if source.data_type == "f":
        if value is None:
            return Cell("", where, wrong="is a formula without its value")
        note = f"{where} is a formula: read as {str(value)[:40]!r}, the value that was kept of it"
        return _typed(value, where, cell, note)
    return None if value is None or value == "" else _typed(value, where, cell, "")


def _typed(value: Any, where: str, cell: Any, note: str) -> Cell | None:
    if cell.data_type == "e" or (isinstance(value, str) and _ERROR.fullmatch(value)):
        return Cell("", where, wrong=f"holds the error {str(value)[:20]}")
    if isinstance(value, datetime):
        # Days with fractions: what was typed to the second comes back some microseconds off.
        near = (value + timedelta(milliseconds=500)).replace(microsecond=0)
        hours = _HOURS.search(str(cell.number_format)) or near.time() != time()
        return Cell(near if hours else near.date(), where, note=note)
    if isinstance(value, timedelta):
        return Cell(str(value), where, note=note)
    if isinstance(value, str | int | float | bool | date | time):
        return Cell(value, where, note=note)
    return Cell("", where, wrong=f"holds a {type(value).__name__}, which is no value here")


# ---- the template --------------------------------------------------------------------------

_TEMPLATE = (
    *("ref", "kind", "title", "start_date", "start_time", "end_date", "end_time", "zone"),
    *("coordinates", "radius_m", "width_m", "lower", "upper", "unit", "datum"),
    *("vehicles", "escort", "route", "details"),
)
_EXAMPLES = (
    {
        **{"ref": f"{EXAMPLE}1", "kind": "site", "title": "Clinic, north gate"},
        **{"start_date": "2026-04-02", "start_time": "08:00", "end_date": "2026-07-01"},
        **{"end_time": "08:00", "zone": "Europe/Kyiv", "coordinates": "49.8397, 24.0297"},
        **{"radius_m": 200, "lower": 0, "upper": 30, "unit": "m", "datum": "AGL"},
    },
    {
        **{"ref": f"{EXAMPLE}2", "kind": "convoy", "title": "Relief convoy"},
        **{"start_date": "2026-04-02", "start_time": "06:30", "end_date": "2026-04-02"},
        **{"end_time": "18:00", "zone": "Europe/Kyiv"},
        **{"coordinates": "49°50'23\"N 24°01'47\"E; 50°27'00\"N 30°31'24\"E", "width_m": 2000},
        **{"lower": 0, "upper": 30, "unit": "m", "datum": "AGL", "vehicles": 12},
        **{"escort": "none", "route": "Lviv, Rivne, Zhytomyr, Kyiv"},
    },
)
_MEANINGS: Mapping[str, str] = {
    "start_date": "the day it begins; a date, or text like 2026-04-02",
    "start_time": "the time of day it begins, on the clocks of the zone",
    "end_date": "the day it has ended",
    "end_time": "the time of day it has ended",
    "zone": "the zone of both times by its IANA name, like Europe/Kyiv, or UTC",
    "coordinates": "one position for a circle; several with ; between them for a way, or for an "
    "area when the first is repeated last; decimal, degrees and minutes, or MGRS",
    "radius_m": "of a circle, in metres",
    "width_m": "the whole width of a way, in metres",
}


def template(language: str) -> bytes:
    """A workbook to fill in: two examples, and a sheet that says what each column holds."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Activities"
    sheet.append([columns.heading(name, language) for name in _TEMPLATE])
    for example in _EXAMPLES:
        sheet.append([example.get(name) for name in _TEMPLATE])
    help_ = book.create_sheet("Help")
    help_.append(["column", "its name in the form", "what it holds", "values"])
    fields = form("activity").fields
    for name in _TEMPLATE:
        about = _MEANINGS.get(name) or fields[name].doc
        values = ", ".join(fields[name].values) if name in fields else ""
        help_.append([columns.heading(name, language), name, about, values])
    for each in (sheet, help_):
        each.freeze_panes = "A2"
        for cell in each[1]:
            cell.font = Font(bold=True)
            each.column_dimensions[cell.column_letter].width = 22
    out = BytesIO()
    book.save(out)
    return out.getvalue()


assert set(LENGTHS) < set(_TEMPLATE)
