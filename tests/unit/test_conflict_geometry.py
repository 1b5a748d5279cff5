"""Horizontal distance, held against Karney's geodesics and a slow oracle."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from conflict_world import GEOD, World, area, at, away, box, circle, corridor, volume
from openline.conflict import short
from openline.conflict.core import core_of
from openline.conflict.earth import ERROR_M, LONLAT_M, ecef, relaxed
from openline.conflict.geometry import gap_m, horizontal_m
from openline.conflict.validity import check_shape
from openline.words.errors import OpenlineError
from openline.words.volume import Area, Corridor, Edges, Polygon, Position, Shape, Volume


def metres(a: Shape, b: Shape, edges: Edges = Edges.GEODESIC) -> float:
    return horizontal_m(volume(a, edges), volume(b, edges))


@pytest.mark.rule("R-CONF-06")
@settings(deadline=None)
@given(
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    st.floats(0, 360),
    st.floats(1e5, 6e6),
    st.floats(0.05, 0.95),
    st.floats(1, 900_000),
)
def test_a_point_abeam_a_long_edge_is_as_far_as_the_geodesic_across(
    start: tuple[float, float], azimuth: float, length: float, share: float, aside: float
) -> None:
    """At the foot, the shortest way leaves a geodesic at a right angle."""
    end = away(*start, azimuth, length)
    foot_lon, foot_lat, back = GEOD.fwd(*start, azimuth, length * share)
    point = away(foot_lon, foot_lat, back + 90, aside)
    found = metres(corridor(2, start, end), circle(*point, 1))
    # An end may be nearer than the foot where geodesics draw together.
    ends = [GEOD.inv(*point, *end)[2] for end in (start, end)]
    assert found == pytest.approx(min(aside, *ends) - 2, abs=0.03) or found == 0 > aside - 2.03


@pytest.mark.rule("R-CONF-10")
def test_circles_are_as_far_apart_as_their_rims() -> None:
    lon, lat = away(179.99, -40, 90, 50_000)
    assert metres(circle(179.99, -40, 10_000), circle(lon, lat, 5_000)) == pytest.approx(
        35_000, abs=0.02
    )


@pytest.mark.rule("R-CONF-10")
def test_a_corridor_ends_round() -> None:
    path = corridor(2_000, (10, 50), away(10, 50, 90, 20_000))
    for azimuth in (270, 225, 315, 180, 0):
        point = circle(*away(10, 50, azimuth, 5_000), 500)
        assert metres(path, point) == pytest.approx(3_500, abs=0.05)


@pytest.mark.rule("R-CONF-08")
def test_a_ring_around_the_pole_holds_the_pole() -> None:
    cap = [(0, 80), (90, 80), (180, 80), (-90, 80)]
    for ring in (cap, cap[::-1]):
        assert metres(area(*ring), circle(12, 89.9, 100)) == 0
        assert metres(area(*ring), circle(12, -89.9, 100)) > 15e6
    south = area(*((lon, -lat) for lon, lat in cap))
    assert metres(south, circle(77, -90, 100)) == 0


@pytest.mark.rule("R-CONF-08")
def test_direction_does_not_choose_the_inside() -> None:
    for corners in ([(9, 49), (11, 49), (11, 51), (9, 51)], [(9, 51), (11, 51), (11, 49), (9, 49)]):
        assert metres(area(*corners), circle(10, 50, 100)) == 0
        assert metres(area(*corners), circle(14, 50, 100)) > 200_000


@pytest.mark.rule("R-CONF-07")
@pytest.mark.parametrize("edges", Edges)
def test_an_area_across_the_antimeridian_is_small(edges: Edges) -> None:
    fiji = area((179, -18), (-179, -18), (-179, -16), (179, -16))
    assert metres(fiji, circle(180, -17, 100), edges) == 0
    assert metres(fiji, circle(-180, -17, 100), edges) == 0
    assert metres(fiji, circle(0, -17, 100), edges) > 15e6


@pytest.mark.rule("R-CONF-07")
def test_a_parallel_and_a_geodesic_part_by_85_m_on_50_km_at_60_north() -> None:
    lon = 50_000 / 55_800
    ends = (10, 60), (10 + lon, 60)
    middle = circle(10 + lon / 2, 60, 0.001)
    straight = volume(corridor(0.002, *ends), Edges.LONLAT)
    geodesic = volume(corridor(0.002, *ends))
    assert horizontal_m(straight, volume(middle)) < LONLAT_M
    assert horizontal_m(geodesic, volume(middle)) == pytest.approx(85, abs=1)


@pytest.mark.rule("R-CONF-07")
def test_pieces_of_a_lonlat_edge_keep_to_it() -> None:
    for ends in [((0, 60), (40, 75)), ((-20, -10), (60, 40)), ((5, 89), (175, 89.9))]:
        core = core_of(corridor(10, *ends), Edges.LONLAT)
        lon = (core.lon[1:] + core.lon[:-1]) / 2
        lat = (core.lat[1:] + core.lat[:-1]) / 2
        for k in range(0, len(lon), max(1, len(lon) // 50)):
            piece = corridor(0.002, (core.lon[k], core.lat[k]), (core.lon[k + 1], core.lat[k + 1]))
            assert metres(piece, circle(lon[k], lat[k], 0.001)) < LONLAT_M + 0.02


@pytest.mark.rule("R-CONF-09")
def test_the_inside_of_a_hole_is_outside() -> None:
    lake = [(9.9, 49.9), (10.1, 49.9), (10.1, 50.1), (9.9, 50.1)]
    land = area((9, 49), (11, 49), (11, 51), (9, 51), holes=[lake])
    shore = metres(area(*lake), circle(10, 50, 100))
    assert shore == 0
    edge = GEOD.inv(10, 50, 10.1, 50)[2]
    assert metres(land, circle(10, 50, 100)) == pytest.approx(edge - 100, abs=15)
    assert metres(land, circle(10.5, 50, 100)) == 0
    assert metres(land, corridor(200, (10, 50), (10.5, 50))) == 0


def spun(shape: Shape, turn_e7: int) -> Shape:
    def move(path: tuple[Position, ...]) -> tuple[Position, ...]:
        return tuple(
            Position((p.lon_e7 + turn_e7 + 1_800_000_000) % 3_600_000_000 - 1_800_000_000, p.lat_e7)
            for p in path
        )

    match shape:
        case Area(polygons):
            return Area(tuple(Polygon(move(p.outer), tuple(map(move, p.holes))) for p in polygons))
        case Corridor(path, width):
            return Corridor(move(path), width)
        case _:
            return type(shape)(move((shape.centre,))[0], shape.radius_mm)


def leads_two_ways(of: Volume) -> bool:
    """Whether an edge has no clear direction, so that it is refused."""
    try:
        check_shape(of.shape, of.edges)
    except OpenlineError as error:
        return error.code == "ambiguous-edge"
    return False


@pytest.mark.rule("R-CONF-05")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(-1_800_000_000, 1_800_000_000))
@example(583, -188_971_956)
def test_turning_the_earth_changes_nothing(seed: int, turn_e7: int) -> None:
    a, b = World(seed).pair()
    assume(not (leads_two_ways(a) or leads_two_ways(b)))
    turned = (Volume(spun(v.shape, turn_e7), v.edges, v.band, v.window) for v in (a, b))
    assert horizontal_m(*turned) == pytest.approx(horizontal_m(a, b), abs=0.02)


@pytest.mark.rule("R-CONF-05")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 11), st.booleans())
def test_vertex_order_changes_nothing(seed: int, first: int, reverse: bool) -> None:
    a, b = World(seed).pair()
    assume(not (leads_two_ways(a) or leads_two_ways(b)))

    def renamed(path: tuple[Position, ...]) -> tuple[Position, ...]:
        corners = path[:-1]
        corners = corners[first % len(corners) :] + corners[: first % len(corners)]
        corners = corners[::-1] if reverse else corners
        return (*corners, corners[0])

    other = a.shape
    if isinstance(other, Area):
        rings = [Polygon(renamed(p.outer), tuple(map(renamed, p.holes))) for p in other.polygons]
        other = Area(tuple(reversed(rings)))
    elif isinstance(other, Corridor):
        other = Corridor(other.path[::-1], other.width_mm)
    again = horizontal_m(Volume(other, a.edges, a.band, a.window), b)
    assert again == pytest.approx(horizontal_m(a, b), abs=0.02)


@pytest.mark.rule("R-CONF-04")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_distance_is_symmetric(seed: int) -> None:
    a, b = World(seed).pair()
    assert horizontal_m(a, b) == pytest.approx(horizontal_m(b, a), abs=1e-4)


@pytest.mark.rule("R-CONF-06")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.floats(0, 300_000))
def test_a_bound_only_spares_work(seed: int, within_m: float) -> None:
    a, b = (core_of(v.shape, v.edges) for v in World(seed).pair())
    full, bounded = gap_m(a, b), gap_m(a, b, within_m)
    if bounded == np.inf:
        assert full > within_m
    else:
        assert max(0, bounded) == pytest.approx(max(0, full))


@pytest.mark.rule("R-CONF-06")
@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([3_000, 30_000, 150_000]),
    st.floats(0, 1),
    st.sampled_from([np.inf, 50_000, 1_000.25, 0.25]),
)
def test_short_shapes_are_as_far_apart_as_their_cores(
    seed: int, spread: float, share: float, within_m: float
) -> None:
    a, b = World(seed).near(spread, share)
    found = short.gap_m(a, b, within_m)
    if found is not None:
        full = gap_m(core_of(a.shape, a.edges), core_of(b.shape, b.edges), within_m)
        assert found == full or found == pytest.approx(full, abs=1e-5)


@pytest.mark.rule("R-CONF-06")
@pytest.mark.parametrize(
    ("a", "b"),
    [
        (corridor(2_000, (10, 50), (10.6, 50)), circle(10.3, 50.05, 500)),
        (corridor(2_000, (10, 50), (10.6, 50)), corridor(2_000, (10, 50.1), (10.6, 50.05))),
        (corridor(2_000, (10, 50), (10.6, 50)), corridor(2_000, (10.3, 49.9), (10.3, 50.1))),
        (box(10, 50, 10.5, 50.3), circle(10.52, 50.1, 500)),
        (box(10, 50, 10.5, 50.3), circle(10.2, 50.1, 500)),
        (box(10, 50, 10.5, 50.3), box(10.1, 50.1, 10.2, 50.2)),
        (box(179.9, 50, -179.9, 50.3), box(-179.8, 50, -179.7, 50.3)),
        (area((0, 89.9), (90, 89.9), (180, 89.9), (-90, 89.9)), circle(45, 90, 100)),
        (area((0, 89.9), (90, 89.9), (180, 89.9), (-90, 89.9)), circle(45, 89.8, 100)),
    ],
)
def test_plain_shapes_need_no_core(a: Shape, b: Shape) -> None:
    cores = (core_of(shape, Edges.GEODESIC) for shape in (a, b))
    found = short.gap_m(volume(a), volume(b), np.inf)
    assert found == pytest.approx(gap_m(*cores), abs=1e-5)


@pytest.mark.rule("R-CONF-06")
@settings(deadline=None)
@given(st.floats(-180, 180), st.floats(-90, 90), st.floats(0, 360), st.floats(1, 5e6))
def test_chords_order_geodesics_up_to_the_stated_slack(
    lon: float, lat: float, azimuth: float, length: float
) -> None:
    end = away(lon, lat, azimuth, length)
    ends = ecef(np.array([lon, end[0]]), np.array([lat, end[1]]))
    chord = float(np.linalg.norm(ends[1] - ends[0]))
    for bearing in (0, 45, 90):
        other = ecef(
            *(np.array(c) for c in zip((10, 0), away(10, 0, bearing, length), strict=True))
        )
        assert float(np.linalg.norm(other[1] - other[0])) <= relaxed(chord)


@pytest.mark.rule("R-CONF-06")
def test_ten_thousand_vertices_against_as_many() -> None:
    def jagged(lon: float, seed: int) -> Area:
        spread = np.random.default_rng(seed).uniform(0.8, 1, 9_990) * 50_000
        around = np.arange(9_990) * 360 / 9_990
        count = np.full(9_990, lon), np.full(9_990, 50.0)
        return area(*zip(*GEOD.fwd(*count, around, spread)[:2], strict=True))

    first, second = jagged(10, 1), jagged(11.5, 2)
    check_shape(first, Edges.GEODESIC)
    points = [np.array([(p.lon, p.lat) for p in s.polygons[0].outer]) for s in (first, second)]
    xyz = [ecef(p[:, 0], p[:, 1]) for p in points]
    least = min(float(np.linalg.norm(xyz[1] - p, axis=1).min()) for p in xyz[0])
    assert least - 20 < metres(first, second) <= least + ERROR_M


@pytest.mark.rule("R-CONF-06")
def test_a_crossing_needs_no_shared_vertex() -> None:
    first = corridor(10, (-30, 50), (30, 50))
    middle = GEOD.npts(-30, 50, 30, 50, 1)[0]
    second = corridor(10, (middle[0], middle[1] - 5), (middle[0], middle[1] + 5))
    assert metres(first, second) == 0
    cross = box(-30, -1, 30, 1), box(-1, -30, 1, 30)
    assert metres(*cross) == 0


@pytest.mark.rule("R-CONF-08")
def test_members_of_a_multipolygon_count_together() -> None:
    parts = [box(10, 50, 10.1, 50.1), box(10.05, 50, 10.2, 50.1), box(20, 50, 20.1, 50.1)]
    several = Area(tuple(p for part in parts for p in part.polygons))
    for lon in (10.02, 10.07, 10.18, 20.05):
        assert metres(several, circle(lon, 50.05, 10)) == 0
    assert metres(several, circle(15, 50.05, 10)) > 300_000


@pytest.mark.rule("R-CONF-08")
def test_corners_at_the_pole_and_on_the_antimeridian_have_many_spellings() -> None:
    spellings = [[(170, 80), (west, 80), (pole, 90)] for west in (180, -180) for pole in (0, 175)]
    cells = [Area((Polygon((*map(_exact, c), _exact(c[0]))),)) for c in spellings]
    found = [metres(cell, circle(160, 85, 1000)) for cell in cells]
    assert all(a == pytest.approx(b, abs=1e-3) for a, b in pairwise(found))
    assert at(-180, 0) == at(180, 0)


def _exact(place: tuple[float, float]) -> Position:
    return Position(round(place[0] * 1e7), round(place[1] * 1e7))
