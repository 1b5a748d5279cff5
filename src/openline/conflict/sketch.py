"""A path or polygon as the index sees it: points along its edges, a ball and a box around it.

Most shapes have a few short geodesic edges. Those are cut where straight lines
between their ends, lifted to the ground, are cut: a plane section, which strays
from the geodesic by less than 0.75 m over `_EDGE_M`. Others are traced as the
verdict traces them, which takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from math import ceil, cos, dist, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from openline.conflict.core import bound, line, polygons
from openline.conflict.earth import GEOD, PIECE_M, Floats
from openline.words.volume import Area, Corridor, Edges, Path

POINTS = 256
"""A shape of more points is left to the exact verdict alone."""
EXTENT_M = 300_000.0
"""So is a wider one: beyond, a gnomonic plane stretches lengths too much."""
_VERTICES = 48
_EDGE_M = 100_000.0
_ROOM_M = 10.0
Place = tuple[float, float, float]


class Sketch(NamedTuple):
    """Centre and radius of the ball, corners of the box, and points (n, 4).

    The fourth number of a point is 1 where a piece leads from it to the next.
    There are no points where chords cannot decide.
    """

    centre: Place
    extent_m: float
    low: list[float]
    high: list[float]
    points: Floats


def sketch_of(shape: Area | Corridor, edges: Edges) -> Sketch:
    """The sketch of a shape. Raises what `core_of` raises."""
    paths = [shape.path] if isinstance(shape, Corridor) else _rings(shape)
    single = isinstance(shape, Corridor) or len(shape.polygons) == 1
    if single and edges is Edges.GEODESIC and sum(map(len, paths)) <= _VERTICES:
        drawn = _drawn(paths)
        if drawn is not None:
            columns = list(zip(*drawn, strict=True))[:3]
            low, high = [min(each) for each in columns], [max(each) for each in columns]
            x, y, z = ((a + b) / 2 for a, b in zip(low, high, strict=True))
            reach = max(dist((x, y, z), point[:3]) for point in drawn)
            extent_m = reach * 1.001 + _ROOM_M
            if extent_m <= EXTENT_M:
                points = np.array(drawn)
                return _boxed((x, y, z), extent_m, low, high, points, isinstance(shape, Area))
    return _traced(shape, edges, single)


def _rings(area: Area) -> list[Path]:
    return [ring for polygon in area.polygons for ring in (polygon.outer, *polygon.holes)]


def _drawn(paths: list[Path]) -> list[tuple[float, float, float, float]] | None:
    """Points along short edges; None where one is long, or there are too many."""
    found: list[tuple[float, float, float, float]] = []
    for path in paths:
        places = [place(p.lon_e7 / 1e7, p.lat_e7 / 1e7) for p in path]
        for first, second in pairwise(places):
            length = dist(first, second)
            if length > _EDGE_M:
                return None
            found.append((*first, 1.0))
            found += _between(first, second, ceil(length / PIECE_M))
        found.append((*places[-1], 0.0))
    return found if len(found) <= POINTS else None


def _between(
    first: Place, second: Place, pieces: int
) -> Iterator[tuple[float, float, float, float]]:
    for k in range(1, pieces):
        x, y, z = (a + (b - a) * k / pieces for a, b in zip(first, second, strict=True))
        up = 1 / sqrt((x * x + y * y) / (GEOD.a * GEOD.a) + z * z / (GEOD.b * GEOD.b))
        yield x * up, y * up, z * up, 1.0


def _traced(shape: Area | Corridor, edges: Edges, single: bool) -> Sketch:
    if isinstance(shape, Corridor):
        lines, radius_m = [line(shape.path, edges)], shape.width_mm / 2000
    else:
        lines, radius_m = [ring for rings in polygons(shape, edges) for ring in rings], 0.0
    xyz = np.concatenate([each.xyz for each in lines])
    ball = bound(xyz, radius_m)
    points = np.empty((0, 4))
    if single and len(xyz) <= POINTS and ball.radius_m <= EXTENT_M:
        points = np.column_stack([xyz, np.ones(len(xyz))])
        points[np.cumsum([len(each.lon) for each in lines]) - 1, 3] = 0.0
    low, high = xyz.min(axis=0).tolist(), xyz.max(axis=0).tolist()
    centre = (ball.x, ball.y, ball.z)
    return _boxed(centre, ball.radius_m, low, high, points, isinstance(shape, Area))


def _boxed(
    centre: Place, extent_m: float, low: list[float], high: list[float], points: Floats, solid: bool
) -> Sketch:
    """With the box of the points and, when `solid`, of the ground between them.

    The ground inside a ring rises above the ring's hull by at most
    a (1 - cos t), where sin t is the extent over b, a and b the earth's axes.
    """
    if extent_m >= 1_000_000:
        low, high = [c - extent_m for c in centre], [c + extent_m for c in centre]
        return Sketch(centre, extent_m, low, high, points)
    rise = _ROOM_M + (extent_m**2 / 1.2e7 if solid else 0.0)
    low = [max(v - rise, c - extent_m) for v, c in zip(low, centre, strict=True)]
    high = [min(v + rise, c + extent_m) for v, c in zip(high, centre, strict=True)]
    return Sketch(centre, extent_m, low, high, points)


def place(lon: float, lat: float) -> tuple[float, float, float]:
    """`earth.ecef` of one point, in a tenth of the time."""
    lam, phi = radians(lon), radians(lat)
    sin_phi, cos_phi = sin(phi), cos(phi)
    normal = GEOD.a / sqrt(1 - GEOD.es * sin_phi * sin_phi)
    across = normal * cos_phi
    return across * cos(lam), across * sin(lam), normal * (1 - GEOD.es) * sin_phi
