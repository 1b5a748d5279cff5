"""The harnesses of files of activities: what is read of any bytes is written and read the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fuzz.harness import Harness
from openline.formats.csvfile import write_csv
from openline.formats.draft import Given
from openline.formats.files import read
from openline.formats.kmlout import write_kml
from openline.forms.catalog import form
from openline.forms.fields import fill, plain
from openline.words.errors import OpenlineError

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


def reader(format: str) -> Callable[[bytes], bool]:
    """Accepted is what holds an activity; each is written as KML and read as the same."""

    def run(data: bytes) -> bool:
        try:
            found = read(data, "", GIVEN, format)
        except OpenlineError as error:
            assert error.rule and error.next, error
            return False
        for draft in found.drafts:
            fields = fill("activity", draft.fields)
            (again,) = read(write_kml([plain("activity", fields)]), "", Given(), "kml").drafts
            for name, value in fields.items():
                kept = fill("activity", again.fields)[name]
                # White space around a text is no part of it in XML.
                same = kept.strip() == value.strip() if isinstance(value, str) else kept == value  # type: ignore[union-attr]
                assert same, "it is not read as it is written"
        return bool(found.drafts)

    return run


def seeds(format: str, name: str) -> Callable[[], list[bytes]]:
    """A sample of the format, and where it is written the form's example too."""

    def make() -> list[bytes]:
        found = [(SAMPLES / name).read_bytes()]
        fields = plain("activity", fill("activity", form("activity").example))
        written = {"kml": lambda: write_kml([fields]), "csv": lambda: write_csv([fields]).encode()}
        return [*found, written[format]()] if format in written else found

    return make


HARNESSES = {
    format: Harness(reader(format), seeds(format, name))
    for format, name in {
        "kml": "places.kml",
        "csv": "notices_cp1251.csv",
        "notam": "notams.txt",
        "openair": "airspace.txt",
        "ed269": "zones.json",
    }.items()
}
