"""The harnesses of files of activities: what is read of any bytes is written and read the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, datetime, time
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

from fuzz.harness import Harness
from openline.formats.csvfile import write_csv
from openline.formats.draft import Given
from openline.formats.files import read
from openline.formats.geojson import feature_of
from openline.formats.kmlout import write_kml
from openline.forms.catalog import form
from openline.forms.fields import fill, plain
from openline.words.errors import OpenlineError

SHEET = "xl/worksheets/sheet1.xml"
SAMPLES = Path(__file__).parents[1] / "samples"
GIVEN = Given(
    {
        **{"kind": "exercise", "ref": "R", "unit": "m", "datum": "AMSL"},
        **{"start": "2026-04-02T06:00:00Z", "end": "2026-04-02T18:00:00Z"},
    },
    zone="UTC",
    encoding="cp1251",
    flight_levels="widen",
)


def _kml(fields: dict[str, object]) -> bytes:
    return write_kml([fields])


def _geojson(*activities: dict[str, object]) -> bytes:
    features = [feature_of(fields) for fields in activities]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def reader(format: str) -> Callable[[bytes], bool]:
    """Accepted is what holds an activity; each is written as text and read as the same."""
    write, written = (_geojson, "geojson") if format == "geojson" else (_kml, "kml")

    def run(data: bytes) -> bool:
        try:
            found = read(data, "", GIVEN, format)
        except OpenlineError as error:
            assert error.rule and error.next, error
            return False
        for draft in found.drafts:
            fields = fill("activity", draft.fields)
            (again,) = read(write(plain("activity", fields)), "", Given(), written).drafts
            for name, value in fields.items():
                kept = fill("activity", again.fields)[name]
                # White space around a text is no part of it in XML.
                same = kept.strip() == value.strip() if isinstance(value, str) else kept == value  # type: ignore[union-attr]
                assert same, "it is not read as it is written"
        return bool(found.drafts)

    return run


def zipped(format: str, part: str, around: Callable[[], bytes]) -> Callable[[bytes], bool]:
    """The reader of a zipped format: of any bytes, or of any part in an else sound file.

    What is altered in the zipped bytes hardly gets past their checksums.
    """
    run = reader(format)

    def within(data: bytes) -> bool:
        return run(data if data.startswith(b"PK") else _with_part(around(), part, data))

    return within


def _with_part(whole: bytes, part: str, data: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(BytesIO(whole)) as before, ZipFile(out, "w") as after:
        for name in before.namelist():
            after.writestr(name, data if name == part else before.read(name))
    return out.getvalue()


@cache
def _kmz() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", (SAMPLES / "places.kml").read_bytes())
    return out.getvalue()


@cache
def _xlsx() -> bytes:
    """Everything that a sheet may say: a date, a time, a formula, texts of both kinds, a merge."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Sites"])
    sheet.append(["ref", "kind", "title", "start", "end date", "end time", "coordinates"])
    sheet["H2"], sheet["I2"], sheet["J2"] = "radius_m", "lower", "upper"
    row = ["S-1", "site", "Clinic", datetime(2026, 4, 2, 8), date(2026, 4, 3), time(8, 30)]
    sheet.append([*row, "49.8397, 24.0297", "=100+50", 0, 30.5])
    sheet.merge_cells("A1:C1")
    sheet.row_dimensions[3].hidden = True
    out = BytesIO()
    book.save(out)
    with ZipFile(BytesIO(out.getvalue())) as archive:
        made = archive.read(SHEET)
    text = b'<c r="C3" t="inlineStr"><is><t>Clinic</t></is></c>'
    made = re.sub(rb'<c r="C3".*?</c>', text, made.replace(b"<v></v>", b"<v>150</v>"))
    made = made.replace(b"<v />", b"<v>150</v>")
    return _with_part(out.getvalue(), SHEET, made)


def _inside(whole: Callable[[], bytes], part: str) -> Callable[[], list[bytes]]:
    """A file whole, and its part alone."""

    def make() -> list[bytes]:
        with ZipFile(BytesIO(whole())) as archive:
            return [whole(), archive.read(part)]

    return make


def _geojson_seeds() -> list[bytes]:
    example = plain("activity", fill("activity", form("activity").example))
    shapes: list[dict[str, object]] = [
        {"type": "circle", "centre": [22.7, 49.8], "radius_m": 500},
        {"type": "corridor", "path": [[22.7, 49.8], [23.0, 49.9]], "width_m": 2000},
        {"type": "area", "polygons": [[[[22, 49], [23, 49], [23, 50], [22, 49]]]]},
        {"type": "area", "polygons": [[[[22, 49], [23, 49], [23, 50], [22, 49]]]] * 2},
    ]
    made = [{**example, "shape": shape} for shape in shapes]
    return [*map(_geojson, made), _geojson(*made)]


def seeds(format: str, name: str) -> Callable[[], list[bytes]]:
    """A sample of the format, and where it is written the form's example too."""

    def make() -> list[bytes]:
        found = [(SAMPLES / name).read_bytes()]
        fields = plain("activity", fill("activity", form("activity").example))
        written = {"kml": lambda: write_kml([fields]), "csv": lambda: write_csv([fields]).encode()}
        return [*found, written[format]()] if format in written else found

    return make


HARNESSES = {
    "geojson": Harness(reader("geojson"), _geojson_seeds),
    "kmz": Harness(zipped("kmz", "doc.kml", _kmz), _inside(_kmz, "doc.kml")),
    "xlsx": Harness(zipped("xlsx", SHEET, _xlsx), _inside(_xlsx, SHEET)),
} | {
    format: Harness(reader(format), seeds(format, name))
    for format, name in {
        "kml": "places.kml",
        "csv": "notices_cp1251.csv",
        "notam": "notams.txt",
        "openair": "airspace.txt",
        "ed269": "zones.json",
    }.items()
}
