"""Activities in GeoJSON: what is taken, what is refused, and how an error speaks."""

import copy
import json

import pytest
from formats_world import fields_of
from hypothesis import given
from hypothesis import strategies as st

from openline.formats.geojson import PROPERTIES, feature_of
from openline.forms.activity import activity_of
from openline.forms.fields import fill, plain
from openline.words import limits
from openline.words.errors import OpenlineError, Whose
from openline.words.volume import Corridor, Position, Separation

# The contract's example, letter for letter.
CONVOY = json.loads("""
{"type": "Feature",
 "geometry": {"type": "LineString", "coordinates": [[22.7, 49.8], [23.0, 49.9]]},
 "properties": {"ref": "C-17", "kind": "convoy", "title": "Relief convoy 17",
   "start": "2022-04-02T08:00:00Z", "end": "2022-04-02T12:00:00Z",
   "lower": 0, "upper": 50, "unit": "m", "datum": "AGL",
   "width_m": 2000, "separation": {"horizontal_m": 1000, "vertical_m": 300, "time_s": 900}}}
""")
RING = [[22.7, 49.8], [23.0, 49.8], [23.0, 49.9], [22.7, 49.8]]


def feature(geometry=None, properties=None, **members):
    made = copy.deepcopy(CONVOY)
    if geometry is not None:
        made["geometry"] = geometry
        if geometry.get("type") != "LineString":
            del made["properties"]["width_m"]
    made["properties"].update(properties or {})
    made.update(members)
    return made


def text(*features, **members):
    return json.dumps({"type": "FeatureCollection", "features": list(features), **members})


def refusal(document):
    with pytest.raises(OpenlineError) as caught:
        read_activities(document)
    assert caught.value.whose is Whose.OURS
    assert caught.value.rule and caught.value.next
    assert len(str(caught.value)) < 700
    return caught.value


def read_activities(document):
    return fields_of(document, "geojson")


def test_the_contracts_example_becomes_an_activity():
    (found,) = read_activities(text(CONVOY))
    activity = activity_of(fill("activity", found))
    path = (Position(227_000_000, 498_000_000), Position(230_000_000, 499_000_000))
    assert activity.volume.shape == Corridor(path, 2_000_000)
    assert activity.separation == Separation(1_000_000, 300_000, 900_000)
    assert activity.ref == "C-17"


@pytest.mark.parametrize("geometry", ["Polygon", "MultiPolygon", "Point", "LineString"])
def test_every_geometry_of_the_contract_is_read(geometry):
    made = {
        "Polygon": feature({"type": "Polygon", "coordinates": [RING, RING]}),
        "MultiPolygon": feature({"type": "MultiPolygon", "coordinates": [[RING], [RING, RING]]}),
        "Point": feature({"type": "Point", "coordinates": [22.7, 49.8]}, {"radius_m": 500}),
        "LineString": CONVOY,
    }[geometry]
    (found,) = read_activities(text(made))
    assert feature_of(plain("activity", fill("activity", found)))["geometry"] == made["geometry"]


@pytest.mark.rule("R-FMT-03")
def test_one_feature_alone_is_taken_and_bytes_with_a_byte_order_mark_too():
    assert read_activities(json.dumps(CONVOY)) == read_activities(text(CONVOY))
    assert read_activities(b"\xef\xbb\xbf" + text(CONVOY).encode()) == read_activities(text(CONVOY))


@pytest.mark.rule("R-FMT-01")
@pytest.mark.parametrize(
    ("document", "word"),
    [
        ("", "line 1"),
        ("not json", "line 1"),
        (text(CONVOY)[:-1], "column"),
        (text(CONVOY) + "x", "Extra data"),
        (b"\xff\xfe{}", "UTF-8"),
        ('{"type": NaN}', "NaN"),
        ('{"type": -Infinity}', "Infinity"),
        ('{"type": 1e999}', "out of bounds"),
        ('{"type": %s}' % ("9" * 5000), "out of bounds"),
        ('{"type": "FeatureCollection", "type": "Feature"}', "twice"),
        ("[" * 100_000, "deep"),
    ],
)
def test_json_of_no_or_two_meanings_is_refused(document, word):
    error = refusal(document)
    assert (error.code, error.rule) == ("bad-json", "R-FMT-01")
    assert word in error.message


@pytest.mark.rule("R-FMT-02")
def test_a_file_has_bounds():
    error = refusal(" " * (limits.FILE_BYTES + 1))
    assert (error.rule, "FILE_BYTES" in error.next) == ("R-FMT-02", True)
    error = refusal(text(*[CONVOY] * (limits.FEATURES + 1)))
    assert (error.rule, "FEATURES" in error.next) == ("R-FMT-02", True)
    path = [[22 + i / 1e4, 49] for i in range(limits.VERTICES + 1)]
    error = refusal(text(feature({"type": "LineString", "coordinates": path})))
    assert "VERTICES" in error.next


@pytest.mark.rule("R-FMT-03")
@pytest.mark.parametrize(
    "document",
    [
        "null",
        "[]",
        '"x"',
        "{}",
        '{"type": []}',
        json.dumps(CONVOY["geometry"]),
        text(),
        json.dumps({"type": "FeatureCollection"}),
        json.dumps({"type": "FeatureCollection", "features": {"a": 1}}),
        text(None),
        text([]),
        text(CONVOY["geometry"]),
        text({"type": "Feature", "geometry": CONVOY["geometry"]}),
        text({"type": "Feature", "geometry": CONVOY["geometry"], "properties": []}),
    ],
)
def test_what_is_no_collection_of_features_is_refused(document):
    error = refusal(document)
    assert (error.code, error.rule) == ("bad-geojson", "R-FMT-03")


@pytest.mark.rule("R-FMT-04")
@pytest.mark.parametrize(
    "made",
    [
        feature({"type": "Point", "coordinates": [22.7, 49.8]}),
        feature({"type": "Point", "coordinates": [22.7, 49.8]}, {"width_m": 5}),
        feature(None, {"width_m": None}),
        feature(None, {"radius_m": 5}),
        feature({"type": "Polygon", "coordinates": [RING]}, {"radius_m": 5}),
        feature({"type": "MultiPoint", "coordinates": [[22.7, 49.8]]}),
        feature({"type": "GeometryCollection", "geometries": []}),
        feature({"type": []}),
        feature({}),
        {**CONVOY, "geometry": None},
    ],
)
def test_geometries_are_those_of_the_contract_each_with_its_length(made):
    error = refusal(text(made))
    assert (error.code, error.rule) == ("bad-geojson", "R-FMT-04")


@pytest.mark.rule("R-FMT-05")
def test_heights_in_positions_are_refused_unless_zero():
    flat = feature({"type": "LineString", "coordinates": [[22.7, 49.8, 0], [23.0, 49.9, 0.0]]})
    assert read_activities(text(flat)) == read_activities(text(CONVOY))
    for third in (120, "0", None):
        high = feature({"type": "LineString", "coordinates": [[22.7, 49.8, 0], [23, 49.9, third]]})
        assert refusal(text(high)).rule == "R-FMT-05"


@pytest.mark.rule("R-FMT-06")
def test_foreign_properties_and_nulls_are_left_aside():
    export = feature(None, {"fid": 17, "layer": "plan", "objekt": {"a": [1]}, "escort": None})
    assert read_activities(text(export)) == read_activities(text(CONVOY))


@pytest.mark.rule("R-FMT-06")
@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Upper", "upper"),
        ("lower_m", "lower"),
        ("seperation", "separation"),
        ("radius", "radius_m"),
        ("WIDTH-M", "width_m"),
        ("edge", "edges"),
        ("datums", "datum"),
    ],
)
def test_a_property_spelled_nearly_like_ours_is_refused(name, meant):
    error = refusal(text(feature(None, {name: 1})))
    assert (error.code, error.rule) == ("bad-geojson", "R-FMT-06")
    assert repr(name) in error.message and f"call it {meant} " in error.next


@pytest.mark.rule("R-FMT-07")
@pytest.mark.parametrize(
    "document",
    [
        text(CONVOY, edges="lonlat"),
        text({**CONVOY, "separation": {}}),
        text(feature({**CONVOY["geometry"], "edges": "lonlat"})),
        text(CONVOY, crs={"type": "name", "properties": {"name": "EPSG:2180"}}),
        text(CONVOY, crs="EPSG:3857"),
    ],
)
def test_what_would_be_overlooked_is_refused(document):
    assert refusal(document).rule == "R-FMT-07"


@pytest.mark.rule("R-FMT-07")
def test_a_named_wgs_84_and_a_title_of_the_file_are_fine():
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert read_activities(text(CONVOY, crs=crs, title="Plan", bbox=[22, 49, 23, 50]))


@pytest.mark.rule("R-FMT-08")
def test_latitude_95_is_refused_and_swapped_coordinates_are_recognised():
    far = feature({"type": "LineString", "coordinates": [[22.7, 95], [23.0, 49.9]]})
    assert refusal(text(far)).rule == "R-FMT-08"
    swapped = feature({"type": "LineString", "coordinates": [[49.8, 150.7], [49.9, 151]]})
    error = refusal(text(swapped))
    assert "changed places" in error.message and "longitude first" in error.next
    both = feature({"type": "LineString", "coordinates": [[122.7, 95], [23.0, 49.9]]})
    assert refusal(text(both)).code == "bad-position"


@pytest.mark.rule("R-FMT-09")
@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"datum": None}, "missing-field", "datum"),
        ({"lower": "low"}, "bad-field", "lower"),
        ({"kind": "picnic"}, "bad-field", "kind"),
        ({"end": "2022-04-02T07:00:00Z"}, "bad-window", "before"),
        ({"start": 5}, "bad-field", "start"),
        ({"start": "2022-04-02T08:00:00"}, "bad-time", "start"),
        ({"upper": -1}, "bad-band", "altitudes"),
        ({"width_m": 0}, "bad-length", "width"),
        ({"width_m": "wide"}, "bad-field", "width_m"),
        ({"edges": "straight"}, "bad-field", "edges"),
        (
            {"separation": {"horizontal_m": -1, "vertical_m": 0, "time_s": 0}},
            "field-limit",
            "horiz",
        ),
    ],
)
def test_one_faulty_feature_refuses_the_file_and_is_named(changes, code, word):
    error = refusal(text(CONVOY, feature(None, {"ref": "C-18", **changes})))
    assert error.code == code
    assert error.message.startswith("feature 2 (C-18): ")
    assert word in error.message


@pytest.mark.rule("R-FMT-09")
@pytest.mark.parametrize(
    "coordinates",
    [
        None,
        5,
        [],
        [[]],
        [5, 5],
        [["a", "b"], [0, 0]],
        [[[0, 0], [1, 1]]],
        [[0, 0], [1]],
        [[0, {}], [1, 1]],
        [[True, 0], [1, 1]],
    ],
)
def test_malformed_coordinates_are_named_too(coordinates):
    error = refusal(text(feature({"type": "LineString", "coordinates": coordinates})))
    assert error.message.startswith("feature 1 (C-17): ")


@pytest.mark.rule("R-FMT-09")
def test_an_open_ring_is_refused():
    error = refusal(text(feature({"type": "Polygon", "coordinates": [[*RING[:-1], [22.8, 49.7]]]})))
    assert error.code == "bad-ring"


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(
    st.sampled_from(["geometry", "properties", "type", "crs", "inside"]),
    st.sampled_from(PROPERTIES),
    _json,
)
def test_no_file_does_more_than_be_refused(where, name, junk):
    made = feature(None, {name: junk}) if where == "inside" else {**CONVOY, where: junk}
    try:
        assert read_activities(text(made))
    except OpenlineError as error:
        assert error.message.startswith("feature 1")


_lon = st.integers(-1_800_000_000, 1_800_000_000).map(lambda n: n / 1e7)
_lat = st.integers(-900_000_000, 900_000_000).map(lambda n: n / 1e7)
_place = st.tuples(_lon, _lat).map(list)
_ring = st.lists(_place, min_size=3, max_size=5).map(lambda ring: [*ring, ring[0]])
_polygon = st.lists(_ring, min_size=1, max_size=3)
_metres = st.integers(1, limits.RADIUS_MM).map(lambda mm: mm / 1000)
_shapes = st.one_of(
    st.lists(_polygon, min_size=1, max_size=3).map(lambda p: {"type": "area", "polygons": p}),
    st.builds(lambda c, r: {"type": "circle", "centre": c, "radius_m": r}, _place, _metres),
    st.builds(
        lambda p, w: {"type": "corridor", "path": p, "width_m": w},
        st.lists(_place, min_size=2, max_size=5),
        _metres,
    ),
)


@pytest.mark.rule("R-FMT-10")
@given(_shapes, st.sampled_from(["geodesic", "lonlat"]), st.booleans())
def test_what_is_written_as_a_feature_reads_back_the_same(shape, edges, separated):
    raw = {n: v for n, v in CONVOY["properties"].items() if n != "width_m"}
    raw |= {"shape": shape, "edges": edges, "details": "Weiße Lkw, крест на крыше", "vehicles": 3}
    if not separated:
        del raw["separation"]
    fields = plain("activity", fill("activity", raw))
    (again,) = read_activities(text(feature_of(fields)))
    assert plain("activity", fill("activity", again)) == fields
