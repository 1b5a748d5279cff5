"""Activities in CSV and XLSX, as aid organisations keep them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from formats_world import WORDS, book, drafts, refusal, refusals, sample, wire, zipped
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from openline.formats import columns
from openline.formats.csvfile import write_csv
from openline.formats.xlsx import template
from openline.forms.activity import activity_of
from openline.forms.catalog import form
from openline.forms.fields import fill, plain
from openline.words import filelimits, limits
from openline.words.volume import Area, Circle, Corridor

DANGERS = ["", "=", "+", "-", "@", "'=", "''+", "'"]
"""What a spreadsheet would begin to calculate at, with and without what keeps it from that."""
HEAD = ["ref", "kind", "title", "start", "end", "coordinates", "radius_m"]
HEAD += ["lower", "upper", "unit", "datum"]
ROW = ["S-1", "site", "Clinic", "2026-04-02T06:00:00Z", "2026-07-01T06:00:00Z"]
ROW += ["49.8397, 24.0297", "150", "0", "30", "m", "AGL"]


def table(*rows: list[Any], separator: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue()


def changed(**cells: Any) -> list[Any]:
    return [cells.get(name, value) for name, value in zip(HEAD, ROW, strict=True)]


# ---- columns ----------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-20")
@pytest.mark.parametrize("separator", list(",;\t|"))
def test_a_row_is_an_activity_whatever_parts_its_cells(separator: str) -> None:
    (draft,) = drafts(table(HEAD, ROW, separator=separator), "csv")
    activity = activity_of(wire(draft))
    assert (activity.ref, activity.kind, activity.title) == ("S-1", "site", "Clinic")
    assert isinstance(activity.volume.shape, Circle)
    assert activity.volume.shape.centre.lat_e7 == 498_397_000
    assert draft.place == "row 2"


@pytest.mark.rule("R-FMT-20")
@pytest.mark.parametrize("language", ["en", "ru", "uk", "ar", "fr", "es"])
def test_columns_are_known_in_several_languages(language: str) -> None:
    head = [columns.heading(name, language) for name in HEAD]
    assert language == "en" or sum(a != b for a, b in zip(head, HEAD, strict=True)) >= 9
    (draft,) = drafts(table(head, ROW), "csv")
    assert wire(draft) == wire(drafts(table(HEAD, ROW), "csv")[0])


@pytest.mark.rule("R-FMT-20")
def test_a_real_table_in_russian_with_a_heading_above_and_a_column_of_its_own() -> None:
    (draft,) = drafts(sample("notices_cp1251.csv"), encoding="cp1251")
    activity = activity_of(wire(draft))
    assert (activity.kind, activity.ref, activity.vehicles) == ("convoy", "К-17", 12)
    assert isinstance(activity.volume.shape, Corridor)
    assert str(activity.volume.window.start) == "2097-04-02T05:00:00Z"
    assert [str(note) for note in draft.notes] == ["columns not read: Водитель"]


def test_every_kind_has_its_name_in_the_languages_of_phrases() -> None:
    for kind in form("activity").fields["kind"].values:
        assert columns.choices("kind")[columns.plain(kind)] == kind
    assert columns.choices("kind")["колонна"] == "convoy"
    assert columns.choices("escort")["нет"] == "none"


@pytest.mark.rule("R-FMT-20")
@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([["a", "b"], ["1", "2"]], "no row names its columns"),
        ([HEAD], "no row below"),
        ([[*HEAD, "Radius m"], [*ROW, "2"]], "two columns"),
        ([[*HEAD, "vehicels"], [*ROW, "2"]], "looks like 'vehicles'"),
        ([HEAD, *[ROW] * (limits.FEATURES + 1)], "FEATURES"),
    ],
)
def test_a_table_that_is_unclear_as_a_whole_is_refused(rows: list[list[str]], says: str) -> None:
    error = refusal(table(*rows), "csv")
    assert error.rule == "R-FMT-20" and says in str(error)


@pytest.mark.rule("R-FMT-21")
@pytest.mark.parametrize(
    ("cells", "says"),
    [
        ({"radius_m": "1,000"}, "two ways"),
        ({"radius_m": "wide"}, "no number"),
        ({"radius_m": "NaN"}, "no number"),
        ({"coordinates": "91, 24"}, "not on earth"),
        ({"coordinates": "38SMB"}, "100 m"),
        ({"coordinates": "49.8, 24.0; 49.9, 24.1", "radius_m": ""}, "width_m"),
        ({"coordinates": ""}, "shape"),
        ({"kind": "party"}, "kind"),
        ({"start": "2026-04-02 08:00"}, "zone"),
        ({"lower": "40"}, "altitudes"),
        ({"upper": "FL100"}, "--flight-levels"),
        ({"end": "2026-01-01T00:00:00Z"}, "ends"),
        ({"end": "3026-01-01T00:00:00Z"}, "ten years"),
        ({"title": ""}, "--title"),
        ({"unit": ""}, "--unit"),
        ({"datum": ""}, "--datum"),
    ],
)
def test_an_error_names_the_row(cells: dict[str, str], says: str) -> None:
    error = refusal(table(HEAD, changed(**cells)), "csv")
    assert error.message.startswith("row 2 (S-1): ") and says in str(error), error


@pytest.mark.rule("R-FMT-20")
def test_where_a_field_is_missing_the_columns_that_were_not_read_are_named() -> None:
    head = ["Datum der Höhe" if name == "datum" else name for name in HEAD]
    error = refusal(table(head, ROW), "csv")
    assert "--datum" in error.next and "columns not read: Datum der Höhe" in error.next


@pytest.mark.rule("R-FMT-21")
def test_numbers_are_read_in_the_digits_of_every_script() -> None:
    cells = {"coordinates": "٤٩٫٨٣٩٧, ٢٤٫٠٢٩٧", "radius_m": "١٥٠", "upper": "٣٠"}
    assert wire(drafts(table(HEAD, changed(**cells)), "csv")[0]) == wire(
        drafts(table(HEAD, ROW), "csv")[0]
    )


@pytest.mark.rule("R-FMT-21")
def test_a_comma_without_quotes_that_shifts_the_cells_is_refused() -> None:
    head = "latitude,longitude,radius_m,ref,kind,title,start,end,lower,upper,unit,datum"
    row = "S-1,site,Clinic,2026-04-02T06:00:00Z,2026-07-01T06:00:00Z,0,30,m,AGL"
    assert drafts(f"{head}\n49.83,24.02,150,{row},,,\n", "csv")
    for named in (head, f"{head},,,"):
        error = refusal(f"{named}\n49,83,24.02,150,{row}\n", "csv")
        assert error.rule == "R-FMT-21" and "column 13 of row 2" in error.message, error


@pytest.mark.rule("R-FMT-21")
def test_a_table_that_breaks_off_names_the_line() -> None:
    error = refusal(table(HEAD, ROW, ROW) + '"S-4,site', "csv")
    assert error.rule == "R-FMT-20" and "line 4" in error.message
    error = refusal(table(HEAD, changed(title="x" * (filelimits.CELL_CHARS + 1))), "csv")
    assert "line 2" in error.message and "CELL_CHARS" in error.next


@pytest.mark.rule("R-FMT-21")
def test_all_errors_are_found_at_once_and_the_sound_rows_too() -> None:
    text = table(HEAD, changed(radius_m="x"), ROW, changed(coordinates="1"), changed(kind="?"))
    assert [e.message.partition(" (")[0] for e in refusals(text, "csv")] == [
        "row 2",
        "row 4",
        "row 5",
    ]


def test_numbers_with_a_comma_are_read_where_it_cannot_part_thousands() -> None:
    head = [*HEAD[:5], "lat", "lon", *HEAD[6:]]
    row = [*ROW[:5], "49,8397", "24,0297", "150,5", *ROW[7:]]
    (draft,) = drafts(table(head, row, separator=";"), "csv")
    shape = activity_of(wire(draft)).volume.shape
    assert isinstance(shape, Circle)
    assert (shape.centre.lat_e7, shape.radius_mm) == (498_397_000, 150_500)


@pytest.mark.rule("R-FMT-17")
@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"coordinates": "49.8 24.0"}, Circle),
        ({"coordinates": "35UQR0124542189"}, Circle),
        ({"coordinates": "49°50'N 24°01'E; 50°N 25°E", "radius_m": "", "width_m": "500"}, Corridor),
        ({"coordinates": "49, 24; 49, 25; 50, 25; 49, 24", "radius_m": ""}, Area),
        ({"coordinates": "", "wkt": "POINT (24 49)"}, Circle),
        (
            {"coordinates": "", "radius_m": "", "wkt": "POLYGON ((24 49, 25 49, 25 50, 24 49))"},
            Area,
        ),
    ],
)
def test_where_is_written_in_several_ways(cells: dict[str, str], kind: type) -> None:
    head = [*HEAD, "width_m", "wkt"]
    row = [cells.get(name, value) for name, value in zip(head, [*ROW, "", ""], strict=True)]
    (draft,) = drafts(table(head, row), "csv")
    assert isinstance(activity_of(wire(draft)).volume.shape, kind)


@pytest.mark.rule("R-FMT-17")
def test_two_places_in_one_row_are_refused() -> None:
    error = refusal(table([*HEAD, "mgrs"], [*ROW, "35UQR0124542189"]), "csv")
    assert error.rule == "R-FMT-17" and "both say where" in error.message


# ---- encodings --------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-22")
def test_the_encoding_is_that_of_the_mark_or_utf8_or_the_named_one_or_refused() -> None:
    text = table(HEAD, changed(title="Больница"))
    wanted = wire(drafts(text, "csv")[0])
    for encoding in ("utf-8-sig", "utf-16"):
        assert wire(drafts(text.encode(encoding), "csv")[0]) == wanted
    assert wire(drafts(text.encode("cp1251"), "csv", encoding="cp1251")[0]) == wanted
    assert wire(drafts(text.encode("utf-16-le"), "csv", encoding="utf-16-le")[0]) == wanted
    for data, named in (
        (text.encode("cp1251"), ""),
        (text.encode("utf-16-le"), ""),
        (text.encode(), "rot13"),
        (text.encode(), "idna"),
        (text.encode("cp1251"), "utf-16"),
    ):
        error = refusal(data, "csv", encoding=named)
        assert error.rule == "R-FMT-22" and error.code == "bad-encoding"


# ---- out --------------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-24")
@given(
    WORDS,
    WORDS,
    st.sampled_from(["", "=", "+", "-", "@", "'=", "''+", "'"]),
    st.sampled_from(["en", "ru", "ar"]),
)
def test_what_is_written_reads_back_and_calculates_nothing(
    title: str, details: str, danger: str, language: str
) -> None:
    fields = fill(
        "activity", {**form("activity").example, "title": danger + title, "details": details}
    )
    text = write_csv([plain("activity", fields)], language)
    for cell in list(csv.reader(io.StringIO(text)))[1]:
        assert not cell.startswith(("=", "+", "@", "\t", "\r"))
        assert not cell.startswith("-") or cell[1:].replace(".", "").isdigit()
    (draft,) = drafts(text, "csv")
    assert wire(draft) == fields


# ---- workbooks --------------------------------------------------------------------------


def test_a_workbook_with_dates_times_and_numbers_as_spreadsheets_hold_them() -> None:
    head = [*HEAD[:3], "start date", "start time", "end", "zone", *HEAD[5:]]
    row = ["S-1", "site", "Clinic", date(2026, 4, 2), time(8, 30), datetime(2026, 7, 1, 8, 0)]
    row += ["Europe/Kyiv", "49.8397, 24.0297", 150, 0, 30.5, "m", "AGL"]
    (draft,) = drafts(book(["Our sites"], head, row))
    activity = activity_of(wire(draft))
    assert str(activity.volume.window.start) == "2026-04-02T05:30:00Z"
    assert str(activity.volume.window.end) == "2026-07-01T05:00:00Z"
    assert activity.volume.band.upper_milli == 30_500
    assert draft.place == "row 3"


DAY_ENDS: list[tuple[Any, str]] = [
    ("24:00", ""),
    (timedelta(days=1), ""),
    (1, "h:mm"),  # typed as 24:00, and shown as 0:00
    (1, "[h]:mm:ss"),
]


@pytest.mark.rule("R-FMT-37")
@pytest.mark.parametrize(("value", "shown"), DAY_ENDS)
@pytest.mark.parametrize("calendar", [1900, 1904])
def test_24_00_is_the_end_of_its_day_however_a_workbook_holds_it(
    value: Any, shown: str, calendar: int
) -> None:
    head = [*HEAD[:3], "start", "end date", "end time", "zone", *HEAD[5:]]

    def typed(made: Any, sheet: Any) -> None:
        if calendar == 1904:
            made.epoch = CALENDAR_MAC_1904
        if shown:
            sheet["F2"].number_format = shown

    row = [*ROW[:4], "2026-04-02", value, "Europe/Kyiv", *ROW[5:]]
    (draft,) = drafts(book(head, row, more=typed))
    assert str(activity_of(wire(draft)).volume.window.end) == "2026-04-02T21:00:00Z"


@pytest.mark.rule("R-FMT-37")
def test_24_00_ends_a_day_in_a_table_of_texts_and_no_day_is_longer() -> None:
    head = [*HEAD[:3], "start date", "start time", "end", "zone", *HEAD[5:]]

    def read(clock: str, end: str) -> str:
        row = [*ROW[:3], "2026-04-02", clock, end, "Europe/Kyiv", *ROW[5:]]
        return table(head, row)

    (draft,) = drafts(read("24:00", "2026-04-04 24:00"), "csv")
    window = activity_of(wire(draft)).volume.window
    assert str(window.start) == "2026-04-02T21:00:00Z"
    assert str(window.end) == "2026-04-04T21:00:00Z"
    assert "no such time of day" in refusal(read("24:30", "2026-04-04 24:00"), "csv").message


@pytest.mark.rule("R-FMT-23")
def test_a_formula_is_read_by_the_value_that_was_kept_or_refused_by_its_cell() -> None:
    row = changed(radius_m="=100+50")
    error = refusal(book(HEAD, row))  # openpyxl keeps no values: as a sheet that was never opened
    assert error.rule == "R-FMT-21" and "G2 is a formula without its value" in error.message
    data = _with_value(book(HEAD, row), "<f>100+50</f><v></v>", "<f>100+50</f><v>150</v>")
    (draft,) = drafts(data)
    assert wire(draft) == wire(drafts(table(HEAD, ROW), "csv")[0])
    assert [str(note) for note in draft.notes] == [
        "G2 is a formula: read as '150', the value that was kept of it"
    ]


def _with_value(data: bytes, old: str, new: str) -> bytes:
    from zipfile import ZipFile

    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as before, ZipFile(out, "w") as after:
        for name in before.namelist():
            text = before.read(name).replace(b"<v />", b"<v></v>")
            assert "sheet1" not in name or old.encode() in text, text
            after.writestr(name, text.replace(old.encode(), new.encode()))
    return out.getvalue()


@pytest.mark.rule("R-FMT-23")
def test_merged_cells_among_activities_are_refused_and_above_them_not() -> None:
    error = refusal(book(HEAD, ROW, ROW, merge="C2:C3"))
    assert error.rule == "R-FMT-20" and "C2:C3" in error.message
    assert drafts(book(["Sites of this week"], HEAD, ROW, merge="A1:D1"))


@pytest.mark.rule("R-FMT-23")
def test_an_error_in_a_cell_and_a_day_without_hours_are_refused_by_the_cell() -> None:
    error = refusal(book(HEAD, changed(title="#REF!")))
    assert "C2 holds the error #REF!" in error.message
    error = refusal(book(HEAD, changed(end=date(2026, 7, 1))))
    assert "E2 is a day without hours" in error.message


def test_the_sheet_is_the_one_that_names_columns_or_the_named_one() -> None:
    def two(made: Any, sheet: Any) -> None:
        other = made.create_sheet("Old")
        for row in (HEAD, changed(ref="OLD-1")):
            other.append(row)

    assert "--sheet" in refusal(book(HEAD, ROW, more=two)).next
    assert drafts(book(HEAD, ROW, more=two), sheet="Old")[0].ref == "OLD-1"
    assert "no sheet" in refusal(book(HEAD, ROW), sheet="Nothing").message


@pytest.mark.rule("R-FMT-23")
def test_a_hidden_row_is_taken_and_said() -> None:
    def hide(_: Any, sheet: Any) -> None:
        sheet.row_dimensions[3].hidden = True

    shown, hidden = drafts(book(HEAD, ROW, changed(ref="S-2"), more=hide))
    assert not shown.notes
    assert [str(note) for note in hidden.notes] == [
        "it is hidden in the workbook, and taken all the same"
    ]


@pytest.mark.rule("R-FMT-23")
def test_a_row_far_below_the_others_is_not_passed_over() -> None:
    def far(_: Any, sheet: Any) -> None:
        for column, value in enumerate(changed(ref="S-2"), 1):
            sheet.cell(filelimits.SHEET_BLANKS + 10, column, value)

    assert "SHEET_BLANKS" in refusal(book(HEAD, ROW, more=far)).message


@pytest.mark.rule("R-FMT-18")
@pytest.mark.parametrize(
    ("inside", "says"),
    [
        (b"<row r='3'>" + b"<c/>" * filelimits.XML_ELEMENTS + b"</row>", "XML_ELEMENTS"),
        (b"<row r='2'><c><v>1</v></c></row>", "damaged"),
        (b"<row r='2000000000'><c><v>1</v></c></row>", "SHEET_BLANKS"),
    ],
)
def test_a_workbook_that_would_fill_the_memory_or_hide_a_row_is_refused(
    inside: bytes, says: str
) -> None:
    sheet = "xl/worksheets/sheet1.xml"
    made = _changed(book(HEAD, ROW), sheet, lambda xml: xml.replace(b"</sheetData>", inside + END))
    assert len(made) < 50_000 and says in refusal(made, "xlsx").message


@pytest.mark.rule("R-FMT-23")
def test_a_sheet_merged_whole_is_refused_and_not_held() -> None:
    merged = b"<mergeCells><mergeCell ref='A1:XFD1048576'/></mergeCells>"
    sheet = "xl/worksheets/sheet1.xml"
    made = _changed(book(HEAD, ROW), sheet, lambda xml: xml.replace(END, END + merged))
    assert "A1:XFD1048576 are merged" in refusal(made, "xlsx").message


@pytest.mark.rule("R-FMT-18")
def test_what_is_no_sound_workbook_is_refused() -> None:
    sound = book(HEAD, ROW)
    for data in (sound[:-30], sound[:2000], zipped(xl__workbook=b"x")):
        assert refusal(data, "xlsx").rule in ("R-FMT-18", "R-FMT-20")
    bomb = zipped(a=b"0" * (filelimits.WORKBOOK_BYTES + 1))
    assert len(bomb) < 100_000 and "WORKBOOK_BYTES" in refusal(bomb, "xlsx").message
    entity = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><workbook>&a;</workbook>'
    assert refusal(_replaced(sound, "xl/workbook.xml", entity), "xlsx").rule == "R-FMT-20"


END = b"</sheetData>"


def _replaced(data: bytes, wanted: str, content: bytes) -> bytes:
    return _changed(data, wanted, lambda _: content)


def _changed(data: bytes, wanted: str, change: Callable[[bytes], bytes]) -> bytes:
    from zipfile import ZIP_DEFLATED, ZipFile

    out = io.BytesIO()
    with ZipFile(io.BytesIO(data)) as before, ZipFile(out, "w", ZIP_DEFLATED) as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, change(part) if name == wanted else part)
    return out.getvalue()


@pytest.mark.rule("R-FMT-28")
@pytest.mark.parametrize("language", ["en", "ru", "uk", "ar", "fr", "es"])
def test_the_template_reads_as_what_its_examples_say(language: str) -> None:
    data = template(language)
    assert [error.message for error in refusals(data)] == [
        f"row {n + 1} (EXAMPLE-{n}): this is the template's example" for n in (1, 2)
    ]
    book = load_workbook(io.BytesIO(data))
    for row in (2, 3):
        book["Activities"].cell(row, 1).value = f"OURS-{row}"
    filled = io.BytesIO()
    book.save(filled)
    site, convoy = (activity_of(wire(draft)) for draft in drafts(filled.getvalue()))
    assert (site.kind, convoy.kind, convoy.vehicles) == ("site", "convoy", 12)
    assert book["Help"].max_row == 20
