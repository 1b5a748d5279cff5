"""A path or polygon that is not short, as the index sees it: a ball, a box, points on its edges.

It is traced as the verdict traces it. Of short ones (`corners.py`) corners are enough,
in a tenth of the time.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

import numpy as np

from openline.conflict.core import bound, line, polygons
from openline.conflict.earth import Floats
from openline.words.volume import Area, Corridor, Edges

POINTS = 256
"""A shape of more points is left to the exact verdict alone."""
EXTENT_M = 300_000.0
"""So is a wider one: beyond, a gnomonic plane stretches lengths too much."""
ROOM_M = 10.0
COMPILED = ("rise_m",)
"""Functions that run compiled as well (`measuring.py`)."""


class Sketch(NamedTuple):
    """Centre and radius of the ball, the box of the points (6,), and the points.

    A point is four numbers: x, y and z in centimetres, and 1 where a piece leads from it
    to the next. There are none where only the verdict can say more.
    """

    centre: tuple[float, float, float]
    extent_m: float
    box: Floats
    points: list[int]


def traced(shape: Area | Corridor, edges: Edges) -> Sketch:
    """The sketch of a shape. Raises what `core_of` raises."""
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
    box = np.concatenate([xyz.min(axis=0), xyz.max(axis=0)])
    return Sketch((ball.x, ball.y, ball.z), ball.radius_m, box, points)


def rise_m(extent_m: float, rises: bool) -> float:
    """How far what is in a ball may lie out of the box of its corners or points.

    What `rises`, of long edges or the ground between, does so by at most a (1 - cos t),
    where sin t is the extent over b, a and b the earth's axes. Of a wide ball nothing is
    said: the ball itself says more.
    """
    if extent_m > 1_000_000:
        return inf
    return ROOM_M + (extent_m * extent_m / 1.2e7 if rises else 0.0)
