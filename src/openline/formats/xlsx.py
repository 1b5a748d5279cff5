"""Activities in XLSX (ISO 29500), and the template that is handed out.

A formula is read by the value that the spreadsheet kept of it, and said; without one, and where
cells are merged among the activities, the file is refused by the cell (R-FMT-23).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from openline.formats import columns
from openline.formats.cells import Cell, Row
from openline.formats.draft import LENGTHS, Found, Given, Note
from openline.formats.table import EXAMPLE, Heads, bad_table, heads_of, read_rows, too_blank
from openline.formats.xmltext import local
from openline.formats.zipped import bounded_workbook
from openline.forms.catalog import form
from openline.words import filelimits

_FAULTS = (
    *(BadZipFile, InvalidFileException, DefusedXmlException, ParseError, KeyError, ValueError),
    *(TypeError, AttributeError, IndexError, OverflowError, OSError, EOFError, RecursionError),
    *(NotImplementedError, AssertionError, ZeroDivisionError),
)
"""What the library raises at a file that is broken, or made to break it."""
_HOURS = re.compile(r"[hH]")
_DAY_ENDS = (timedelta(days=1), datetime(1900, 1, 1), datetime(1904, 1, 2))
"""What comes of 24:00: to a workbook it is 1, and by its two calendars that is a day after 0."""
_ERROR = re.compile(r"#[A-Z0-9/]+[!?]?")
Book = Any
_WIDTH = {"max_col": filelimits.SHEET_COLUMNS}


def read_xlsx(data: bytes, given: Given) -> Iterator[Found]:
    """The activities in the rows of one sheet; raises ``bad-zip``, ``bad-table`` for the whole."""
    bounded_workbook(data)
    values = _opened(data, True)
    try:
        name = _sheet_name(values, given.sheet)
        layout = _layout(values[name])
        _no_merged_cells(values[name], layout)
        # Read as streams: a sheet held whole, with every cell that it merges, fills the memory.
        formulas = _opened(data, False) if layout.formulas else values
        rows = list(_rows(values[name], formulas[name], layout.last))
    except _FAULTS:
        raise _broken() from None
    return read_rows(rows, given, notes=dict.fromkeys(layout.hidden, Note("hidden")))


def _opened(data: bytes, cached: bool) -> Book:
    try:
        book = load_workbook(BytesIO(data), read_only=True, data_only=cached, keep_links=False)
    except _FAULTS:
        raise _broken() from None
    for sheet in book.worksheets:
        # A workbook may say of itself that it is smaller than it is.
        sheet.reset_dimensions()
    return book


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
    rows = sheet.iter_rows(max_row=filelimits.HEADER_ROWS, **_WIDTH, values_only=True)
    for number, row in enumerate(rows, 1):
        found = heads_of(("" if value is None else str(value) for value in row), number)
        if found:
            return found
    return None


@dataclass(slots=True)
class _Layout:
    """What a sheet says beside its cells: merged ranges, hidden rows, its last row with a value."""

    merged: list[str] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    formulas: bool = False
    last: int = 0


def _layout(sheet: Any) -> _Layout:
    found = _Layout()
    filled, number = False, 0
    with sheet._get_source() as source:
        for _, element in iterparse(source, forbid_dtd=True):
            match local(element):
                case "mergeCell":
                    found.merged.append(element.get("ref", ""))
                case "v" | "is" | "f":
                    filled = True
                    found.formulas |= local(element) == "f"
                case "row":
                    before, number = number, int(element.get("r", number + 1))
                    if number <= before:
                        # The library would leave this row out, and say nothing.
                        raise _broken()
                    found.last = number if filled else found.last
                    if filled and element.get("hidden") in ("1", "true"):
                        found.hidden.append(number)
                    filled = False
                    element.clear()
    return found


def _no_merged_cells(shown: Any, layout: _Layout) -> None:
    heads = _heads(shown) if layout.merged else None
    for merged in layout.merged:
        if heads is not None and range_boundaries(merged)[3] >= heads.row:
            raise bad_table(
                f"the cells {merged[:40]} are merged, and belong to no single row or column",
                "unmerge them and write the value into each row that it holds for",
            )


def _rows(shown: Any, written: Any, last: int) -> Iterator[tuple[int, Row]]:
    blank = 0
    sides = (side.iter_rows(max_row=last, **_WIDTH) for side in (shown, written))
    for number, (cells, sources) in enumerate(zip(*sides, strict=True), 1):
        row = [
            _cell(cell, source, f"{get_column_letter(column)}{number}")
            for column, (cell, source) in enumerate(zip(cells, sources, strict=True), 1)
        ]
        blank = 0 if any(row) else blank + 1
        if blank > filelimits.SHEET_BLANKS:
            raise too_blank()
        yield number, row


def _cell(cell: Any, source: Any, where: str) -> Cell | None:
    value = cell.value
    if source.data_type == "f":
        if value is None:
            return Cell("", where, wrong="is a formula without its value")
        note = Note("formula", {"cell": where, "value": str(value)[:40]})
        return _typed(value, where, cell, note)
    return None if value is None or value == "" else _typed(value, where, cell, None)


def _typed(value: Any, where: str, cell: Any, note: Note | None) -> Cell | None:
    if cell.data_type == "e" or (isinstance(value, str) and _ERROR.fullmatch(value)):
        return Cell("", where, wrong=f"holds the error {str(value)[:20]}")
    if value in _DAY_ENDS:
        return Cell("24:00", where, note=note)
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
    "end_time": "the time of day it has ended; 24:00 is the end of that day",
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
