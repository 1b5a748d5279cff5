"""Outlines draw what the engine decides by."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest
import shapely.geometry
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_world import GEOD, World, area, away, box, circle, corridor, volume
from openline.conflict.geometry import horizontal_m
from openline.conflict.outline import outline
from openline.words.volume import Edges, Shape

SHAPES: dict[str, Shape] = {
    "circle": circle(40.1, 35.3, 2_000),
    "corridor": corridor(2_000, (22.7, 49.8), (23.0, 49.9), (23.2, 49.7)),
    "holed": area((9, 49), (11, 49), (11, 51), (9, 51), holes=[[(9.9, 50), (10, 50), (10, 50.1)]]),
    "antimeridian": area((179, -18), (-179, -18), (-179, -16), (179, -16)),
    "circle on the antimeridian": circle(180, 3, 300_000),
    "around the pole": area((0, 80), (90, 80), (180, 80), (-90, 80)),
    "around the south pole, skewed": area((10, -80), (100, -70), (-160, -75), (-90, -85)),
    "circle that holds the pole": circle(33, 89.5, 300_000),
    "circle on the pole": circle(0, -90, 300_000),
    "corridor over the pole": corridor(400_000, (100, 80), (-100, 85), (0, 70)),
    "ring of ice": area(
        (0, 70), (90, 70), (180, 70), (-90, 70), holes=[[(0, 80), (120, 80), (-120, 80)]]
    ),
    "along the antimeridian": box(170, 10, 180, 20),
    "on the meridian of Greenwich": box(-1, 50, 1, 51),
    "pole as a corner": area((10, 80), (40, 80), (0, 90)),
}


def drawn(shape: Shape, edges: Edges = Edges.GEODESIC) -> shapely.MultiPolygon:
    geometry = outline(volume(shape, edges))
    assert geometry["type"] == "MultiPolygon"
    assert json.loads(json.dumps(geometry)) == geometry
    return shapely.geometry.shape(geometry)


@pytest.mark.rule("R-CONF-25")
@pytest.mark.parametrize("edges", Edges)
@pytest.mark.parametrize("name", SHAPES)
def test_is_a_sound_map_polygon_that_spans_no_map(name: str, edges: Edges) -> None:
    figure = drawn(SHAPES[name], edges)
    assert figure.is_valid
    assert not figure.is_empty
    for part in figure.geoms:
        assert part.exterior.is_ccw
        for ring in (part.exterior, *part.interiors):
            for (lon, lat), (lon2, _) in pairwise(ring.coords):
                assert abs(lon) <= 180
                assert abs(lat) <= 90
                assert abs(lon2 - lon) <= 5.0001


@pytest.mark.rule("R-CONF-25")
@pytest.mark.parametrize("name", SHAPES)
def test_holds_the_places_that_the_engine_holds(name: str) -> None:
    shape, figure = SHAPES[name], drawn(SHAPES[name])
    chance = np.random.default_rng(7)
    agreed = [0, 0]
    for k in range(200):
        west, south, east, north = figure.geoms[k % len(figure.geoms)].bounds
        wider, taller = 0.2 * (east - west), 0.3 * (north - south)
        lon = float(np.clip(chance.uniform(west - wider, east + wider), -180, 180))
        lat = float(np.clip(chance.uniform(south - taller, north + taller), -90, 90))
        point = shapely.Point(lon, lat)
        if figure.boundary.distance(point) * np.cos(np.radians(lat)) > 1e-4:
            inside = horizontal_m(volume(shape), volume(circle(lon, lat, 0.001))) == 0
            assert figure.contains(point) is inside, (lon, lat)
            agreed[inside] += 1
    assert min(agreed) >= 4


@pytest.mark.rule("R-CONF-25")
def test_a_geodesic_edge_is_drawn_bent() -> None:
    top = GEOD.npts(0, 60, 40, 60, 1)[0]
    figure = drawn(box(0, 50, 40, 60))
    assert figure.contains(shapely.Point(top[0], top[1] - 1e-3))
    assert not figure.contains(shapely.Point(top[0], top[1] + 1e-3))
    straight = drawn(box(0, 50, 40, 60), Edges.LONLAT)
    assert straight.bounds == pytest.approx((0, 50, 40, 60))


@pytest.mark.rule("R-CONF-25")
def test_circles_and_corridors_are_drawn_to_their_radius() -> None:
    rim = np.array(drawn(circle(10, 85, 50_000)).geoms[0].exterior.coords)
    for lon, lat in rim:
        assert GEOD.inv(10, 85, lon, lat)[2] == pytest.approx(50_000, rel=1e-4)
    lane = drawn(corridor(20_000, (0, 60), away(0, 60, 90, 800_000)))
    middle = GEOD.fwd(0, 60, 90, 400_000)
    for aside, inside in ((9_900, True), (10_100, False)):
        for turn in (90, -90):
            point = away(middle[0], middle[1], middle[2] + turn, aside)
            assert lane.contains(shapely.Point(point)) is inside


@pytest.mark.rule("R-CONF-25")
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32))
def test_any_shape_anywhere_can_be_drawn(seed: int) -> None:
    world = World(seed)
    figure = drawn(world.shape(world.place(), world.size(500, 500_000)), world.edges())
    assert figure.is_valid
    assert not figure.is_empty


@pytest.mark.rule("R-CONF-25")
def test_a_path_of_very_many_bends_is_covered_by_what_is_drawn() -> None:
    track = [(10 + k / 3000, 50 + (k * 7919 % 100) / 20_000) for k in range(3000)]
    figure = drawn(corridor(200, *track))
    assert figure.contains(shapely.LineString(track))
    assert sum(len(part.exterior.coords) for part in figure.geoms) < 20_000
    assert not figure.intersects(shapely.LineString([(10, 50.03), (11, 50.03)]))
