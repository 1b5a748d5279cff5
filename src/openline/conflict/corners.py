"""Shapes of a few short geodesic edges, corner by corner.

Lengths are metres, places earth-centred metres, angles degrees.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from functools import lru_cache
from math import cos, radians, sin, sqrt
from typing import NamedTuple

import numpy as np

from openline.conflict.earth import GEOD, Floats
from openline.words.volume import Area, Circle, Corridor, Edges, Path, Shape

CORNERS = 32
"""A shape of more is no work for single numbers."""
EDGE_M = 100_000.0
EXTENT_M = 150_000.0
SAME_M = 1e-3
_A, _ES, _KEPT = GEOD.a, GEOD.es, 1 - GEOD.es
COMPILED = ("place", "edge", "dist_m", "survey")
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
        lon, lat = shape.centre.lon_e7 / 1e7, shape.centre.lat_e7 / 1e7
        at = Corner(lon, lat, *place(lon, lat))
        return Short([at], (at.x, at.y, at.z), 0.0, shape.radius_mm / 1000, False)
    return _drawn(shape, edges)


@lru_cache(maxsize=1024)
def _drawn(shape: Corridor | Area, edges: Edges) -> Short | None:
    if not may_be_short(shape, edges):
        return None
    solid, numbers = isinstance(shape, Area), numbers_of(shape)
    fits, x, y, z, extent_m = survey(solid, numbers, [0.0] * 6)
    if not fits:
        return None
    outline: list[Corner] = []
    for path in _paths(shape):
        before = len(outline)
        for position in path:
            lon, lat = position.lon_e7 / 1e7, position.lat_e7 / 1e7
            _join(outline, before, Corner(lon, lat, *place(lon, lat)))
    radius_m = 0.0 if isinstance(shape, Area) else shape.width_mm / 2000
    return Short(outline, (x, y, z), extent_m, radius_m, solid)


def may_be_short(shape: Corridor | Area, edges: Edges) -> bool:
    """Whether it has few geodesic edges, and one part."""
    paths = _paths(shape)
    return edges is Edges.GEODESIC and 0 < sum(map(len, paths)) <= CORNERS


def numbers_of(shape: Corridor | Area) -> list[int]:
    """A shape's vertices in 1e-7 degree, each ring and polygon after its count."""
    if isinstance(shape, Corridor):
        return [n for p in shape.path for n in (p.lon_e7, p.lat_e7)]
    numbers: list[int] = []
    for polygon in shape.polygons:
        numbers.append(1 + len(polygon.holes))
        for ring in (polygon.outer, *polygon.holes):
            numbers.append(len(ring))
            numbers += [n for p in ring for n in (p.lon_e7, p.lat_e7)]
    return numbers


def survey(
    solid: bool, numbers: Sequence[int], box: MutableSequence[float] | Floats
) -> tuple[bool, float, float, float, float]:
    """Whether a shape that may be short is: of short edges, and rings that enclose ground.

    Then its centre, within how many metres of it all of it lies, and in `box` the least
    and the greatest of its corners' coordinates.
    """
    places = [place(0.0, 0.0)]
    rings, at, length = numbers[0] if solid else 1, 1 if solid else 0, len(numbers) // 2
    for _ in range(rings):
        if solid:
            length = numbers[at]
            at += 1
        different = 1
        for k in range(at, at + 2 * length, 2):
            x, y, z = place(numbers[k] / 1e7, numbers[k + 1] / 1e7)
            if k > at:
                last = places[-1]
                apart = dist_m(last[0], last[1], last[2], x, y, z)
                if apart > EDGE_M:
                    return False, 0.0, 0.0, 0.0, 0.0
                if apart > SAME_M:
                    different += 1
            places.append((x, y, z))
        if solid and different < 4:
            return False, 0.0, 0.0, 0.0, 0.0
        at += 2 * length
    for axis in range(3):
        least, most = places[1][axis], places[1][axis]
        for each in places[1:]:
            least, most = min(least, each[axis]), max(most, each[axis])
        box[axis], box[axis + 3] = least, most
    x, y, z = (box[0] + box[3]) / 2, (box[1] + box[4]) / 2, (box[2] + box[5]) / 2
    reach = 0.0
    for each in places[1:]:
        reach = max(reach, dist_m(x, y, z, each[0], each[1], each[2]))
    # Arcs rise above their chords, the inside of a ring above its hull: as `core.bound` has it.
    extent_m = reach * 1.001 + 10.0
    return extent_m <= EXTENT_M, x, y, z, extent_m


def _paths(shape: Corridor | Area) -> tuple[Path, ...]:
    """A corridor's path, or the rings of an area's only polygon; else none."""
    if isinstance(shape, Corridor):
        return (shape.path,)
    (polygon, *others) = shape.polygons
    return () if others else (polygon.outer, *polygon.holes)


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
