"""The geoid by the EGM96 grid, held against NGA's published values."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from conflict_world import World, away, circle
from ground_world import grid_file
from openline.conflict.core import core_of
from openline.conflict.earth import lonlat_of
from openline.conflict.geoid import BYTES, ERROR_MM, SLOPE, GeoidGrid, read_gtx
from openline.conflict.height import ANY_GEOID
from openline.words.errors import OpenlineError
from openline.words.volume import Edges

PUBLISHED = [  # NGA's test points for its EGM96 programs: latitude, longitude, metres
    (38.6281550, 269.7791550, -31.628),
    (-14.6212170, 305.0211140, -2.969),
    (46.8743190, 102.4487290, -43.575),
    (-23.6174460, 133.8747120, 15.871),
    (38.6254730, 359.9995000, 50.066),
    (-0.4667440, 0.0023000, 17.329),
]


@lru_cache(maxsize=1)
def grid() -> GeoidGrid:
    return read_gtx(grid_file().read_bytes())


def geoid(lon: float, lat: float) -> float:
    return float(grid().at(np.array([lon]), np.array([lat]))[0])


@pytest.mark.rule("R-GROUND-01")
@pytest.mark.parametrize(("lat", "lon", "metres"), PUBLISHED)
def test_the_grid_gives_what_nga_published(lat: float, lon: float, metres: float) -> None:
    assert geoid(lon, lat) == pytest.approx(metres, abs=0.1)
    assert geoid(lon - 360, lat) == geoid(lon, lat)


@pytest.mark.rule("R-GROUND-01")
def test_poles_and_antimeridian_are_one_place_each() -> None:
    for lat, metres in ((90, 13.606), (-90, -29.534)):
        for lon in (-180, -0.1, 77, 180):
            assert geoid(lon, lat) == pytest.approx(metres, abs=0.001)
    assert geoid(180, -17.3) == geoid(-180, -17.3)
    assert abs(geoid(179.9999, -17.3) - geoid(-179.9999, -17.3)) < 0.01


@pytest.mark.rule("R-CONF-41")
def test_the_stated_error_and_slope_hold_over_all_of_the_grid() -> None:
    """Straight interpolation against the cubic one, which follows the model to 0.17 m."""
    held = grid().heights.astype(float)
    east, north = held - np.roll(held, 1, axis=1), np.diff(held, axis=0)
    across = np.cos(np.radians(np.linspace(-90, 90, 721)))[1:-1, None]
    steepest = np.hypot(
        np.abs(north).max() / 27_640, (np.abs(east[1:-1]) / (27_830 * across)).max()
    )
    assert steepest < SLOPE
    steps = [np.roll(held, -k, axis=1) for k in (-1, 0, 1, 2)]
    row = (9 * (steps[1] + steps[2]) - steps[0] - steps[3]) / 16
    cubic = (9 * (row[1:-2] + row[2:-1]) - row[:-3] - row[3:]) / 16
    middle = (steps[1] + steps[2]) / 2
    straight = (middle[1:-2] + middle[2:-1]) / 2
    assert 0.9 < np.abs(cubic - straight).max() < ERROR_MM / 1000
    assert grid().heights.min() * 1000 > ANY_GEOID.lowest_mm
    assert grid().heights.max() * 1000 < ANY_GEOID.highest_mm


@pytest.mark.rule("R-CONF-41")
@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_the_bounds_below_a_shape_hold_wherever_one_looks(seed: int) -> None:
    world = World(seed)
    place = world.place()
    shape = world.shape(place, world.size(500, 400_000))
    core = core_of(shape, world.edges())
    below = grid().below(core)
    radius = core.radius_m
    places = [
        away(float(lon), float(lat), world.random.uniform(0, 360), world.random.uniform(0, radius))
        for lon, lat in zip(core.lon, core.lat, strict=True)
    ]
    if core.solid:
        west, south, east, north = core.figure.bounds
        chance = np.random.default_rng(seed).uniform((west, south), (east, north), (50, 2))
        inside = chance[shapely.contains_xy(core.figure, chance)]
        places += zip(*lonlat_of(core.plane.lift(inside)), strict=True)
    for lon, lat in places:
        assert below.lowest_mm <= geoid(lon, lat) * 1000 <= below.highest_mm


@pytest.mark.rule("R-CONF-41")
def test_below_a_small_circle_the_bounds_are_close() -> None:
    below = grid().below(core_of(circle(22.8, 49.85, 500), Edges.GEODESIC))
    assert below.lowest_mm / 1000 == pytest.approx(33.634, abs=0.3)
    assert below.highest_mm - below.lowest_mm < 600


@pytest.mark.rule("R-GROUND-02")
@pytest.mark.parametrize("how", ["empty", "short", "long", "zeros", "one bit", "shifted"])
def test_what_is_not_the_grid_is_refused(how: str) -> None:
    raw = grid_file().read_bytes()
    flipped = bytearray(raw)
    flipped[2_000_000] ^= 1
    moved = bytearray(raw)
    moved[8] ^= 1
    bad = {
        "empty": b"",
        "short": raw[:-4],
        "long": raw + b"\0",
        "zeros": raw[:40] + bytes(BYTES - 40),  # would change no height, silently
        "one bit": bytes(flipped),
        "shifted": bytes(moved),
    }[how]
    with pytest.raises(OpenlineError) as refused:
        read_gtx(bad)
    assert (refused.value.code, refused.value.rule) == ("bad-geoid", "R-GROUND-02")
    assert refused.value.next
