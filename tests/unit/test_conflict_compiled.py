"""What is written for compiled code agrees with Karney's geodesics and with the cores."""

from __future__ import annotations

from math import degrees, inf, isnan, radians

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conflict_world import GEOD, World, away, volume
from openline.conflict import geodesic, kernels, measuring, short
from openline.conflict.core import core_of
from openline.conflict.corners import CORNER, CORNERS, short_of
from openline.conflict.geometry import gap_m
from openline.conflict.rows import Asked
from openline.conflict.verdict import Planned
from openline.words.volume import DEFAULT_SEPARATION, Area, Circle, Volume

LATITUDES = st.one_of(st.floats(-90, 90), st.sampled_from([0.0, 90.0, -90.0, 89.99999, 1e-5]))
AZIMUTHS = st.one_of(st.floats(-180, 180), st.sampled_from([0.0, 90.0, 180.0, -90.0]))
LENGTHS = st.one_of(st.floats(0, 900_000), st.floats(0, 10))
CLOSE_M = 1e-5


@pytest.mark.rule("R-CONF-45")
@settings(max_examples=500, deadline=None)
@given(st.floats(-180, 180), LATITUDES, AZIMUTHS, LENGTHS)
def test_short_geodesics_are_karneys(lon: float, lat: float, azimuth: float, length: float) -> None:
    there = away(lon, lat, azimuth, length)
    true = GEOD.inv(lon, lat, *there)[2]
    found, bearing = geodesic.inverse(*map(radians, (lon, lat, *there)))
    assert found == pytest.approx(true, abs=CLOSE_M)
    for course in (radians(azimuth), bearing):
        lam, phi, _ = geodesic.direct(radians(lon), radians(lat), course, length)
        assert GEOD.inv(*there, degrees(lam), degrees(phi))[2] < CLOSE_M


@pytest.mark.rule("R-CONF-45")
@settings(max_examples=300, deadline=None)
@given(
    st.tuples(st.floats(-180, 180), st.floats(-90, 90)),
    st.floats(0, 360), st.floats(10, 100_000), st.floats(0, 1), st.floats(1, 100_000),
    st.sampled_from([-90, 0, 60, 90]),
)  # fmt: skip
def test_the_way_across_is_karneys(
    start: tuple[float, float], azimuth: float, length: float, share: float, aside: float, turn: int
) -> None:
    end = away(*start, azimuth, length)
    lon, lat, back = GEOD.fwd(*start, azimuth, length * share)
    point = away(lon, lat, back + 180 + turn, aside)
    of = (*point, *start, *end, share)
    assert geodesic.across_m(*of) == pytest.approx(short.across_m(*of), abs=CLOSE_M)


def corners_of(shape: Volume) -> np.ndarray | None:
    """The corners of a short shape, from its row, as compiled code makes them."""
    asked, out = Asked(), np.zeros(CORNERS, CORNER)
    asked.put(Planned("a", shape, DEFAULT_SEPARATION), 0)
    asked.settle(kernels.settle)
    if not asked.table[0]["short"]:
        return None
    return out[: measuring.outline(asked.table[0], asked.run, out)]


@pytest.mark.rule("R-CONF-45")
@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([3_000, 30_000, 150_000]))
def test_a_row_has_the_corners_of_its_shape(seed: int, spread: float) -> None:
    world = World(seed)
    shape = volume(world.shape(world.place(), world.size(10, spread)))
    drawn, found = short_of(shape.shape, shape.edges), corners_of(shape)
    assert (drawn is None) == (found is None)
    if drawn is not None and found is not None:
        assert len(drawn.outline) == len(found)
        for one, other in zip(drawn.outline, found, strict=True):
            assert other.tolist() == pytest.approx(tuple(one), rel=1e-9, abs=1e-6)


@pytest.mark.rule("R-CONF-45")
@settings(max_examples=300, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([3_000, 30_000, 150_000]),
    st.floats(0, 1),
    st.sampled_from([inf, 50_000, 1_000.25]),
)
def test_compiled_code_measures_what_the_cores_do(
    seed: int, spread: float, share: float, within_m: float
) -> None:
    a, b = World(seed).near(spread, share)
    assume(not (isinstance(a.shape, Circle) and isinstance(b.shape, Circle)))
    found = measured(a, b, within_m)
    if not isnan(found):
        full = gap_m(core_of(a.shape, a.edges), core_of(b.shape, b.edges), within_m)
        assert found == full or found == pytest.approx(full, abs=1e-5)


def measured(a: Volume, b: Volume, within_m: float) -> float:
    """The gap by compiled code; not a number where it leaves it to others."""
    p, q = (short_of(v.shape, v.edges) for v in (a, b))
    corners = [corners_of(v) for v in (a, b)]
    if p is None or q is None or corners[0] is None or corners[1] is None:
        return np.nan
    apart = float(np.linalg.norm(np.subtract(p.centre, q.centre))) - p.extent_m - q.extent_m
    reach = p.radius_m + q.radius_m
    if apart - reach > within_m:
        return inf
    solid = (isinstance(a.shape, Area), isinstance(b.shape, Area))
    return float(
        measuring.gap_of(corners[0], solid[0], corners[1], solid[1], apart, reach, within_m, -inf)
    )
