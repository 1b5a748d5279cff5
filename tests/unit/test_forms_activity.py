"""Activities as the values that the conflict room compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.forms.activity import activity_of
from openline.forms.catalog import CATALOG
from openline.forms.fields import fill
from openline.words.errors import OpenlineError
from openline.words.moment import Moment
from openline.words.volume import (
    DEFAULT_SEPARATION,
    Area,
    Band,
    Circle,
    Corridor,
    Datum,
    Edges,
    Polygon,
    Position,
    Separation,
    Unit,
)


def wire(**changes):
    return fill("activity", {**CATALOG["activity"].example, **changes})


def test_an_activity_carries_its_volume_with_units_and_datum():
    activity = activity_of(wire(lower=100.5, upper=300, unit="ft", datum="AMSL", edges="lonlat"))
    assert activity.volume.band == Band(100_500, 300_000, Unit.FOOT, Datum.AMSL)
    assert activity.volume.edges is Edges.LONLAT
    assert activity.volume.window.start == Moment.parse("2022-04-02T08:00:00Z")
    path = (Position(227_000_000, 498_000_000), Position(230_000_000, 499_000_000))
    assert activity.volume.shape == Corridor(path, 2_000_000)
    assert (activity.kind, activity.title, activity.ref) == ("convoy", "Relief convoy 17", "C-17")
    assert (activity.vehicles, activity.escort) == (12, "none")


def test_every_shape_becomes_its_value():
    circle = {"type": "circle", "centre": [22.5, -49], "radius_m": 0.0006}
    assert activity_of(wire(shape=circle)).volume.shape == Circle(
        Position(225_000_000, -490_000_000), 1
    )
    outer = [[0, 0], [3, 0], [3, 3], [0, 0]]
    hole = [[1, 0.5], [2, 0.5], [2, 1], [1, 0.5]]
    area = activity_of(wire(shape={"type": "area", "polygons": [[outer, hole], [outer]]}))
    assert isinstance(area.volume.shape, Area)
    first, second = area.volume.shape.polygons
    assert isinstance(first, Polygon)
    assert (len(first.holes), len(second.holes)) == (1, 0)
    assert first.holes[0][1] == Position(20_000_000, 5_000_000)


@pytest.mark.rule("R-FORM-18")
def test_a_separation_is_the_given_one_or_the_default_marked_as_such():
    given_one = activity_of(wire(separation={"horizontal_m": 5, "vertical_m": 6, "time_s": 0.5}))
    assert (given_one.separation, given_one.separation_given) == (Separation(5000, 6000, 500), True)
    without = activity_of(wire(separation=None))
    assert (without.separation, without.separation_given) == (DEFAULT_SEPARATION, False)


@pytest.mark.rule("R-FORM-17")
@given(st.floats(-180, 180), st.floats(-90, 90))
def test_a_position_moves_by_less_than_half_of_a_ten_millionth_degree(lon, lat):
    shape = activity_of(
        wire(shape={"type": "circle", "centre": [lon, lat], "radius_m": 1})
    ).volume.shape
    assert isinstance(shape, Circle)
    assert abs(shape.centre.lon_e7 - lon * 1e7) <= 0.500001
    assert abs(shape.centre.lat_e7 - lat * 1e7) <= 0.500001


@pytest.mark.rule("R-FORM-17")
@pytest.mark.parametrize(
    ("shape", "code"),
    [
        ("somewhere", "bad-json"),
        ({}, "bad-field"),
        ({"type": "ellipse"}, "bad-field"),
        ({"type": "circle", "centre": [0, 0]}, "bad-field"),
        ({"type": "circle", "centre": [0, 0], "radius_m": 1, "height": 2}, "bad-field"),
        ({"type": "circle", "centre": [0], "radius_m": 1}, "bad-field"),
        ({"type": "circle", "centre": [0, 0, 9], "radius_m": 1}, "bad-field"),
        ({"type": "circle", "centre": ["0", "0"], "radius_m": 1}, "bad-field"),
        ({"type": "circle", "centre": [0, float("nan")], "radius_m": 1}, "bad-field"),
        ({"type": "circle", "centre": [0, 95], "radius_m": 1}, "bad-position"),
        ({"type": "circle", "centre": [0, 0], "radius_m": 0}, "bad-length"),
        ({"type": "circle", "centre": [0, 0], "radius_m": 1e7}, "bad-length"),
        ({"type": "corridor", "path": [[0, 0]], "width_m": 1}, "bad-path"),
        ({"type": "corridor", "path": [0, 0], "width_m": 1}, "bad-field"),
        ({"type": "area", "polygons": []}, "bad-area"),
        ({"type": "area", "polygons": [[[[0, 0], [1, 0], [1, 1], [0, 1]]]]}, "bad-ring"),
    ],
)
def test_what_is_no_shape_is_refused_by_its_field(shape, code):
    with pytest.raises(OpenlineError) as caught:
        wire(shape=shape)
    assert caught.value.code == code
    assert "shape" in caught.value.message
