"""Files of every format: which format, what options, what is bad; never half, never a fault."""

from __future__ import annotations

import json
from typing import Any

import pytest
from formats_world import WINDOW, book, drafts, reading, refusal, sample, wire, zipped
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.draft import FIELDS, Given, given_of
from openline.formats.files import FORMATS, read
from openline.formats.geojson import feature_of
from openline.forms.catalog import form
from openline.forms.fields import fill, plain
from openline.words import filelimits, limits
from openline.words.errors import OpenlineError

EXAMPLE = plain("activity", fill("activity", form("activity").example))
SQUARE = [[22.7, 49.8], [23.0, 49.8], [23.0, 49.9], [22.7, 49.8]]


def geojson(*features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": list(features)})


def feature(coordinates: Any = None, **changes: Any) -> dict[str, Any]:
    made = feature_of(EXAMPLE)
    if coordinates is not None:
        made["geometry"] = {"type": "Polygon", "coordinates": coordinates}
        del made["properties"]["width_m"]  # type: ignore[attr-defined]
    made["properties"].update(changes)  # type: ignore[attr-defined]
    return made


# ---- which format -----------------------------------------------------------------------


@pytest.mark.rule("R-FMT-12")
@pytest.mark.parametrize(
    ("data", "wanted"),
    [
        (sample("notams.txt"), "notam"),
        (sample("airspace.txt"), "openair"),
        (sample("zones.json"), "ed269"),
        (sample("places.kml"), "kml"),
        (zipped(doc_kml=sample("places.kml")), "kmz"),
        (geojson(feature()).encode(), "geojson"),
        (b"\xef\xbb\xbf" + geojson(feature()).encode(), "geojson"),
        (b"ref;kind;title;start;end\n1;2;3;4;5", "csv"),
        (book(["ref", "kind", "title"], [1, 2, 3]), "xlsx"),
    ],
)
def test_the_content_shows_the_format_whatever_the_name(data: bytes, wanted: str) -> None:
    for name in ("", "file.txt", "file.kml", "file.csv"):
        assert reading(data, name=name).format == wanted


@pytest.mark.rule("R-FMT-12")
def test_else_the_name_shows_it_or_it_is_named_or_refused() -> None:
    named = {"x.CSV": "R-FMT-20", "x.kml": "R-FMT-18", "x.geojson": "R-FMT-01", "x.air": "R-FMT-27"}
    for name, rule in named.items():
        assert refusal(b"anything", name=name).rule == rule
    error = refusal(b"anything", name="x.doc")
    assert error.code == "unknown-format" and "--format: geojson, kml, kmz, csv" in error.next
    assert refusal(b"anything", "gpx").code == "unknown-format"
    assert refusal(b"\0\xff", name="x.png").code == "unknown-format"
    # What is wrong with a text is said first, since it may be why nothing is shown.
    assert "--encoding" in refusal("AC R\nAN Forêt\n".encode("cp1252"), name="x.txt").next
    assert refusal(geojson(feature()), "kml").rule == "R-FMT-18"
    assert set(FORMATS) == {*("geojson", "kml", "kmz", "csv", "xlsx", "notam", "ed269", "openair")}


@pytest.mark.rule("R-FMT-13")
def test_options_fill_what_a_file_lacks_and_change_nothing_that_it_says() -> None:
    bare = feature(kind=None, start=None, ref=None, separation=None)
    said = {"kind": "flight", "start": WINDOW["start"], "end": "2031-01-01T00:00:00Z", "ref": "R"}
    one = {
        **said,
        "start": "2022-04-02T09:00:00Z",
        "separation": '{"horizontal_m": 5, "vertical_m": 6, "time_s": 7}',
    }
    (draft,) = drafts(geojson(bare), **one)
    assert (draft.fields["kind"], draft.fields["ref"]) == ("flight", "R")
    assert draft.fields["end"] == EXAMPLE["end"]
    assert wire(draft)["separation"] == {"horizontal_m": 5000, "vertical_m": 6000, "time_s": 7000}
    two = drafts(geojson(bare, bare), **one)
    assert [draft.fields["ref"] for draft in two] == ["R-1", "R-2"]
    line = {**bare, "geometry": {"type": "LineString", "coordinates": SQUARE}}
    del line["properties"]["width_m"]
    (draft,) = drafts(geojson(line), width_m="750", **one)
    assert wire(draft)["shape"]["width_mm"] == 750_000  # type: ignore[index,call-overload]


@pytest.mark.rule("R-FMT-13")
def test_an_option_that_there_is_not_is_refused() -> None:
    assert given_of({"kind": "site", "zone": "UTC"}) == Given({"kind": "site"}, zone="UTC")
    for said in (
        {"knd": "site"},
        {"kind": 1},
        {"dates": "ymd"},
        {"flight_levels": "guess"},
        {"shape": "x"},
    ):
        with pytest.raises(OpenlineError) as refused:
            given_of(said)
        assert refused.value.code == "bad-option"
    assert set(FIELDS) == set(form("activity").fields) - {"shape"}


# ---- bad input --------------------------------------------------------------------------


@pytest.mark.rule("R-FMT-02")
def test_a_file_beyond_its_bounds_is_refused_before_it_is_read() -> None:
    assert "FILE_BYTES" in refusal(b" " * (limits.FILE_BYTES + 1)).next
    many = b'{"type":"FeatureCollection","features":[' + b"{}," * 1_000_000 + b"{}]}"
    assert "JSON_OBJECTS" in refusal(many).next
    rows = b"ref,kind,title,start,end\n" + b"1,2,3,4,5\n" * 500_000
    assert "FEATURES" in refusal(rows).next
    blank = b"ref,kind,title,start,end\n" + b"\n" * 1_000_000
    assert "SHEET_BLANKS" in refusal(blank).message


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (feature([[*SQUARE[:2], [23.0, 99.9], SQUARE[0]]]), "R-FMT-08"),
        (feature([[*SQUARE[:2], ["NaN", 49.9], SQUARE[0]]]), "R-FORM-17"),
        (feature([SQUARE[:3]]), "R-WORD-06"),
        (feature([[[i / 1e4, 1.0] for i in range(limits.VERTICES + 2)]]), "R-FORM-07"),
        (feature(end="3022-04-02T12:00:00Z"), "R-WORD-04"),
        (feature(lower=100), "R-WORD-08"),
        (feature(datum="AMSL", unit="fathom"), "R-FORM-06"),
    ],
)
def test_a_bad_feature_is_named_and_the_others_are_still_read(bad: Any, rule: str) -> None:
    found = reading(geojson(feature(), bad, feature(ref="C-18")))
    assert [draft.ref for draft in found.drafts] == ["C-17", "C-18"]
    (refused,) = found.refused
    assert refused.error.rule == rule and refused.error.message.startswith("feature 2")


@pytest.mark.rule("R-FMT-01")
@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 41, "9" * 41 + "-5"])
def test_a_number_that_is_none_is_named_with_its_place(number: str) -> None:
    text = geojson(feature()).replace("22.7", number)
    text = text.replace('"geometry"', f'\n "id": "no \\\\ {number} \\" {number}", "geometry"')
    error = refusal(text)
    line = text.split("\n")[1]
    assert error.rule == "R-FMT-01"
    assert f"line 2, column {line.index(f'[{number}') + 2}" in error.message, error


@pytest.mark.rule("R-FMT-34")
def test_a_ref_that_stands_twice_is_taken_and_said() -> None:
    first, other, again = reading(geojson(feature(), feature(ref="C-18"), feature())).drafts
    assert not first.notes and not other.notes
    assert [str(note) for note in again.notes] == ["the ref 'C-17' stands at feature 1 as well"]


NAMES = ("notams.txt", "airspace.txt", "zones.json", "places.kml", "notices_cp1251.csv")
GARBAGE = [*map(sample, NAMES), zipped(doc_kml=sample("places.kml"))]


@pytest.mark.rule("R-FMT-30")
@given(st.data())
def test_whatever_the_bytes_a_reader_gives_drafts_or_says_what_is_wrong(
    data: st.DataObject,
) -> None:
    seed = bytearray(data.draw(st.sampled_from(GARBAGE)) if data.draw(st.booleans()) else b"")
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(seed)))
        cut = data.draw(st.integers(0, 12))
        seed[at : at + cut] = data.draw(
            st.binary(max_size=12) | st.text(max_size=6).map(str.encode)
        )
    format = data.draw(st.sampled_from(["", *FORMATS]))
    given_ = Given(
        {"kind": "site", **WINDOW} if data.draw(st.booleans()) else {},
        zone=data.draw(st.sampled_from(["", "UTC"])),
        encoding=data.draw(st.sampled_from(["", "cp1251"])),
        flight_levels="widen",
    )
    try:
        found = read(bytes(seed), "x", given_, format)
    except OpenlineError as error:
        assert error.rule and error.next and len(str(error)) < 1_000
        return
    for draft in found.drafts:
        fill("activity", draft.fields)
    for refused in found.refused:
        assert refused.error.message.startswith(refused.place)
        assert len(str(refused.error)) < 1_500


def test_a_file_of_the_most_and_largest_is_read() -> None:
    """A ring of all the vertices that one area may have, in every format that draws rings."""
    steps = limits.VERTICES - 1
    ring = [[20 + i / steps, 50 + (i % 2) / 1e3] for i in range(steps)]
    ring.append(ring[0])
    (draft,) = drafts(geojson(feature([ring])))
    assert len(wire(draft)["shape"]["polygons"][0][0]) == limits.VERTICES  # type: ignore[index,call-overload]
    text = ",".join(f"{lon} {lat}" for lon, lat in ring)
    said = {**EXAMPLE, "details": "x"}
    head = ",".join(
        ["ref", "kind", "title", "start", "end", "lower", "upper", "unit", "datum", "wkt"]
    )
    row = ",".join(str(said[name]) for name in head.split(",")[:-1])
    assert len(f"POLYGON(({text}))") < filelimits.CELL_CHARS
    (draft,) = drafts(f'{head}\n{row},"POLYGON(({text}))"', "csv")
    assert len(wire(draft)["shape"]["polygons"][0][0]) == limits.VERTICES  # type: ignore[index,call-overload]
