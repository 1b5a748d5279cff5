"""Files of activities of every format: bytes in, drafts and refusals out; nothing is opened here.

The format is the one that is named, else what the content shows, else what the name ends with.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from openline.formats.csvfile import decoded, names_columns, read_csv
from openline.formats.draft import Draft, Found, Given, Note, Refused, settled
from openline.formats.geojson import read_geojson
from openline.formats.geozones import read_geozones
from openline.formats.kml import read_kml, read_kmz
from openline.formats.notam import looks_like_notam, read_notams
from openline.formats.openair import looks_like_openair, read_openair
from openline.formats.zipped import names_in
from openline.words import limits
from openline.words.errors import OpenlineError

_BEGIN = 4096
"""Bytes from which a file is known."""
Reader = Callable[[bytes, Given], Iterator[Found]]


def _read_xlsx(data: bytes, given: Given) -> Iterator[Found]:
    from openline.formats.xlsx import read_xlsx  # noqa: PLC0415 (slow to import)

    return read_xlsx(data, given)


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how its files' names end, and what reads them."""

    endings: tuple[str, ...]
    read: Reader


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "geojson": Format((".geojson", ".json"), read_geojson),
        "kml": Format((".kml",), read_kml),
        "kmz": Format((".kmz",), read_kmz),
        "csv": Format((".csv", ".tsv"), read_csv),
        "xlsx": Format((".xlsx",), _read_xlsx),
        "notam": Format((".notam",), read_notams),
        "ed269": Format((".ed269",), read_geozones),
        "openair": Format((".openair", ".air"), read_openair),
    }
)
"""Every format that is read, by the name that `--format` takes."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A file as it was understood: its format, its activities, and what is none, in its order."""

    format: str
    found: tuple[Found, ...]

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """What is an activity."""
        return tuple(each for each in self.found if isinstance(each, Draft))

    @property
    def refused(self) -> tuple[Refused, ...]:
        """What is none."""
        return tuple(each for each in self.found if isinstance(each, Refused))


def read(data: bytes, name: str, given: Given, format: str = "") -> Reading:
    """Every activity of a file and every refusal; raises for the whole what its reader raises.

    `name` is the file's, for its ending alone.
    """
    if len(data) > limits.FILE_BYTES:
        raise OpenlineError(
            "too-large",
            f"a file of {len(data):,} bytes",
            rule="R-FMT-02",
            next=f"give at most {limits.FILE_BYTES:,} (FILE_BYTES)",
        )
    known = format_of(data, name, given, format)
    found = list(FORMATS[known].read(data, given))
    several = len(found) > 1
    numbered = enumerate(found, 1)
    return Reading(known, _told_twice([settled(each, given, at, several) for at, each in numbered]))


def _told_twice(found: list[Found]) -> tuple[Found, ...]:
    """The same, with a note at each activity whose ref another one of the file has already."""
    first: dict[str, str] = {}
    told: list[Found] = []
    for each in found:
        if isinstance(each, Draft) and each.place != first.setdefault(each.ref, each.place):
            note = Note("ref-twice", {"ref": each.ref, "place": first[each.ref]})
            told.append(replace(each, notes=(*each.notes, note)))
        else:
            told.append(each)
    return tuple(told)


def format_of(data: bytes, name: str, given: Given, format: str = "") -> str:
    """The format's name; raises ``unknown-format`` (ours)."""
    if format:
        if format not in FORMATS:
            raise _unknown(f"no format is named {format[:40]!r}")
        return format
    shown = _shown_by(data, given)
    if shown:
        return shown
    ending = name.lower()
    for known, each in FORMATS.items():
        if ending.endswith(each.endings):
            return known
    if b"\0" not in data[:_BEGIN]:
        # Text that cannot be read shows no format: what is wrong with it is said first.
        decoded(data, given.encoding)
    raise _unknown("neither its content nor its name shows the file's format")


def _unknown(what: str) -> OpenlineError:
    return OpenlineError(
        "unknown-format",
        what,
        rule="R-FMT-12",
        next=f"name it with --format: {', '.join(FORMATS)}",
    )


def _shown_by(data: bytes, given: Given) -> str:
    """What the content alone shows, empty where it shows nothing."""
    if data.startswith(b"PK\x03\x04"):
        names = names_in(data)
        if "xl/workbook.xml" in names:
            return "xlsx"
        return "kmz" if any(name.lower().endswith(".kml") for name in names) else ""
    begin = data[:_BEGIN].removeprefix(b"\xef\xbb\xbf").lstrip()
    if begin.startswith(b"<"):
        return "kml"
    if begin.startswith((b"{", b"[")):
        zoned = b'"horizontalProjection"' in data and not _is_collection(data)
        return "ed269" if zoned else "geojson"
    try:
        text = decoded(data, given.encoding)
    except OpenlineError:
        return ""
    if looks_like_notam(text):
        return "notam"
    if looks_like_openair(text):
        return "openair"
    return "csv" if names_columns(text) else ""


def _is_collection(data: bytes) -> bool:
    return json.dumps("FeatureCollection").encode() in data
