"""Shapes of a few short geodesic edges, corner by corner.

Lengths are metres, places earth-centred metres, angles degrees.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from openline.conflict.earth import GEOD
from openline.words.volume import Area, Circle, Corridor, Edges, Path, Shape

CORNERS = 32
"""A shape of more is no work for single numbers."""
EDGE_M = 100_000.0
EXTENT_M = 150_000.0
SAME_M = 1e-3
_A, _ES, _KEPT = GEOD.a, GEOD.es, 1 - GEOD.es
COMPILED = ("place", "edge", "dist_m")
"""Functions that run compiled as well (`measuring.py`)."""
Place = tuple[float, float, float]


class Corner(NamedTuple):
    """A vertex, and the edge that leads from it to the next one when `joined` is 1.

    `ux`, `uy`, `uz` lead along that edge, whose squared length is `square`; `nx`, `ny`,
    `nz` of length 1 stand upright on its plane section; a ball of `half_m` around its
    middle `mx`, `my`, `mz` holds the edge, its arc too.
    """

    lon: float
    lat: float
    x: float
    y: float
    z: float
    joined: float = 0.0
    ux: float = 0.0
    uy: float = 0.0
    uz: float = 0.0
    square: float = 0.0
    nx: float = 0.0
    ny: float = 0.0
    nz: float = 0.0
    mx: float = 0.0
    my: float = 0.0
    mz: float = 0.0
    half_m: float = 0.0


CORNER = np.dtype([(name, np.float64) for name in Corner._fields])
Outline = Sequence[Corner]


class Short(NamedTuple):
    """A shape, within `extent_m` of its centre but for its radius."""

    outline: list[Corner]
    centre: Place
    extent_m: float
    radius_m: float
    solid: bool


def short_of(shape: Shape, edges: Edges) -> Short | None:
    """A shape, or None when it is wide, of many or long edges, or of several parts."""
    if isinstance(shape, Circle):
        at = _corner(shape.centre.lon_e7, shape.centre.lat_e7)
        return Short([at], (at.x, at.y, at.z), 0.0, shape.radius_mm / 1000, False)
    return _drawn(shape, edges)


@lru_cache(maxsize=1024)
def _drawn(shape: Corridor | Area, edges: Edges) -> Short | None:
    paths: tuple[Path, ...]
    match shape:
        case Corridor(path, width_mm):
            paths, radius_m, solid = (path,), width_mm / 2000, False
        case Area((polygon,)):
            paths, radius_m, solid = (polygon.outer, *polygon.holes), 0.0, True
        case _:
            return None
    if edges is not Edges.GEODESIC or sum(map(len, paths)) > CORNERS:
        return None
    outline: list[Corner] = []
    for path in paths:
        before = len(outline)
        for position in path:
            _join(outline, before, _corner(position.lon_e7, position.lat_e7))
        if solid and len(outline) - before < 4:
            return None  # it encloses nothing
    columns = [[corner[axis] for corner in outline] for axis in (2, 3, 4)]
    x, y, z = ((min(each) + max(each)) / 2 for each in columns)
    reach = max(dist_m(x, y, z, corner.x, corner.y, corner.z) for corner in outline)
    # Arcs rise above their chords, the inside of a ring above its hull: as `core.bound` has it.
    extent_m = reach * 1.001 + 10.0
    if extent_m > EXTENT_M or any(corner.square > EDGE_M**2 for corner in outline):
        return None
    return Short(outline, (x, y, z), extent_m, radius_m, solid)


def _corner(lon_e7: int, lat_e7: int) -> Corner:
    lon, lat = lon_e7 / 1e7, lat_e7 / 1e7
    return Corner(lon, lat, *place(lon, lat))


def _join(outline: list[Corner], begin: int, corner: Corner) -> None:
    """Lead an edge from the last corner, if it belongs to the line from `begin`, to this one."""
    if len(outline) > begin:
        tail = outline[-1]
        if dist_m(*tail[2:5], *corner[2:5]) <= SAME_M:
            return
        outline[-1] = Corner(*tail[:5], 1.0, *edge(*tail[2:5], *corner[2:5]))
    outline.append(corner)


def place(lon: float, lat: float) -> Place:
    """`earth.ecef` of one point, in a tenth of the time."""
    lam, phi = radians(lon), radians(lat)
    sin_phi, cos_phi = sin(phi), cos(phi)
    normal = _A / sqrt(1 - _ES * sin_phi * sin_phi)
    across = normal * cos_phi
    return across * cos(lam), across * sin(lam), normal * _KEPT * sin_phi


def edge(
    x1: float, y1: float, z1: float, x2: float, y2: float, z2: float
) -> tuple[float, float, float, float, float, float, float, float, float, float, float]:
    """What a `Corner` says of the edge from one place to another, from `ux` on."""
    ux, uy, uz = x2 - x1, y2 - y1, z2 - z1
    nx, ny, nz = y1 * uz - z1 * uy, z1 * ux - x1 * uz, x1 * uy - y1 * ux
    size = sqrt(nx * nx + ny * ny + nz * nz)
    square = ux * ux + uy * uy + uz * uz
    middle = (x1 + x2) / 2, (y1 + y2) / 2, (z1 + z2) / 2
    half_m = sqrt(square) * 0.502 + 1.0
    return ux, uy, uz, square, nx / size, ny / size, nz / size, *middle, half_m


def dist_m(x1: float, y1: float, z1: float, x2: float, y2: float, z2: float) -> float:
    """Of two places."""
    dx, dy, dz = x2 - x1, y2 - y1, z2 - z1
    return sqrt(dx * dx + dy * dy + dz * dz)
