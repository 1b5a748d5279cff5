"""Activities in KML and KMZ."""

from __future__ import annotations

import warnings
from typing import Any

import pytest
from formats_world import WORDS, drafts, refusal, sample, wire, zipped
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.kmlout import write_kml
from openline.forms.activity import activity_of
from openline.forms.catalog import form
from openline.forms.fields import fill, plain
from openline.words import filelimits, limits
from openline.words.volume import Area, Circle, Corridor

SPAN = "<TimeSpan><begin>2026-04-02T06:00:00Z</begin><end>2026-04-02T18:00:00Z</end></TimeSpan>"
POINT = "<Point><coordinates>24,49</coordinates></Point>"
DATA = {"ref": "S-1", "kind": "site", "lower": "0", "upper": "30", "unit": "m", "datum": "AGL"}


def placemark(inside: str = POINT, span: str = SPAN, **data: str) -> str:
    said = DATA | ({"radius_m": "100"} if inside == POINT else {}) | data
    parts = (f'<Data name="{k}"><value>{v}</value></Data>' for k, v in said.items() if v)
    extended = f"<ExtendedData>{''.join(parts)}</ExtendedData>"
    return f"<Placemark><name>Clinic</name>{extended}{span}{inside}</Placemark>"


def kml(*placemarks: str, head: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>{head}
        <kml xmlns="http://www.opengis.net/kml/2.2"><Document>{"".join(placemarks)}</Document></kml>"""


def ring(*places: str) -> str:
    return f"<LinearRing><coordinates>{' '.join(places)}</coordinates></LinearRing>"


SQUARE = ring("24,49", "25,49", "25,50", "24,49")
LINE = "<LineString><coordinates>24,49,0 25,50,0</coordinates></LineString>"
POLYGON = f"<Polygon><outerBoundaryIs>{SQUARE}</outerBoundaryIs></Polygon>"


@pytest.mark.rule("R-FMT-19")
def test_a_file_as_a_desk_keeps_it() -> None:
    clinic, area = (activity_of(wire(draft)) for draft in drafts(sample("places.kml")))
    assert isinstance(clinic.volume.shape, Circle) and clinic.volume.shape.radius_mm == 150_000
    assert str(clinic.volume.window.end) == "2097-07-01T03:00:00Z"
    assert clinic.title == "Clinic & store"
    assert isinstance(area.volume.shape, Area)
    (polygon,) = area.volume.shape.polygons
    assert len(polygon.holes) == 1
    # Extruded from 1,500 m above the sea: from the ground, wherever it is, up.
    assert (area.volume.band.lower_milli, area.volume.band.upper_milli) == (-500_000, 1_500_000)
    assert area.volume.band.datum == "AMSL"


@pytest.mark.rule("R-FMT-19")
@pytest.mark.parametrize(
    ("inside", "kind", "data"),
    [
        (POINT, Circle, {}),
        (
            "<LineString><coordinates>24,49,0 25,50,0</coordinates></LineString>",
            Corridor,
            {"width_m": "500"},
        ),
        (POLYGON, Area, {}),
        (f"<MultiGeometry>{POLYGON}{POLYGON}</MultiGeometry>", Area, {}),
    ],
)
def test_each_geometry(inside: str, kind: type, data: dict[str, str]) -> None:
    (draft,) = drafts(kml(placemark(inside, **data)))
    assert isinstance(activity_of(wire(draft)).volume.shape, kind)


@pytest.mark.rule("R-FMT-19")
@pytest.mark.parametrize(("mode", "datum"), [("relativeToGround", "AGL"), ("absolute", "AMSL")])
def test_altitude_mode_is_the_datum_where_none_is_said(mode: str, datum: str) -> None:
    inside = f"<Point><altitudeMode>{mode}</altitudeMode><coordinates>24,49</coordinates></Point>"
    (draft,) = drafts(kml(placemark(inside, datum="", radius_m="10")))
    assert wire(draft)["datum"] == datum
    high = inside.replace("24,49", "24,49,200").replace("<Point>", "<Point><extrude>1</extrude>")
    (draft,) = drafts(kml(placemark(high, datum="", lower="", upper="", unit="", radius_m="10")))
    assert (wire(draft)["upper"], wire(draft)["unit"], wire(draft)["datum"]) == (
        200_000,
        "m",
        datum,
    )


@pytest.mark.parametrize(
    ("text", "rule", "says"),
    [
        (kml(), "R-FMT-19", "no placemark"),
        ("<gpx/>", "R-FMT-19", "'gpx'"),
        ("<kml", "R-FMT-18", "line 1"),
        (kml("<NetworkLink/>"), "R-FMT-19", "nothing is fetched"),
        (
            kml(placemark(span="<TimeStamp><when>2026-04-02</when></TimeStamp>")),
            "R-FMT-19",
            "TimeSpan",
        ),
        (kml(placemark(span="")), "R-FMT-13", "--start"),
        (kml(placemark(span=SPAN.replace("T06:00:00Z", ""))), "R-FMT-16", "time of day"),
        (kml(placemark(radius_m="")), "R-FMT-17", "--radius-m"),
        (kml(placemark(width_m="5")), "R-FMT-17", "width_m"),
        (kml(placemark("<Track/>")), "R-FMT-17", "Track"),
        (kml(placemark(f"<MultiGeometry>{POINT}</MultiGeometry>")), "R-FMT-17", "MultiGeometry"),
        (kml(placemark(POINT.replace("24,49", "24"), radius_m="1")), "R-FMT-17", "'24'"),
        (kml(placemark(POINT.replace("24,49", "24,NaN"), radius_m="1")), "R-FORM-08", "shape"),
        (
            kml(placemark(POINT.replace("24,49", "24,95"), radius_m="1")),
            "R-WORD-05",
            "not on earth",
        ),
        (kml(placemark(POLYGON.replace("24,49</", "24,48</"))), "R-WORD-06", "close"),
        (kml(placemark(vehicels="3")), "R-FMT-06", "'vehicles'"),
        (kml(placemark(ref="")), "R-FMT-13", "--ref"),
    ],
)
def test_what_is_unclear_is_refused_by_the_placemark(text: str, rule: str, says: str) -> None:
    error = refusal(text, "kml")
    assert error.rule == rule and says in str(error), error
    if "Placemark" in text:
        assert error.message.startswith("placemark 1 'Clinic'")


@pytest.mark.rule("R-FMT-18")
def test_xml_from_strangers_is_bounded() -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    outside = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    for head in (bomb, outside, '<!DOCTYPE kml SYSTEM "http://127.0.0.1/x.dtd">'):
        error = refusal(kml(placemark(title="&b;"), head=head), "kml")
        assert error.rule == "R-FMT-18" and "entities" in error.message
    deep = "<Folder>" * 100_000
    assert "XML_DEPTH" in refusal(kml(deep), "kml").message
    many = "<a/>" * (filelimits.XML_ELEMENTS + 1)
    assert "XML_ELEMENTS" in refusal(kml(many), "kml").message
    assert "FEATURES" in refusal(kml("<Placemark/>" * (limits.FEATURES + 1)), "kml").next
    wrong = kml(placemark()).replace("UTF-8", "no-such").encode()
    assert refusal(wrong, "kml").rule == "R-FMT-18"
    assert drafts(kml(placemark()).replace("UTF-8", "UTF-16").encode("utf-16"), "kml")


@pytest.mark.rule("R-FMT-18")
def test_a_kmz_is_its_one_kml_and_no_bomb() -> None:
    inside = kml(placemark()).encode()
    assert wire(drafts(zipped(doc_kml=inside, pic=b"x"))[0]) == wire(drafts(inside)[0])
    assert drafts(zipped(doc_kml=inside, other_kml=inside))
    assert "2 KML files" in refusal(zipped(a_kml=inside, b_kml=inside), "kmz").message
    bomb = zipped(doc_kml=b" " * (filelimits.UNZIPPED_BYTES + 1))
    assert len(bomb) < 100_000
    assert "UNZIPPED_BYTES" in refusal(bomb, "kmz").message
    many = zipped(**{f"f{i}": b"" for i in range(filelimits.ZIPPED_FILES + 1)})
    assert "ZIPPED_FILES" in refusal(many, "kmz").message
    # The size that the archive says of a file is a lie: no more than that is read of it.
    lying = zipped(doc_kml=inside + b" " * 100_000)
    size = (len(inside) + 100_000).to_bytes(4, "little")
    assert lying.count(size) == 2
    assert refusal(lying.replace(size, (10).to_bytes(4, "little")), "kmz").rule == "R-FMT-18"


# ---- out --------------------------------------------------------------------------------

TRIANGLE, HOLE, OTHER = (
    [[0, 0], [1, 0], [1, 1], [0, 0]],
    [[0.5, 0.2], [0.6, 0.2], [0.6, 0.3], [0.5, 0.2]],
    [[5, 0], [6, 0], [6, 1], [5, 0]],
)
SHAPES: list[Any] = [
    {"type": "circle", "centre": [-179.9999999, 89.5], "radius_m": 0.001},
    {"type": "corridor", "path": [[22.7, 49.8], [23, 49.9]], "width_m": 2000},
    {"type": "area", "polygons": [[TRIANGLE, HOLE]]},
    {"type": "area", "polygons": [[TRIANGLE], [OTHER]]},
]


@pytest.mark.rule("R-FMT-10")
@given(title=WORDS, details=WORDS, shape=st.sampled_from(SHAPES))
def test_what_is_written_reads_back(title: str, details: str, shape: Any) -> None:
    said = {"title": title, "details": details, "shape": shape}
    fields = fill("activity", {**form("activity").example, **said})
    (draft,) = drafts(write_kml([plain("activity", fields)]))
    assert wire(draft) == fields


def test_another_reader_finds_the_same_placemarks_in_what_is_written() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it would rather have lxml
        from fastkml import kml as other
        from fastkml.utils import find_all
    fields = plain("activity", fill("activity", form("activity").example))
    document = other.KML.from_string(write_kml([fields]).decode())
    (found,) = find_all(document, of_type=other.Placemark)
    assert found.name == "Relief convoy 17"
    assert [list(place) for place in found.geometry.coords] == [[22.7, 49.8], [23.0, 49.9]]
    assert found.begin.dt.isoformat() == "2022-04-02T08:00:00+00:00"
    values = {element.name: element.value for element in found.extended_data.elements}
    assert (values["ref"], values["width_m"], values["datum"]) == ("C-17", "2000", "AGL")
