"""A path or polygon as the index sees it: a ball and a box around it, and points along its edges.

Most shapes are short (`corners.py`), and their corners are enough. Others are traced
as the verdict traces them, which takes ten times as long.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from openline.conflict.core import bound, line, polygons
from openline.conflict.corners import Place, short_of
from openline.words.volume import Area, Corridor, Edges

POINTS = 256
"""A traced shape of more points is left to the exact verdict alone."""
EXTENT_M = 300_000.0
"""So is a wider one: beyond, a gnomonic plane stretches lengths too much."""
_ROOM_M = 10.0


class Sketch(NamedTuple):
    """Centre and radius of the ball, corners of the box, points, and whether it is short.

    A point is four numbers: x, y and z in centimetres, and 1 where a piece leads from
    it to the next. A short shape has none, nor has one of which only the verdict can
    say more.
    """

    centre: Place
    extent_m: float
    low: Place
    high: Place
    points: list[int]
    short: bool


def sketch_of(shape: Area | Corridor, edges: Edges) -> Sketch:
    """The sketch of a shape. Raises what `core_of` raises."""
    short = short_of(shape, edges)
    if short is None:
        return _traced(shape, edges)
    places = [corner[2:5] for corner in short.outline]
    low, high = _box(places, short.centre, short.extent_m, rises=True)
    return Sketch(short.centre, short.extent_m, low, high, [], True)


def _traced(shape: Area | Corridor, edges: Edges) -> Sketch:
    if isinstance(shape, Corridor):
        lines, radius_m, single = [line(shape.path, edges)], shape.width_mm / 2000, True
    else:
        lines = [ring for rings in polygons(shape, edges) for ring in rings]
        radius_m, single = 0.0, len(shape.polygons) == 1
    xyz = np.concatenate([each.xyz for each in lines])
    ball = bound(xyz, radius_m)
    points: list[int] = []
    if single and len(xyz) <= POINTS and ball.radius_m <= EXTENT_M:
        joined = np.ones(len(xyz))
        joined[np.cumsum([len(each.lon) for each in lines]) - 1] = 0
        points = np.rint(np.column_stack([xyz * 100, joined])).astype(np.int64).ravel().tolist()
    centre = (ball.x, ball.y, ball.z)
    low, high = _box(xyz.tolist(), centre, ball.radius_m, isinstance(shape, Area))
    return Sketch(centre, ball.radius_m, low, high, points, False)


def _box(places: list[Place], centre: Place, extent_m: float, rises: bool) -> tuple[Place, Place]:
    """The box of places and, when it `rises`, of long edges or the ground between them.

    Those rise above the hull of the places by at most a (1 - cos t), where sin t is the
    extent over b, a and b the earth's axes.
    """
    rise = _ROOM_M + (extent_m**2 / 1.2e7 if rises else 0.0)
    if extent_m > 1_000_000:
        rise = inf  # the ball says more
    x, y, z = zip(*places, strict=True)
    low = (
        max(min(x) - rise, centre[0] - extent_m),
        max(min(y) - rise, centre[1] - extent_m),
        max(min(z) - rise, centre[2] - extent_m),
    )
    high = (
        min(max(x) + rise, centre[0] + extent_m),
        min(max(y) + rise, centre[1] + extent_m),
        min(max(z) + rise, centre[2] + extent_m),
    )
    return low, high
